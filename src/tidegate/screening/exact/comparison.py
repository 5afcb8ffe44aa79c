"""The rule that says whether two numbers are the same, near, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from tidegate.screening.entry import Identifier
from tidegate.screening.exact.forms import FORMS, Form, normal, normal_one
from tidegate.screening.exact.near import ENTERPRISE, difference, slips
from tidegate.screening.exact.phones import agree

__all__ = ["Number", "compare", "compared", "learn", "number"]

# A number of fewer characters says little, unless the same country gave both.
_TELLING = 5


class Number(NamedTuple):
    """A number in its normal form, who gave it ("": not known), and whether its check digit is right."""

    value: str
    country: str
    valid: bool


def compared(
    form: Form, declared: Number, listed: Number, kind: str, *, by_name: bool = False
) -> tuple[str, str] | None:
    """Return ("same", "") or ("near", slip) for a number of a form and a listed one of type `kind`; None for neither.

    `by_name`: the two are known to bear similar names, so that one wrong character is near without a check digit too.
    """
    (one, country, valid), (other, other_country, other_valid) = declared, listed
    apart = bool(country and other_country and country != other_country)
    if form.national and apart:
        return None
    if form.type == "phone":
        # A number without its country's code is one of many, where the countries are known to differ.
        return ("same", "") if agree(one, other) and (one == other or not apart) else None
    if one == other:
        short = form.national and len(one) < _TELLING and not (country and country == other_country)
        return None if short else ("same", "")
    if kind != form.type:
        return None
    if valid and other_valid:
        return ("near", "branch") if form.type == "tax" and one[:ENTERPRISE] == other[:ENTERPRISE] else None
    slip = difference(one, other)
    if slip == "one_character" and (by_name or valid != other_valid):
        return ("near", slip) if form.one_character or (by_name and form.transposed) else None
    return ("near", slip) if slip in slips(form) and slip != "one_character" else None


def compare(
    declared: Iterable[Identifier], listed: Iterable[Identifier], *, by_name: bool = False
) -> Iterator[tuple[Identifier, Identifier, str, str]]:
    """Yield (declared, listed, how, difference) for each pair of identifiers of two parties that is the same or near.

    It is the rule of ExactIndex for two parties at hand; `by_name` as in `compared`.
    """
    against = [(one, made) for one in listed if (made := number(one)) is not None]
    for one in declared:
        made = number(one)
        for other, held in against if made is not None else ():
            form = FORMS[one.type]
            if made is None or other.type not in (form.held_against or (form.type,)):
                continue
            if (what := compared(form, made, held, other.type, by_name=by_name)) is not None:
                yield one, other, *what


_KNOWN: dict[Identifier, Number | None] = {}
MOST = 1 << 16  # numbers that are remembered; then it begins anew


def number(identifier: Identifier) -> Number | None:
    """Return an identifier's normal form; None where it cannot be a number of its type."""
    try:
        return _KNOWN[identifier]
    except KeyError:
        found = learn([identifier])
        return found[identifier] if identifier in found else number(identifier)


def learn(identifiers: Iterable[Identifier]) -> dict[Identifier, Number | None]:
    """Return and remember the normal forms of those identifiers that are not remembered: most by themselves, the others
    of one type at once, since a table costs more than its rows."""
    if len(_KNOWN) > MOST:
        _KNOWN.clear()
    new: dict[str, dict[Identifier, None]] = {}
    found: dict[Identifier, Number | None] = {}
    for one in identifiers:
        if one in _KNOWN or one in found:
            continue
        made = normal_one(one.value, one.type)
        if made is None:
            new.setdefault(one.type, {})[one] = None
        else:
            found[one] = Number(made[0], one.country, made[1]) if made[0] is not None else None
    for kind, ones in new.items():
        if kind not in FORMS:
            found.update(dict.fromkeys(ones))
            continue
        given = pl.DataFrame({"value": [one.value for one in ones], "country": [one.country for one in ones]})
        rows = normal(given, kind).select("value", "country", "valid").rows()
        for one, (value, country, valid) in zip(ones, rows, strict=True):
            found[one] = Number(value, country, valid) if value is not None else None
    _KNOWN.update(found)
    return found
