"""All numbers of the entries of lists, found by their normal forms: one identifier, or a column of a million."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import polars as pl

from tidegate.screening.entry import Entry, Identifier
from tidegate.screening.exact import phones
from tidegate.screening.exact.comparison import Number, compared, number
from tidegate.screening.exact.forms import FORMS, Form, normal
from tidegate.screening.exact.near import ENTERPRISE, SHORTEST, joined, neighbours, slips

__all__ = ["HITS", "ExactHit", "ExactIndex"]

# What `ExactIndex.find` returns: the row of the declared number, the place of the entry and of its number (in the
# order in which they were given), "same" or "near", and for "near" a key of DIFFERENCES.
HITS = pl.Schema({"row": pl.UInt32, "entry": pl.UInt32, "number": pl.UInt32, "how": pl.String, "difference": pl.String})
_NUMBERS = pl.Schema(
    {"entry": pl.UInt32, "number": pl.UInt32, "type": pl.String, "value": pl.String, "country": pl.String}
)


class ExactHit(NamedTuple):
    """An entry found by a number: the declared one, the listed one, "same" or "near", and the slip (DIFFERENCES)."""

    entry: Entry
    identifier: Identifier
    listed: Identifier
    how: str
    difference: str = ""


class _Listed(NamedTuple):
    entry: int
    place: int
    number: Number


class ExactIndex:
    """The numbers of entries. It holds only what was given: build it anew when the lists are renewed."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        rows = [
            (entry, place, one.type, one.value, one.country)
            for entry, held in enumerate(entries)
            for place, one in enumerate(held.identifiers)
        ]
        numbers = pl.DataFrame(rows, _NUMBERS, orient="row")
        self._listed = {
            kind: normal(numbers.filter(type=kind).drop("type"), kind).drop_nulls("value")
            for kind in numbers["type"].unique().sort()
            if kind in FORMS
        }
        # For a single number: type -> key -> numbers; and where look-alikes differ, what they have in common.
        self._by_key: dict[str, dict[str, list[_Listed]]] = {}
        for kind, frame in self._listed.items():
            by_key = self._by_key.setdefault(kind, {})
            for entry, place, value, country, key, valid in frame.iter_rows():
                one = _Listed(entry, place, Number(value, country, valid))
                for name in {key, *_shared(FORMS[kind], value, valid), *_holed(FORMS[kind], value, not valid)}:
                    by_key.setdefault(name, []).append(one)

    def exact(self, identifiers: Iterable[Identifier]) -> list[ExactHit]:
        """Hold identifiers against the lists, one by one: their hits in order, the same before the near."""
        return [hit for one in identifiers for hit in self._held_against(one)]

    def _held_against(self, declared: Identifier) -> Iterator[ExactHit]:
        made = number(declared)
        if made is None:
            return
        form, value = FORMS[declared.type], made.value
        found: dict[tuple[int, int], tuple[str, str]] = {}
        for kind in form.held_against or (form.type,):
            by_key = self._by_key.get(kind)
            if not by_key:
                continue
            names = dict.fromkeys([phones.key(value) if form.key is not None else value])
            if kind == form.type and len(value) >= SHORTEST:
                holed = _holed(form, value, made.valid)
                names |= dict.fromkeys(holed)
                for slip in slips(form):
                    if slip != "one_character" or not holed:
                        names |= dict.fromkeys(neighbours(value, slip))
                names |= dict.fromkeys(_shared(form, value, made.valid))
            for name in names:
                for one in by_key.get(name, ()):
                    what = compared(form, made, one.number, kind)
                    if what is not None:
                        found[one.entry, one.place] = what
        for (entry, place), (how, slip) in sorted(found.items(), key=lambda item: (item[1][0] != "same", item[0])):
            yield ExactHit(self.entries[entry], declared, self.entries[entry].identifiers[place], how, slip)

    def find(
        self, values: pl.Series, kind: str, countries: pl.Series | None = None, *, near: bool = True
    ) -> pl.DataFrame:
        """Hold a column of numbers of one type against the lists; null is no number.

        `countries` says who gave each (alpha-2, null where it is not known). Returns HITS, sorted; the same hits as
        `exact` finds one by one. Raises KeyError for a type that is not in FORMS.
        """
        form = FORMS[kind]
        given = countries if countries is not None else pl.repeat("", len(values), dtype=pl.String, eager=True)
        rows = pl.DataFrame({"value": values, "country": given.fill_null("")}).with_row_index("row")
        declared = rows.drop("row").drop_nulls().unique()
        declared = normal(declared.with_columns(as_given="value"), kind).drop_nulls("value")
        tables = [
            _found(form, declared, self._listed[one], one, near)
            for one in form.held_against or (kind,)
            if one in self._listed
        ]
        if not tables:
            return HITS.to_frame()
        hits = pl.concat(tables).rename({"as_given": "value"})
        return rows.join(hits, on=["value", "country"]).select(*HITS).unique().sort("row", "entry", "number")


