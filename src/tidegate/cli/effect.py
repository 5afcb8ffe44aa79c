"""tidegate effect: estimates of what is true of all trade, and of what each profile contributes."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from rich.console import Console

from tidegate.assessment import Record
from tidegate.cli.sources import read_results
from tidegate.cli.tables import plain
from tidegate.errors import InputError
from tidegate.report import write_report
from tidegate.yardstick import Effect, measure

__all__ = ["effect"]

HEADS = {
    "en": {
        "month": "Month", "source": "Source", "profile": "Profile", "declarations": "Declarations", "opened": "Opened",
        "found": "Found", "only": "Only by it", "rate": "Rate (95%)", "lift": "Lift", "reason": "To retire, because",
    },
    "vi": {
        "month": "Tháng", "source": "Nguồn", "profile": "Hồ sơ", "declarations": "Tờ khai", "opened": "Đã kiểm tra",
        "found": "Phát hiện", "only": "Chỉ nhờ nguồn này", "rate": "Tỷ lệ (95%)", "lift": "So với chung",
        "reason": "Đề nghị dừng, vì",
    },
}  # fmt: skip
MOST = 15  # profiles shown on the terminal; --out has them all


def effect(
    folder: Path,
    /,
    *,
    findings: list[Path],
    out: Path | None = None,
    report: Path | None = None,
    language: str = "en",
) -> None:
    """Estimate what is true of all trade, what was missed, and what each profile, the model and the draw contributed.

    Parameters
    ----------
    folder:
        Folder that `tidegate assess` wrote.
    findings:
        Files with what was found in the declarations that it selected; may be named several times.
    out:
        Folder for every table as CSV.
    report:
        File to write the report to, anew, with these figures in it.
    language:
        en or vi.
    """
    if language not in ("en", "vi"):
        raise InputError(f"there are no words in {language!r}.", where="--language", hint="Choose en or vi.")
    record = Record.open(folder)
    result = measure(record.decisions(), read_results(findings, lambda share: None).table)
    console = Console(highlight=False)
    console.print(result.text(language), markup=False, soft_wrap=True)
    heads = HEADS[language]
    months = result.rate_by_month.with_columns(rate=interval("estimate"))
    sources = result.sources.with_columns(rate=interval("rate"))
    profiles = result.profiles.filter(pl.col("opened") > 0).with_columns(rate=interval("rate"))
    retired = result.verdicts.filter("retire").with_columns(
        reason=pl.col("reason_vi" if language == "vi" else "reason")
    )
    for table, columns in (
        (months, ["month", "declarations", "opened", "found", "rate"]),
        (sources, ["source", "declarations", "opened", "found", "only", "rate"]),
        (
            profiles.sort("found", "opened", descending=True).head(MOST),
            ["profile", "opened", "found", "only", "rate", "lift"],
        ),
        (retired, ["profile", "reason"]),
    ):
        if table.height:
            rows = [[cell(value) for value in row] for row in table.select(columns).iter_rows()]
            console.print()
            console.print(plain([heads[name] for name in columns], rows, left=2 if columns[-1] == "reason" else 1))
    tables = result.tables()
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            nested = [column for column, dtype in table.schema.items() if dtype.is_nested()]
            table.with_columns(pl.col(nested).list.join(" ")).write_csv(out / f"{name}.csv")
        console.print(f"\n{len(tables)} tables are in {out}", markup=False)
    if report is not None:
        report_again(record, result, report, language)


def report_again(record: Record, result: Effect, path: Path, language: str) -> None:
    """Write the report of a record with the yardstick's figures; the record itself stays as it is."""
    summary = json.loads((record.folder / "summary.json").read_text(encoding="utf-8"))
    summary["yardstick"] = figures(result)
    write_report(
        path, record.decisions(), record.lines(), summary, lang=language, title=summary.get("administration") or ""
    )


def figures(result: Effect) -> dict[str, dict[str, float | None]]:
    """The main estimates, as the report reads them."""
    names = ("estimate", "low", "high")
    rate = dict(zip(("value", "low", "high"), result.rate.select(names).row(0), strict=True))
    missed = result.missed.row(0, named=True)
    return {
        "fraud_rate": rate,
        **{
            name: {"value": missed[column], "low": missed[f"{column}_low"], "high": missed[f"{column}_high"]}
            for name, column in (("missed", "number"), ("missed_revenue", "revenue"))
        },
    }


def interval(name: str) -> pl.Expr:
    """A rate with its interval, as text."""
    percent = [(pl.col(column) * 100).round(1).cast(pl.String).fill_null("–") for column in (name, "low", "high")]
    return pl.format("{}% ({} to {})", *percent)


def cell(value: object) -> str:
    """A value in a table cell: shares to three digits, counts whole."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return str(value)
