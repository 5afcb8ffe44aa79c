"""The charts: drawings made SVG on the server, in one theme whose every colour is a token of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import vl_convert
from markupsafe import Markup, escape

from tidegate.report.drawings import DRAWINGS, TEXT, WIDTHS
from tidegate.report.language import Language
from tidegate.report.run import Run
from tidegate.report.tallies import Tallies

__all__ = ["Chart", "charts"]

# d3 wants what Babel calls number symbols; dates are written in figures, so names of months are not needed.
NUMBERS: Mapping[str, dict[str, Any]] = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]},
    "vi": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", ""]},
}
LABEL = {"labelColor": "var(--ink)", "titleColor": "var(--ink-soft)", "labelFontSize": TEXT, "titleFontSize": TEXT}
THEME: Mapping[str, Any] = {
    "background": "transparent",
    "font": "sans-serif",
    "padding": 2,
    "view": {"stroke": None},
    "bar": {"fill": "var(--ink-soft)"},
    "rule": {"stroke": "var(--ink)"},
    "text": {"fill": "var(--ink)", "fontSize": TEXT},
    "axis": {
        **LABEL,
        "titleFontWeight": "normal",
        "domainColor": "var(--mark)",
        "tickColor": "var(--mark)",
        "gridColor": "var(--line)",
        "labelPadding": 4,
    },
    "header": {**LABEL, "labelAnchor": "start", "title": None, "labelPadding": 4},
}


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart as SVG at each of WIDTHS, and the sentence that says in words what it shows."""

    svg: Mapping[str, Markup]
    says: str


def charts(tallies: Tallies, run: Run, language: Language) -> dict[str, Chart]:
    """Draw every chart that there is something to show for, by name."""
    made = {}
    for name, (is_there, draw, say) in DRAWINGS.items():
        if is_there(tallies, run):
            says = say(tallies, run, language)
            aloud = f"{language.text(f'chart.{name}.title')}. {says}"
            svg = {width: _svg(draw(tallies, run, language, width), aloud, language) for width in WIDTHS}
            made[name] = Chart(svg, says)
    return made


def _svg(chart: Any, says: str, language: Language) -> Markup:
    """Render without the network; Vega's own roles go, since the picture as a whole is one image with one text."""
    svg: str = vl_convert.vegalite_to_svg(
        {**chart.to_dict(validate=False), "config": THEME},
        allowed_base_urls=[],
        format_locale=NUMBERS[language.code],
    )
    svg = HIDDEN.sub("", svg)
    opening, rest = svg.split(">", 1)
    size = re.search(r'viewBox="0 0 ([\d.]+) [\d.]+"', opening)
    assert size is not None
    head = f'<svg role="img" aria-label="{escape(says)}" {size[0]} style="max-inline-size:{size[1]}px">'
    return Markup(head + re.sub(r"<[^>]+>", lambda tag: ROUGH.sub(_two_decimals, NOISE.sub("", tag[0])), rest))


# Only tags are trimmed, never the text between them, which may be a name that somebody declared.
NOISE = re.compile(r' (?:role|aria-[a-z]+|class|pointer-events|font-family)="[^"]*"| opacity="1"')
HIDDEN = re.compile(r'<path(?: [a-z-]+="[^"]*")* d="(?:M0(?:\.5)?,0(?:\.5)?h0v0h0Z)?"[^>]*/>')
ROUGH = re.compile(r"-?\d+\.\d{3,}")


def _two_decimals(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}"
