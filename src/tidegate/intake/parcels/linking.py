"""Linking: parcels to one addressee, at one address, on one day belong together, however they are spelled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

import polars as pl

from tidegate.intake.parcels.addresses import Address, address, contradict, same_address
from tidegate.intake.parcels.people import Name, name, same_name

__all__ = ["LINKS", "THRESHOLDS", "belonging", "link"]

# What `link` returns.
LINKS = {
    "linked_parcels": pl.Int32,
    "linked_value": pl.Float64,
    "linked_under_threshold": pl.Boolean,
    "linked_to": pl.String,
}

# Value up to which a parcel is let in free of duty, by currency, where no other is given: the Union's 150 EUR, and the
# 1,000,000 VND of Vietnam's Decision 78/2010/QD-TTg. Such limits come and go: a node gives its own.
THRESHOLDS: Mapping[str, float] = {"EUR": 150.0, "VND": 1_000_000.0}

_EVERY_PAIR = 40  # parcels of a block up to which all pairs are looked at
_NEIGHBOURS = 20  # above, so many that follow in the order of the alphabet
_REMEMBERED = 1 << 18  # pairs that are not looked at again


class _Party(NamedTuple):
    """An addressee as written on some parcels of a day."""

    day: date
    name: Name
    address: Address
    identity: str


def link(lines: pl.DataFrame, threshold: Mapping[str, float] = THRESHOLDS) -> pl.DataFrame:
    """Return the columns LINKS for lines of parcels, in their order.

    `lines`: declaration_id (a parcel), item_number, importer_id, importer_name, importer_address, lodged_on, and where
    there are any arrived_on (which then is the day that counts), customs_value, currency, message_format and
    message_function. `threshold`: value by currency. Of an item that comes twice the last counts. Cancelled parcels and
    lines of other formats have nulls. `linked_value` adds up what is valued in the parcel's own currency;
    `linked_under_threshold` is null where no threshold is known for it.
    """
    counted = pl.lit(True)
    if "message_format" in lines.columns:
        counted &= (pl.col("message_format") == "parcels").fill_null(True)
    if "message_function" in lines.columns:
        counted &= (pl.col("message_function") != "cancellation").fill_null(True)
    arrived = pl.col("arrived_on") if "arrived_on" in lines.columns else pl.lit(None, pl.Date)
    parcels = (
        lines.filter(counted)
        .unique(["declaration_id", "item_number"], keep="last", maintain_order=True)
        .group_by("declaration_id", maintain_order=True)
        .agg(
            pl.coalesce(arrived, "lodged_on").last().alias("day"),
            pl.col("importer_id", "importer_name", "importer_address", "currency").last(),
            pl.col("customs_value").sum().alias("value"),
        )
    )
    parcels = parcels.with_columns(belonging(parcels).alias("group"))
    limit = pl.col("currency").replace_strict(dict(threshold), default=None, return_dtype=pl.Float64)
    together = pl.col("value").sum().over("group", "currency")
    linked = parcels.select(
        "declaration_id",
        pl.len().over("group").cast(pl.Int32).alias("linked_parcels"),
        together.alias("linked_value"),
        ((pl.col("value") <= limit) & (together > limit)).alias("linked_under_threshold"),
        pl.when(pl.len().over("group") > 1).then(pl.col("declaration_id").min().over("group")).alias("linked_to"),
    )
    placed = lines.select(pl.when(counted).then("declaration_id").alias("declaration_id"))
    return placed.join(linked, on="declaration_id", how="left", maintain_order="left").select(LINKS.keys())


def belonging(parcels: pl.DataFrame) -> pl.Series:
    """Return a number for each parcel, Int64; parcels that belong together have the same one.

    `parcels`: one row each, with day, importer_id, importer_name and importer_address. Parcels belong together
    when day, name and address are the same (`same_name`, `same_address`), or day and identity, and name or address. One
    without name or address belongs to nobody. The order of the rows does not matter.
    """
    names = {text: name(text) for text in parcels["importer_name"].unique().drop_nulls()}
    places = {text: address(text) for text in parcels["importer_address"].unique().drop_nulls()}
    parties: dict[_Party, int] = {}
    numbers: list[int] = []
    for day, identity, who, where in parcels.select("day", "importer_id", "importer_name", "importer_address").rows():
        place = places.get(where)
        if day is None or not names.get(who) or place is None or not place.told:
            numbers.append(-1 - len(numbers))
        else:
            party = _Party(day, names[who], place, _identity(identity or ""))
            numbers.append(parties.setdefault(party, len(parties)))
    groups = _Groups(len(parties))
    rows = list(parties)
    of_names = Counter(word for one in names.values() for word in set(one))
    of_places = Counter(word for one in places.values() for word in set(one.words))
    for one, other in _candidates(rows, of_names, of_places):
        if groups.find(one) != groups.find(other) and _same(rows[one], rows[other], of_names, of_places):
            groups.unite(one, other)
    return pl.Series("group", [number if number < 0 else groups.find(number) for number in numbers], dtype=pl.Int64)


def _same(one: _Party, other: _Party, of_names: Mapping[str, int], of_places: Mapping[str, int]) -> bool:
    if one.identity and one.identity == other.identity:
        return same_name(one.name, other.name, of_names) or same_address(one.address, other.address, of_places)
    if one.identity and other.identity and sorted(one.name) != sorted(other.name):
        # Two numbers and two spellings: two people. One man may have a passport and a tax code.
        return False
    return (
        not contradict(one.address, other.address)
        and same_name(one.name, other.name, of_names)
        and same_address(one.address, other.address, of_places)
    )


def _identity(text: str) -> str:
    """An identity that can be compared; "" for what stands where there is none (0000000, N/A)."""
    bare = "".join(character for character in text.upper() if character.isalnum())
    return bare if len(bare) >= 6 and len(set(bare)) > 2 else ""


def _candidates(
    rows: Sequence[_Party], of_names: Mapping[str, int], of_places: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    """Pairs of parties worth a look: of one day, and one identity; or one house, and the same name, or a rare word of
    the name and one of the place. A slip spoils one word: of the two rarest on each side, one is left."""
    blocks: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, party in enumerate(rows):
        here = (party.day, party.address.fixed)
        for word in _rarest(party.name, of_names):
            for place in _rarest(party.address.words, of_places):
                blocks[*here, word, place].append(number)
            blocks[*here, word, "".join(party.address.words), "glued"].append(number)
        blocks[*here, *sorted(party.name), "name"].append(number)
        blocks[*here, "".join(party.name), "glued", "name"].append(number)
        if party.identity:
            blocks[party.day, party.identity].append(number)
    seen: set[int] = set()
    for block in blocks.values():
        for one, other in _pairs(block, rows):
            pair = min(one, other) * len(rows) + max(one, other)
            if pair not in seen:
                seen.add(pair)
                yield one, other
        if len(seen) > _REMEMBERED:
            seen.clear()


def _rarest(words: Sequence[str], times: Mapping[str, int]) -> list[str]:
    return sorted(set(words), key=lambda word: (times[word], word))[:2]


def _pairs(block: list[int], rows: Sequence[_Party]) -> Iterator[tuple[int, int]]:
    """All pairs of a small block. In a large one, as of a warehouse with thousands of addressees, those whose names
    share all words but one, and of these again, where they are many, neighbours in the alphabet."""
    if len(block) <= _EVERY_PAIR:
        yield from combinations(block, 2)
        return
    parts: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number in block:
        words = sorted(rows[number].name)
        for place in range(len(words) + 1):
            parts[(*words[:place], *words[place + 1 :])].append(number)
        parts["", "".join(rows[number].name)].append(number)
    for part in parts.values():
        if len(part) <= _EVERY_PAIR:
            yield from combinations(part, 2)
        else:
            part.sort(key=lambda number: rows[number])
            for place, number in enumerate(part):
                for other in part[place + 1 : place + 1 + _NEIGHBOURS]:
                    yield number, other


class _Groups:
    """Numbers that are united step by step (disjoint sets)."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def find(self, number: int) -> int:
        """The number that stands for the group."""
        while self._above[number] != number:
            self._above[number] = self._above[self._above[number]]
            number = self._above[number]
        return number

    def unite(self, one: int, other: int) -> None:
        """Make one group of two; the smaller number stands for it."""
        low, high = sorted((self.find(one), self.find(other)))
        self._above[high] = low
