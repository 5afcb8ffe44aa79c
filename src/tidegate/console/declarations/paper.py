"""The decision record on paper: every value by name, versions, and the hash of all of it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tidegate.console.register.models import Decision

__all__ = ["digest", "values", "versions"]

VERSIONS = ("book_version", "lists_version", "model_version", "policy_version", "commitment")
TOLD = ("counterfactual", "counterfactual_vi")  # in words, above


def whole(decision: Decision) -> dict[str, Any]:
    """The row of decisions.parquet that the engine wrote, as it is kept."""
    columns = {
        "channel": decision.channel,
        "score": decision.score,
        "probability": decision.probability,
        "targeted_by": decision.targeted_by,
        "drawn": decision.drawn,
        "hits": decision.hits,
        "reasons": decision.reasons,
    }
    return {**decision.record, **columns}


def values(decision: Decision) -> list[tuple[str, str]]:
    """Every value by name, but for the reasons, versions and sentences, which stand elsewhere on the page."""
    left_out = {"reasons", *VERSIONS, *TOLD}
    return [(name, _plain(value)) for name, value in sorted(whole(decision).items()) if name not in left_out]


def versions(decision: Decision) -> list[tuple[str, str]]:
    """What decided, by content hash, and the commitment to the key of the draw."""
    told = [(name, str(decision.record.get(name) or "–")) for name in VERSIONS]
    return [*told, ("edition", str(decision.edition_id or "–"))]


def digest(decision: Decision) -> str:
    """SHA-256 of the row as JSON with sorted names: the same row gives the same on every print."""
    text = json.dumps(whole(decision), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> str:
    """As in exports: ISO dates, a point, every digit."""
    if value is None:
        return "–"
    if isinstance(value, list):
        return " ".join(str(one) for one in value) or "–"
    return str(value).lower() if isinstance(value, bool) else str(value)
