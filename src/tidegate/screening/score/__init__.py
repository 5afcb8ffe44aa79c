"""The score: how likely a party and an entry of a list are the same, and why."""

from __future__ import annotations

from tidegate.screening.score.breakdown import VERDICT, VERDICT_VI, Breakdown, Reason, explain, explain_all
from tidegate.screening.score.evaluation import evaluate, read_pairs
from tidegate.screening.score.model import Model
from tidegate.screening.score.pairs import Pair
from tidegate.screening.score.scorer import Listed, Parties, Scored, Scorer

__all__ = [
    "VERDICT",
    "VERDICT_VI",
    "Breakdown",
    "Listed",
    "Model",
    "Pair",
    "Parties",
    "Reason",
    "Scored",
    "Scorer",
    "evaluate",
    "explain",
    "explain_all",
    "read_pairs",
]
