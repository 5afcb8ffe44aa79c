"""Letters and accents are composed (NFC) in every table, and text that is composed passes by its bytes."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tidegate import intake
from tidegate.intake.encoding import composed
from tidegate.intake.shape import composed as composed_table

# Every character that NFC changes, alone or after a letter.
CHANGED = [
    chr(code)
    for code in range(0x80, 0x110000)
    if not 0xD800 <= code < 0xE000 and not unicodedata.is_normalized("NFC", "a" + chr(code))
]


def test_every_character_that_nfc_changes_is_composed() -> None:
    texts = [f"x{sign}y" for sign in CHANGED]
    assert len(texts) > 1000
    assert [composed(text.encode()).decode() for text in texts] == [unicodedata.normalize("NFC", t) for t in texts]
    # One column each: a text that needs it must not hide another that would have been passed over.
    table = composed_table(pl.DataFrame({str(number): [text] for number, text in enumerate(texts)}))
    assert list(table.row(0)) == [unicodedata.normalize("NFC", text) for text in texts]


@given(st.text(st.characters(codec="utf-8")))
def test_bytes_and_tables_are_composed_as_the_standard_says(text: str) -> None:
    standard = unicodedata.normalize("NFC", text)
    assert composed(text.encode()).decode() == standard
    assert composed_table(pl.DataFrame({"text": [text]}))["text"].to_list() == [standard]


def test_a_compatibility_ideograph_and_an_accent_apart_are_read_alike_from_every_form(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {"declaration_id": ["1"], "item_number": [1], "lodged_on": ["2026-01-02"], "hs_code": ["440799"],
         "description": ["\uf900 \u212b Ca\u0300 phe\u0302"]}
    )  # fmt: skip
    table.write_csv(tmp_path / "a.csv")
    table.write_ndjson(tmp_path / "b.ndjson")
    table.write_parquet(tmp_path / "c.parquet")
    for name in ("a.csv", "b.ndjson", "c.parquet"):
        assert intake.read(tmp_path / name).lines["description"].to_list() == ["\u8c48 \u00c5 Cà phê"], name
