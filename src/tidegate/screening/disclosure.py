"""What may be seen of a match, by whom: an entry that is not open is a hit without its details."""

from __future__ import annotations

from typing import Any

import polars as pl

from tidegate.screening.entry import LEVELS, Entry
from tidegate.screening.score import VERDICT, VERDICT_VI, Reason
from tidegate.screening.screener import WITHHELD, Match

__all__ = ["DISCLOSED", "disclosed", "known_to", "sentences"]

# A match as a row of a table. Where the entry is withheld: list, owner, level and probability only.
DISCLOSED = pl.Schema(
    {
        "probability": pl.Float64,
        "how": pl.String,
        "list": pl.String,
        "owner": pl.String,
        "level": pl.String,
        "entry": pl.String,
        "entry_kind": pl.String,
        "entry_names": pl.String,
        "entry_born": pl.String,
        "entry_countries": pl.String,
        "purpose": pl.String,
        "listed_on": pl.Date,
        "until": pl.Date,
        "found_by": pl.String,
        "reasons": pl.String,
        "reasons_vi": pl.String,
        "verdict": pl.String,
        "verdict_vi": pl.String,
    }
)


def known_to(entry: Entry, level: str) -> bool:
    """Whether somebody who may know what is of a `level` of LEVELS may know an entry."""
    return entry.level == "open" or LEVELS.index(entry.level) <= LEVELS.index(level)


def disclosed(match: Match, level: str = "open") -> dict[str, Any]:
    """A match as a row of DISCLOSED, for somebody who may know what is of a `level`."""
    entry = match.entry
    row: dict[str, Any] = dict.fromkeys(DISCLOSED)
    row |= {"probability": match.probability, "how": match.how, "list": entry.list, "owner": entry.owner}
    row |= {"level": entry.level, "verdict": VERDICT, "verdict_vi": VERDICT_VI}
    if not known_to(entry, level):
        return row | dict(zip(("reasons", "reasons_vi"), WITHHELD, strict=True))
    return row | {
        "entry": entry.source_id,
        "entry_kind": entry.kind.value,
        "entry_names": "; ".join(entry.names),
        "entry_born": "; ".join(entry.born),
        "entry_countries": "; ".join(entry.countries),
        "purpose": entry.purpose,
        "listed_on": entry.listed_on,
        "until": entry.expires,
        "found_by": match.listed,
        "reasons": sentences(match.reasons),
        "reasons_vi": sentences(match.reasons, "vi"),
    }


def sentences(reasons: tuple[Reason, ...], language: str = "en") -> str:
    """Reasons in one line, each with what it adds to the log-odds; that a number agrees has no such weight."""
    return "; ".join(
        (one.text_vi if language == "vi" else one.text) + (f" ({one.weight:+.1f})" if one.weight else "")
        for one in reasons
    )
