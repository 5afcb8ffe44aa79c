"""Exploration: what is worth opening to learn from it.

`doubt` is for optimism in the face of uncertainty (Lai and Robbins, 1985; Auer et al., 2002): a lane, that is, one
importer with one supplier, that was seldom opened may be worse than its score says. A strategy that ranks by score plus
a share of the doubt opens a new suspicious lane rather than an old one for the third time, and loses next to nothing by
it, where a random draw pays its full price.

`spread` asks where the members of the model disagree. `unlike` weighs how unsure the score is by how little of the kind
was opened. That is the idea of batch selection by gradient embeddings, large and far apart (Ash et al., 2020; for
customs Kim et al., 2022), in a form whose selection probabilities are known: the gradient of the loss is large where
the score is unsure, and the distance to what was opened is measured by how often the line's importer, supplier, goods
and route were opened before.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["KEYS", "KINDS", "LANE", "doubt", "unlike"]

Floats = NDArray[np.float64]

LANE = ("importer_id", "exporter_id")
PRIOR = 4.0
"""Declarations of a lane that the score of the model is worth."""

KINDS: tuple[tuple[str, ...], ...] = (
    ("importer_id",),
    ("exporter_id",),
    ("hs_code", "origin_country"),
    ("dispatch_country", "loading_port"),
    ("declarant_id", "office"),
)
KEYS = tuple(sorted({"declaration_id", *LANE, *(field for kind in KINDS for field in kind)}))
"""All that is asked of what was opened."""


def unlike(lines: pl.DataFrame, opened: pl.DataFrame, score: Floats) -> Floats:
    """float64[n], larger where `lines` teach more: sqrt(score (1 - score)) times the mean novelty over KINDS.

    Novelty of a kind that was opened k times is 1 / sqrt(1 + k): 1 for what was never seen. `opened`: the lines opened
    so far, in any number of periods.
    """
    novelty = np.zeros(lines.height)
    for kind in KINDS:
        seen = opened.group_by(kind).agg(pl.len().alias("seen"))
        times = lines.select(kind).join(seen, on=list(kind), how="left", nulls_equal=True, maintain_order="left")[
            "seen"
        ]
        novelty += 1.0 / np.sqrt(1.0 + times.fill_null(0).to_numpy())
    return np.asarray(np.sqrt(score * (1.0 - score)) * novelty / len(KINDS))


def doubt(lines: pl.DataFrame, opened: pl.DataFrame, score: Floats) -> Floats:
    """float64[n]: standard deviation of the rate of the line's lane, sqrt(score (1 - score) / (PRIOR + k)).

    It is that of a Beta distribution with the score for its mean that is worth PRIOR declarations, and k more that
    were opened. `opened`: the lines opened so far.
    """
    seen = opened.group_by(LANE).agg(pl.col("declaration_id").n_unique().alias("seen"))
    times = lines.select(LANE).join(seen, on=list(LANE), how="left", nulls_equal=True, maintain_order="left")["seen"]
    return np.asarray(np.sqrt(score * (1.0 - score) / (PRIOR + times.fill_null(0).to_numpy())))
