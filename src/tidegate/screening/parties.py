"""A table of names becomes parties: columns by what they are called, rows that say the same once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from tidegate.errors import InputError
from tidegate.screening.entry import Identifier, Kind, Party
from tidegate.screening.lists import days, places
from tidegate.screening.lists.mapping import IDENTIFIERS
from tidegate.screening.lists.record import LONGEST, clean

__all__ = ["COLUMNS", "KINDS", "SEXES", "Unread", "columns", "distinct", "parties", "party"]

# What a table may say of a party -> what its column may be called, in any case, with or without marks.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("full name", "họ tên", "họ và tên", "tên", "tên công ty"),
    "kind": ("loại",),
    "born": ("birth date", "date of birth", "ngày sinh", "năm sinh"),
    "country": ("nationality", "quốc tịch", "quốc gia", "nước"),
    "sex": ("gender", "giới tính"),
    "address": ("địa chỉ",),
    "document_country": ("nước cấp",),  # who gave the numbers
    "passport": ("passport number", "hộ chiếu", "số hộ chiếu"),
    "identity_card": ("cccd", "cmnd", "căn cước", "số căn cước"),
    "tax": ("tax code", "mã số thuế"),
    "registration": ("registration number", "số đăng ký"),
    "imo": ("imo number", "số imo"),
    "mmsi": (),
    "call_sign": ("hô hiệu",),
    "vin": ("số khung",),
    "plate": ("number plate", "biển số"),
    "container": ("container number", "số container"),
    "phone": ("telephone", "điện thoại", "số điện thoại"),
    "email": ("e-mail", "thư điện tử"),
    "other": ("other number", "số khác"),
}
# What a kind may be called, besides by its own name.
KINDS: dict[str, Kind] = {
    **{kind.value: kind for kind in Kind},
    **dict.fromkeys(("individual", "cá nhân", "người"), Kind.PERSON),
    **dict.fromkeys(("organisation", "organization", "entity", "tổ chức", "công ty", "doanh nghiệp"), Kind.COMPANY),
    **dict.fromkeys(("ship", "tàu", "tàu biển"), Kind.VESSEL),
}
SEXES = {**dict.fromkeys(("f", "female", "woman", "nữ"), "f"), **dict.fromkeys(("m", "male", "man", "nam"), "m")}
_BETWEEN = re.compile(r"[;|]")  # between several numbers or countries in one cell


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell that could not be understood, so that the party was screened without it: row of the table, column."""

    row: int
    column: str
    value: str


@cache
def _plain(text: str) -> str:
    """A heading in small letters without marks: "Ngày_Sinh" is "ngay sinh"."""
    letters = unicodedata.normalize("NFKD", text.strip().lower().replace("đ", "d").replace("_", " "))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def columns(names: Sequence[str], where: str = "") -> dict[str, str]:
    """Which column holds what: fields of COLUMNS with the names of their columns; columns of other names are left out.

    Raises InputError where two columns hold the same field, or none says who is meant.
    """
    found: dict[str, str] = {}
    for field, others in COLUMNS.items():
        called = {_plain(other) for other in (field, *others)}
        of_field = [name for name in names if _plain(name) in called]
        if len(of_field) > 1:
            both = " and ".join(repr(name[:80]) for name in of_field[:2])
            raise InputError(f"{both} are both {field}.", where=where, hint="Give one of them another name.")
        if of_field:
            found[field] = of_field[0]
    if not {"name", *IDENTIFIERS} & found.keys():
        seen = ", ".join(repr(name[:40]) for name in names[:8])
        hint = f"Name one of the columns name, {', '.join(IDENTIFIERS)}."
        raise InputError(f"no column names anybody; there are {seen}.", where=where, hint=hint)
    return found


def distinct(table: pl.DataFrame, found: Mapping[str, str]) -> tuple[pl.DataFrame, pl.Series]:
    """Return what a table says of parties, each once: columns by field, texts, never null; and the place of each row
    among them, null where a row says neither a name nor a number."""
    said = table.select(_text(table.schema[name], name).alias(field) for field, name in found.items())
    somebody = pl.any_horizontal(pl.col(field).str.contains(r"\p{L}|\p{N}") for field in found if field in _NAMING)
    once = said.filter(somebody).unique(maintain_order=True).with_row_index("party")
    of = said.join(once, on=list(found), how="left", maintain_order="left")["party"]
    return once.drop("party"), of


_NAMING = ("name", *IDENTIFIERS)


def _text(dtype: pl.DataType, name: str) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.List(pl.String):
        column = column.list.join("; ")
    elif dtype.is_nested() or dtype == pl.Binary:
        raise InputError(f"the column {name[:80]!r} holds {dtype}, not texts.", hint="Write it as text.")
    elif dtype.is_float():
        # 0109876543.0 is how a spreadsheet wrote a number.
        column = column.cast(pl.Decimal(38, 0), strict=False)
    return column.cast(pl.String).str.strip_chars().fill_null("")


def parties(said: pl.DataFrame) -> tuple[list[Party], list[Unread]]:
    """Return the parties of a table as `distinct` made it, row by row, and the cells that nobody understands."""
    unread: list[Unread] = []
    found = []
    for row, cells in enumerate(said.iter_rows(named=True)):
        one, wrong = party(cells)
        found.append(one)
        unread += [Unread(row, column, cells[column][:80]) for column in wrong]
    return found, unread


def party(cells: Mapping[str, str]) -> tuple[Party, list[str]]:
    """Return the party that fields of COLUMNS speak of, and the fields that could not be understood."""
    wrong: list[str] = []
    born = days.possibilities(cells["born"]) if cells.get("born") else ()
    if cells.get("born") and len(born) != 1:
        wrong.append("born")
    kind = KINDS.get(clean(cells.get("kind", "")[:LONGEST]).lower())
    if cells.get("kind") and kind is None:
        wrong.append("kind")
    sex = SEXES.get(clean(cells.get("sex", "")[:LONGEST]).lower(), "")
    if cells.get("sex") and not sex:
        wrong.append("sex")
    giver = _countries(cells.get("document_country", ""), "document_country", wrong)
    numbers = [
        Identifier(type, value, giver[0] if giver else "")
        for type in IDENTIFIERS
        if cells.get(type)
        for value in _values(cells[type], type, wrong)
    ]
    return (
        Party(
            clean(cells.get("name", "")[:LONGEST]),
            kind,
            tuple(dict.fromkeys(numbers)),
            born[0] if len(born) == 1 else "",
            _countries(cells.get("country", ""), "country", wrong),
            sex,
            clean(cells.get("address", "")[:LONGEST]),
        ),
        wrong,
    )


def _values(cell: str, column: str, wrong: list[str]) -> list[str]:
    values = [value for part in _BETWEEN.split(cell[:LONGEST]) if any(map(str.isalnum, value := clean(part)))]
    if len(cell) > LONGEST or not values:
        wrong.append(column)
    return values


def _countries(cell: str, column: str, wrong: list[str]) -> tuple[str, ...]:
    if not cell:
        return ()
    whole = places.code(cell)
    codes = [whole] if whole else [places.code(part) for part in re.split(r"[;|,]", cell[:LONGEST]) if part.strip()]
    if None in codes or not codes:
        wrong.append(column)
    return tuple(dict.fromkeys(code for code in codes if code))
