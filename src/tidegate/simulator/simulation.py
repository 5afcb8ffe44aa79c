"""The whole run: a trade from its first day to its last, written as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from tidegate.errors import InputError
from tidegate.simulator.book import book_toml
from tidegate.simulator.declarations import FIRST_NUMBER, HONEST, NUMBER_STEP, OPPORTUNIST, Batch, Clerk
from tidegate.simulator.inspections import Regime, scheme_of
from tidegate.simulator.lanes import Ints
from tidegate.simulator.lists import watch_lists
from tidegate.simulator.offences import SCHEMES
from tidegate.simulator.places import open_offices
from tidegate.simulator.policy import policy_toml
from tidegate.simulator.rings import Rings
from tidegate.simulator.seasons import lines_by_day
from tidegate.simulator.traders import settle
from tidegate.trade import LINE_SCHEMA

__all__ = ["TRUTH_SCHEMA", "Simulation", "simulate"]

TRUTH_SCHEMA: dict[str, pl.DataType] = {
    "declaration_id": pl.String(),
    "item_number": pl.Int32(),
    "illicit": pl.Boolean(),
    "offence": pl.String(),
    "scheme": pl.String(),
    "revenue": pl.Float64(),
    "offender": pl.Int32(),
}
WEEK = 7
# Most lines that are made at once, and a row group of the files: they bound the memory.
STRETCH = 100_000
ROW_GROUP = 100_000
MOST_LINES, MOST_DAYS = 1_000_000_000, 3660
# Declarations hold about this many lines.
LINES_EACH = 3.2
# What a truth row packs into: number of the declaration, item, scheme (-1: none), offender (-1: none), revenue.
PACKED = np.dtype([("declaration", "i4"), ("item", "i1"), ("scheme", "i1"), ("offender", "i4"), ("revenue", "f8")])


def simulate(
    out: Path,
    *,
    lines: int = 100_000,
    days: int = 365,
    seed: int = 7,
    start: date = date(2025, 1, 1),
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write a lifelike trade of `lines` lines over `days` days into the folder `out`, made where it is missing.

    Files: lines.parquet (LINE_SCHEMA, by day), findings.parquet (FINDING_SCHEMA: what the past regime opened),
    truth.parquet (TRUTH_SCHEMA, one row a line), book.toml, policy.toml, lists/*.csv. What has these names is
    replaced. The same arguments write the same bytes. `progress` is told the share done, 0 to 1.
    Raises InputError for arguments that no trade can have.
    """
    if out.exists() and not out.is_dir():
        raise InputError("is a file, not a folder.", where=str(out), hint="Name a folder for the simulated trade.")
    trade = Simulation(lines, days, seed, start)
    try:
        (out / "lists").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write here: {error.strerror}.", where=str(out), hint="Name a folder.") from error
    for name, text in trade.lists.items():
        (out / "lists" / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    (out / "book.toml").write_text(trade.book, encoding="utf-8", newline="")
    (out / "policy.toml").write_text(trade.policy, encoding="utf-8", newline="")
    findings: list[pl.DataFrame] = []
    truths: list[NDArray[np.void]] = []

    def year() -> Iterator[pl.DataFrame]:
        done = 0
        while (batch := trade.lodge()) is not None:
            findings.append(trade.inspect(batch))
            truths.append(packed(batch))
            done += batch.lines.height
            if progress is not None:
                progress(0.9 * done / lines)
            yield batch.lines

    write(year(), LINE_SCHEMA, out / "lines.parquet")
    write(iter([pl.concat(findings).sort("found_on", "declaration_id", "item_number")]), None, out / "findings.parquet")
    findings.clear()
    write(map(unpacked, truths), TRUTH_SCHEMA, out / "truth.parquet")
    if progress is not None:
        progress(1.0)


class Simulation:
    """A trade as it is lived: some days are lodged, somebody inspects them, and offenders hear what came out.

    Alternate `lodge` with either `inspect` (the past regime) or `hear` (somebody else's findings). `copy.deepcopy`
    makes another that goes on from the same day, so that two ways of inspecting can be compared on one trade. `book`,
    `policy` and `lists` (texts by name) are what its officers had at the start. The same arguments and the same
    findings make the same trade. Raises InputError for arguments that no trade can have.
    """

    def __init__(self, lines: int, days: int, seed: int, start: date) -> None:
        for name, value, most in (("lines", lines, MOST_LINES), ("days", days, MOST_DAYS)):
            if not 1 <= value <= most:
                raise InputError(f"{name} is {value}.", hint=f"Choose a whole number from 1 to {most}.")
        if seed < 0:
            raise InputError(f"seed is {seed}.", hint="Choose 0 or a positive whole number.")
        self.seed, self.start = seed, start
        self.stretches = list(stretches(lines_by_day(lines, start, days)))
        self.place = self.week = 0
        daily = lines / LINES_EACH / days
        rng = np.random.default_rng([seed, 0])
        traders = settle(lines, days, start, rng)
        self.rings = Rings(traders, lines / LINES_EACH, days, start, np.random.default_rng([seed, 1]))
        self.clerk = Clerk(traders, self.rings, lines, start, rng)
        self.regime = Regime(start)
        self.lists = watch_lists(self.rings, self.clerk.texts.containers.to_list(), start, rng)
        self.book = book_toml(start)
        self.policy = policy_toml(start, open_offices(daily), daily)

    @property
    def today(self) -> date | None:
        """First day of what is lodged next; None at the end."""
        return self.start + timedelta(self.stretches[self.place][0][0]) if self.place < len(self.stretches) else None

    def lodge(self) -> Batch | None:
        """The declarations of the next days, at most a week; None at the end."""
        if self.place == len(self.stretches):
            return None
        stretch = self.stretches[self.place]
        if stretch[0][0] // WEEK > self.week:
            self.week = stretch[0][0] // WEEK
            self.rings.turn(stretch[0][0])
        batch = self.clerk.write(stretch, np.random.default_rng([self.seed, 2, self.place]))
        self.place += 1
        return batch

    def inspect(self, batch: Batch) -> pl.DataFrame:
        """Findings (FINDING_SCHEMA) of the past regime in what was lodged last; the offenders hear of them."""
        found, caught, came_out = self.regime.inspect(batch, np.random.default_rng([self.seed, 3, self.place - 1]))
        self.rings.caught(caught, came_out)
        return found

    def hear(self, batch: Batch, illicit: Ints, delay: int) -> None:
        """Tell the offenders that these declarations of `batch` were found out, `delay` days after they were lodged."""
        rings = batch.ring[illicit]
        self.rings.caught(rings[rings >= 0].tolist(), (batch.day[illicit][rings >= 0] + delay).tolist())


def stretches(quota: NDArray[np.int64]) -> Iterator[list[tuple[int, int]]]:
    """Yield (day, lines) lists of at most STRETCH lines; none crosses a week, because offenders turn between weeks."""
    stretch: list[tuple[int, int]] = []
    for day, count in enumerate(quota.tolist()):
        if stretch and (day % WEEK == 0 or sum(lines for _, lines in stretch) + count > STRETCH):
            yield stretch
            stretch = []
        while count > STRETCH:
            yield [(day, STRETCH)]
            count -= STRETCH
        if count:
            stretch.append((day, count))
    if stretch:
        yield stretch


def packed(batch: Batch) -> NDArray[np.void]:
    """Return the truth of a batch in as few bytes as it needs."""
    rows = np.zeros(len(batch.declaration), PACKED)
    rows["declaration"] = (batch.number[batch.declaration] - FIRST_NUMBER) // NUMBER_STEP
    rows["item"] = np.arange(len(batch.declaration)) - batch.first[batch.declaration] + 1
    rows["scheme"] = scheme_of(batch.wave)
    rows["offender"] = np.where(np.isin(batch.wave, [HONEST, OPPORTUNIST]), -1, batch.ring[batch.declaration])
    rows["revenue"] = batch.revenue
    return rows


def unpacked(rows: NDArray[np.void]) -> pl.DataFrame:
    """Return packed truth as a table of TRUTH_SCHEMA."""
    scheme = rows["scheme"].astype(np.int64) % (len(SCHEMES) + 1)
    number = FIRST_NUMBER + NUMBER_STEP * rows["declaration"].astype(np.int64)
    offender = pl.Series(rows["offender"])
    return pl.DataFrame(
        {
            "declaration_id": pl.Series(number).cast(pl.String),
            "item_number": rows["item"],
            "illicit": rows["scheme"] >= 0,
            "offence": pl.Series([*(rule.offence for rule in SCHEMES), None]).gather(scheme),
            "scheme": pl.Series([*(rule.code for rule in SCHEMES), None]).gather(scheme),
            "revenue": rows["revenue"],
            "offender": offender.set(offender < 0, None),
        }
    ).cast(pl.Schema(TRUTH_SCHEMA))


def write(frames: Iterator[pl.DataFrame], schema: dict[str, pl.DataType] | None, path: Path) -> None:
    """Write frames as one Parquet file, row group by row group; the old file stays until the new one is whole."""
    if schema is None:
        first = next(frames)
        frames, schema = iter([first]), first.schema

    def source(*_: object) -> Iterator[pl.DataFrame]:
        yield from frames

    half = path.with_suffix(".part")
    register_io_source(source, schema=pl.Schema(schema)).sink_parquet(
        half, row_group_size=ROW_GROUP, compression="zstd", compression_level=1, maintain_order=True
    )
    half.replace(path)
