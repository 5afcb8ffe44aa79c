"""A backtest in words and as a chart, in English and Vietnamese."""

from __future__ import annotations

import altair as alt
import polars as pl

from tidegate.backtest.result import Result

__all__ = ["chart", "text"]

LANGUAGES: tuple[str, ...] = ("en", "vi")
ACCENT, SOFT = "#0b5c7a", "#a9b4be"

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Finds so far, by strategy", "Số vụ phát hiện cộng dồn theo chiến lược"),
    "head": (
        "{periods} periods from {first} to {last}: {declarations} declarations, {illicit} of them unlawful in truth.",
        "{periods} kỳ từ {first} đến {last}: {declarations} tờ khai, trong đó thực tế có {illicit} tờ khai vi phạm.",
    ),
    "strategy": ("strategy", "chiến lược"),
    "opened": ("opened", "đã kiểm tra"),
    "found": ("found", "phát hiện"),
    "precision": ("found / opened", "tỷ lệ trúng"),
    "recall": ("share of all", "tỷ lệ bao phủ"),
    "recall_revenue": ("of revenue", "theo số thuế"),
    "against_model": ("vs model", "so với mô hình"),
    "covered": ("periods covered", "số kỳ ước tính đúng"),
    "axis": ("declarations found unlawful, added up", "số tờ khai phát hiện vi phạm, cộng dồn"),
}
# fmt: on

COLUMNS = ("opened", "found", "precision", "recall", "recall_revenue", "against_model", "covered")


def text(result: Result, language: str = "en") -> str:
    """The totals as a table in plain text, with one sentence above. ValueError for a language that is not there."""
    side = _side(language)
    labels = {strategy.name: (strategy.label, strategy.label_vi)[side] for strategy in result.strategies}
    one = result.periods.filter(pl.col("strategy") == result.strategies[0].name)
    # Where offenders react, there is not the same to find for all.
    guilty = sorted(result.periods.group_by("strategy").agg(pl.col("illicit").sum())["illicit"].unique().to_list())
    span = [_figure("opened", number, side) for number in dict.fromkeys((guilty[0], guilty[-1]))]
    first, last = one["period"][0], one["period"][-1]
    form = "%d/%m/%Y" if side else "%Y-%m-%d"
    head = WORDS["head"][side].format(
        periods=one.height,
        first=first.strftime(form),
        last=last.strftime(form),
        declarations=_figure("opened", int(one["declarations"].sum()), side),
        illicit="–".join(span),
    )
    rows = [[WORDS["strategy"][side], *(WORDS[name][side] for name in COLUMNS)]]
    rows += [
        [labels[row["strategy"]], *(_figure(name, row[name], side) for name in COLUMNS)]
        for row in result.totals.iter_rows(named=True)
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    return "\n".join([head, "", *lines]) + "\n"


def chart(result: Result, language: str = "en") -> alt.LayerChart:
    """Finds added up over the periods, one line a strategy, named at its end; `.save('x.svg')` writes it.

    The strategy that found most is drawn in the accent colour, the others in grey: readable without colour.
    """
    side = _side(language)
    labels = {strategy.name: (strategy.label, strategy.label_vi)[side] for strategy in result.strategies}
    summed = result.periods.select(
        "strategy",
        pl.col("period").cast(pl.String),
        pl.col("found").cum_sum().over("strategy", order_by="period").alias("found"),
        pl.col("strategy").replace_strict(labels, return_dtype=pl.String).alias("label"),
        (pl.col("strategy") == result.totals["strategy"][0]).alias("best"),
    )
    base = alt.Chart(alt.Data(values=summed.to_dicts())).encode(
        x=alt.X("period:T", title=None, axis=alt.Axis(format="%m/%Y", grid=False)),
        y=alt.Y("found:Q", title=WORDS["axis"][side], axis=alt.Axis(tickCount=5)),
        color=alt.condition("datum.best", alt.value(ACCENT), alt.value(SOFT)),
    )
    lines = base.mark_line(strokeWidth=2).encode(detail="strategy:N")
    # Names stand in a column of their own, as far apart as they need, in the order in which the lines end.
    ends = summed.filter(pl.col("period") == pl.col("period").max()).sort("found", descending=True)
    apart = max(int(ends["found"].max() or 1) / 18, 1.0)  # type: ignore[arg-type]
    place, names = float("inf"), []
    for row in ends.iter_rows(named=True):
        place = min(float(row["found"]), place - apart)
        names.append({**row, "place": place, "text": f"{_figure('found', row['found'], side)}  {row['label']}"})
    written = (
        alt.Chart(alt.Data(values=names))
        .mark_text(align="left", dx=6, fontSize=12)
        .encode(
            x="period:T",
            y="place:Q",
            text="text:N",
            color=alt.condition("datum.best", alt.value(ACCENT), alt.value("#4a5560")),
        )
    )
    layered: alt.LayerChart = (
        alt.layer(lines, written)
        .properties(width=520, height=300, title=alt.Title(WORDS["title"][side], anchor="start"))
        .configure_view(stroke=None)
        .configure(font="system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif", autosize="pad")
    )
    return layered


def _side(language: str) -> int:
    if language not in LANGUAGES:
        raise ValueError(f"no words in {language!r}: choose {' or '.join(LANGUAGES)}")
    return LANGUAGES.index(language)


def _figure(name: str, value: float | None, side: int) -> str:
    if value is None:
        return "–"
    if name in ("opened", "found"):
        told = f"{value:,.0f}"
    elif name == "against_model":
        told = f"{value:.2f}"
    else:
        told = f"{100 * value:.1f}%"
    return told.translate(str.maketrans(",.", ".,")) if side else told
