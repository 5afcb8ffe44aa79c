"""What all of `tidegate screen` needs: lists that serve, the day, who is meant, what may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from cyclopts import Parameter

from tidegate.cli.screen_texts import Speech
from tidegate.cli.sources import day
from tidegate.errors import InputError, ListError
from tidegate.screening import LEVELS, Lists, Party, Shelf, load
from tidegate.screening.parties import KINDS, party

__all__ = ["Who", "chance", "known_level", "on_day", "serving"]

HINTS = {
    "born": "Write 1975, 1975-03 or 1975-03-12.",
    "kind": f"Choose one of {', '.join(KINDS)}.",
    "sex": "Write f or m.",
    "country": "Write a code such as VN, or a name; several with ; between them.",
    "document_country": "Write a code such as VN, or a name.",
}


@Parameter(name="*")
@dataclass(frozen=True)
class Who:
    """Who or what is meant; only a name, or one number, is needed.

    Parameters
    ----------
    name:
        A name, in any script.
    kind:
        person, company, vessel, ...
    born:
        Birth, as 1975, 1975-03 or 1975-03-12.
    country:
        Nationality, or where a company is registered; several with ; between them.
    sex:
        f or m.
    address:
        Address.
    document_country:
        Who gave the numbers.
    passport:
        Number of a passport.
    identity_card:
        Number of an identity card.
    tax:
        Tax code.
    registration:
        Number in a register of companies.
    imo:
        IMO number of a vessel.
    mmsi:
        MMSI of a vessel.
    call_sign:
        Call sign of a vessel.
    vin:
        Number of a vehicle (VIN).
    plate:
        Number plate of a vehicle.
    container:
        Number of a container (ISO 6346).
    phone:
        Telephone number.
    email:
        E-mail address.
    other:
        Number of any other document.
    """

    name: str = ""
    kind: str = ""
    born: str = ""
    country: str = ""
    sex: str = ""
    address: str = ""
    document_country: str = ""
    passport: str = ""
    identity_card: str = ""
    tax: str = ""
    registration: str = ""
    imo: str = ""
    mmsi: str = ""
    call_sign: str = ""
    vin: str = ""
    plate: str = ""
    container: str = ""
    phone: str = ""
    email: str = ""
    other: str = ""

    def said(self) -> dict[str, str]:
        """What was said, by field."""
        return {field: value for field, value in vars(self).items() if value}

    def party(self) -> Party:
        """The party that is meant. Raises InputError for what is not understood, or where nobody is named."""
        found, wrong = party(self.said())
        for field in wrong:
            hint = HINTS.get(field, "Write it as it stands on the document.")
            option = f"--{field.replace('_', '-')}"
            raise InputError(f"{self.said()[field][:80]!r} is not understood.", where=option, hint=hint)
        if not any(map(str.isalnum, found.name)) and not found.identifiers:
            raise InputError("there is neither a name nor a number.", hint="Name somebody, or give a number.")
        return found


def on_day(text: str | None, option: str = "--on") -> date:
    """The day that is named, else today (UTC). Raises InputError."""
    return day(text, option) if text else datetime.now(UTC).date()


def known_level(level: str) -> str:
    """A level of LEVELS. Raises InputError."""
    if level not in LEVELS:
        raise InputError(f"there is no level {level!r}.", where="--level", hint=f"Choose one of {', '.join(LEVELS)}.")
    return level


def chance(threshold: float | None) -> float | None:
    """A probability. Raises InputError."""
    if threshold is not None and not 0.0 < threshold <= 1.0:
        raise InputError(f"{threshold} is no probability.", where="--threshold", hint="Write it as 0.9.")
    return threshold


def serving(folder: Path, cache: Path | None, speech: Speech) -> tuple[Lists, int]:
    """The lists that serve, and exit status 1 where an earlier version of one does. Raises ListError.

    With `cache` a list that is not whole is served by its version before; what became of lists goes to standard error.
    """
    if cache is None:
        lists, status = load(folder), 0
    else:
        shelf = Shelf(folder, cache)
        renewal = shelf.renew(datetime.now(UTC))
        for state in renewal.states:
            if state.state != "same":
                speech.warn(state.told(speech.language))
        if renewal.unkept:
            speech.warn(renewal.unkept)
        lists, status = shelf.lists, 0 if renewal.whole else 1
        if not lists.by_name:
            hint = "What is wrong with each stands above."
            raise ListError("no list can be read, and no earlier version serves.", where=str(folder), hint=hint)
    if lists.faults:
        speech.warn(speech.text("faults", n=len(lists.faults), first=lists.faults[0].told(speech.language)))
    return lists, status
