"""The page of the room names everything that is public in it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import tidegate.selection as room
from tidegate.selection import CASE_SCHEMA, FAULTS, OUTCOME, SOURCES, Exemption, Policy, Rules

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "selection.md").read_text(encoding="utf-8")


def test_the_page_names_every_setting_column_and_code() -> None:
    kinds = (*fields(Rules), *fields(Exemption), *(f for f in fields(Policy) if f.name in ("title", "tolerance")))
    names = [*(f.name for f in kinds), *CASE_SCHEMA, *OUTCOME, *(s.name for s in SOURCES), *(f.name for f in FAULTS)]
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_the_page_names_every_public_name() -> None:
    assert [name for name in room.__all__ if name not in PAGE] == []
    assert sorted(room.__all__) == sorted(set(room.__all__))
    assert all(hasattr(room, name) for name in room.__all__)
