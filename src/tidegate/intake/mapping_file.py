"""The text of a mapping file, read section by section; whatever it does not know is an error that names the place."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl

from tidegate.errors import MappingError
from tidegate.intake.dialect import Dialect
from tidegate.intake.names import did_you_mean
from tidegate.intake.settings import SETTINGS, UNITS
from tidegate.trade import FINDING_SCHEMA, LINE_FIELDS, LINE_SCHEMA, countries, currencies

__all__ = ["CodeMap", "Column", "Expected", "FindingColumns", "Split", "sections"]

T = TypeVar("T")

_TYPES = {"text": pl.String, "number": pl.Float64, "whole": pl.Int64, "date": pl.Date, "flag": pl.Boolean}
_UNKNOWN = ("keep", "flag", "empty", "reject")
_FINDING_COLUMNS = ("illicit", "offence", "revenue", "found_on", "selected_by", "probability")


@dataclass(frozen=True, slots=True)
class Column:
    """An extra column: where it comes from and its type; None leaves the type as it is in the file."""

    column: str
    dtype: Any = None


@dataclass(frozen=True, slots=True)
class CodeMap:
    """What each code becomes, and what happens to the others: keep, flag, empty or reject."""

    values: Dict[str, str]
    unknown: str = "keep"
    capitals: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """One column that becomes several; an empty name drops a part."""

    by: str
    into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingColumns:
    """Which columns hold the finding, by field of a finding; `delay_days` stands in for `found_on`."""

    columns: Dict[str, str]
    delay_days: int = 0
    whole_declaration: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """What the node expects of its own data, beyond what holds everywhere."""

    tax_code: bool = False
    currency: str = ""


def sections(text: str, where: str) -> dict[str, Any]:
    """Return what the sections of a mapping file say, by attribute of Mapping. Raises MappingError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"is not TOML: {error}.", where=where, hint="Texts stand between quotes.") from error
    return _Reader(where).sections(data)


