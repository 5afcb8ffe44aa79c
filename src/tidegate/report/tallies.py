"""The tallies: every count, share and sum on the page, made from the decisions in a few passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from tidegate.report.chances import Band, ScoreTally, by_probability, by_source, score_tally
from tidegate.report.declared import plain

__all__ = [
    "CHANNELS",
    "ChannelTally",
    "Group",
    "Period",
    "ReasonTally",
    "Tallies",
    "tally",
]

# What needs hands first comes first.
CHANNELS = ("red", "yellow", "blue", "green")
OFFICES_SHOWN = 24
REASONS_SHOWN = 20
MONEY = ("customs_value", "duty_at_stake")


@dataclass(frozen=True, slots=True)
class ChannelTally:
    """One channel: declarations, lines, money, and its shares (0 to 1; None where the whole is nothing)."""

    channel: str
    declarations: int
    lines: int
    value: float
    duty: float
    share: float | None
    value_share: float | None
    duty_share: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """An office: counts a channel, and money. `name` None: not stated; empty: all that are folded into one."""

    name: str | None
    declarations: int
    by_channel: Mapping[str, int]
    value: float
    duty: float

    @property
    def selected(self) -> int:
        return self.declarations - self.by_channel["green"]

    def share(self, channel: str) -> float:
        return self.by_channel[channel] / self.declarations if self.declarations else 0.0


@dataclass(frozen=True, slots=True)
class Period:
    """Declarations a channel, lodged from `start` up to and without `end`."""

    start: date
    end: date
    by_channel: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReasonTally:
    """One reason code: declarations that bear it, how many of them are selected, and one text as an example."""

    source: str
    code: str
    text: str
    text_vi: str
    texts: int
    declarations: int
    selected: int


@dataclass(frozen=True, slots=True)
class Tallies:
    """All that the page counts. Money is in `currency`; `other_currency` declarations are left out of its sums."""

    declarations: int
    lines: int
    value: float
    duty: float
    currency: str
    other_currency: int
    first_day: date | None
    last_day: date | None
    channels: tuple[ChannelTally, ...]
    offices: tuple[Group, ...]
    other_offices: int
    periods: tuple[Period, ...]
    step: str
    reasons: tuple[ReasonTally, ...]
    other_reasons: int
    sources: tuple[Band, ...]
    bands: tuple[Band, ...]
    scores: ScoreTally | None
    commitments: tuple[tuple[date, str], ...]

    @property
    def selected(self) -> int:
        return sum(c.declarations for c in self.channels if c.channel != "green")


def tally(decisions: pl.DataFrame) -> Tallies:
    """Count `decisions` (one row a declaration, columns of decisions.parquet)."""
    table, currency, other_currency = _one_currency(decisions)
    channels = _channels(table)
    offices = _groups(table, "office")
    shown, rest = _fold(offices)
    periods, step = _periods(table)
    reasons, other_reasons = _reasons(table)
    days = table.get_column("lodged_on").drop_nulls()
    return Tallies(
        declarations=table.height,
        lines=sum(c.lines for c in channels),
        value=sum(c.value for c in channels),
        duty=sum(c.duty for c in channels),
        currency=plain(currency, 8),
        other_currency=other_currency,
        first_day=_date(days.min()),
        last_day=_date(days.max()),
        channels=channels,
        offices=shown,
        other_offices=rest,
        periods=periods,
        step=step,
        reasons=reasons,
        other_reasons=other_reasons,
        sources=by_source(table),
        bands=by_probability(table),
        scores=score_tally(table),
        commitments=_commitments(table),
    )


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _one_currency(decisions: pl.DataFrame) -> tuple[pl.DataFrame, str, int]:
    """Keep money of the commonest currency only: sums over several would mean nothing."""
    known = decisions.filter(pl.col("currency").is_not_null()).group_by("currency").len()
    if known.is_empty():
        return decisions, "", 0
    currency = str(known.sort("len", "currency", descending=[True, False]).item(0, "currency"))
    other = int(known.filter(pl.col("currency") != currency).get_column("len").sum())
    if not other:
        return decisions, currency, 0
    foreign = pl.col("currency").is_not_null() & (pl.col("currency") != currency)
    money = [pl.when(foreign).then(None).otherwise(pl.col(name)).alias(name) for name in MONEY]
    return decisions.with_columns(money), currency, other


def _channels(table: pl.DataFrame) -> tuple[ChannelTally, ...]:
    rows = {
        row["channel"]: row
        for row in table.group_by("channel")
        .agg(pl.len().alias("n"), *(pl.col(name).sum() for name in ("line_count", *MONEY)))
        .iter_rows(named=True)
    }
    nothing = {"n": 0, "line_count": 0, "customs_value": 0.0, "duty_at_stake": 0.0}
    rows = {channel: rows.get(channel, nothing) for channel in CHANNELS}
    value = sum(row["customs_value"] for row in rows.values())
    duty = sum(row["duty_at_stake"] for row in rows.values())
    return tuple(
        ChannelTally(
            channel,
            row["n"],
            row["line_count"],
            row["customs_value"],
            row["duty_at_stake"],
            row["n"] / table.height if table.height else None,
            row["customs_value"] / value if value else None,
            row["duty_at_stake"] / duty if duty else None,
        )
        for channel, row in rows.items()
    )


def _each_channel() -> list[pl.Expr]:
    return [(pl.col("channel") == channel).sum().alias(channel) for channel in CHANNELS]


def _groups(table: pl.DataFrame, column: str) -> list[Group]:
    rows = (
        table.group_by(column)
        .agg(pl.len().alias("n"), *_each_channel(), *(pl.col(name).sum() for name in MONEY))
        .sort("n", column, descending=[True, False])
    )
    return [
        Group(
            plain(row[column], 60) or None,
            row["n"],
            {c: row[c] for c in CHANNELS},
            row["customs_value"] or 0.0,
            row["duty_at_stake"] or 0.0,
        )
        for row in rows.iter_rows(named=True)
    ]


def _fold(groups: list[Group]) -> tuple[tuple[Group, ...], int]:
    """Keep the largest groups and fold the others into one, named by an empty text; return how many were folded."""
    if len(groups) <= OFFICES_SHOWN + 1:
        return tuple(groups), 0
    kept, folded = groups[:OFFICES_SHOWN], groups[OFFICES_SHOWN:]
    others = Group(
        "",
        sum(g.declarations for g in folded),
        {c: sum(g.by_channel[c] for g in folded) for c in CHANNELS},
        sum(g.value for g in folded),
        sum(g.duty for g in folded),
    )
    return (*kept, others), len(folded)


def _periods(table: pl.DataFrame) -> tuple[tuple[Period, ...], str]:
    """Count by day up to two months, by week up to two years, by month beyond: never more bars than can be read."""
    days = table.filter(pl.col("lodged_on").is_not_null())
    if days.is_empty():
        return (), "day"
    first, last = days.select(pl.col("lodged_on").min().alias("a"), pl.col("lodged_on").max().alias("b")).row(0)
    span = (last - first).days + 1
    step, every = ("day", "1d") if span <= 62 else ("week", "1w") if span <= 732 else ("month", "1mo")
    rows = (
        days.with_columns(pl.col("lodged_on").dt.truncate(every).alias("start"))
        .group_by("start")
        .agg(_each_channel())
        .sort("start")
        .upsample("start", every=every)
        .with_columns(pl.col("start").dt.offset_by(every).alias("end"), pl.col(*CHANNELS).fill_null(0))
    )
    return tuple(Period(r["start"], r["end"], {c: r[c] for c in CHANNELS}) for r in rows.iter_rows(named=True)), step


def _reasons(table: pl.DataFrame) -> tuple[tuple[ReasonTally, ...], int]:
    if not table.get_column("reasons").list.len().sum():
        return (), 0
    rows = (
        table.select(pl.int_range(pl.len()).alias("row"), "channel", "reasons")
        .explode("reasons", empty_as_null=False)
        .unnest("reasons")
        .group_by("source", "code")
        .agg(
            pl.col("row").n_unique().alias("declarations"),
            pl.col("row").filter(pl.col("channel") != "green").n_unique().alias("selected"),
            pl.col("text").n_unique().alias("texts"),
            pl.col("text", "text_vi").sort_by(pl.col("weight").abs(), descending=True, nulls_last=True).first(),
        )
        .filter(pl.col("source").is_not_null())
        .sort("selected", "declarations", "source", "code", descending=[True, True, False, False])
    )
    shown = tuple(
        ReasonTally(
            plain(r["source"], 40),
            plain(r["code"], 60),
            plain(r["text"], 200),
            plain(r["text_vi"] or r["text"], 200),
            r["texts"],
            r["declarations"],
            r["selected"],
        )
        for r in rows.head(REASONS_SHOWN).iter_rows(named=True)
    )
    return shown, max(0, rows.height - REASONS_SHOWN)


def _commitments(table: pl.DataFrame) -> tuple[tuple[date, str], ...]:
    rows = (
        table.filter(pl.col("commitment").is_not_null() & pl.col("lodged_on").is_not_null())
        .select("lodged_on", "commitment")
        .unique()
        .sort("lodged_on", "commitment")
    )
    return tuple((day, plain(commitment, 80)) for day, commitment in rows.iter_rows())
