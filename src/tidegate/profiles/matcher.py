"""The matcher: a book, compiled once, against tables or single declarations, with the same hits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import polars as pl

from tidegate.errors import InputError
from tidegate.profiles.batch import match_table
from tidegate.profiles.book import Profile
from tidegate.profiles.hits import Hits
from tidegate.profiles.language import kinds
from tidegate.profiles.plain import plain_rows
from tidegate.profiles.program import Place, Program
from tidegate.profiles.single import Single
from tidegate.profiles.watchlists import WatchLists

__all__ = ["Matcher"]

FEW = 5_000  # rows; measured with books of 1,000 and 10,000 profiles, where the two ways meet at some 10,000


class Matcher:
    """Says which profiles fire on which lines. Terms and office levels are honoured.

    `schema` maps the columns of the tables to come (fields, indicators, extra columns) to Polars types.
    Raises BookError with every condition that is refused.
    """

    def __init__(self, book: Iterable[Profile], schema: Mapping[str, Any], lists: WatchLists | None = None) -> None:
        self.profiles: tuple[Profile, ...] = tuple(book)
        self._program = Program(self.profiles, schema, lists if lists is not None else WatchLists({}))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a table needs to have."""
        return tuple(self._program.columns)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each profile looks: its columns and its watch lists."""
        return self._program.places

    def match(self, table: pl.DataFrame, few: int = FEW) -> Hits:
        """Hits on a table: one row a line. Raises InputError where a column is missing or of another type.

        A table of at most `few` rows asks the book, a larger one is asked by it: the hits are the same.
        """
        known = kinds(table.schema)
        for name, kind in self._program.columns.items():
            if name not in table.columns:
                raise InputError(f"the profiles need column {name}.", hint="Join the indicators to the lines first.")
            if known.get(name) is not kind:
                raise InputError(f"column {name} is {table.schema[name]}; the profiles take it for a {kind}.")
        return self._single.match_table(table) if table.height <= few else match_table(self._program, table)

    def match_one(self, rows: pl.DataFrame | Sequence[Mapping[str, Any]]) -> Hits:
        """Hits on the lines of one declaration, in a millisecond or two; as `match`, for a few rows."""
        return self._single.match(plain_rows(rows, self._program.columns))

    @cached_property
    def _single(self) -> Single:
        return Single(self._program)
