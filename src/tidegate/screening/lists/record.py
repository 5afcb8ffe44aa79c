"""One record of a list on its way to being an entry: what cannot be used is a fault, and the rest serves."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from hashlib import sha256
from pathlib import Path

from tidegate.screening.entry import EXACT, LEVELS, Entry, Identifier, Kind
from tidegate.screening.lists import days, places
from tidegate.screening.lists.faults import SHOWN, Fault
from tidegate.screening.lists.source import Heading, Loaded

__all__ = ["LONGEST", "Reading", "Record", "clean"]

LONGEST = 1_000  # characters of a name, a number or an address
_REMARKS = 10_000  # characters of remarks that are kept
_UNSEEN = re.compile(r"[\u0000-\u001f\u007f-\u009f\u00a0\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def clean(text: str) -> str:
    """Return a text composed (NFC), without characters that nobody sees, with single blanks.

    Halves of surrogate pairs, which no encoding can write, become the replacement character.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return " ".join(_UNSEEN.sub(" ", text).split())


class Reading:
    """What has been read of one list so far."""

    def __init__(self, heading: Heading) -> None:
        self.heading = heading
        self.entries: dict[str, Entry] = {}
        self.faults: list[Fault] = []
        self.withdrawn = 0

    def record(self, file: Path, source_id: str, place: str = "") -> Record:
        """Begin a record: its number in the source, and where it stands if it has none."""
        number = clean(source_id)[:LONGEST]
        return Record(self, file.name, number or place, number)

    def fault(self, file: Path, record: str, reason: str, value: str = "") -> None:
        """Note what is wrong with a record that is not even begun."""
        self.faults.append(Fault(file.name, record, reason, clean(value[:SHOWN])))

    def loaded(self) -> Loaded:
        """Return what was read."""
        return Loaded(tuple(self.entries.values()), tuple(self.faults), self.withdrawn)


class Record:
    """One record. Give it what the source says, then ask for its `entry`."""

    def __init__(self, reading: Reading, file: str, place: str, source_id: str) -> None:
        self._reading, self.file, self.place, self.source_id = reading, file, place, source_id
        heading = reading.heading
        self.owner, self.purpose, self.level = heading.owner, heading.purpose, heading.level
        self.names: dict[str, None] = {}
        self.identifiers: dict[Identifier, None] = {}
        self.years: dict[str, None] = {}
        self.countries: dict[str, None] = {}
        self.addresses: dict[str, None] = {}
        self.sex = ""
        self.listed_on: date | None = None
        self.changed_on: date | None = None
        self.expires: date | None = None
        self.remarks: list[str] = []

    def fault(self, reason: str, value: str = "") -> None:
        """Note what is wrong with this record."""
        self._reading.faults.append(Fault(self.file, self.place, reason, clean(value[:SHOWN])))

    def name(self, *texts: str) -> None:
        """Add names; one without a letter or digit is none."""
        for text in texts:
            if (name := self._text(text)) and any(letter.isalnum() for letter in name):
                self.names[name] = None

    def identifier(self, kind: str, value: str, country: str = "") -> None:
        """Add a number of a type of Identifier; the country is one by name or code."""
        value = self._text(value)
        if any(letter.isalnum() for letter in value):
            self.identifiers[Identifier(kind, value, self.code(country))] = None

    def born(self, text: str, order: str = "day") -> None:
        """Add a date of birth, in any of the shapes that `days.possibilities` reads."""
        if not text.strip():
            return
        found = days.possibilities(text, order)
        if not found:
            self.fault("unknown_date", text)
        self.years |= dict.fromkeys(found)

    def country(self, text: str) -> None:
        """Add a country by name or code."""
        if found := self.code(text):
            self.countries[found] = None

    def code(self, text: str) -> str:
        """Return the alpha-2 code of a country; "" (and a fault) where it is unknown."""
        found = places.code(text) if text.strip() else ""
        if found is None:
            self.fault("unknown_country", text)
        return found or ""

    def address(self, *parts: str) -> None:
        """Add an address from its parts."""
        if whole := self._text(", ".join(part.strip(" ,") for part in parts if part.strip(" ,"))):
            self.addresses[whole] = None

    def day(self, text: str, order: str = "day") -> date | None:
        """Return the day of a text; None (and a fault) where it is not one."""
        if not text.strip():
            return None
        found = days.day(text, order)
        if found is None:
            self.fault("unknown_date", text)
        return found

    def gender(self, text: str) -> None:
        """Take the sex from how a source writes it; what is neither is not known."""
        self.sex = {"m": "m", "male": "m", "nam": "m", "f": "f", "female": "f", "nữ": "f"}.get(text.strip().lower(), "")

    def raise_level(self, level: str) -> None:
        """Take the stricter one of two levels."""
        self.level = max(self.level, level, key=LEVELS.index)

    def remark(self, text: str) -> None:
        """Add a remark."""
        if text.strip():
            self.remarks.append(clean(text))

    def entry(self, kind: Kind) -> Entry | None:
        """Return the entry and put it on the list; None (and a fault) where nothing can be found by it.

        Of several records of one number the one that counts longest stays; of equals, the last.
        """
        if not self.identifiers and (kind in EXACT or not self.names):
            self.fault("no_identifier" if kind in EXACT else "no_name")
            return None
        made = Entry(
            list=self._reading.heading.list,
            source_id=self.source_id or self._digest(kind),
            kind=kind,
            names=tuple(self.names),
            identifiers=tuple(self.identifiers),
            born=tuple(self.years),
            countries=tuple(self.countries),
            sex=self.sex,
            addresses=tuple(self.addresses),
            owner=self.owner,
            purpose=self.purpose,
            level=self.level,
            listed_on=self.listed_on,
            changed_on=self.changed_on,
            expires=self.expires or self._reading.heading.expires,
            remarks=" ".join(self.remarks)[:_REMARKS],
        )
        earlier = self._reading.entries.get(made.source_id)
        if earlier is not None:
            self.fault("repeated")
            if (earlier.expires or date.max) > (made.expires or date.max):
                return earlier
        self._reading.entries[made.source_id] = made
        return made

    def _digest(self, kind: Kind) -> str:
        """A number for a record that has none: made from what it is about, so that it stays when lines move."""
        about = repr((kind.value, sorted(self.names), sorted(map(repr, self.identifiers)), sorted(self.years)))
        return sha256(about.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def _text(self, text: str) -> str:
        text = clean(text)
        if len(text) > LONGEST:
            self.fault("too_long", text)
            return ""
        return text
