"""tidegate screen clear: an officer's "not the same" is remembered of a party, for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tidegate.cli.screen_lists import Who, chance, on_day, serving
from tidegate.cli.screen_texts import Speech
from tidegate.errors import InputError, ListError
from tidegate.screening import Clearance, Cleared, Entry, Lists, Party, Screener, identities

__all__ = ["clear"]

# Days for which "not the same" may be remembered at most: then somebody looks again.
LONGEST = 731
NOBODY = Who()


def clear(
    *,
    lists: Path,
    cleared: Path,
    list_: Annotated[str, Parameter(name="--list")],
    entry: str,
    until: str,
    by: str,
    reason: str,
    on: str | None = None,
    threshold: float | None = None,
    cache: Path | None = None,
    language: str = "en",
    who: Who = NOBODY,
) -> int:
    """Remember for a time that a party is not the entry of a list that it resembles.

    It is remembered of the surest that tells the party from others: a number, or the name with its birth or address.

    Parameters
    ----------
    lists:
        Folder with the lists.
    cleared:
        File of what officers found to be not the same; made where there is none.
    list_:
        The list, by its name.
    entry:
        The entry, by its number on the list.
    until:
        Last day on which it counts, as 2026-12-31; two years at most.
    by:
        Who decided it.
    reason:
        Why the two are not the same.
    on:
        First day on which it counts, as 2026-01-31; today without it.
    threshold:
        The probability from which on a name is a match, where names are screened with another than the model's own.
    cache:
        Folder where lists are kept, as for `tidegate screen`.
    language:
        en or vi.
    """
    speech = Speech(language)
    first, last = on_day(on), on_day(until, "--until")
    if not first <= last <= first + timedelta(days=LONGEST):
        what = f"{last} is not within two years from {first}."
        raise InputError(what, where="--until", hint="Choose a day on which somebody looks again.")
    for option, text in (("--by", by), ("--reason", reason)):
        if not text.strip():
            raise InputError("is empty.", where=option, hint="Say who decided it, and why.")
    party, least = who.party(), chance(threshold)
    known = identities(party)
    if not known:
        hint = "Others bear it as well: give a number, the birth or the address."
        raise InputError('"not the same" cannot be remembered of a name alone.', where="--name", hint=hint)
    served, status = serving(lists, cache, speech)
    held = listed(served, list_, entry)
    if not alike(served, held, party, least):
        hint = "Only what is a match can be cleared; `tidegate screen` says what is."
        raise InputError("the party does not match this entry.", where=f"{list_}, {entry}"[:200], hint=hint)
    one = Clearance(known[0], list_, entry, first, last, by.strip(), " ".join(reason.split()))
    before = Cleared.load(cleared).of(party, held)
    Cleared.remember(cleared, one)
    speech.say("cleared", until=last, party=known[0], entry=entry, list=list_)
    if before is not None:
        speech.say("before", by=before.decided_by, day=before.decided_on)
    return status


def listed(lists: Lists, name: str, number: str) -> Entry:
    """The entry of a list. Raises ListError where there is no such list, or it has no such entry."""
    if name not in lists.by_name:
        hint = f"Lists are {', '.join(lists.by_name)[:200]}."
        raise ListError(f"there is no list {name[:80]!r}.", where="--list", hint=hint)
    found = next((entry for entry in lists.by_name[name].entries if entry.source_id == number), None)
    if found is None:
        hint = "`tidegate screen` shows the numbers of entries."
        raise ListError(f"there is no entry {number[:80]!r} on the list {name[:80]!r}.", where="--entry", hint=hint)
    return found


def alike(lists: Lists, entry: Entry, party: Party, threshold: float | None) -> bool:
    """Whether a party matches an entry, were it the only one."""
    only = replace(lists.by_name[entry.list], entries=(entry,))
    return bool(Screener(Lists({entry.list: only}), threshold=threshold).matches([party]).height)
