"""What is screened against what: a party as a declaration or an officer names it, and an entry of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["EXACT", "LEVELS", "NAMED", "Entry", "Identifier", "Kind", "Party"]


class Kind(StrEnum):
    """What an entry is about."""

    PERSON = "person"
    COMPANY = "company"
    VESSEL = "vessel"
    VEHICLE = "vehicle"
    CONTAINER = "container"
    DOCUMENT = "document"
    ADDRESS = "address"
    PHONE = "phone"
    PHRASE = "phrase"


# Found by name, with a probability; all others are found by their identifiers.
NAMED = frozenset({Kind.PERSON, Kind.COMPANY, Kind.VESSEL, Kind.ADDRESS})
EXACT = frozenset({Kind.VEHICLE, Kind.CONTAINER, Kind.DOCUMENT, Kind.PHONE})

# Who may see an entry, from everybody to the few. What is above "official" is shown as a hit without its details.
LEVELS = ("open", "official", "restricted")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that names one thing: `type` says which.

    Types: "passport", "identity_card", "tax", "registration", "imo", "mmsi", "call_sign", "vin", "plate", "container",
    "phone", "email", "other". `country` is ISO 3166 alpha-2 of who gave it, or empty.
    """

    type: str
    value: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list, as its owner wrote it.

    `names`: the main one first, then aliases and other scripts, each as written. `born`: years, months or days
    ("1975", "1975-03", "1975-03-12"), each a possibility. `countries`: nationalities and countries of residence or
    registration, ISO 3166 alpha-2. `sex`: "f", "m" or empty. An entry counts on days up to `expires` (none: for good).
    """

    list: str
    source_id: str
    kind: Kind
    names: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    born: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sex: str = ""
    addresses: tuple[str, ...] = ()
    owner: str = ""
    purpose: str = ""
    level: str = "open"
    listed_on: date | None = None
    changed_on: date | None = None
    expires: date | None = None
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Who or what is held against the lists; only the name, or one identifier, is needed.

    What is not known is left out: it neither agrees nor contradicts. Fields as in Entry; `kind` None: not known.
    """

    name: str = ""
    kind: Kind | None = None
    identifiers: tuple[Identifier, ...] = ()
    born: str = ""
    countries: tuple[str, ...] = ()
    sex: str = ""
    address: str = ""
