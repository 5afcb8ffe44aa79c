"""What is found by its number, or by words that stand in a row: documents, containers, vessels, vehicles, goods."""

from __future__ import annotations

from tidegate.screening.exact.comparison import compare, learn
from tidegate.screening.exact.forms import FORMS, Form
from tidegate.screening.exact.index import HITS, ExactHit, ExactIndex
from tidegate.screening.exact.near import DIFFERENCES, difference
from tidegate.screening.exact.phrases import PHRASE_HITS, Phrases

__all__ = [
    "DIFFERENCES",
    "FORMS",
    "HITS",
    "PHRASE_HITS",
    "ExactHit",
    "ExactIndex",
    "Form",
    "Phrases",
    "compare",
    "difference",
    "learn",
]
