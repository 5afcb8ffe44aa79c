"""The model's contributions to a line's score as a waterfall: from the usual line to this one, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tidegate.assessment.engine import sentences
from tidegate.console.deciding import engine_of
from tidegate.console.declarations.known import told
from tidegate.console.declarations.places import label
from tidegate.console.register.models import Decision, Declaration

__all__ = ["Step", "Waterfall", "waterfall"]

TOLD = 10  # contributions that are shown; the others are one step
EDGE = 2.0  # per cent of the width that is kept free on both sides


@dataclass(frozen=True, slots=True)
class Step:
    """A step from `start` to `end` (per cent of the width); `kind`: up, down, or whole for the first and the last."""

    name: str
    said: str
    weight: float
    start: float
    end: float
    kind: str

    @property
    def left(self) -> float:
        return min(self.start, self.end)

    @property
    def width(self) -> float:
        return max(abs(self.end - self.start), 0.4)


@dataclass(frozen=True, slots=True)
class Waterfall:
    """`item`: the line; `others`: (item, score) of all lines, the most suspicious first; `recorded`: the score at the
    time of the decision."""

    item: int
    score: float
    base: float
    steps: Sequence[Step]
    others: Sequence[tuple[int, float]]
    recorded: float | None
    version: str

    @property
    def agrees(self) -> bool:
        """Whether the score is the one that was recorded, where this is the line that it was of."""
        return self.recorded is None or self.item != self.others[0][0] or abs(self.recorded - self.score) < 1e-9


def waterfall(declaration: Declaration, decision: Decision, item: int | None) -> Waterfall | None:
    """The waterfall of a line (the most suspicious, where none is named); None without a model.

    Raises the errors of the library where the model or the counters cannot be read.
    """
    model = engine_of(decision.edition).model if decision.edition else None
    if model is None:
        return None
    lines = told(declaration)
    look = model.look(lines)
    scores = sorted(
        ((int(line["item_number"]), float(score)) for line, score in zip(lines, look.score, strict=True)),
        key=lambda one: (-one[1], one[0]),
    )
    items = [int(line["item_number"]) for line in lines]
    chosen = item if item is not None and item in items else scores[0][0]
    row = items.index(chosen)
    found = look.contributions(row, None, sentences)
    vietnamese = get_language() == "vi"
    parts = [(label(one.feature), one.text_vi if vietnamese else one.text, one.weight) for one in found[:TOLD]]
    rest = sum(one.weight for one in found[TOLD:])
    if len(found) > TOLD:
        parts.append((_("others"), _("%(count)d others together") % {"count": len(found) - TOLD}, rest))
    return Waterfall(
        item=chosen,
        score=float(look.score[row]),
        base=1 / (1 + exp(-model.base)),
        steps=_steps(model.base, parts),
        others=scores,
        recorded=decision.score,
        version=model.version,
    )


def _steps(base: float, parts: Sequence[tuple[str, str, float]]) -> list[Step]:
    ends = [base]
    for _name, _said, weight in parts:
        ends.append(ends[-1] + weight)
    least, most = min(ends), max(ends)
    scale = (100 - 2 * EDGE) / (most - least) if most > least else 0.0

    def place(value: float) -> float:
        return round(EDGE + (value - least) * scale, 2)

    steps = [
        Step(name, said, weight, place(start), place(end), "up" if weight >= 0 else "down")
        for (name, said, weight), start, end in zip(parts, ends[:-1], ends[1:], strict=True)
    ]
    first = Step("", _("the usual line"), base, place(base), place(base), "whole")
    last = Step("", _("this line"), ends[-1], place(ends[-1]), place(ends[-1]), "whole")
    return [first, *steps, last]
