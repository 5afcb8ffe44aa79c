"""From a file's own table to typed fields: texts are tidied, codes translated, numbers and dates parsed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from tidegate.errors import MappingError
from tidegate.intake.dialect import Dialect
from tidegate.intake.mapping_file import CodeMap
from tidegate.intake.plan import Target
from tidegate.intake.raw import ROW

__all__ = ["CAPITALS", "NO", "YES", "composed", "given", "typed"]

# What a flag may be written as, in small letters.
YES = ("1", "true", "t", "yes", "y", "x", "có", "co", "1.0")
NO = ("0", "false", "f", "no", "n", "không", "khong", "0.0")

CAPITALS = (
    *("origin_country", "dispatch_country", "transit_country", "loading_port", "unloading_port"),
    *("container_ids", "currency", "incoterm", "package_type", "quantity_unit"),
)
_NUMBERS = (pl.Float64, pl.Int32, pl.Int64)
# Letters, signs and ideographs that NFC leaves as they are, whatever stands before them; others are looked at.
_PLAIN = "\0-\u02ff\u0400-\u0482\u048a-\u052f\u1e00-\u1eff\u2002-\u20cf\u4e00-\u9fff"
_ISO_DATES = ("%Y-%m-%d", "%Y%m%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
_ISO_TIMES = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y%m%d%H%M%S", "%Y%m%d%H%M")


def given(
    table: pl.DataFrame, targets: Sequence[Target], dialect: Dialect, where: str, *, trimmed: bool = False
) -> pl.DataFrame:
    """Return what the file says for each target, and ROW: texts stripped, null where nothing is said.

    `trimmed` texts are stripped as they are.
    Raises MappingError for a column of a type that its field cannot be read from.
    """
    schema = dict(table.schema)
    # Two steps: Polars would compute a stripped text twice if one expression used it twice.
    plain = table.select(
        *(_plain(target, schema.get(target.column), where, trimmed).alias(target.name) for target in targets),
        pl.col(ROW) if ROW in schema else pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW),
    )
    held = plain.schema
    return plain.with_columns(_given(target, held[target.name], dialect).alias(target.name) for target in targets)


def composed(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with letters and accents of its texts composed (NFC); only what needs it is written."""
    texts = [name for name, dtype in table.schema.items() if dtype == pl.String]
    foreign = table.select((pl.col(name).str.len_bytes() != pl.col(name).str.len_chars()).any() for name in texts)
    wide = [name for name in texts if foreign[name].item()]
    split = table.select(pl.col(name).str.contains(f"[^{_PLAIN}]").any() for name in wide)
    return table.with_columns(pl.col(name).str.normalize("NFC") for name in wide if split[name].item())


def _plain(target: Target, dtype: Any, where: str, trimmed: bool) -> pl.Expr:
    """The column of a target, or the part of it; as stripped text if it is one, or has to become one."""
    if dtype is None:
        return pl.lit(None, pl.String)
    value = pl.col(target.column)
    if target.part is not None:
        by, position, parts = target.part
        value = _text(value, dtype, target, where).str.splitn(by, parts).struct.field(f"field_{position}")
        dtype = pl.String
    as_text = target.field.dtype == pl.String or target.codes is not None or target.constant is not None
    if dtype in (pl.String, pl.Categorical, pl.Enum) or as_text:
        text = _text(value, dtype, target, where)
        return text if trimmed and dtype == pl.String and target.part is None else text.str.strip_chars()
    if dtype.is_nested() and target.field.dtype is not None:
        raise _unreadable(target, dtype, where)
    return value


def _given(target: Target, dtype: Any, dialect: Dialect) -> pl.Expr:
    """A plain column without what means nothing, filled with the constant."""
    value = pl.col(target.name)
    if dtype == pl.String:
        empty = value.str.len_bytes() == 0
        if dialect.null:
            empty |= value.is_in(dialect.null)
        if target.field.dtype == pl.Float64:
            empty |= value.is_in(["NaN", "nan"])
        value = pl.when(~empty).then(value)
    elif dtype.is_float():
        value = value.fill_nan(None)
    return value if target.constant is None else value.fill_null(pl.lit(target.constant))


def _text(value: pl.Expr, dtype: Any, target: Target, where: str) -> pl.Expr:
    """Any plain column as text; a whole number has no decimals, a list of texts gets spaces between."""
    if dtype == pl.String:
        return value
    if dtype.is_float():
        whole = value.cast(pl.Int64, strict=False)
        return (
            pl.when(value.is_nan())
            .then(None)
            .when(whole == value)
            .then(whole.cast(pl.String))
            .otherwise(value.cast(pl.String))
        )
    if dtype == pl.List(pl.String):
        return value.list.join(" ")
    if dtype.is_nested() or dtype == pl.Binary:
        raise _unreadable(target, dtype, where)
    return value.cast(pl.String)


def _unreadable(target: Target, dtype: Any, where: str) -> MappingError:
    return MappingError(
        f"the column {target.column!r} holds {dtype}, and {target.field.name} cannot be read from that.",
        where=where,
        hint="Write it as a plain text or number.",
    )


def typed(table: pl.DataFrame, targets: Sequence[Target], dialect: Dialect) -> pl.DataFrame:
    """Return each target in the type of its field, and ROW, for a table made by `given`; null where it cannot be."""
    tidy = _tidied(table, targets)
    held = tidy.schema
    parsed = tidy.select(*(_parsed(target, held[target.name], dialect).alias(target.name) for target in targets), ROW)
    return parsed.with_columns(
        _fitted(target).alias(target.name) for target in targets if target.field.dtype in _NUMBERS
    )


