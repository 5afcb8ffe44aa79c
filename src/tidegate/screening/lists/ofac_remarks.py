"""The remarks of the US Treasury's list, which hold births, countries and numbers one after the other."""

from __future__ import annotations

import re
from typing import NamedTuple

from tidegate.screening.lists.record import Record

__all__ = ["NUMBERS", "country", "fill", "parts"]


class Number(NamedTuple):
    """How the list calls a number (a pattern), and the type of identifier that it is."""

    called: str
    type: str


# The first that fits counts: an IMO number of a company is not one of a ship, a tax ID no identity card.
NUMBERS: tuple[Number, ...] = (
    Number(r"Vessel Registration Identification IMO|International Maritime Organization No\.", "imo"),
    Number(r"(?:Identification|Company) Number IMO", "registration"),
    Number(r"MMSI", "mmsi"),
    Number(r"(?:Previous )?Aircraft Tail Number", "plate"),
    Number(r"Aircraft Manufacturer's Serial Number \(MSN\)|Aircraft Construction Number(?: \(.*?\))?", "other"),
    Number(r"(?:[A-Z][a-z]+ ){0,4}Passport|Travel Document Number", "passport"),
    Number(r"Tax ID No\.|NIT|RUC|RIF|R\.F\.C\.|RTN|V\.A\.T\. Number|(?:Italian )?Fiscal Code", "tax"),
    Number(r"(?:Cedula|D\.N\.I\.|SSN|Personal ID Card|C\.U\.R\.P\.|Electoral Registry)(?: No\.?)?", "identity_card"),
    Number(r"(?:[A-Z][a-z]+ ){0,2}(?:National )?(?:Foreign )?ID (?:No\.|Number|Card)", "identity_card"),
    Number(r"(?:Turkish )?Identification Number|Citizen's Card Number|Residency Number|LE Number", "identity_card"),
    Number(r"Driver's License No\.", "identity_card"),
    Number(r"(?:Business |Public |MSB )?Registration (?:Number|ID|Document)", "registration"),
    Number(r"(?:UK )?Company Number|Commercial Registry Number|C\.R\. No\.|Trade License No\.", "registration"),
    Number(r"Business Number|Enterprise Number|Legal Entity Number|Chamber of Commerce Number", "registration"),
    Number(r"Matricula Mercantil No\.?|Folio Mercantil No\.|Certificate of Incorporation Number", "registration"),
    Number(r"Business Registration Document|Government Gazette Number|Registered Charity No\.", "registration"),
    Number(r"Email Address", "email"),
    Number(r"(?:Tele)?[Pp]hone(?: No\.| Number)?|Fax(?: No\.)?", "phone"),
)
_NUMBERS = [(re.compile(rf"(?:alt\. )?(?:{called})(?:\s*#)?\s*:?\s+(.+)"), kind) for called, kind in NUMBERS]
_BIRTH = re.compile(r"(?:alt\. )?DOB (.+)")
_COUNTRY = re.compile(r"(?:alt\. )?(?:nationality|citizen) (.+)")
_SEX = re.compile(r"(?:alt\. )?Gender (Male|Female)")
_FLAG = re.compile(r"(?:alt\. )?(?:Former )?Vessel Flag (.+)")
# What stands behind a number: who gave it, when, until when.
_TERM = re.compile(r",? +(?:issued|expires|expired|valid|Date)\b.*|;.*")
_GIVER = re.compile(r"\s*\(([^()]*)\)\s*$")
_NOTHING = {"none identified", "stateless", "unknown"}
# Given by cities and provinces, not by states.
_CITIES = {
    "medellin",
    "bogota",
    "cali",
    "manizales",
    "uraba",
    "aburra sur",
    "delaware",
    "florida",
    "nevada",
    "peshawar",
}


def parts(remarks: str) -> list[str]:
    """Return the single remarks, without the stops behind them."""
    # Blanks are made single first: patterns would go over long rows of them again and again.
    single = " ".join(remarks.split())
    return [part.strip().removesuffix(".") for part in single.split("; ") if part.strip(" .")]


def fill(record: Record, remarks: str) -> None:
    """Take from remarks what names, dates and numbers they hold; all of them are kept as remarks too."""
    for part in parts(remarks):
        if found := _BIRTH.fullmatch(part):
            record.born(found[1])
        elif found := _COUNTRY.fullmatch(part) or _FLAG.fullmatch(part):
            country(record, found[1])
        elif found := _SEX.fullmatch(part):
            record.gender(found[1])
        else:
            _number(record, part)
    record.remark(remarks)


def country(record: Record, said: str) -> None:
    """Add a country as the list writes it."""
    record.country(_state(said))


def _state(said: str) -> str:
    """The state in what the list says: "possibly Palestinian", "Cabo Verde.  Previously Cape Verde."; "" for none."""
    state = re.split(r";|\. +Previously ", said.removeprefix("possibly "))[0]
    return "" if state.lower() in _CITIES | _NOTHING else state


def _number(record: Record, part: str) -> None:
    for pattern, kind in _NUMBERS:
        if found := pattern.fullmatch(part):
            value = _TERM.sub("", found[1]).strip()
            place = ""
            if kind != "phone" and (giver := _GIVER.search(value)):
                value, place = value[: giver.start()], giver[1]
                # A county and its state may both stand there: the last one counts.
                value = _GIVER.sub("", value)
            if any(letter.isdigit() for letter in value) or kind == "email":
                record.identifier(kind, value, _state(place))
            return
