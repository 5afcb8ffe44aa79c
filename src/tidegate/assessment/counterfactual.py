"""What would have become of a selected declaration without its main reason: "without VN-TIMBER-007: green"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from tidegate.assessment.cases import Declarations, demands, standing
from tidegate.profiles import Hits, Profile
from tidegate.selection import Terms, reconsider

__all__ = ["WITHOUT", "counterfactuals", "leading_profile", "said"]

CHANNEL_VI = {"green": "luồng xanh", "yellow": "luồng vàng", "red": "luồng đỏ", "blue": "kiểm tra sau thông quan"}
WITHOUT = {
    "model": ("the model", "mô hình"),
    "exploration": ("exploration", "lựa chọn thăm dò"),
    "draw": ("the random draw", "lựa chọn ngẫu nhiên"),
}


TEXT = ("without {}: {}", "nếu không có {}: {}")


def said(name: str, name_vi: str, channel: str) -> tuple[str, str]:
    """What is said of one declaration that would have gone to `channel`, in English and Vietnamese."""
    return TEXT[0].format(name, channel), TEXT[1].format(name_vi, CHANNEL_VI[channel])


def leading_profile(declarations: Declarations, hits: Hits, profiles: Sequence[Profile]) -> np.ndarray:
    """Index of the profile that asks most of each declaration (strictest channel, then rate); -1 where none fired."""
    first = np.full(declarations.frame.height, -1, dtype=np.int64)
    if not hits.line.size:
        return first
    rank = np.array([standing(profile) for profile in profiles])
    row, rule = declarations.of_line[hits.line], hits.profile.astype(np.int64)
    order = np.lexsort((rule, rank[rule], row))
    starts = order[np.flatnonzero(np.diff(row[order], prepend=-1))]
    first[row[starts]] = rule[starts]
    return first


def counterfactuals(
    decided: pl.DataFrame, terms: Terms, declarations: Declarations, hits: Hits, profiles: Sequence[Profile]
) -> pl.DataFrame:
    """Return counterfactual and counterfactual_vi of each declaration; null where it stayed green.

    Held fixed: chance (the declaration's own point on the wheel) and the terms of its office and day. Taken away: the
    one profile that asks most, or the source (model, exploration, draw) that gave most of the probability.
    """
    lead = leading_profile(declarations, hits, profiles)
    kept = lead[declarations.of_line[hits.line]] != hits.profile
    fewer = demands(declarations, Hits(hits.line[kept], hits.profile[kept]), profiles)
    source = decided.get_column("targeted_by").to_numpy()
    by_profile = (source == "profile") & (lead >= 0)
    selected = (decided.get_column("channel") != "green").to_numpy()

    otherwise = np.full(decided.height, None, dtype=object)
    name, name_vi = otherwise.copy(), otherwise.copy()
    rows = np.flatnonzero(selected & by_profile)
    if rows.size:
        otherwise[rows] = reconsider(decided[rows].with_columns(fewer[rows].get_columns()), terms).to_numpy()
        name[rows] = name_vi[rows] = np.array([profile.id for profile in profiles], dtype=object)[lead[rows]]
    for key, (label, label_vi) in WITHOUT.items():
        rows = np.flatnonzero(selected & ~by_profile & (source == key))
        if rows.size:
            otherwise[rows] = reconsider(decided[rows], terms.without(key)).to_numpy()
            name[rows], name_vi[rows] = label, label_vi

    found = pl.DataFrame(
        {"channel": otherwise.tolist(), "name": name.tolist(), "name_vi": name_vi.tolist()},
        schema={"channel": pl.String, "name": pl.String, "name_vi": pl.String},
    )
    channel_vi = pl.col("channel").replace_strict(CHANNEL_VI, default=None)
    return found.select(
        pl.format(TEXT[0], "name", "channel").alias("counterfactual"),
        pl.format(TEXT[1], "name_vi", channel_vi).alias("counterfactual_vi"),
    )
