"""How long lists take to load, and numbers to be found: `python bench/screening_lists.py` prints CPU seconds.

The lists are those of ../shared/data; the numbers are made up: 200,000 listed, a million declared of each kind.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tidegate.screening import Entry, ExactIndex, Identifier, Kind, Phrases, Shelf
from tidegate.trade import containers

SHARED = Path(__file__).resolve().parents[1] / "../shared/data/lists"
DECLARED, LISTED, PHRASES = 1_000_000, 100_000, 5_000
WORDS = ["hàng", "gỗ", "sofa", "nhựa", "máy", "điện", "thép", "cotton", "shirt", "ivory", "tusk", "parts", "of", "new"]


def timed(what: str, work: Callable[[], Any]) -> Any:
    start = time.process_time()
    result = work()
    print(f"{what:<72} {time.process_time() - start:6.2f} s")
    return result


def container_numbers(count: int, chance: random.Random) -> pl.Series:
    """Made-up container numbers with right check digits."""
    stems = pl.Series([f"{chance.choice('ABCDEFGH')}QZU{chance.randrange(10**6):06}" for _ in range(count)])
    numbers = pl.repeat(None, count, dtype=pl.String, eager=True)
    for digit in "0123456789":
        tried = stems + digit
        numbers = numbers.zip_with(numbers.is_not_null(), tried.zip_with(containers.valid(tried), numbers))
    return numbers


def passports(count: int, chance: random.Random) -> list[str]:
    return [f"{chance.choice('ABCN')}{chance.randrange(10**7):07}" for _ in range(count)]


def load_shared() -> None:
    if not SHARED.is_dir():
        print("../shared/data/lists is not here: loading is NOT measured")
        return
    with tempfile.TemporaryDirectory() as lists, tempfile.TemporaryDirectory() as cache:
        for name in ("un_consolidated.xml", "ofac_sdn.csv", "ofac_alt.csv"):
            (Path(lists) / name).symlink_to((SHARED / name).resolve())
        shelf = Shelf(lists, cache)
        timed("UN and OFAC lists read, and kept in the cache", lambda: shelf.renew(datetime.now(UTC)))
        shelf = timed("the same from the cache", lambda: Shelf(lists, cache))
        print(f"  {len(shelf.lists.entries)} entries, {len(shelf.lists.faults)} faults")


def main() -> None:
    load_shared()
    chance = random.Random(7)
    listed = [("container", number) for number in container_numbers(LISTED, chance)]
    listed += [("passport", number) for number in passports(LISTED, chance)]
    entries = [Entry("made up", str(n), Kind.DOCUMENT, identifiers=(Identifier(*one),)) for n, one in enumerate(listed)]
    index = timed(f"index of {len(entries):,} numbers", lambda: ExactIndex(entries))
    declared = container_numbers(DECLARED, chance).to_list()
    # One in twenty with a wrong digit.
    declared[::20] = [number[:6] + str(chance.randrange(10)) + number[7:] for number in declared[::20]]
    for kind, numbers in (("container", declared), ("passport", passports(DECLARED, chance))):
        hits = timed(f"{DECLARED:,} numbers of type {kind}", lambda: index.find(pl.Series(numbers), kind))  # noqa: B023
        print(f"  same: {hits.filter(how='same').height:,}; near: {hits.filter(how='near').height:,}")
    single = [Identifier("passport", number) for number in passports(1_000, chance)]
    timed("1,000 passports, one by one", lambda: [index.exact([one]) for one in single])
    texts = [" ".join(chance.choices(WORDS, k=10)) + f" {chance.randrange(20_000)}" for _ in range(DECLARED)]
    names = [" ".join(chance.choices(WORDS, k=3)) + f" {n}" for n in range(PHRASES)]
    phrases = Phrases([Entry("made up", name, Kind.PHRASE, names=(name,)) for name in names])
    found = timed(f"{DECLARED:,} descriptions, {PHRASES:,} phrases", lambda: phrases.find(pl.Series(texts)))
    print(f"  hits: {found.height:,}")


if __name__ == "__main__":
    main()
