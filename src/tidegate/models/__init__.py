"""Learning from findings: calibrated probabilities, with reasons and a card."""

from tidegate.models.card import Card, measure, precision_at
from tidegate.models.contributions import DERIVED, Contribution, Sentences
from tidegate.models.look import Look
from tidegate.models.model import Model
from tidegate.models.training import Progress

__all__ = ["DERIVED", "Card", "Contribution", "Look", "Model", "Progress", "Sentences", "measure", "precision_at"]
