"""Plainly: the few rows of one small message as plain values, since a table of five rows costs more than the rows.

It knows only what is plain: rows without a fault, whose values are written as nearly everybody writes them. Of anything
else it says so, and the message is read as a table (`sift`), whose rules these are. What it reads it reads to the bit
as that does, flags included; the tests hold one against the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any

import polars as pl

from tidegate.intake.checks import EARLIEST, LATEST
from tidegate.intake.reasons import FLAGS
from tidegate.intake.shape import CAPITALS, NO, YES
from tidegate.trade import LINE_FIELDS, MESSAGE_FIELDS, containers, countries, currencies, hs, transport
from tidegate.trade.versions import IDENTITY

__all__ = ["EXTRA_TYPES", "NotPlain", "plain"]

Row = dict[str, Any]
EXTRA_TYPES: dict[type, Any] = {str: pl.String(), int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean()}

FIELDS = {field.name: field for field in (*MESSAGE_FIELDS, *LINE_FIELDS)}
NEEDED = [field.name for field in LINE_FIELDS if field.required and field.name != "item_number"]
BLANKS = " \t\r\n"
TEXTS = frozenset({str})
LONGEST = 8_000  # characters; what is longer is looked at as a table
WHOLE, LARGE = 2**31, 2**63
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?")
LOST = re.compile("[\ufffd\ud800-\udfff]")  # the sign for a lost character, halves of one
SEPARATORS, BETWEEN_CONTAINERS = re.compile(r"[,;|\s]+", re.ASCII), re.compile(r"[,;|/\s]+", re.ASCII)
PORT = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
ORDER = {entry.code: place for place, entry in enumerate(FLAGS)}


class NotPlain(Exception):  # noqa: N818 - no error: the message is read otherwise
    """There is something in a message that is read as a table."""


def plain(rows: Sequence[Mapping[str, Any]], columns: Collection[str] = ()) -> list[Row]:
    """The rows of one message, of one table, as typed values by field, each with `flags`; extra columns follow.

    `rows`: values as JSON or a message has them; `columns`: those that the message has though no row does. Raises
    NotPlain.
    """
    there = set(columns).union(*rows)
    if not there.issuperset(NEEDED) or "\0" in "".join(there):
        raise NotPlain
    if any(row.get("flags") is not None for row in rows):
        raise NotPlain
    made: list[Row] = [{} for _ in rows]
    for name in there:
        values = [row.get(name) for row in rows]
        kinds = frozenset(type(value) for value in values if value is not None)
        read = _reader(name, kinds)
        if kinds == TEXTS:  # most are the same on every line
            told = {value: None if value is None else read(value) for value in dict.fromkeys(values)}
            for row, value in zip(made, values, strict=True):
                row[name] = told[value]
            continue
        for row, value in zip(made, values, strict=True):
            row[name] = None if value is None else read(value)
    _whole(made, there)
    for row in made:
        row["flags"] = " ".join(_flags(row, there)) or None
    return made


@lru_cache(4_096)
def _reader(name: str, kinds: frozenset[type]) -> Callable[[Any], Any]:
    """What reads the values of a column, all of these types."""
    field = FIELDS.get(name)
    if field is None:
        return _one(kinds, {str: _text, bool: bool, int: _whole_number, float: _finite})
    if field.dtype == pl.String:
        tidy = TIDY.get(name)
        text = (lambda value: tidy(_text(value))) if tidy else _text
        return _one(kinds, {str: text, int: (lambda value: text(str(_whole_number(value))))})
    if field.dtype == pl.Date:
        return _one(kinds, {str: _day})
    if field.dtype == pl.Boolean:
        return _one(kinds, {bool: bool, str: _flag})
    if field.dtype == pl.Datetime("us"):
        return _one(kinds, {str: _moment, datetime: _same})
    counted = field.dtype == pl.Int32
    least = 1 if name == "item_number" else 0 if field.unit else None

    def number(value: Any) -> Any:
        if isinstance(value, str):
            text = _text(value)
            if text is None:
                return None
            if not NUMBER.fullmatch(text):
                raise NotPlain
            value = text
        read = _finite(float(value))
        if least is not None and read < least:
            raise NotPlain
        if counted:
            if read != int(read) or abs(read) >= WHOLE:
                raise NotPlain
            return int(read)
        return read

    if kinds <= {int, float}:
        return number
    return _one(kinds, {str: number})


def _one(kinds: frozenset[type], readers: Mapping[type, Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """The reader of the one type that there is."""
    if not kinds:
        return _text
    if len(kinds) > 1 or not kinds <= readers.keys():
        raise NotPlain
    return readers[next(iter(kinds))]


def _text(value: str) -> str | None:
    if len(value) > LONGEST or "\0" in value:
        raise NotPlain
    if not value.isascii() and (LOST.search(value) or not unicodedata.is_normalized("NFC", value)):
        raise NotPlain
    if value and (value[0].isspace() or value[-1].isspace()):
        value = value.strip(BLANKS)
    if value and not (value[0].isprintable() and value[-1].isprintable()):
        raise NotPlain  # blanks of other kinds
    return value or None


def _same(value: Any) -> Any:
    return value


def _finite(value: float) -> float:
    if value - value != 0:
        raise NotPlain
    return value


def _whole_number(value: int) -> int:
    if abs(value) >= LARGE:
        raise NotPlain
    return value


def _day(value: str) -> date | None:
    text = _text(value)
    if text is None:
        return None
    if not DAY.fullmatch(text):
        raise NotPlain
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotPlain from None


def _moment(value: str) -> datetime | None:
    text = _text(value)
    if text is None:
        return None
    if not MOMENT.fullmatch(text):
        raise NotPlain
    try:
        read = datetime.fromisoformat(text)
        return read if read.tzinfo is None else read.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise NotPlain from None


def _flag(value: str) -> bool | None:
    text = _text(value)
    if text is None:
        return None
    small = text.lower()
    if small not in YES and small not in NO:
        raise NotPlain
    return small in YES


def _ascii(tidy: Callable[[str], str]) -> Callable[[str | None], str | None]:
    def tidied(text: str | None) -> str | None:
        if text is None:
            return None
        if not text.isascii():
            raise NotPlain
        return tidy(text)

    return tidied


def _hs(text: str) -> str:
    code = re.sub(r"[ .\-]", "", text)
    if not (code.isdecimal() and 6 <= len(code) <= 12 and code[:2] in hs.CHAPTERS):
        raise NotPlain
    return code


def _identity(text: str) -> str:
    if "+" in text:  # a number that a spreadsheet shortened
        raise NotPlain
    return text


TIDY: dict[str, Callable[[str | None], str | None]] = {
    **{name: _ascii(str.upper) for name in CAPITALS},
    "container_ids": _ascii(lambda text: BETWEEN_CONTAINERS.sub(" ", text.upper()).strip(" ")),
    "documents": _ascii(lambda text: SEPARATORS.sub(" ", text)),
    "hs_code": _ascii(_hs),
    "declaration_id": _ascii(_identity),
}


def _whole(rows: Sequence[Row], there: Collection[str]) -> None:
    """Raise NotPlain for what shows only when the rows of a message are seen together; number what has no number."""
    counted: dict[str, int] = {}
    items: set[tuple[str, int]] = set()
    said: dict[str, list[Any]] = {}
    own = [name for name in IDENTITY if name in there]
    for row in rows:
        number = row["declaration_id"]
        if number is None or row["lodged_on"] is None or not EARLIEST <= row["lodged_on"] <= LATEST:
            raise NotPlain
        if row.get("message_function") == "cancellation":
            raise NotPlain
        if "item_number" not in there:
            row["item_number"] = counted[number] = counted.get(number, 0) + 1
        item = number, row["item_number"]
        message = [row[name] for name in own]
        if row["item_number"] is None or item in items or said.setdefault(number, message) != message:
            raise NotPlain
        items.add(item)


@cache
def _known() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    return frozenset(hs.codes()), frozenset(countries.codes()), frozenset(currencies.codes())


def _flags(row: Row, there: Collection[str]) -> list[str]:
    """The codes of what is odd in a row, as checks.flags says it, in the order of FLAGS."""
    codes, lands, monies = _known()
    say = row.get
    found = set()
    code, value, net = row["hs_code"], say("customs_value"), say("net_mass_kg")
    if code is None:
        found.add("hs_missing")
    elif code[:6] not in codes:
        found.add("hs_not_in_edition")
    for place in ("origin", "dispatch", "transit"):
        if (say(f"{place}_country") or "VN") not in lands:
            found.add(f"{place}_unknown")
    for place in ("loading_port", "unloading_port"):
        if (port := say(place)) is not None and not PORT.fullmatch(port):
            found.add(f"{place}_form")
    for name, known, flag in (
        ("currency", monies, "currency_unknown"),
        ("transport_mode", transport.MODES, "mode_unknown"),
        ("incoterm", transport.INCOTERMS, "incoterm_unknown"),
    ):
        if (told := say(name)) is not None and told not in known:
            found.add(flag)
    if net is not None:
        if (gross := say("gross_mass_kg")) is not None and net > gross:
            found.add("net_over_gross")
        if net == 0:
            found.add("mass_zero")
    if value == 0 or (value is None and "customs_value" in there):
        found.add("value_missing" if value is None else "value_zero")
    if (since := say("importer_registered_on")) is not None and row["lodged_on"] < since:
        found.add("before_registration")
    for number in (say("container_ids") or "").split():
        if fault := containers.fault(number):
            found.add(f"container_{fault}")
    return sorted(found, key=ORDER.__getitem__) if found else []
