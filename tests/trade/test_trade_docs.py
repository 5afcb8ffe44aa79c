"""The page of the room has every field and every module of codes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tidegate import trade
from tidegate.trade import FINDING_FIELDS, LINE_FIELDS

PAGE = (Path(__file__).resolve().parents[2] / "docs/trade.md").read_text(encoding="utf-8").splitlines()
TYPES = {pl.String: "text", pl.Date: "date", pl.Float64: "number", pl.Int32: "whole", pl.Boolean: "flag"}


def test_every_field_is_documented() -> None:
    for field in (*LINE_FIELDS, *FINDING_FIELDS):
        required = ("its column" if field.blankable else "yes") if field.required else ""
        label = f"{field.label} / {field.label_vi}"
        cells = (f"`{field.name}`", TYPES[field.dtype], field.unit, field.meaning, label, field.wco, required)
        assert f"| {' | '.join(cells)} |" in PAGE


def test_every_module_and_function_is_documented() -> None:
    for name in ("hs", "countries", "currencies", "containers", "taxcode", "transport"):
        assert name in trade.__all__
        (row,) = [line for line in PAGE if line.startswith(f"| `{name}` |")]
        for public in getattr(trade, name).__all__:
            assert f"`{public}`" in row
