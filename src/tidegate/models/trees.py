"""Trees: the boosted members of the ensemble, one a fold, small, each on a part of what there is."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

__all__ = ["grow", "plant"]

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