class _Reader:
    """Checks the sections of one file, one method each; a message names the place."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.section = ""

    def sections(self, data: dict[str, Any]) -> dict[str, Any]:
        self._known(data, ["title", *dict.fromkeys(entry.section for entry in SETTINGS if entry.section)], "")
        made: dict[str, Any] = {
            "title": self._text(data.get("title", ""), "title"),
            "csv": self._csv(self._table(data.get("csv", {}), "csv")),
            "rename": self._each(data, "rename", self._field, lambda value, key: self._text(value, f"[rename] {key}")),
            "extra": self._each(data, "extra", self._extra_name, self._column),
            "constants": self._each(data, "constants", self._field, self._constant),
            "units": self._each(data, "units", self._numeric, self._factor),
            "codes": self._each(data, "codes", self._code_field, self._codes),
            "dates": self._each(data, "dates", self._date_field, self._formats),
            "split": self._each(data, "split", str, self._split),
            "pad": self._each(data, "pad", self._text_field, self._digits),
            "finding": self._finding(self._table(data["finding"], "finding")) if "finding" in data else None,
            "expected": self._expected(self._table(data.get("checks", {}), "checks")),
        }
        self._once_each(made)
        return made

    def _each(
        self, data: dict[str, Any], section: str, name: Callable[[str], str], value: Callable[[Any, str], T]
    ) -> dict[str, T]:
        """One section whose keys its author chooses: every key goes through `name`, every value through `value`."""
        self.section = section
        return {name(key): value(entry, key) for key, entry in self._table(data.get(section, {}), section).items()}

    def _csv(self, table: dict[str, Any]) -> Dialect:
        self._known(table, self._keys("csv"), "csv")
        encoding = self._text(table.get("encoding", ""), "[csv] encoding")
        if encoding:
            try:
                codecs.lookup(encoding)
            except LookupError:
                raise self._error(
                    f"there is no encoding {encoding!r}.",
                    "[csv] encoding",
                    "Common are utf-8, utf-16 and windows-1258.",
                ) from None
        delimiter = self._sign(table, "delimiter")
        thousands = self._sign(table, "thousands")
        comma = table.get("decimal_comma", False)
        if not isinstance(comma, bool):
            raise self._error("must be true or false.", "[csv] decimal_comma")
        if thousands == ("," if comma else "."):
            raise self._error("is also the sign before the decimals.", "[csv] thousands", "Set decimal_comma to fit.")
        null = table.get("null", [])
        if not isinstance(null, list) or not all(isinstance(text, str) for text in null):
            raise self._error("must be a list of texts.", "[csv] null")
        return Dialect(encoding, delimiter, comma, thousands, tuple(null))

    def _sign(self, table: dict[str, Any], key: str) -> str:
        sign = self._text(table.get(key, ""), f"[csv] {key}")
        if len(sign.encode()) > 1 or sign in ('"', "\n", "\r", "\0"):
            raise self._error("must be one plain character, and no quote or line end.", f"[csv] {key}")
        return sign

    def _column(self, value: Any, key: str) -> Column:
        if isinstance(value, str):
            return Column(value)
        table = self._table(value, f"extra.{key}")
        self._known(table, ["column", "type"], f"extra.{key}")
        kind = self._text(table.get("type", "text"), f"[extra.{key}] type")
        if kind not in _TYPES:
            raise self._error(f"there is no type {kind!r}.", f"[extra.{key}] type", did_you_mean(kind, _TYPES))
        return Column(self._text(table.get("column", key), f"[extra.{key}] column"), _TYPES[kind])

    def _constant(self, value: Any, key: str) -> str:
        if isinstance(value, (list, dict)):
            raise self._error("must be one value.", f"[constants] {key}")
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _factor(self, value: Any, key: str) -> float:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if not 0 < value < float("inf"):
                raise self._error("must be greater than zero.", f"[units] {key}")
            return float(value)
        unit = next((entry.unit for entry in LINE_FIELDS if entry.name == key), "")
        names = UNITS.get(unit, {})
        if not isinstance(value, str) or value not in names:
            known = f"Known here are {', '.join(names)}." if names else "Give a number to multiply with."
            raise self._error(
                f"there is no unit {value!r} for a field in {unit or 'no unit'}.", f"[units] {key}", known
            )
        return names[value]

    def _codes(self, value: Any, key: str) -> CodeMap:
        table = self._table(value, f"codes.{key}")
        self._known(table, ["values", "standard", "unknown"], f"codes.{key}")
        unknown = table.get("unknown", "keep")
        if unknown not in _UNKNOWN:
            raise self._error(f"must be one of {', '.join(_UNKNOWN)}.", f"[codes.{key}] unknown")
        standard = table.get("standard")
        if standard is not None and (standard not in countries.STANDARDS or not key.endswith("_country")):
            hint = f"It is one of {', '.join(countries.STANDARDS)}, and for countries only."
            raise self._error(f"there is no standard {standard!r} for {key}.", f"[codes.{key}] standard", hint)
        values = self._table(table.get("values", {}), f"codes.{key}.values")
        if not values and standard is None:
            raise self._error("has no values.", f"[codes.{key}]", 'Write values = { "10" = "1" }, say.')
        own = {code: self._constant(meaning, f"codes.{key}.values {code}") for code, meaning in values.items()}
        if standard is None:
            return CodeMap(own, unknown)
        named = {code.upper(): meaning for code, meaning in own.items()}
        return CodeMap(countries.translation(standard) | named, unknown, capitals=True)

    def _formats(self, value: Any, key: str) -> tuple[str, ...]:
        formats = [value] if isinstance(value, str) else value
        if not isinstance(formats, list) or not formats or not all(isinstance(text, str) for text in formats):
            raise self._error("must be a format, or a list of formats.", f"[dates] {key}", 'Say "%d/%m/%Y".')
        for text in formats:
            if "%" not in text:
                raise self._error(f"{text!r} is not a date format.", f"[dates] {key}", 'Say "%d/%m/%Y" for 31/12/2026.')
        return tuple(formats)

    def _split(self, value: Any, key: str) -> Split:
        place = f"[split.{key}]"
        table = self._table(value, f"split.{key}")
        self._known(table, ["by", "into"], f"split.{key}")
        by, into = table.get("by"), table.get("into")
        if not isinstance(by, str) or not by:
            raise self._error("needs `by`, the sign between the parts.", place)
        if not isinstance(into, list) or len(into) < 2 or not all(isinstance(name, str) for name in into):
            raise self._error("needs `into`, a list of two names or more.", place)
        for name in into:
            if name and name not in LINE_SCHEMA:
                self._extra_name(name)
        return Split(by, tuple(into))

    def _digits(self, value: Any, key: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 40:
            raise self._error("must be a width from 1 to 40.", f"[pad] {key}")
        return value

    def _finding(self, table: dict[str, Any]) -> FindingColumns:
        self._known(table, self._keys("finding"), "finding")
        level = table.get("level", "line")
        if level not in ("line", "declaration"):
            raise self._error("must be line or declaration.", "[finding] level")
        delay = table.get("delay_days", 0)
        if not isinstance(delay, int) or isinstance(delay, bool) or delay < 0:
            raise self._error("must be a whole number of days, 0 or more.", "[finding] delay_days")
        if "found_on" in table and "delay_days" in table:
            raise self._error("found_on and delay_days exclude each other.", "[finding]", "Keep one of them.")
        columns = {key: self._text(table[key], f"[finding] {key}") for key in _FINDING_COLUMNS if key in table}
        if "illicit" not in columns:
            raise self._error("needs `illicit`, the column that says whether something was found.", "[finding]")
        return FindingColumns(columns, delay, level == "declaration")

    def _expected(self, table: dict[str, Any]) -> Expected:
        self._known(table, self._keys("checks"), "checks")
        if table.get("tax_code", "VN") != "VN":
            raise self._error('is "VN" or left out.', "[checks] tax_code")
        currency = self._text(table.get("currency", ""), "[checks] currency")
        if currency and currency not in currencies.codes():
            raise self._error(f"{currency!r} is not a currency code.", "[checks] currency", "Say VND.")
        return Expected("tax_code" in table, currency)

    def _once_each(self, made: dict[str, Any]) -> None:
        """No field or extra column may come from two places."""
        origins: dict[str, str] = {}
        parts = [(name, f"split.{key}") for key, split in made["split"].items() for name in split.into if name]
        for name, section in [*((n, "rename") for n in made["rename"]), *((n, "extra") for n in made["extra"]), *parts]:
            if name in origins:
                raise self._error(f"{name} comes from [{origins[name]}] and from [{section}].", "", "Keep one of them.")
            origins[name] = section

    def _keys(self, section: str) -> list[str]:
        return [entry.key for entry in SETTINGS if entry.section == section]

    def _known(self, table: dict[str, Any], known: list[str], section: str) -> None:
        for key in table:
            if key not in known:
                what = f"there is no setting {key!r}." if section else f"there is no section or setting {key!r}."
                raise self._error(what, f"[{section}]" if section else "", did_you_mean(key, known))

    def _field(self, key: str) -> str:
        if key not in LINE_SCHEMA or key == "flags":
            hint = did_you_mean(key, (name for name in LINE_SCHEMA if name != "flags"))
            if self.section == "rename" and "?" not in hint:
                hint = "An extra column gets its name in [extra]."
            raise self._error(f"there is no field {key!r} of a line.", f"[{self.section}]", hint)
        return key

    def _typed(self, key: str, dtypes: tuple[Any, ...], what: str) -> str:
        if key in FINDING_SCHEMA and key not in LINE_SCHEMA:
            fits = FINDING_SCHEMA[key] in dtypes
        else:
            fits = LINE_SCHEMA[self._field(key)] in dtypes
        if not fits:
            raise self._error(f"{key} is not a field of {what}.", f"[{self.section}]")
        return key

    def _numeric(self, key: str) -> str:
        return self._typed(key, (pl.Float64, pl.Int32), "numbers")

    def _text_field(self, key: str) -> str:
        return self._typed(key, (pl.String,), "text")

    def _date_field(self, key: str) -> str:
        return key if key == "all" else self._typed(key, (pl.Date,), "dates")

    def _code_field(self, key: str) -> str:
        return key if key in FINDING_SCHEMA else self._field(key)

    def _extra_name(self, name: str) -> str:
        if name in LINE_SCHEMA:
            raise self._error(f"{name} is a field of a line, not an extra column.", "[extra]", "Put it into [rename].")
        if not name.isidentifier() or name != name.lower():
            hint = "A profile has to write it: small letters, digits and underscores."
            raise self._error(f"{name!r} cannot be the name of an extra column.", "[extra]", hint)
        return name

    def _table(self, value: Any, section: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error("must be a section of settings.", f"[{section}]")
        return value

    def _text(self, value: Any, place: str) -> str:
        if not isinstance(value, str):
            raise self._error("must be a text, between quotes.", place)
        return value

    def _error(self, what: str, place: str, hint: str = "") -> MappingError:
        return MappingError(what, where=f"{self.where} {place}".strip(), hint=hint)
