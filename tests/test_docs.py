"""Nothing undocumented: fields, indicators, commands and errors must all stand in docs/."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidegate import errors
from tidegate.cli.app import COMMANDS
from tidegate.indicators import INDICATORS
from tidegate.trade import FINDING_FIELDS, LINE_FIELDS

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("trade.md", [field.name for field in (*LINE_FIELDS, *FINDING_FIELDS)]),
        ("indicators.md", [indicator.name for indicator in INDICATORS]),
        ("errors.md", errors.__all__),
        ("commands.md", [f"tidegate {name}" for name, _, _ in COMMANDS]),
    ],
)
def test_page_names_everything(page: str, names: list[str]) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in text and f"`{name} " not in text] == []


def test_error_tree_is_drawn_in_its_docstring() -> None:
    assert [name for name in errors.__all__ if name not in (errors.__doc__ or "")] == []


def test_every_room_has_its_page() -> None:
    rooms = {path.parent.name for path in (DOCS.parent / "src" / "tidegate").glob("*/__init__.py")} - {"cli"}
    assert [room for room in sorted(rooms) if not (DOCS / f"{room}.md").exists()] == []


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for link in (part.split(")")[0] for part in text.split("](")[1:]):
            target = link.split("#")[0]
            if target and "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.name} -> {link}")
    assert broken == []
