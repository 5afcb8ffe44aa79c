"""Card: what a model is, how well it did on the last part of time, and what it cannot know, in both languages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import vl_convert
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from tidegate.models.wording import WORDS

__all__ = ["SHARES", "Card", "measure", "precision_at"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Shares of lines that an administration could open.
SHARES = (0.01, 0.05, 0.10)
BANDS = 10
# Of Wilson's interval, 95%.
Z = 1.959964


def _ranked(scores: Floats, seed: int) -> NDArray[np.int64]:
    """Rows by descending score, ties in seeded random order."""
    shuffled = np.random.default_rng(seed).permutation(len(scores))
    return np.asarray(shuffled[np.argsort(-scores[shuffled], kind="stable")])


def precision_at(scores: Floats, illicit: Flags, share: float, seed: int = 0) -> float:
    """Share illicit among the `share` of lines with the highest scores (at least one); ties by a seeded shuffle."""
    top = max(1, round(share * len(scores)))
    return float(illicit[_ranked(scores, seed)[:top]].mean())


def measure(scores: Floats, illicit: Flags, revenue: Floats | None = None, seed: int = 0) -> dict[str, Any]:
    """Figures of probabilities `scores` against what was found; `revenue` float64[n] is what each line recovered.

    AUC and average precision; at each of SHARES precision, recall and the share of revenue caught; Brier score; and a
    calibration table of ten bands of equal size with Wilson's 95% intervals. Both kinds of label must occur.
    """
    order = _ranked(scores, seed)
    ranked = illicit[order]
    top = []
    for share in SHARES:
        opened = max(1, round(share * len(scores)))
        found = int(ranked[:opened].sum())
        row = {"share": share, "opened": opened, "found": found}
        row |= {"precision": found / opened, "recall": found / int(illicit.sum())}
        if revenue is not None and revenue.sum() > 0:
            row["revenue_caught"] = float(revenue[order][:opened].sum() / revenue.sum())
        top.append(row)
    bands = []
    for rows in np.array_split(order[::-1], min(BANDS, len(order))):
        n, rate = len(rows), float(illicit[rows].mean())
        middle = (rate + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * float(np.sqrt(rate * (1 - rate) / n + Z * Z / (4 * n * n)))
        expected = float(scores[rows].mean())
        bands.append({"lines": n, "expected": expected, "found": rate, "low": middle - half, "high": middle + half})
    return {
        "lines": len(scores),
        "found": int(illicit.sum()),
        "found_share": float(illicit.mean()),
        "auc": float(roc_auc_score(illicit, scores)),
        "average_precision": float(average_precision_score(illicit, scores)),
        "brier": float(np.mean((scores - illicit) ** 2)),
        "top": top,
        "calibration": bands,
    }


@dataclass(frozen=True, slots=True)
class Card:
    """A model's card: `data` is what card.json holds; see docs/models.md for its entries."""

    data: dict[str, Any]

    def json(self) -> str:
        """The card as JSON."""
        return json.dumps(self.data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def markdown(self, language: str = "en") -> str:
        """The card to read, in English (`en`) or Vietnamese (`vi`)."""
        words, data = WORDS[language], self.data
        spoken = _vietnamese if language == "vi" else str

        def number(value: float, form: str) -> str:
            return spoken(format(value, form))

        def percent(value: float) -> str:
            return number(100 * value, ".1f") + "%"

        first, last = data["window"]
        share = f"{percent(data['found_share'])} {words['illicit']}"
        memory = words["memory" if data["memory"] else "no_memory"]
        lines = [f"# {words['title']}", "", words["intro"], ""]
        lines += [f"- {words['window']}: {first} – {last}"]
        lines += [f"- {words['labels']}: {number(data['labels'], ',')} ({share})"]
        lines += [f"- {words['repeated']}: {percent(data['repeated'])}. {memory}"]
        evaluation = data["evaluation"]
        lines += ["", f"## {words['tested']}", ""]
        if evaluation is None:
            lines += [words["untested"]]
        else:
            lines += [words["tested_how"].format(first=evaluation["from"], last=evaluation["to"])]
            for name in ("all", "new_records"):
                figures = evaluation[name]
                if figures is None:
                    continue
                size = f"{number(figures['lines'], ',')} {words['lines']}"
                share = f"{percent(figures['found_share'])} {words['illicit']}"
                ranking = f"AUC {number(figures['auc'], '.3f')}, AP {number(figures['average_precision'], '.3f')}"
                lines += ["", f"**{words[name]}** ({size}, {share}): {ranking}."]
                lines += ["", f"| {words['opened']} | {words['precision']} | {words['recall']} | {words['revenue']} |"]
                lines += ["| ---: | ---: | ---: | ---: |"]
                for row in figures["top"]:
                    caught = percent(row["revenue_caught"]) if "revenue_caught" in row else "–"
                    opened = number(100 * row["share"], "g")
                    lines += [f"| {opened}% | {percent(row['precision'])} | {percent(row['recall'])} | {caught} |"]
            lines += ["", f"![{words['plot']}](calibration.svg)", ""]
            lines += [
                f"| {words['expected']} | {words['seen']} | 95% | {words['lines']} |",
                "| ---: | ---: | ---: | ---: |",
            ]
            for band in evaluation["all"]["calibration"]:
                interval = f"{percent(band['low'])} – {percent(band['high'])}"
                lines += [f"| {percent(band['expected'])} | {percent(band['found'])} | {interval} | {band['lines']} |"]
        lines += ["", f"## {words['features']}", "", words["features_how"], ""]
        lines += [f"| {words['feature']} | {words['weight']} |", "| --- | ---: |"]
        lines += [f"| {row['feature']} | {number(row['weight'], '.3f')} |" for row in data["importance"][:20]]
        lines += ["", f"## {words['limits']}", "", words["bias"], ""]
        return "\n".join(lines)

    def chart(self) -> str:
        """Calibration on the last part of time as SVG: expected against found, with intervals; empty without a test."""
        if self.data["evaluation"] is None:
            return ""
        bands = self.data["evaluation"]["all"]["calibration"]
        most = max(max(band["high"], band["expected"]) for band in bands)
        scale = alt.Scale(domain=[0, most], nice=True)
        axis = alt.Axis(format=".0%")
        ideal = alt.Chart(alt.Data(values=[{"x": 0, "y": 0}, {"x": most, "y": most}]))
        seen = alt.Chart(alt.Data(values=bands)).encode(
            x=alt.X("expected:Q", scale=scale, axis=axis, title="Expected share illicit (dự báo)")
        )
        title = "Found share (thực tế), 95% interval"
        layers = alt.layer(
            ideal.mark_line(color="#d5dbe1", strokeDash=[4, 4]).encode(
                x=alt.X("x:Q", scale=scale), y=alt.Y("y:Q", scale=scale)
            ),
            seen.mark_rule(color="#4a5560").encode(y=alt.Y("low:Q", scale=scale, axis=axis, title=title), y2="high:Q"),
            seen.mark_point(color="#0b5c7a", filled=True, size=50).encode(y=alt.Y("found:Q", scale=scale)),
        ).properties(width=360, height=280)
        return str(vl_convert.vegalite_to_svg(layers.to_json()))


def _vietnamese(number: str) -> str:
    """1,234.5 as 1.234,5."""
    return number.translate(str.maketrans(",.", ".,"))
