"""What declarants write cannot harm the page, nor break its lines."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_run import REASON, made_up_run, reason
from page_reader import Element, edition, read

from tidegate.report import write_report
from tidegate.report.declared import plain
from tidegate.report.page import css_text

HOSTILE = (
    "</style></title><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>' style='x' {{ 7*7 }}",
    "</text></svg>\\1 \\g<0> {0} {n} &amp;&#60; {% raw %}",
)


def _attacked(text: str) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, object]]:
    decisions, lines, summary = made_up_run(120, days=3)
    attack = reason(text, text, text, text, 1.0, field=text, value=text, usual=text)
    decisions = decisions.with_columns(
        pl.lit(text).alias("importer_name"),
        pl.lit(text).alias("importer_id"),
        pl.lit(text).alias("commitment"),
        pl.lit(text).alias("counterfactual"),
        pl.lit(text).alias("counterfactual_vi"),
        (pl.col("office") + text).alias("office"),
        (pl.col("declaration_id") + text).alias("declaration_id"),
        pl.Series("reasons", [[attack]] * decisions.height, dtype=pl.List(REASON)),
        pl.lit(text).alias("currency"),
    )
    lines = lines.with_columns(
        (pl.col("declaration_id") + text).alias("declaration_id"),
        pl.lit(text).alias("hs_code"),
        pl.lit(text).alias("description"),
        pl.lit(text).alias("origin_country"),
    )
    summary |= {
        "administration": text,
        "versions": {"tidegate": text, "book": text},
        "commitment": text,
        "flags": {text: 3},
        "rejections": {text: 3},
        "timings": {text: 3.0},
        "yardstick": {text: 1.0},
    }
    return decisions, lines, summary


def _skeleton(element: Element) -> list[str]:
    """Tags and attribute names only: what text must never change."""
    return [
        f"{e.tag} {sorted(e.attributes)}" for e in element.all() if e.tag not in ("path", "text", "g", "line", "rect")
    ]


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    page = write_report(tmp_path_factory.mktemp("r") / "r.html", *_attacked("harmless"), title="harmless")
    return _skeleton(read(page.read_text("utf-8")))


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_names_stays_text(text: str, harmless: list[str], tmp_path: Path) -> None:
    page = write_report(tmp_path / "r.html", *_attacked(text), title=text).read_text("utf-8")
    root = read(page)
    assert _skeleton(root) == harmless
    assert not root.all("script", "img", "b")
    assert " ".join(text.split())[:40] in root.all("title")[0].text
    assert text[:40] in edition(root, "en").all("article")[0].text


def test_very_long_texts_are_cut(tmp_path: Path) -> None:
    page = write_report(tmp_path / "r.html", *_attacked("W" * 5000), title="W" * 5000).read_text("utf-8")
    assert "W" * 400 not in page
    assert len(page.encode()) < 1_500_000


def test_direction_marks_cannot_turn_what_stands_beside_them(tmp_path: Path) -> None:
    page = write_report(tmp_path / "r.html", *_attacked("\u202eTOMATO\u2066\u200f\x07"), title="\u202eT").read_text(
        "utf-8"
    )
    assert not set(page) & {"\u202e", "\u2066", "\u200f", "\x07"}
    assert "TOMATO" in page
    # Names in a script that runs from right to left are kept apart from the text around them.
    arabic = write_report(tmp_path / "a.html", *_attacked("شركة مثال"))
    article = edition(read(arabic.read_text("utf-8")), "vi").all("article")[0]
    assert any(e.text == "شركة مثال" for e in article.all("bdi"))


@given(st.text(), st.integers(1, 50))
@settings(max_examples=300, deadline=None)
def test_a_plain_text_is_one_short_line(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert len(shown) <= limit
    assert shown == plain(shown, limit)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs", "Co", "Cn")]
    assert {c for c in shown if unicodedata.category(c) == "Cf"} <= {"\u200c", "\u200d"}


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_a_css_text_cannot_end_early(text: str) -> None:
    written = css_text(text)
    inside = written[1:-1]
    assert written[0] == written[-1] == '"'
    assert not set(inside) & set("\"'<>{};\n\r")
    assert inside.isascii()
