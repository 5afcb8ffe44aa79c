"""The run that is reported: what `summary` says of it, read with care, since any part may be missing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tidegate.errors import InputError
from tidegate.report.declared import plain

__all__ = ["Estimate", "ModelCard", "Run"]

VERSIONS = ("book", "lists", "model", "policy", "tidegate")
COUNTS = ("read", "kept", "rejected", "flagged")


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate of the yardstick, with its 95% interval where it has one."""

    name: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the card of the model says of its last part of time, which it had not learned from.

    `top`: rows of share opened, precision, recall and share of revenue caught; `bands`: rows of expected and found
    share illicit with the 95% interval of the latter. All are shares of 1; None is what the card does not tell.
    """

    first_day: date | None
    last_day: date | None
    lines: int
    found_share: float
    auc: float | None
    top: tuple[tuple[float, float, float, float | None], ...]
    bands: tuple[tuple[float, float, float, float], ...]

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> ModelCard | None:
        """Read a model's card (card.json of its folder); None where it was not tested or there is no model."""
        evaluation = _part(card, "evaluation", "model.")
        figures = _part(evaluation, "all", "model.evaluation.")
        if not figures:
            return None
        place = "model.evaluation.all"
        try:
            return cls(
                first_day=_day(evaluation.get("from"), "model.evaluation.from"),
                last_day=_day(evaluation.get("to"), "model.evaluation.to"),
                lines=int(figures["lines"]),
                found_share=float(figures["found_share"]),
                auc=None if figures.get("auc") is None else float(figures["auc"]),
                top=tuple(
                    (float(r["share"]), float(r["precision"]), float(r["recall"]), r.get("revenue_caught"))
                    for r in figures["top"]
                ),
                bands=tuple(
                    (float(r["expected"]), float(r["found"]), float(r["low"]), float(r["high"]))
                    for r in figures.get("calibration", ())
                ),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise _refuse(place, error, "what a model's card holds there") from None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of `assess`, as its summary tells it; None or empty stands for what it does not tell."""

    administration: str
    made_at: datetime | None
    first_day: date | None
    last_day: date | None
    counts: Mapping[str, int | None]
    rejections: tuple[tuple[str, int], ...]
    flags: tuple[tuple[str, int], ...]
    versions: Mapping[str, str]
    commitment: str
    seed: str
    timings: tuple[tuple[str, float], ...]
    thresholds: Mapping[str, float]
    model: ModelCard | None
    yardstick: tuple[Estimate, ...]
    labels: Mapping[str, Mapping[str, str]]
    fingerprint: str

    @classmethod
    def of(cls, summary: Mapping[str, Any]) -> Run:
        """Read `summary` (see docs/report.md); raises InputError when a part is there but is not what it should be."""
        window = _part(summary, "window")
        return cls(
            administration=plain(summary.get("administration"), 160),
            made_at=_moment(summary.get("made_at"), "made_at"),
            first_day=_day(window.get("from"), "window.from"),
            last_day=_day(window.get("to"), "window.to"),
            counts={name: _whole(_part(summary, "counts").get(name), f"counts.{name}") for name in COUNTS},
            rejections=_tally(summary, "rejections"),
            flags=_tally(summary, "flags"),
            versions={name: plain(_part(summary, "versions").get(name), 80) for name in VERSIONS},
            commitment=plain(summary.get("commitment"), 80),
            seed=plain(summary.get("seed"), 80),
            timings=tuple((str(k), _number(v, f"timings.{k}")) for k, v in _part(summary, "timings").items()),
            thresholds={str(k): _number(v, f"thresholds.{k}") for k, v in _part(summary, "thresholds").items()},
            model=ModelCard.of(_part(summary, "model")),
            yardstick=_estimates(summary),
            labels=_part(summary, "labels"),
            fingerprint=fingerprint(summary),
        )

    def label(self, code: str, language: str) -> str | None:
        """Return what the summary calls `code` (a profile, an indicator, a flag) in a language, if it says so."""
        entry = self.labels.get(code)
        return entry.get(language) or entry.get("en") if isinstance(entry, Mapping) else entry


def fingerprint(summary: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the summary, keys sorted: it ties a sheet of paper to the run it was printed from."""
    canonical = json.dumps(summary, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _refuse(place: str, value: object, wanted: str) -> InputError:
    return InputError(
        f"{value!r} is not {wanted}.", where=f"summary, {place}", hint="Leave it out where it is not known."
    )


def _part(whole: Mapping[str, Any], name: str, path: str = "") -> Mapping[str, Any]:
    part = whole.get(name) or {}
    if not isinstance(part, Mapping):
        raise _refuse(path + name, part, "a mapping of names to values")
    return part


def _number(value: object, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refuse(place, value, "a number")
    return float(value)


def _whole(value: object, place: str) -> int | None:
    return None if value is None else int(_number(value, place))


def _day(value: object, place: str) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise _refuse(place, value, "a day (YYYY-MM-DD)") from None


def _moment(value: object, place: str) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        raise _refuse(place, value, "a moment (ISO 8601)") from None


def _tally(summary: Mapping[str, Any], name: str) -> tuple[tuple[str, int], ...]:
    counts = [(str(code), int(_number(n, f"{name}.{code}"))) for code, n in _part(summary, name).items()]
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0])))


def _estimates(summary: Mapping[str, Any]) -> tuple[Estimate, ...]:
    """Read the yardstick: each name leads to a number, or to `{value, low, high}`."""
    found = []
    for name, given in _part(summary, "yardstick").items():
        entry = given if isinstance(given, Mapping) else {"value": given}
        value, low, high = (
            None if entry.get(key) is None else _number(entry[key], f"yardstick.{name}.{key}")
            for key in ("value", "low", "high")
        )
        found.append(Estimate(str(name), value, low, high))
    return tuple(found)
