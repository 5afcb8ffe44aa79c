"""Forest: members joined into one booster say what they said apart."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate.models.trees import Forest, grow, plant


def member(seed: int, *, telling: bool = True) -> str:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(300, 5)).astype(np.float32)
    illicit = rng.random(300) < np.where(features[:, 0] > 1, 0.6, 0.1)
    return grow(features if telling else np.zeros_like(features), illicit, np.ones(300), seed, seed)


# One member found nothing to split by: it is a single leaf.
TEXTS = [member(1), member(2), member(3, telling=False), member(4)]


def features(rows: int) -> np.ndarray:
    made = np.random.default_rng(9).normal(0, 2, (rows, 5)).astype(np.float32)
    made[::3, 1], made[::4, 0], made[::5, 2] = np.nan, 0.0, 1e-38
    return made


@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1], TEXTS[2:3]], ids=["four", "one", "leaf"])
def test_each_member_says_the_same_bits_as_alone(texts: list[str]) -> None:
    forest, seen = Forest(texts), features(400)
    alone = [plant(text).predict(seen, raw_score=True) for text in texts]
    for said in (forest.members(seen, 1), forest.members(seen, 2), forest.members_of_few(seen)):
        assert all((one == other).all() for one, other in zip(alone, said, strict=True))
    few = forest.members_of_few(seen[7:12])
    assert all((one[7:12] == other).all() for one, other in zip(alone, few, strict=True))


def test_contributions_are_the_mean_of_the_members_and_the_same_bits_for_one_row() -> None:
    forest, seen = Forest(TEXTS), features(50)
    told = forest.attribute(seen, 1)
    apart = sum(plant(text).predict(seen, pred_contrib=True) for text in TEXTS) / len(TEXTS)
    assert told == pytest.approx(apart, abs=1e-12)
    assert (forest.attribute(seen[3:4], 1)[0] == told[3]).all()
    assert told.sum(axis=1) == pytest.approx(np.mean(forest.members(seen, 1), axis=0), abs=1e-12)
