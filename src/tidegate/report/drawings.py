"""The drawings: each chart of the page as a Vega-Lite specification, and the sentence that says what it shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import altair as alt

from tidegate.report.language import Language
from tidegate.report.run import Run
from tidegate.report.tallies import CHANNELS, Tallies

__all__ = ["DRAWINGS", "SHAPES", "TEXT", "WIDTHS"]

SHAPES: Mapping[str, str] = {"red": "■", "yellow": "▲", "blue": "◆", "green": "●"}
# Beside its note, and on a phone: --chart and --chart-narrow of tokens.css, with TEXT its --text-1.
WIDTHS: Mapping[str, int] = {"wide": 720, "narrow": 340}
TEXT = 13
OFFICES_DRAWN = 12


def _channel(channel: str, language: Language) -> str:
    return f"{SHAPES[channel]} {language.text(f'channel.{channel}')}"


def _draw_stakes(tallies: Tallies, run: Run, language: Language, width: str) -> Any:
    """Three panels (declarations, value, duty), one bar a channel: whether the work goes where the money is.

    Green is left out: beside its bar the others could not be told apart.
    """
    measures = {
        language.text("chart.stakes.declarations"): "share",
        language.text("chart.stakes.value"): "value_share",
        language.text("chart.stakes.duty"): "duty_share",
    }
    rows = [
        {
            "measure": measure,
            "channel": _channel(tally.channel, language),
            "share": getattr(tally, name) or 0.0,
            "colour": f"var(--{tally.channel})",
            "label": language.share(getattr(tally, name)),
        }
        for measure, name in measures.items()
        for tally in tallies.channels
        if tally.channel != "green"
    ]
    order = [_channel(channel, language) for channel in CHANNELS if channel != "green"]
    return _panels(
        rows,
        y=alt.Y("channel:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False)),
        panel="measure",
        order=list(measures),
        width=190 if width == "wide" else 210,
        column=width == "wide",
    )


def _draw_offices(tallies: Tallies, run: Run, language: Language, width: str) -> Any:
    """A panel a channel, a bar an office: the share of its own declarations."""
    offices = [group for group in tallies.offices if group.name != ""][:OFFICES_DRAWN]
    used = [c for c in CHANNELS if c != "green" and any(group.by_channel[c] for group in offices)] or ["red"]
    # A name that stands twice after the cut would stack two offices on one bar.
    room = 26 if width == "wide" else 18
    names = [f"{i + 1}. {_middle_cut(_office(group.name, language), room)}" for i, group in enumerate(offices)]
    rows = [
        {
            "panel": _channel(channel, language),
            "office": name,
            "share": group.share(channel),
            "colour": f"var(--{channel})",
            "label": language.share(group.share(channel)),
        }
        for channel in used
        for name, group in zip(names, offices, strict=True)
    ]
    left = 200 if width == "wide" else 150
    axis = alt.Axis(title=None, ticks=False, domain=False, labelLimit=0)
    return _panels(
        rows,
        y=alt.Y("office:N", sort=names, axis=axis),
        panel="panel",
        order=[_channel(channel, language) for channel in used],
        width=(WIDTHS[width] - left) // (len(used) if width == "wide" else 1) - 20,
        column=width == "wide",
    )


def _office(name: str | None, language: Language) -> str:
    return name or language.text("unknown")


def _middle_cut(name: str, room: int) -> str:
    """Cut a name in its middle: offices tend to begin alike and to differ at the end."""
    return name if len(name) <= room else f"{name[: room // 3].rstrip()}…{name[-(room - room // 3 - 1) :].lstrip()}"


def _panels(rows: list[dict[str, Any]], *, y: Any, panel: str, order: list[str], width: int, column: bool) -> Any:
    """Small multiples of horizontal bars with their share written at the end; beside or below one another."""
    largest = max(row["share"] for row in rows) or 1.0
    # Room at the right for "100.0%", whatever the longest bar.
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, largest * width / max(width - 52, 1)]), axis=None)
    base = alt.Chart(alt.Data(values=rows)).encode(x=x, y=y)
    bars = base.mark_bar(height=12).encode(color=alt.Color("colour:N", scale=None))
    ends = base.mark_text(align="left", dx=4).encode(text="label:N")
    header = alt.Header(labelFontSize=TEXT, labelFontWeight="bold")
    facet = {"column" if column else "row": _facet(panel, order, header, column)}
    return alt.layer(bars, ends).properties(width=width, height=alt.Step(20)).facet(**facet, spacing=16)


def _facet(field: str, order: list[str], header: Any, column: bool) -> Any:
    if column:
        return alt.Column(f"{field}:N", sort=order, header=header)
    return alt.Row(f"{field}:N", sort=order, header=alt.Header(**header.to_dict(), labelOrient="top"))


def _draw_days(tallies: Tallies, run: Run, language: Language, width: str) -> Any:
    """A panel a channel over time, each with its own height: the few red ones stay visible beside the many green."""
    used = [c for c in CHANNELS if any(period.by_channel[c] for period in tallies.periods)]
    rows = [
        {
            "channel": _channel(channel, language),
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "n": period.by_channel[channel],
            "colour": f"var(--{channel})",
        }
        for channel in used
        for period in tallies.periods
    ]
    starts = [period.start for period in tallies.periods]
    every = math.ceil(len(starts) / (8 if width == "wide" else 4))
    dates = alt.Axis(
        title=language.text("field.lodged_on"),
        format="%m/%Y" if (starts[-1] - starts[0]).days > 300 else "%d/%m",
        grid=False,
        # Under the beginning of its bar, in milliseconds since 1970 as Vega counts.
        values=[(start - date(1970, 1, 1)).days * 86_400_000 for start in starts[::every]],
        labelOverlap=True,
    )
    # Half a declaration is none: where few are counted, the ticks between whole numbers stay without a label.
    whole = "datum.value % 1 ? '' : format(datum.value, ',.0f')"
    counts = alt.Axis(title=None, tickCount=2, labelExpr=whole, domain=False, ticks=False)
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_rect(stroke="var(--paper)", strokeWidth=0.5)
        .encode(
            x=alt.X("start:T", scale=alt.Scale(type="utc"), axis=dates),
            x2="end:T",
            y=alt.Y("n:Q", axis=counts),
            y2=alt.datum(0),
            color=alt.Color("colour:N", scale=None),
        )
        .properties(width=WIDTHS[width] - 64, height=72 if width == "wide" else 56)
    )
    header = alt.Header(labelFontSize=TEXT, labelFontWeight="bold", labelOrient="top")
    order = [_channel(channel, language) for channel in used]
    return bars.facet(row=alt.Row("channel:N", sort=order, header=header), spacing=8).resolve_scale(y="independent")


def _draw_scores(tallies: Tallies, run: Run, language: Language, width: str) -> Any:
    """Declarations by score on a log count: all of them, those selected in ink before them, and where marks stand."""
    assert tallies.scores is not None
    titles = {name: language.text(f"chart.scores.{name}") for name in ("x", "y")}
    end, floor = tallies.scores.end, 0.8
    largest = max(n for _, _, n, _ in tallies.scores.bins)
    powers = [10**i for i in range(math.ceil(math.log10(max(largest, 2))) + 1)]
    y = alt.Y(
        "n:Q",
        scale=alt.Scale(type="log", domain=[floor, largest * 2], nice=False),
        axis=alt.Axis(title=titles["y"], values=powers, format=",.0f", domain=False, ticks=False),
    )
    x = alt.X(
        "low:Q",
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=alt.Axis(title=titles["x"], format=".2~f", grid=False, tickCount=10 if width == "wide" else 5),
    )
    bins = [{"low": lo, "high": hi, "all": n, "selected": s, "floor": floor} for lo, hi, n, s in tallies.scores.bins]
    layers = []
    for count, colour in (("all", "var(--faint)"), ("selected", "var(--accent)")):
        rows = [{**bar, "n": bar[count]} for bar in bins if bar[count]]
        mark = alt.Chart(alt.Data(values=rows)).mark_bar(fill=colour, stroke="var(--paper)", strokeWidth=0.5)
        layers.append(mark.encode(x=x, x2="high:Q", y=y, y2="floor:Q"))
    marks = [
        {"at": at, "label": label, "top": 4 + row * (TEXT + 6), "left": at > end / 2}
        for row, (at, label) in enumerate(_marks(tallies, run, language))
    ]
    points = alt.Chart(alt.Data(values=marks)).encode(x="at:Q")
    placed = {
        "baseline": "top",
        "y": alt.expr("datum.top"),
        "align": alt.expr("datum.left ? 'right' : 'left'"),
        "dx": alt.expr("datum.left ? -5 : 5"),
    }
    words = points.encode(text="label:N")
    # A rim of paper keeps the words apart from the rules of other marks.
    rim = words.mark_text(stroke="var(--paper)", strokeWidth=5, **placed)
    layers += [points.mark_rule(strokeDash=[4, 3]), rim, words.mark_text(**placed)]
    return alt.layer(*layers).properties(width=WIDTHS[width] - 80, height=240 if width == "wide" else 220)


def _marks(tallies: Tallies, run: Run, language: Language) -> list[tuple[float, str]]:
    assert tallies.scores is not None
    marks = [
        (at, language.text("chart.scores.mark", share=language.share(share, 0), score=language.fixed(at)))
        for share, at in tallies.scores.marks
    ]
    marks += [
        (at, language.text("chart.scores.threshold", channel=_channel(channel, language), score=language.fixed(at)))
        for channel, at in sorted(run.thresholds.items(), key=lambda pair: -pair[1])
        if channel in CHANNELS and at <= tallies.scores.end
    ]
    return sorted(marks, reverse=True)


def _draw_calibration(tallies: Tallies, run: Run, language: Language, width: str) -> Any:
    """Expected against found: points on the dashed diagonal are probabilities that can be taken at their word."""
    assert run.model is not None
    rows = [{"expected": e, "found": f, "low": lo, "high": hi} for e, f, lo, hi in run.model.bands]
    widest = max(row["expected"] for row in rows)
    words = {name: language.text(f"chart.calibration.{name}") for name in ("x", "y")}
    axis = {name: alt.Axis(title=words[name], format=".1~%", tickCount=5) for name in words}
    x, y = alt.X("expected:Q", axis=axis["x"]), alt.Y("found:Q", axis=axis["y"])
    ideal = alt.Chart(alt.Data(values=[{"expected": at, "found": at} for at in (0, widest)]))
    seen = alt.Chart(alt.Data(values=rows))
    return alt.layer(
        ideal.mark_line(stroke="var(--mark)", strokeDash=[4, 4], strokeWidth=1).encode(x=x, y=y),
        seen.mark_rule(stroke="var(--ink-soft)").encode(x=x, y=alt.Y("low:Q", axis=axis["y"]), y2="high:Q"),
        seen.mark_point(filled=True, fill="var(--accent)", size=50, opacity=1).encode(x=x, y=y),
    ).properties(width=min(WIDTHS[width] - 80, 420), height=260)


def _say_stakes(tallies: Tallies, run: Run, language: Language) -> str:
    held = {c.channel: c for c in tallies.channels}["red"]
    return language.text(
        "chart.stakes.says",
        share=language.share(held.share),
        value=language.share(held.value_share),
        duty=language.share(held.duty_share),
    )


def _say_offices(tallies: Tallies, run: Run, language: Language) -> str:
    named = [group for group in tallies.offices if group.name != ""][:OFFICES_DRAWN]
    most = max(named, key=lambda group: group.share("red"))
    least = min(named, key=lambda group: group.share("red"))
    return language.text(
        "chart.offices.says",
        n=len(named),
        most=_office(most.name, language),
        high=language.share(most.share("red")),
        least=_office(least.name, language),
        low=language.share(least.share("red")),
    )


def _say_days(tallies: Tallies, run: Run, language: Language) -> str:
    busiest = max(tallies.periods, key=lambda p: (p.by_channel["red"], -p.start.toordinal()))
    return language.text(
        f"chart.days.says.{tallies.step}", n=busiest.by_channel["red"], day=language.day(busiest.start)
    )


def _say_scores(tallies: Tallies, run: Run, language: Language) -> str:
    assert tallies.scores is not None
    return language.text("chart.scores.says", n=tallies.scores.scored, median=language.figure(tallies.scores.median))


def _say_calibration(tallies: Tallies, run: Run, language: Language) -> str:
    assert run.model is not None
    inside = sum(low <= expected <= high for expected, _, low, high in run.model.bands)
    return language.text("chart.calibration.says", n=inside, all=language.count(len(run.model.bands)))


There = Callable[[Tallies, Run], bool]
Draw = Callable[[Tallies, Run, Language, str], Any]
Say = Callable[[Tallies, Run, Language], str]
DRAWINGS: Mapping[str, tuple[There, Draw, Say]] = {
    "stakes": (lambda t, _: t.selected > 0, _draw_stakes, _say_stakes),
    "offices": (lambda t, _: len(t.offices) > 1, _draw_offices, _say_offices),
    "days": (lambda t, _: len(t.periods) > 1, _draw_days, _say_days),
    "scores": (lambda t, _: t.scores is not None, _draw_scores, _say_scores),
    "calibration": (lambda _, r: r.model is not None and len(r.model.bands) > 1, _draw_calibration, _say_calibration),
}