def _tidied(table: pl.DataFrame, targets: Sequence[Target]) -> pl.DataFrame:
    """Codes in one way of writing. A column is only written anew where some value of it needs it."""
    # First the code maps: they are about the codes as the file has them.
    table = table.with_columns(
        _translated(target.codes, pl.col(target.name)) for target in targets if target.codes is not None
    )
    held = table.schema
    columns = {target.field.name: target.name for target in targets if held[target.name] == pl.String}
    for name in CAPITALS:
        if name in columns and (said := _said(table, name)) != said.upper():
            table = table.with_columns(pl.col(name).str.to_uppercase())
    if "hs_code" in columns and not _said(table, "hs_code").isdecimal():
        table = table.with_columns(pl.col("hs_code").str.replace_all(r"[ .\-]", ""))
    if "documents" in columns and table.select(pl.col("documents").str.contains(r"[,;|\s]").any()).item():
        table = table.with_columns(pl.col("documents").str.replace_all(r"[,;|\s]+", " "))
    if "container_ids" in columns:
        said = _said(table, "container_ids")
        if not (said.isascii() and said.replace(" ", "").isalnum()) or "  " in said:
            several = pl.col("container_ids")
            table = table.with_columns(several.str.replace_all(r"[,;|/\s]+", " ").str.strip_chars())
    return table.with_columns(pl.col(target.name).str.zfill(target.pad) for target in targets if target.pad)


def _said(table: pl.DataFrame, name: str) -> str:
    """All texts of a column, end to end: whether some value needs to be tidied is seen there ten times faster."""
    return str(table[name].str.join("").item())


def _translated(codes: CodeMap, value: pl.Expr) -> pl.Expr:
    key = value.str.to_uppercase() if codes.capitals else value
    old, new = list(codes.values), [meaning or None for meaning in codes.values.values()]
    unknown = None if codes.unknown in ("empty", "reject") else value
    return key.replace_strict(old, new, default=unknown, return_dtype=pl.String)


def _parsed(target: Target, dtype: Any, dialect: Dialect) -> pl.Expr:
    """A tidied column as its field's type; numbers as Float64 still."""
    value, wanted = pl.col(target.name), target.field.dtype
    if wanted in _NUMBERS:
        return _number(value, dialect) if dtype == pl.String else value.cast(pl.Float64, strict=False)
    if wanted == pl.Date:
        return _date(value, dtype, target.formats or _ISO_DATES)
    if wanted == pl.Datetime("us"):
        return _time(value, dtype)
    if wanted == pl.Boolean and dtype != pl.Boolean:
        return _flag(value.cast(pl.String))
    return value


def _fitted(target: Target) -> pl.Expr:
    """A number in the unit and the type of its field; null where it is not finite or not whole."""
    number, wanted = pl.col(target.name), target.field.dtype
    scaled = number * target.factor if target.factor != 1.0 else number
    if wanted == pl.Float64:
        return pl.when(number.is_finite()).then(scaled)
    # Parts of a package do not exist; parts of an item number would be another item.
    whole = scaled.round() if target.field.name == "packages" else pl.when(scaled == scaled.round()).then(scaled)
    return whole.cast(wanted, strict=False)


def _number(text: pl.Expr, dialect: Dialect) -> pl.Expr:
    decimal = "," if dialect.decimal_comma else "."
    if dialect.thousands:
        sign = r"[ \u00A0\u202F]" if dialect.thousands == " " else rf"\x{ord(dialect.thousands):02x}"
        grouped = text.str.contains(rf"^[+-]?\d{{1,3}}({sign}\d{{3}})+(\{decimal}\d*)?$")
        text = pl.when(grouped).then(text.str.replace_all(sign, "")).otherwise(text)
    if dialect.decimal_comma:
        text = pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(",", ".", literal=True))
    return text.cast(pl.Float64, strict=False)


def _date(value: pl.Expr, dtype: Any, formats: tuple[str, ...]) -> pl.Expr:
    if dtype == pl.Date:
        return value
    if isinstance(dtype, pl.Datetime):
        return value.dt.date()
    text = value if dtype == pl.String else value.cast(pl.String)
    return pl.coalesce(text.str.to_date(form, strict=False) for form in formats)


def _time(value: pl.Expr, dtype: Any) -> pl.Expr:
    """A moment in UTC; one without an offset is taken for UTC, a day for its beginning."""
    if isinstance(dtype, pl.Datetime):
        plain = value if dtype.time_zone is None else value.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return plain.cast(pl.Datetime("us"))
    if dtype == pl.Date:
        return value.cast(pl.Datetime("us"))
    text = value if dtype == pl.String else value.cast(pl.String)
    local = [text.str.to_datetime(form, strict=False, time_unit="us") for form in _ISO_TIMES]
    offset = [
        text.str.to_datetime(f"{form}%#z", strict=False, time_unit="us").dt.replace_time_zone(None)
        for form in _ISO_TIMES
    ]
    return pl.coalesce(*local, *offset, _date(text, pl.String, _ISO_DATES[:2]).cast(pl.Datetime("us")))


def _flag(text: pl.Expr) -> pl.Expr:
    small = text.str.to_lowercase()
    return pl.when(small.is_in(YES)).then(True).when(small.is_in(NO)).then(False)
