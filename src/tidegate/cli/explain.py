"""tidegate explain: why one declaration was decided as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from tidegate.assessment import Record, contributions_of
from tidegate.assessment.counterfactual import CHANNEL_VI
from tidegate.cli.tables import CHANNELS, plain
from tidegate.errors import DecisionError, InputError

__all__ = ["explain"]

WORDS = {
    "en": {
        "why": "Why", "lines": "Lines", "probability": "selected with probability",
        "score": "score", "otherwise": "Otherwise",
        "none": "Nothing spoke for opening it.", "all": "What the model weighed on item", "versions": "Versions",
    },
    "vi": {
        "why": "Lý do", "lines": "Dòng hàng", "probability": "xác suất lựa chọn", "score": "điểm rủi ro",
        "otherwise": "Nếu khác đi", "none": "Không có dấu hiệu nào đề nghị kiểm tra.",
        "all": "Những gì mô hình cân nhắc ở dòng hàng", "versions": "Phiên bản",
    },
}  # fmt: skip


def explain(folder: Path, declaration_id: str, /, *, language: str = "en") -> None:
    """Say why one declaration was decided as it was: reasons, lines, contributions, what would have changed it.

    Parameters
    ----------
    folder:
        Folder that `tidegate assess` wrote.
    declaration_id:
        Number of the declaration.
    language:
        en or vi.
    """
    if language not in WORDS:
        raise InputError(f"there are no reasons in {language!r}.", where="--language", hint="Choose en or vi.")
    words, text = WORDS[language], "text_vi" if language == "vi" else "text"
    record = Record.open(folder)
    rows = record.decisions().filter(pl.col("declaration_id") == declaration_id)
    if not rows.height:
        raise DecisionError(
            f"there is no declaration {declaration_id!r}.",
            where=str(folder),
            hint="See declaration_id in decisions.parquet.",
        )
    decision = rows.row(0, named=True)
    lines = record.lines().filter(pl.col("declaration_id") == declaration_id)
    console = Console(highlight=False)
    score = "" if decision["score"] is None else f", {words['score']} {decision['score']:.3f}"
    told = f"({words['probability']} {decision['probability']:.2%}{score})"
    channel = CHANNELS[decision["channel"]][0]
    if language == "vi":
        # The decimal comma; and the channel's sign with its Vietnamese name.
        told = told.replace(", ", "; ").replace(".", ",")
        channel = f"{channel.rpartition(' ')[0]} {CHANNEL_VI[decision['channel']]}"
    console.print(f"[bold]{declaration_id}[/]  {channel}  {told}")
    console.print(f"{decision['lodged_on']}  {decision['office']}  {decision['importer_name']}", markup=False)
    console.print(f"\n[bold]{words['why']}[/]")
    if decision["reasons"]:
        why = [reason_row(reason, text) for reason in decision["reasons"]]
        console.print(plain(["", "", "", ""], why, left=3))
    else:
        console.print(words["none"])
    if decision["counterfactual"]:
        said = decision["counterfactual_vi" if language == "vi" else "counterfactual"]
        console.print(f"{words['otherwise']}: {said}", markup=False)
    console.print(f"\n[bold]{words['lines']}[/]")
    columns = ["item_number", "hs_code", "description", "origin_country", "net_mass_kg", "customs_value", "score"]
    console.print(plain(columns, [[shown(value) for value in row] for row in lines.select(columns).rows()], left=4))
    for line, found in contributions_of(record, lines.sort("score", descending=True, nulls_last=True).head(1)):
        console.print(f"\n[bold]{words['all']} {line['item_number']}[/]")
        console.print(plain(["", ""], [[getattr(c, text), f"{c.weight:+.2f}"] for c in found]))
    versions = {name: decision[f"{name}_version"] for name in ("book", "lists", "model", "policy")}
    told = "  ".join(f"{name} {version[:12]}" for name, version in versions.items() if version)
    console.print(f"\n{words['versions']}: {told}", markup=False)


def reason_row(reason: dict[str, Any], text: str) -> list[str]:
    """One reason: what it is, in words, where it stands, weight."""
    item = "" if reason["item_number"] is None else f"#{reason['item_number']} "
    value = f" = {reason['value']}" if reason["value"] is not None else ""
    place = f"{item}{reason['field'] or ''}{value}" if reason["source"] in ("profile", "list") else item
    code = reason["code"] if reason["source"] in ("profile", "list", "data") else reason["source"]
    return [code, reason[text], place.strip(), f"{reason['weight']:.2f}"]


def shown(value: object) -> str:
    """A value in a table cell."""
    if value is None:
        return "–"
    return (
        f"{value:,.3f}"
        if isinstance(value, float) and abs(value) < 1
        else f"{value:,.0f}"
        if isinstance(value, float)
        else str(value)
    )
