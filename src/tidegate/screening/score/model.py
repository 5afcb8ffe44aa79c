"""The learned part: from features of two names to the probability that they name the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from tidegate.errors import ModelError
from tidegate.screening.score.features import FEATURES

__all__ = ["Model", "logit", "probability"]

Floats = NDArray[np.float64]

# The shape of the file; another number is another make.
MAKE = 1


def probability(odds: Floats) -> Floats:
    """Log-odds as a probability."""
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(odds, -50.0, 50.0)))
    return found


def logit(share: float) -> float:
    """A probability as log-odds."""
    return float(np.log(share / (1.0 - share)))


@dataclass(frozen=True, slots=True)
class Model:
    """A straight line over FEATURES, and trees for what it leaves, with Platt's calibration:
    log-odds = slope * (line . (features - usual) + sum of leaves) + intercept.

    The line makes scores spread where trees alone would tie. `usual`: the mean of each feature where it was trained;
    `threshold`: the probability from which on a hit is shown, unless the user says otherwise; `card`: on what it was
    trained, and what it showed in cross-validation.
    """

    trees: lightgbm.Booster
    line: Floats
    usual: Floats
    slope: float
    intercept: float
    threshold: float
    card: dict[str, Any]

    @property
    def version(self) -> str:
        """SHA-256 (hex) of all that scores."""
        numbers = [*self.line.tolist(), *self.usual.tolist(), self.slope, self.intercept, self.threshold]
        return digest(f"{numbers} {self.trees.model_to_string()}")

    @classmethod
    @cache
    def shipped(cls) -> Model:
        """The model that comes with the package."""
        return cls.read(resources.files(__package__).joinpath("model.json").read_text(encoding="utf-8"), "model.json")

    @classmethod
    def read(cls, text: str, where: str) -> Model:
        """A model from its file's text; ModelError if it is damaged, or learned from other features."""
        try:
            data = json.loads(text)
            make, names = data["make"], data["features"]
            slope, intercept, threshold = (float(data[key]) for key in ("slope", "intercept", "threshold"))
            line, usual = (np.array(data[key], np.float64) for key in ("line", "usual"))
            card, text = dict(data["card"]), "\n".join(data["trees"])
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"The screening model cannot be read: {error}.", where=where, hint=AGAIN) from error
        if make != MAKE or names != [feature.name for feature in FEATURES]:
            raise ModelError("The screening model was learned from other features.", where=where, hint=AGAIN)
        if not (
            line.shape == usual.shape == (len(FEATURES),)
            and np.isfinite([slope, intercept, threshold, *line, *usual]).all()
        ):
            raise ModelError("The screening model lacks numbers.", where=where, hint=AGAIN)
        # LightGBM itself reads on over what is damaged.
        if data.get("sha256") != digest(text):
            raise ModelError("The trees of the screening model are damaged.", where=where, hint=AGAIN)
        trees = lightgbm.Booster(model_str=text)
        return cls(trees, line, usual, slope, intercept, threshold, card)

    def write(self) -> str:
        """The text of the model's file."""
        trees = self.trees.model_to_string()
        data = {
            "make": MAKE,
            "features": [feature.name for feature in FEATURES],
            "line": [round(float(number), 6) for number in self.line],
            "usual": [round(float(number), 6) for number in self.usual],
            "slope": round(self.slope, 6),
            "intercept": round(self.intercept, 6),
            "threshold": self.threshold,
            "card": self.card,
            "sha256": digest(trees),
            "trees": trees.split("\n"),
        }
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"

    def odds(self, features: NDArray[np.float32]) -> Floats:
        """(n, features) to (n,) log-odds."""
        if not len(features):
            return np.zeros(0)
        leaves = np.asarray(self.trees.predict(features, raw_score=True, num_threads=1), np.float64)
        return self.slope * ((features - self.usual) @ self.line + leaves) + self.intercept

    def contributions(self, features: NDArray[np.float32]) -> Floats:
        """(n, features + 1): what each feature adds to the log-odds (of the trees, TreeSHAP), and last the start."""
        found = np.array(self.trees.predict(features, pred_contrib=True, num_threads=1), np.float64)
        found[:, :-1] += (features - self.usual) * self.line
        found *= self.slope
        found[:, -1] += self.intercept
        return found


def digest(trees: str) -> str:
    """The SHA-256 of the text of trees."""
    return hashlib.sha256(trees.encode()).hexdigest()


AGAIN = "Install the package anew, or train with scripts/train_screening.py."
