"""The page: brings tallies, cases, charts and words together in one HTML file that needs nothing but itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from tidegate.errors import DecisionError, InputError
from tidegate.report.cases import Case, Reason, most_suspicious
from tidegate.report.charts import Chart, charts
from tidegate.report.declared import plain
from tidegate.report.drawings import SHAPES
from tidegate.report.language import LANGUAGES, Language, Scale
from tidegate.report.listed import Listed, may_be_listed
from tidegate.report.run import Run
from tidegate.report.tallies import ReasonTally, Tallies, tally
from tidegate.trade import LINE_FIELDS

__all__ = ["DECISION_COLUMNS", "write_report"]

# fmt: off
DECISION_COLUMNS = (
    "declaration_id", "lodged_on", "office", "importer_id", "importer_name", "line_count", "customs_value",
    "duty_at_stake", "currency", "channel", "score", "probability", "targeted_by", "drawn", "hits", "reasons",
    "counterfactual", "counterfactual_vi", "commitment",
)
# fmt: on
COMMITMENTS_SHOWN = 31
FIELD_LABELS = {field.name: {"en": field.label, "vi": field.label_vi} for field in LINE_FIELDS}


def write_report(
    path: str | os.PathLike[str],
    decisions: pl.DataFrame,
    lines: pl.DataFrame,
    summary: Mapping[str, Any],
    *,
    lang: str = "en",
    title: str = "",
    cases: int = 25,
) -> Path:
    """Write the report of a run to `path` and return it.

    `decisions` has one row a declaration (columns of decisions.parquet), `lines` one row a line (lines.parquet; only
    declaration_id is required), `summary` is described in docs/report.md; any part of it may be missing. The page
    holds English and Vietnamese and opens in `lang`; `cases` is how many of the most suspicious declarations it shows.
    Equal input gives equal bytes. Raises DecisionError when columns are missing, InputError for an unknown language
    or a summary that is not what it should be; then nothing is written.
    """
    if lang not in LANGUAGES:
        raise InputError(f"{lang!r} is not a language of the report.", hint=f"Choose one of: {', '.join(LANGUAGES)}.")
    if missing := [name for name in DECISION_COLUMNS if name not in decisions.columns]:
        raise DecisionError(f"column(s) missing: {', '.join(missing)}.", where="decisions", hint="Run assess again.")
    if "declaration_id" not in lines.columns:
        raise DecisionError("column missing: declaration_id.", where="lines", hint="Run assess again.")
    page = _render(decisions, lines, Run.of(summary), lang, plain(title, 160), cases)
    target = Path(path)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(page, "utf-8", newline="\n")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"the report cannot be written: {error.strerror}.", where=str(target)) from error
    return target


def _render(decisions: pl.DataFrame, lines: pl.DataFrame, run: Run, lang: str, title: str, number: int) -> str:
    tallies = tally(decisions)
    cases = most_suspicious(decisions, lines, number)
    listed = may_be_listed(decisions)
    editions = [
        Edition(Language(code), run, tallies, cases, charts(tallies, run, Language(code)), title, *listed)
        for code in sorted(LANGUAGES, key=lambda code: code != lang)
    ]
    sheets = [files("tidegate.report").joinpath(name).read_text("utf-8") for name in ("look/tokens.css", "report.css")]
    template = _environment().get_template("report.html")
    return template.render(lang=lang, editions=editions, style="\n".join(sheets), css_text=css_text)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tidegate.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def css_text(text: str) -> str:
    """Return `text` as a CSS string in quotes, with everything but plain letters and digits escaped."""
    return '"' + "".join(c if c.isascii() and (c.isalnum() or c in " .-") else f"\\{ord(c):x} " for c in text) + '"'


@dataclass(frozen=True, slots=True)
class Edition:
    """The page in one language: what the templates read."""

    language: Language
    run: Run
    tallies: Tallies
    cases: tuple[Case, ...]
    charts: Mapping[str, Chart]
    title: str
    listed: tuple[Listed, ...]
    listed_in_all: int

    @property
    def heading(self) -> str:
        return self.title or self.run.administration or self.language.text("report")

    @property
    def shapes(self) -> Mapping[str, str]:
        return SHAPES

    @property
    def commitments_shown(self) -> int:
        return COMMITMENTS_SHOWN

    @property
    def scale(self) -> Scale:
        """One scale for all sums of money: a tenth of the largest office's, so that small ones keep their digits."""
        return Scale.of(max((group.value for group in self.tallies.offices), default=0.0) / 10)

    @property
    def unit(self) -> str:
        return self.language.unit(self.scale, self.tallies.currency)

    @property
    def period(self) -> str:
        first = self.run.first_day or self.tallies.first_day
        last = self.run.last_day or self.tallies.last_day
        if first is None or last is None:
            return self.language.text("unknown")
        if first == last:
            return self.language.day(first)
        return self.language.text("head.from_to", first=self.language.day(first), last=self.language.day(last))

    @property
    def selected_shares(self) -> Mapping[str, str]:
        """What share of value and duty the declarations to be checked carry, written out."""
        picked = [c for c in self.tallies.channels if c.channel != "green"]
        whole = {"value": self.tallies.value, "duty": self.tallies.duty}
        return {
            name: self.language.share(sum(getattr(c, name) for c in picked) / total if total else None)
            for name, total in whole.items()
        }

    def code(self, code: str) -> str:
        """Name a code in words, where anybody knows them: a profile, indicator, field, flag, or two crossed by ×."""
        if " × " in code:
            return " × ".join(map(self.code, code.split(" × ")))
        said = self.run.label(code, self.language.code) or FIELD_LABELS.get(code, {}).get(self.language.code)
        for key in (f"source.{code}", f"case.{code}"):
            if not said and self.language.knows(key):
                said = self.language.text(key)
        return self.language.sentence(plain(said, 200) if said else plain(code, 80).replace("_", " "))

    def measure(self, name: str) -> str:
        """What an estimate of the yardstick is called, with its unit where it is money."""
        key = f"measure.{name}"
        return self.language.text(key, unit=self.unit) if self.language.knows(key) else self.code(name)

    def estimate(self, name: str, value: float | None) -> str:
        """An estimate, written out: a share, a number of declarations, money, or a plain figure."""
        if name == "fraud_rate":
            return self.language.share(value)
        if name == "missed":
            return self.language.count(value)
        return self.language.money(value, self.scale) if name == "missed_revenue" else self.language.figure(value)

    def reason(self, told: ReasonTally) -> tuple[str, str]:
        """What a reason is called, and one of its texts as an example where they differ from one another."""
        text = told.text_vi if self.language.code == "vi" else told.text
        if told.texts == 1 and text:
            return self.language.sentence(text), ""
        return self.code(told.code or told.source), text

    def anchor(self, reason: Reason) -> str:
        """The place in the table of reasons that a reason of a case leads to, or nothing."""
        for number, told in enumerate(self.tallies.reasons):
            if (told.source, told.code) == (reason.source, reason.code):
                return f"{self.language.code}-reason-{number}"
        return ""

    def value(self, reason: Reason) -> str:
        """The declared value, written out; a truth value as yes or no."""
        return self.language.figure(reason.value) if isinstance(reason.value, float) else self._said(reason.value)

    def weight(self, reason: Reason) -> str:
        """The weight, written out: log-odds of a model's feature with their sign, else a share; data weigh nothing."""
        if reason.source == "model" and reason.code != "score":
            return self.language.signed(reason.weight)
        return self.language.share(reason.weight or None)

    def usual(self, reason: Reason) -> str:
        """What is usual, written out, or nothing."""
        if not isinstance(reason.usual, tuple):
            return self._said(reason.usual)
        low, high = min(reason.usual), max(reason.usual)
        figure = self.language.figure
        return (
            figure(low) if low == high else self.language.text("case.usual.range", low=figure(low), high=figure(high))
        )

    def _said(self, text: str | None) -> str:
        yes_or_no = {"true": "yes", "false": "no"}.get((text or "").lower())
        return self.language.text(yes_or_no) if yes_or_no else text or ""

    def source(self, name: str) -> str:
        key = f"source.{name}"
        return self.language.text(key) if self.language.knows(key) else plain(name, 40)
