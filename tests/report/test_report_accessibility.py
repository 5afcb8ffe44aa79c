"""The page is for everybody: headings in order, tables with headers, charts with words, colours that can be read."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from made_up_run import made_up_run
from page_reader import Element, edition, read

from tidegate.report import write_report
from tidegate.report.drawings import TEXT, WIDTHS


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Element:
    path = write_report(tmp_path_factory.mktemp("report") / "report.html", *made_up_run(400))
    return read(path.read_text("utf-8"))


@pytest.mark.parametrize("language", ["en", "vi"])
def test_headings_descend_one_step_at_a_time(root: Element, language: str) -> None:
    levels = [int(e.tag[1]) for e in edition(root, language).all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_cell_has_a_header(root: Element) -> None:
    tables = root.all("table")
    assert tables
    for table in tables:
        columns = table.all("thead")[0].all("th")
        assert all(th.attributes.get("scope") == "col" and th.text for th in columns)
        for row in table.all("tbody")[0].all("tr"):
            head, *cells = [e for e in row.children if e.tag in ("th", "td")]
            assert head.tag == "th"
            assert head.attributes.get("scope") == "row"
            assert head.text
            assert len(cells) + 1 == len(columns)
            for cell, column in zip(cells, columns[1:], strict=True):
                # On a phone each cell carries its header itself, without the shape of a channel or the unit of a sum.
                assert cell.attributes["data-label"] in column.text


def test_every_picture_says_what_it_shows(root: Element) -> None:
    pictures = [e for e in root.all("svg") if e.parent is not None]
    assert len(pictures) > 10
    for picture in pictures:
        assert picture.attributes["role"] == "img"
        assert len(picture.attributes["aria-label"]) > 10
    for figure in root.all("figure"):
        assert figure.all("figcaption")[0].text


def test_every_edition_names_its_language_and_every_choice_has_a_label(root: Element) -> None:
    assert [e.attributes["lang"] for e in root.all("label")] == ["en", "vi"]
    assert {e.attributes["lang"] for e in root.all("div") if e.has_class("edition")} == {"en", "vi"}
    labels = {e.attributes["for"] for e in root.all("label")}
    assert labels == {e.attributes["id"] for e in root.all("input")}
    assert len(root.all("main")) == 1
    assert all(e.attributes.get("aria-label") for e in root.all("nav"))


def test_charts_carry_vietnamese_words_as_text(root: Element) -> None:
    words = {text.text for svg in edition(root, "vi").all("svg") for text in svg.all("text")}
    assert {"■ Đỏ", "▲ Vàng", "◆ Sau thông quan", "Ngày đăng ký", "Điểm rủi ro (0 đến 1)"} <= words
    assert "Số tờ khai (thang log)" in words
    assert any(re.fullmatch(r"\d+,\d%", word) for word in words)


def test_channels_have_a_word_and_a_shape_beside_their_colour(root: Element) -> None:
    shapes: dict[str, set[str]] = {}
    for e in edition(root, "en").all("span"):
        if e.has_class("channel"):
            shapes.setdefault(e.attributes["class"], set()).add(e.text)
    assert shapes == {
        "channel red": {"■ Red"},
        "channel yellow": {"▲ Yellow"},
        "channel blue": {"◆ Blue"},
        "channel green": {"● Green"},
    }


# -- tokens


def _css(name: str) -> str:
    text = files("tidegate.report").joinpath(name).read_text("utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def _tokens() -> dict[str, dict[str, str]]:
    light, dark = re.split(r"@media screen and \(prefers-color-scheme: dark\)", _css("look/tokens.css"))
    dark = dark.split("@media print")[0]
    found = {
        name: dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", part)) for name, part in (("light", light), ("dark", dark))
    }
    return {"light": found["light"], "dark": {**found["light"], **found["dark"]}}


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    tokens = _tokens()[scheme]
    for ground in ("paper", "ground"):
        for text in ("ink", "ink-soft", "accent", "green", "yellow", "red", "blue"):
            assert _contrast(tokens[text], tokens[ground]) >= 4.5, f"{text} on {ground}"
        assert _contrast(tokens["mark"], tokens[ground]) >= 3, ground
    assert _contrast(tokens["yellow"], tokens["yellow-ground"]) >= 4.5
    # Bars of the selected stand before those of all: told apart without colour.
    assert _contrast(tokens["accent"], tokens["faint"]) >= 3


def test_no_colour_or_size_stands_outside_the_tokens() -> None:
    rules = re.sub(r"@media[^{]+", "", _css("report.css"))
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", re.sub(r"#lang-\w+", "", rules))
    assert not re.search(r"\d(?:px|pt|mm|rem)\b", rules)
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", rules))
    assert used - set(_tokens()["light"]) <= {"channel"}
    folder = Path(str(files("tidegate.report")))
    for path in [*folder.glob("*.py"), *folder.glob("templates/*")]:
        assert not re.search(r"#[0-9a-fA-F]{6}\b", path.read_text("utf-8")), path.name


def test_the_charts_know_the_sizes_of_the_tokens() -> None:
    tokens = _tokens()["light"]
    assert tokens["text-1"] == f"{TEXT}px"
    assert (tokens["chart"], tokens["chart-narrow"]) == (f"{WIDTHS['wide']}px", f"{WIDTHS['narrow']}px")
