"""Work that this screen leaves to the worker: training and comparing."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app

from tidegate.console.clock import now
from tidegate.console.models.comparing import compare
from tidegate.console.models.models import Comparison, Training
from tidegate.console.models.training import train
from tidegate.console.register import trail
from tidegate.errors import TidegateError

__all__ = ["run_comparison", "run_training"]


@app.task(name="models.train", queue="figures")  # type: ignore[untyped-decorator]
def run_training(number: int) -> None:
    """Train, and keep the name of the model or why there is none."""
    asked = Training.objects.get(pk=number)
    if asked.done_at:
        return
    try:
        asked.name = train(asked.until, asked.seed)
    except TidegateError as error:
        asked.fault = f"{error.what} {error.hint}".strip()
    asked.done_at = now()
    with transaction.atomic():
        asked.save()
        trail.write("model.trained", f"training:{asked.pk}", "node", model=asked.name, fault=asked.fault)


@app.task(name="models.compare", queue="figures")  # type: ignore[untyped-decorator]
def run_comparison(number: int) -> None:
    """Compare two models, and keep the figures or why there are none."""
    asked = Comparison.objects.get(pk=number)
    if asked.done_at:
        return
    try:
        asked.figures = compare(asked.first, asked.second)
    except TidegateError as error:
        asked.fault = f"{error.what} {error.hint}".strip()
    asked.done_at = now()
    asked.save()
