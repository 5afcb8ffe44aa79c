"""The docs page of ASYCUDA World has every place of the path lists, and every reason why a path is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidegate.intake.asycuda import MANIFEST_FORMAT, SAD_FORMAT
from tidegate.intake.asycuda.bill_places import BILL, BILL_LEFT, BOX, GOODS, MANIFEST, MASTER
from tidegate.intake.asycuda.elements import canonical
from tidegate.intake.asycuda.places import CONTAINER, DOCUMENT, GENERAL, ITEM, LEFT, TAX, UNIT, Place
from tidegate.intake.asycuda.sad_writing import NOWHERE
from tidegate.trade import BILL_SCHEMA, MESSAGE_SCHEMA

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "formats" / "asycuda.md").read_text(encoding="utf-8")
OF_LINES = (GENERAL, ITEM, UNIT, DOCUMENT, TAX, CONTAINER)
OF_BILLS = (MANIFEST, MASTER, BILL, BOX, GOODS)


@pytest.mark.parametrize("place", [place for places in (*OF_LINES, *OF_BILLS) for place in places])
def test_every_place_stands_in_the_docs(place: Place) -> None:
    also = ", ".join(f"`{path}`" for path in place.also)
    assert f"| `{place.path}` | {also} | `{place.column}` | {place.note} |\n" in PAGE


@pytest.mark.parametrize(("what", "why"), [*LEFT, *BILL_LEFT])
def test_what_is_left_out_stands_in_the_docs_with_its_reason(what: str, why: str) -> None:
    assert f"| {what} | {why} |\n" in PAGE


def test_every_place_makes_a_column_that_there_is() -> None:
    checked = {"document_date", "bills_announced"}  # looked at, not kept
    made = {place.column for places in OF_LINES for place in places} - checked
    assert made <= set(SAD_FORMAT.columns)
    assert {place.column for places in OF_BILLS for place in places} - checked <= set(BILL_SCHEMA)


def test_no_two_places_of_a_segment_share_a_path() -> None:
    for places in (*OF_LINES, *OF_BILLS):
        paths = ["/".join(map(canonical, path.split("/"))) for place in places for path in (place.path, *place.also)]
        assert sorted(set(paths)) == sorted(paths)


def test_what_a_sad_cannot_hold_is_named() -> None:
    assert [name for name in NOWHERE if name not in MESSAGE_SCHEMA and f"`{name}`" not in PAGE] == []


def test_both_formats_are_called_unverified_in_both_languages() -> None:
    for form in (SAD_FORMAT, MANIFEST_FORMAT):
        assert "unverified" in form.label
        assert "chưa đối chiếu" in form.label_vi
    assert "Unverified against UNCTAD's own schema" in PAGE
