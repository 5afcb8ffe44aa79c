"""The report as a file: whole in both languages, closed to the network, the same for the same, honest when empty."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up_run import SCHEMA, made_up_run
from page_reader import edition, read

from tidegate.errors import DecisionError, InputError
from tidegate.report import __all__ as public
from tidegate.report import write_report
from tidegate.report.page import DECISION_COLUMNS

Run = tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]]


@pytest.fixture(scope="module")
def run() -> Run:
    return made_up_run(600, days=30)


@pytest.fixture(scope="module")
def page(run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(tmp_path_factory.mktemp("report") / "report.html", *run).read_text("utf-8")


def test_the_public_names_are_these() -> None:
    assert public == ["write_report"]


def test_it_needs_nothing_but_itself(page: str) -> None:
    root = read(page)
    for element in root.all():
        for name in ("src", "href", "action", "data", "srcset", "poster", "xlink:href"):
            value = element.attributes.get(name, "#")
            assert value.startswith("#"), f"<{element.tag} {name}={value!r}>"
        assert not any(name.startswith("on") for name in element.attributes)
    assert not root.all("script", "link", "iframe", "img", "object", "embed", "base")
    assert not re.search(r"https?:|//[a-z]|@import|url\(|@font-face", page)
    (policy,) = [e for e in root.all("meta") if e.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policy.attributes["content"].startswith("default-src 'none'")


def test_its_links_lead_somewhere(page: str) -> None:
    root = read(page)
    ids = [e.attributes["id"] for e in root.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in root.all():
        for name in ("href", "aria-labelledby", "for"):
            if name in element.attributes:
                assert element.attributes[name].removeprefix("#") in ids


def test_equal_input_gives_equal_bytes(run: Run, page: str, tmp_path: Path) -> None:
    again = write_report(tmp_path / "again.html", *(part.clone() for part in run[:2]), dict(run[2]))
    assert again.read_text("utf-8") == page


def test_the_order_of_rows_does_not_matter(run: Run, page: str, tmp_path: Path) -> None:
    decisions, lines, summary = run
    shuffled = write_report(
        tmp_path / "r.html", decisions.sample(fraction=1, shuffle=True, seed=3), lines.reverse(), summary
    ).read_text("utf-8")
    # Sums of money may differ in their last bit; what is written may not.
    assert shuffled == page


def test_either_language_can_come_first(run: Run, page: str, tmp_path: Path) -> None:
    other = write_report(tmp_path / "vi.html", *run, lang="vi").read_text("utf-8")
    for text, language in ((page, "en"), (other, "vi")):
        root = read(text)
        (html,) = root.all("html")
        assert html.attributes["lang"] == language
        (chosen,) = [e for e in root.all("input") if "checked" in e.attributes]
        assert chosen.attributes["id"] == f"lang-{language}"
    assert edition(read(page), "vi").text == edition(read(other), "vi").text


def test_figures_and_dates_are_written_in_the_way_of_the_language(run: Run, page: str) -> None:
    decisions = run[0]
    selected = decisions.filter(pl.col("channel") != "green").height
    english, vietnamese = edition(read(page), "en").text, edition(read(page), "vi").text
    assert f"{selected} of 600 declarations are to be checked" in english
    assert f"{selected} trên 600 tờ khai cần kiểm tra" in vietnamese
    assert "2 Mar 2026 to 15 Apr 2026" in english
    assert "02/03/2026 đến 15/04/2026" in vietnamese
    assert f"{100 * selected / 600:.1f}% of all" in english
    assert f"{100 * selected / 600:.1f}%".replace(".", ",") in vietnamese
    assert "Trung Quốc" in vietnamese


def test_channels_offices_and_money_add_up(run: Run, page: str) -> None:
    decisions = run[0]
    root = edition(read(page), "en")
    tiles = [e for e in root.all("li") if e.has_class("tile")]
    assert [t.attributes["class"].split()[1] for t in tiles] == ["red", "yellow", "blue", "green"]
    for tile in tiles:
        count = decisions.filter(pl.col("channel") == tile.attributes["class"].split()[1]).height
        (big,) = [e for e in tile.all("p") if e.has_class("big")]
        assert big.text.split()[0] == f"{count:,}"
    (offices,) = [e for e in root.all("section") if e.attributes["id"] == "en-offices"]
    rows = [[c.text for c in row.all("td")] for row in offices.all("tbody")[0].all("tr")]
    assert sum(int(row[0].replace(",", "")) for row in rows) == 600
    for at, channel in enumerate(("red", "yellow", "blue", "green"), start=2):
        want = decisions.filter(pl.col("channel") == channel).height
        assert sum(int(row[at].replace(",", "")) for row in rows) == want


def test_the_most_suspicious_stand_in_order_with_their_reasons(run: Run, page: str) -> None:
    decisions = run[0]
    cases = edition(read(page), "vi").all("article")
    want = decisions.sort("score", descending=True).head(25)
    assert [case.all("code")[0].text for case in cases] == want.get_column("declaration_id").to_list()
    first = want.row(0, named=True)
    for reason in first["reasons"]:
        assert reason["text_vi"][1:] in cases[0].text
    assert first["counterfactual_vi"] in cases[0].text
    # A value with its usual range has a bar that is told in words as well.
    bars = [e for e in cases[0].all("svg") if e.has_class("against")]
    assert bars
    assert all(re.search(r"Giá trị .+ so với thông thường .+", bar.attributes["aria-label"]) for bar in bars)


def test_the_foot_of_each_printed_page_has_version_hash_and_number(run: Run, page: str) -> None:
    assert "@page en" in page
    assert "@page vi" in page
    assert page.count("counter(page)") == page.count("counter(pages)") == 2
    assert re.search(r'@bottom-center \{ content: "Tidegate 0\.1\.0 \\b7  [0-9a-f]{16}"', page)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(
            lambda d, lines, s: (d.clear(), lines.clear(), {}), "There is no declaration in this run", id="nothing"
        ),
        pytest.param(
            lambda d, lines, s: (d.with_columns(score=pl.lit(None, pl.Float64)), lines, {**s, "model": None}),
            "There are no scores, since this run used no model",
            id="no model",
        ),
        pytest.param(
            lambda d, lines, s: (d.with_columns(reasons=pl.lit([], SCHEMA["reasons"])), lines, s),
            "No declaration bears a reason",
            id="no book",
        ),
        pytest.param(
            lambda d, lines, s: (d.with_columns(channel=pl.lit("green")), lines, s),
            "None of the 600 declarations is to be checked",
            id="only green",
        ),
        pytest.param(lambda d, lines, s: (d.head(1), lines, s), "All declarations were lodged on one day", id="one"),
        pytest.param(
            lambda d, lines, s: (d.with_columns(lodged_on=pl.lit(None, pl.Date)), lines, s),
            "No declaration states the day",
            id="no day",
        ),
        pytest.param(lambda d, lines, s: (d, lines, {}), "has no counts of rows", id="no summary"),
        pytest.param(lambda d, lines, s: (d, lines.clear(), s), "are not in lines.parquet", id="no lines"),
    ],
)
def test_an_empty_part_says_why_and_what_to_do(run: Run, tmp_path: Path, change: Any, says: str) -> None:
    page = write_report(tmp_path / "report.html", *change(*run)).read_text("utf-8")
    assert says in edition(read(page), "en").text
    assert edition(read(page), "vi").text


def test_without_scores_or_hits_chance_makes_nobody_suspicious(tmp_path: Path) -> None:
    decisions, lines, summary = made_up_run(200, model=False, book=False)
    root = read(write_report(tmp_path / "r.html", decisions, lines, summary).read_text("utf-8"))
    assert not root.all("article")
    assert "What is to be checked was chosen by chance alone" in edition(root, "en").text


def test_money_of_another_currency_is_left_out_and_told(run: Run, tmp_path: Path) -> None:
    decisions, lines, summary = run
    foreign = pl.int_range(pl.len()) < 3
    mixed = decisions.with_columns(
        pl.when(foreign).then(pl.lit("USD")).otherwise("currency").alias("currency"),
        pl.when(foreign).then(9e15).otherwise("customs_value").alias("customs_value"),
    )
    text = edition(read(write_report(tmp_path / "r.html", mixed, lines, summary).read_text("utf-8")), "en").text
    assert "3 declarations in a currency other than VND are left out" in text
    assert "trillion" not in text


def test_ten_times_as_many_declarations_make_no_larger_page(page: str, tmp_path: Path) -> None:
    many = write_report(tmp_path / "r.html", *made_up_run(6000, days=400, offices=300))
    assert many.stat().st_size < 1_500_000
    assert len(page.encode()) < 1_500_000


def test_what_is_missing_is_named_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    decisions, lines, summary = run
    target = tmp_path / "report.html"
    with pytest.raises(DecisionError, match=r"decisions: column\(s\) missing: channel, reasons\."):
        write_report(target, decisions.drop("channel", "reasons"), lines, summary)
    with pytest.raises(DecisionError, match="lines: column missing: declaration_id"):
        write_report(target, decisions, lines.drop("declaration_id"), summary)
    with pytest.raises(InputError, match=r"'fr' is not a language of the report\. Choose one of: en, vi"):
        write_report(target, decisions, lines, summary, lang="fr")
    for wrong, place in (
        ({"counts": 3}, "summary, counts: 3 is not a mapping"),
        ({"counts": {"read": "many"}}, "summary, counts.read: 'many' is not a number"),
        ({"made_at": "yesterday"}, "summary, made_at: 'yesterday' is not a moment"),
        ({"window": {"from": "1/2/26"}}, "summary, window.from: '1/2/26' is not a day"),
        ({"model": {"evaluation": {"all": {"lines": 3}}}}, "summary, model.evaluation.all"),
    ):
        with pytest.raises(InputError, match=re.escape(place)):
            write_report(target, decisions, lines, wrong)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere.*the report cannot be written"):
        write_report(tmp_path / "nowhere" / "report.html", *run)


def test_the_columns_it_needs_are_those_of_a_decision() -> None:
    assert set(DECISION_COLUMNS) <= set(SCHEMA)


def test_every_part_of_a_summary_is_documented(run: Run) -> None:
    docs = (Path(__file__).resolve().parents[2] / "docs" / "report.md").read_text("utf-8")
    for key in run[2]:
        assert f"`{key}`" in docs, key


def test_a_line_without_a_code_says_so(run: Run, tmp_path: Path) -> None:
    decisions, lines, summary = run
    bare = lines.with_columns(hs_code=pl.lit(None, pl.String))
    root = read(write_report(tmp_path / "r.html", decisions, bare, summary).read_text("utf-8"))
    for language, words, other in (("en", "no commodity code", "HS code"), ("vi", "không có mã HS", "Mã HS")):
        cells = [cell for cell in edition(root, language).all("td") if cell.attributes.get("data-label") == other]
        assert cells
        assert {cell.text for cell in cells} == {words}
