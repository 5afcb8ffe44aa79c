"""The page of the format has every field of its lines, every category, every fault, and every answer."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tidegate.intake import parcels
from tidegate.intake.parcels.answering import TEXTS, UNCODED
from tidegate.trade import s10

PAGE = (Path(__file__).resolve().parents[2] / "docs/formats/parcels.md").read_text(encoding="utf-8").splitlines()
TYPES = {pl.String: "text", pl.Date: "date", pl.Float64: "number", pl.Int32: "whole", pl.Boolean: "flag"}


def test_every_extra_field() -> None:
    for field in parcels.EXTRAS:
        label = f"{field.label} / {field.label_vi}"
        assert f"| `{field.name}` | {TYPES[field.dtype]} | {field.unit} | {field.meaning} | {label} |" in PAGE


def test_every_fault() -> None:
    for code, (text, text_vi) in parcels.FAULTS.items():
        assert f"| `{code}` | {text} | {text_vi} |" in PAGE


def test_every_category_service_and_answer() -> None:
    for code, word in parcels.CATEGORIES.items():
        assert any(line.startswith(f"| `{word}` | {code} |") for line in PAGE)
    for letter, texts in s10.SERVICES.items():
        assert f"| {letter} | {texts[0]} | {texts[1]} |" in PAGE
    for channel, (what, why, text, text_vi) in TEXTS.items():
        assert f"| {channel} | `{what}` | {f'`{why}`' if why else ''} | {text} | {text_vi} |" in PAGE
    assert f"| {UNCODED[0]} | {UNCODED[1]} |" in PAGE


def test_every_key_of_the_schema() -> None:
    keys = [*parcels.PARCEL["properties"]]
    keys += [key for part in ("party", "piece") for key in parcels.PARCEL["$defs"][part]["properties"]]
    text = "\n".join(PAGE)
    assert [key for key in keys if f"`{key}`" not in text] == []


def test_every_threshold() -> None:
    text = "\n".join(PAGE)
    assert [currency for currency, value in parcels.THRESHOLDS.items() if f"{value:,.0f} {currency}" not in text] == []
