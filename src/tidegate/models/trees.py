"""Trees: the boosted members of the ensemble, one a fold, small and randomised."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

__all__ = ["grow", "plant"]

Floats = NDArray[np.float64]

# Chosen on copy-free time folds, see docs/models.md. Small trees with random cuts, because findings are few and noisy.
SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "extra_trees": True,
    "num_leaves": 15,
    "learning_rate": 0.08,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "verbose": -1,
    "deterministic": True,
    "force_col_wise": True,
}
MOST_TREES, PATIENCE = 100, 20
# A leaf holds at least this share of the rows, within bounds.
LEAF_SHARE, LEAST_LEAF, MOST_LEAF = 0.004, 5, 40
# Fewer numbers than this are learned from faster by one thread, above all on a busy machine.
WORTH_THREADS = 5_000_000


def grow(
    features: NDArray[np.float32],
    illicit: NDArray[np.bool_],
    weights: Floats,
    inside: NDArray[np.bool_],
    seed: int,
) -> str:
    """A member, as LightGBM's text: learned on the rows not `inside`, stopped by those that are."""
    threads = 1 if features.size < WORTH_THREADS else 0
    leaf = int(np.clip(LEAF_SHARE * len(illicit), LEAST_LEAF, MOST_LEAF))
    data = lgb.Dataset(features[~inside], illicit[~inside], weight=weights[~inside], params={"verbose": -1})
    check = lgb.Dataset(features[inside], illicit[inside], weight=weights[inside], reference=data)
    booster = lgb.train(
        SETTINGS | {"seed": seed, "min_data_in_leaf": leaf, "num_threads": threads},
        data,
        MOST_TREES,
        valid_sets=[check],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )
    return str(booster.model_to_string(num_iteration=booster.best_iteration))


def plant(text: str) -> Any:
    """The member that `text` describes."""
    return lgb.Booster(model_str=text)
