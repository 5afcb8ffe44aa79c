"""on_list where names were screened: it looks at the flags of the screening, not at the values of a watch list."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tidegate.profiles import Book, Matcher, RefusedBookError, WatchLists, screened

DAY = dt.date(2026, 3, 1)
BOOK = """
[[profile]]
id = "LISTED"
title = "The importer may be on the list"
when = "on_list(importer_name, 'made-up')"
channel = "red"
rate = 1.0
starts = 2026-01-01
ends = 2026-12-31
owner = "test"

[[profile]]
id = "CLEARED"
title = "The importer is not on the list"
when = "NOT on_list(importer_name, 'made-up') AND NOT on_list(importer_id, 'plain')"
channel = "yellow"
rate = 1.0
starts = 2026-01-01
ends = 2026-12-31
owner = "test"
"""


def table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "lodged_on": [DAY] * 3,
            "office": ["A"] * 3,
            "importer_id": ["1", "2", "3"],
            "importer_name": ["Made Up", "Somebody", None],
            screened("importer_name", "made-up"): [True, False, None],
        }
    )


def test_the_flags_of_the_screening_count_in_the_batch_and_at_the_desk(tmp_path: Path) -> None:
    book = _loaded(tmp_path)
    matcher = Matcher(book, table().schema, WatchLists({"plain": ()}))
    hits = matcher.match(table(), few=0)
    assert np.array_equal(matcher.match(table()).profile, hits.profile)
    found = {(int(line), matcher.profiles[profile].id) for line, profile in zip(hits.line, hits.profile, strict=True)}
    # What is not known is on no list, and not off it either.
    assert found == {(0, "LISTED"), (1, "CLEARED")}
    for row, values in enumerate(table().rows(named=True)):
        one = matcher.match_one([values])
        assert {matcher.profiles[profile].id for profile in one.profile} == {id_ for line, id_ in found if line == row}
    assert matcher.places[0].columns == ("importer_name",)
    assert matcher.places[0].lists == ("made-up",)


def test_a_list_that_was_neither_screened_nor_loaded_is_refused(tmp_path: Path) -> None:
    bare = table().drop(screened("importer_name", "made-up"))
    with pytest.raises(RefusedBookError, match="there is no list made-up"):
        Matcher(_loaded(tmp_path), bare.schema, WatchLists({"plain": ()}))


def _loaded(folder: Path) -> Book:
    path = folder / "book.toml"
    path.write_text(BOOK, encoding="utf-8")
    return Book.load(path)