def _shared(form: Form, value: str, valid: bool) -> list[str]:
    """What a number has in common with those of a look-alike, or of another unit of the enterprise."""
    names = list(neighbours(value, "look_alike")) if form.look_alike and len(value) >= SHORTEST else []
    return [*names, f"branch {value[:ENTERPRISE]}"] if form.type == "tax" and valid else names


def _holed(form: Form, value: str, wanted: bool) -> list[str]:
    """The number with each of its characters left out in turn, where that is `wanted`: of a declared number with the
    right check digit, and of listed ones with a wrong one, since one of the two has to be wrong."""
    if not (wanted and form.one_character and form.valid is not None and len(value) >= SHORTEST):
        return []
    return [f"{value[:place]}?{value[place + 1 :]}" for place in range(len(value))]


def _found(form: Form, declared: pl.DataFrame, listed: pl.DataFrame, kind: str, near: bool) -> pl.DataFrame:
    """Pairs of declared and listed numbers that `compared` lets stand: as_given, country, entry, number, how ..."""
    pairs = [declared.join(listed, on="key", suffix="_right")]
    if near and kind == form.type:
        long = pl.col("value").str.len_chars() >= SHORTEST
        for slip in slips(form):
            # One wrong character counts where one of the two check digits is right: most numbers need no look.
            halves = [(pl.lit(True), pl.lit(True))]
            if form.valid is not None:
                halves = [(pl.col("valid"), ~pl.col("valid")), (~pl.col("valid"), pl.col("valid"))]
                if slip != "one_character":
                    halves.append((~pl.col("valid"), ~pl.col("valid")))
            for left, right in halves:
                some, others = declared.filter(long & left), listed.filter(long & right)
                if not some.is_empty() and not others.is_empty():
                    pairs += joined(some, others, slip)
        if form.type == "tax":
            own = pl.col("value").str.head(ENTERPRISE).alias("own")
            units = declared.filter("valid").with_columns(own).join(listed.filter("valid").with_columns(own), on="own")
            pairs.append(units)
    columns = [
        "as_given",
        "country",
        "value",
        "valid",
        "entry",
        "number",
        "value_right",
        "country_right",
        "valid_right",
    ]
    both = pl.concat([pair.select(columns) for pair in pairs]).unique()
    told = [
        compared(form, Number(value, country, valid), Number(other, other_country, other_valid), kind)
        for value, country, valid, other, other_country, other_valid in both.select(
            "value", "country", "valid", "value_right", "country_right", "valid_right"
        ).iter_rows()
    ]
    how = pl.Series("how", [what[0] if what else None for what in told], pl.String)
    slips_told = pl.Series("difference", [what[1] if what else None for what in told], pl.String)
    return (
        both.with_columns(how, slips_told)
        .drop_nulls("how")
        .select("as_given", "country", "entry", "number", "how", "difference")
    )
