"""What a system is told: decisions, declarations and receipts as plain values of the shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate.assessment.reasons import RESTRICTED
from tidegate.console.register.models import Decision, Declaration, Task
from tidegate.screening.screener import WITHHELD

__all__ = ["decision", "declaration", "reason", "state_of"]

HIDDEN = {RESTRICTED[0], WITHHELD[0]}
REASON = ("source", "code", "item_number", "field", "text", "text_vi", "weight", "value", "usual")
WITHHELD_ENTRY = "/withheld-"  # in the code of a match with an entry that is not open to everybody
VERSIONS = ("book", "lists", "model", "policy")


def reason(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A reason; of a restricted one no more than that it is there."""
    if kept.get("text") in HIDDEN or WITHHELD_ENTRY in (kept.get("code") or ""):
        told: dict[str, Any] = dict.fromkeys(REASON)
        return told | {"source": kept["source"], "text": kept["text"], "text_vi": kept.get("text_vi")}
    return {name: kept.get(name) for name in REASON}


def decision(one: Decision, of: Declaration) -> dict[str, Any]:
    """A decision about `of`, as DecisionTold."""
    record = one.record
    return {
        "id": one.pk,
        "declaration": of.number,
        "version": of.version,
        "current": one.current and of.current,
        "cancelled": of.cancelled,
        "channel": one.channel,
        "probability": one.probability,
        "targeted_by": one.targeted_by,
        "drawn": one.drawn,
        "score": one.score,
        "reasons": [reason(kept) for kept in one.reasons],
        "counterfactual": record.get("counterfactual"),
        "counterfactual_vi": record.get("counterfactual_vi"),
        "lodged_on": one.lodged_on,
        "office": one.office,
        "made_at": one.made_at,
        "by": "engine" if one.officer_id is None else "officer",
        "edition": one.edition_id,
        "versions": {name: record.get(f"{name}_version") for name in VERSIONS},
    }


def state_of(one: Declaration) -> str:
    """How far the work on a declaration has come."""
    return Task.objects.filter(declaration=one).values_list("state", flat=True).first() or "clear"


def declaration(one: Declaration) -> dict[str, Any]:
    """A declaration, as DeclarationTold."""
    held = Decision.objects.filter(declaration=one, current=True).first()
    return {
        "number": one.number,
        "version": one.version,
        "cancelled": one.cancelled,
        "received_at": one.received_at,
        "lodged_on": one.lodged_on,
        "office": one.office,
        "line_count": one.line_count,
        "state": state_of(one),
        "decision": decision(held, one) if held is not None else None,
    }
