"""Trees: the boosted members of the ensemble, one a fold, small, each on a part of what there is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

__all__ = ["Forest", "grow", "plant"]

Floats = NDArray[np.float64]

# Chosen on copy-free time folds and on simulated trade, see docs/models.md. Few, shallow and each on a third of the
# features: findings are few and noisy, and explaining a line costs leaves times depth squared.
SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 12,
    "max_depth": 4,
    "learning_rate": 0.1,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "verbose": -1,
    "deterministic": True,
    "force_col_wise": True,
}
TREES = 70
# A leaf holds at least this share of the rows, within bounds.
LEAF_SHARE, LEAST_LEAF, MOST_LEAF = 0.004, 5, 30
# Fewer numbers than this are learned from faster by one thread, above all on a busy machine.
WORTH_THREADS = 5_000_000


def grow(features: NDArray[np.float32], illicit: NDArray[np.bool_], weights: Floats, member: int, seed: int) -> str:
    """Text of a member learned from these rows; every second one cuts at random places, so that members differ."""
    threads = 1 if features.size < WORTH_THREADS else 0
    leaf = int(np.clip(LEAF_SHARE * len(illicit), LEAST_LEAF, MOST_LEAF))
    data = lgb.Dataset(features, illicit, weight=weights, params={"verbose": -1})
    settings = SETTINGS | {
        "seed": seed,
        "min_data_in_leaf": leaf,
        "num_threads": threads,
        "extra_trees": member % 2 == 1,
    }
    return str(lgb.train(settings, data, TREES).model_to_string())


def plant(text: str) -> Any:
    """The member that `text` describes."""
    return lgb.Booster(model_str=text)


class Forest:
    """All members as one booster, since a call costs more than the trees do for a few rows."""

    def __init__(self, texts: Sequence[str]) -> None:
        parts = [_parts(text) for text in texts]
        self._booster = plant(parts[0][0] + "".join(trees for _, trees, _ in parts) + parts[0][2])
        # Where each member begins among the trees, and each tree among the leaves.
        self._members = np.cumsum([0, *(trees.count("\nnum_leaves=") for _, trees, _ in parts)])
        leaves = [
            np.array(line.partition("=")[2].split(), np.float64)
            for _, trees, _ in parts
            for line in trees.splitlines()
            if line.startswith("leaf_value=")
        ]
        self._leaves = np.concatenate(leaves)
        self._starts = np.cumsum([0, *map(len, leaves[:-1])])

    def members(self, features: NDArray[np.float32], threads: int) -> list[Floats]:
        """What each member says of each row: float64[n] each, in log-odds; `threads` 0 for all there are."""
        return [
            self._booster.predict(
                features, raw_score=True, num_threads=threads, start_iteration=start, num_iteration=stop - start
            )
            for start, stop in pairwise(self._members.tolist())
        ]

    def members_of_few(self, features: NDArray[np.float32]) -> list[Floats]:
        """The same bits from a single call: it finds the leaves, which are added up here in the order of the trees."""
        found = self._leaves[self._booster.predict(features, pred_leaf=True, num_threads=1) + self._starts]
        return [np.add.accumulate(found[:, a:b], axis=1)[:, -1] for a, b in pairwise(self._members.tolist())]

    def attribute(self, features: NDArray[np.float32], threads: int) -> Floats:
        """float64[n, features + 1]: TreeSHAP of the members' mean, and last what they expect of the usual line."""
        told: Floats = self._booster.predict(features, pred_contrib=True, num_threads=threads)
        return told / (len(self._members) - 1)


def _parts(text: str) -> tuple[str, str, str]:
    """(head, trees, tail) of a member's text. Without the sizes of its trees LightGBM reads them one after another."""
    head, mark, rest = text.partition("Tree=0")
    trees, end, tail = rest.partition("end of trees")
    lines = [line for line in head.splitlines(keepends=True) if not line.startswith("tree_sizes=")]
    return "".join(lines), mark + trees, end + tail
