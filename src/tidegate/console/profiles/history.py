"""The last ninety days with their indicators, kept ready: a condition is counted in milliseconds.

The table lies in DATA/known as Parquet, made in the background once a day and whenever the lists change; of its
columns those are read that a condition looks at. It holds whole days only, up to yesterday.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from tidegate.assessment import EXTRA_SCHEMA, hold
from tidegate.assessment.engine import with_indicators
from tidegate.console.clock import today
from tidegate.console.deciding import engine_of, lines_of
from tidegate.console.profiles.vocabulary import SCHEMA
from tidegate.console.register.models import Declaration, Edition, Finding, InForce
from tidegate.indicators import Counters
from tidegate.profiles import Book, Matcher, Profile, WatchLists
from tidegate.trade import LINE_SCHEMA, conform

__all__ = ["DAYS", "Count", "History", "count", "examples", "findings_of", "in_force", "known", "make", "window"]

DAYS = 90
KEPT = 2  # tables: somebody may be reading the last but one
LAST = 1_000  # lines among which examples are looked for
SHOWN = 3  # declarations that stand as examples
CODES = (
    *("office", "procedure", "hs_code", "origin_country", "dispatch_country", "transit_country", "loading_port"),
    *("unloading_port", "transport_mode", "package_type", "quantity_unit", "currency", "incoterm", "preference"),
    *("documents", "flags"),
)  # fields whose commonest values may be shown to everybody: they name nobody


@dataclass(frozen=True, slots=True)
class History:
    """Lines of whole days, from `first` to `last`, with indicators and what the screening told; `fresh`: made for this
    day and these lists. Of its columns only those are read that are asked for."""

    path: Path
    first: date
    last: date
    fresh: bool

    @property
    def schema(self) -> dict[str, Any]:
        return _schema(self.path)

    @property
    def table(self) -> pl.DataFrame:
        """All of it."""
        return pl.read_parquet(self.path)

    def read(self, names: Iterable[str]) -> pl.DataFrame:
        """Some columns, kept for the next question."""
        return _columns(self.path, tuple(sorted(set(names))))


@dataclass(frozen=True, slots=True)
class Count:
    """What a condition would have hit in the offices that a user sees."""

    lines: int
    declarations: int
    of: int
    days: int
    by_office: list[tuple[str, int]]
    examples: list[str]


def window() -> tuple[date, date]:
    """First and last day: ninety whole days, the last of them yesterday."""
    last = today() - timedelta(1)
    return last - timedelta(DAYS - 1), last


def in_force() -> Edition | None:
    """The edition that decides."""
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    return held.edition if held else None


def known() -> History | None:
    """The table, an older one while another is being made; None where there is none yet."""
    wanted = _place()
    usable = (path for path in _folder().glob("ninety-*.parquet") if SCHEMA.keys() <= _schema(path).keys())
    path = wanted if wanted.exists() else max(usable, key=_made, default=None)
    if path is None:
        return None
    return History(path, *window(), path == wanted)


@functools.lru_cache(maxsize=4)
def _schema(path: Path) -> dict[str, Any]:
    return dict(pl.read_parquet_schema(path))


@functools.lru_cache(maxsize=4)
def _columns(path: Path, names: tuple[str, ...]) -> pl.DataFrame:
    return pl.read_parquet(path, columns=list(names))


@functools.lru_cache(maxsize=64)
def _size(path: Path, offices: tuple[str, ...] | None) -> tuple[int, int]:
    """Declarations and days, in some offices."""
    held = pl.read_parquet(path, columns=["declaration_id", "office", "lodged_on"])
    held = held if offices is None else held.filter(pl.col("office").is_in(offices))
    return held["declaration_id"].n_unique(), held["lodged_on"].n_unique()


def _made(path: Path) -> float:
    return path.stat().st_mtime


def _folder() -> Path:
    return Path(settings.DATA) / "known"


def _archive() -> list[Path]:
    return sorted((Path(settings.DATA) / "archive").glob("*.parquet"))


def _place() -> Path:
    edition = in_force()
    files = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in _archive()]
    said = json.dumps([str(window()), files, edition.lists if edition else "", [*SCHEMA]])
    return _folder() / f"ninety-{hashlib.sha256(said.encode()).hexdigest()[:16]}.parquet"


def make() -> Path:
    """Make the table where it is not there yet; older ones go. Raises the errors of the rooms below."""
    path = _place()
    if path.exists():
        return path
    lines = _lines()
    counters = Counters.load(_folder() / "counters") if (_folder() / "counters").exists() else Counters()
    absent = (pl.lit(None, dtype).alias(one) for one, dtype in EXTRA_SCHEMA.items() if one not in lines.columns)
    table = with_indicators(lines.with_columns(absent), counters)
    table = table.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    edition = in_force()
    screener = engine_of(edition).screener if edition else None
    if screener is not None:
        table = table.hstack(hold(table, screener).flags)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".part{os.getpid()}")
    table.write_parquet(part)
    os.replace(part, path)
    for older in sorted(_folder().glob("ninety-*.parquet"), key=_made)[:-KEPT]:
        older.unlink(missing_ok=True)
    return path


def _lines() -> pl.DataFrame:
    """Lines of the window: of the archive, and of the register where the archive has them not."""
    first, last = window()
    parts = [pl.DataFrame(schema=LINE_SCHEMA)]
    for path in _archive():
        held = pl.scan_parquet(path)
        if "hs_code" in held.collect_schema():
            parts.append(held.filter(pl.col("lodged_on").is_between(first, last)).collect())
    archived = pl.concat(parts, how="diagonal_relaxed").unique(
        ["declaration_id", "item_number"], keep="last", maintain_order=True
    )
    numbers = set(archived["declaration_id"].unique())
    received = Declaration.objects.filter(current=True, cancelled=False, lodged_on__range=(first, last))
    missing = [one for one in received.only("number") if one.number not in numbers]
    return conform(pl.concat([archived, lines_of(missing)], how="diagonal_relaxed") if missing else archived)


def findings_of(table: pl.DataFrame) -> pl.DataFrame:
    """Findings about the declarations of a table, of register and archive: declaration_id, item_number, illicit."""
    columns: dict[Any, Any] = {"declaration_id": pl.String, "item_number": pl.Int32, "illicit": pl.Boolean}
    parts = [
        pl.read_parquet(path, columns=list(columns))
        for path in _archive()
        if "illicit" in pl.scan_parquet(path).collect_schema()
    ]
    first, last = window()
    rows = Finding.objects.filter(declaration__lodged_on__range=(first, last)).values_list(
        "declaration__number", "item_number", "illicit"
    )
    told = pl.DataFrame(list(rows), schema=columns, orient="row")
    every = pl.concat([*(part.cast(columns) for part in parts), told]).unique(maintain_order=True)
    return every.join(table.select("declaration_id").unique(), on="declaration_id", how="semi", maintain_order="left")


def count(
    when: str, level: str, history: History, offices: Sequence[str] | None, lists: WatchLists | None = None
) -> Count:
    """What a condition would have hit at a level, had it been in force. Raises BookError where it is refused."""
    asked = Profile("draft", "draft", when, "red", 1.0, history.first, history.last, "draft", level)
    matcher = Matcher(Book([asked]), history.schema, lists)
    table = history.read({"declaration_id", "office", *matcher.columns})
    hit = table.select("declaration_id", "office")[matcher.match(table).line]
    if offices is not None:
        hit = hit.filter(pl.col("office").is_in(list(offices)))
    by_office = (
        hit.group_by("office")
        .agg(pl.col("declaration_id").n_unique().alias("declarations"))
        .sort("declarations", "office", descending=[True, False])
    )
    latest = dict.fromkeys(hit["declaration_id"].tail(LAST)[::-1])
    of, days = _size(history.path, None if offices is None else tuple(sorted(offices)))
    return Count(
        lines=hit.height,
        declarations=int(by_office["declarations"].sum()),
        of=of,
        days=days,
        by_office=[(office or "", number) for office, number in by_office.iter_rows()],
        examples=list(latest)[:SHOWN],
    )


def examples(history: History | None) -> dict[str, str]:
    """Values as trade has them: the commonest three of codes, quartiles of numbers; of persons, none."""
    return dict(_examples(history.path)) if history else {}


@functools.lru_cache(maxsize=2)
def _examples(path: Path) -> dict[str, str]:
    told = {}
    for name, dtype in SCHEMA.items():
        column = pl.read_parquet(path, columns=[name])[name].drop_nulls()
        if not len(column):
            continue
        if name in CODES:
            commonest = column.value_counts(sort=True).head(3)[name].to_list()
            told[name] = ", ".join(commonest)
        elif dtype.is_numeric() and name != "item_number":
            quartiles: list[Any] = [column.quantile(share, "nearest") for share in (0.25, 0.5, 0.75)]
            told[name] = " · ".join(f"{one:,.4g}" if abs(one) < 1000 else f"{one:,.0f}" for one in quartiles)
        elif dtype == pl.Boolean:
            told[name] = f"{column.sum() / len(column) * 100:.1f}%"
    return told
