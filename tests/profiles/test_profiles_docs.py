"""The page of profiles names everything public: keys, functions, list columns, columns of a trial, files."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

import tidegate.profiles
from tidegate.profiles import CHANNELS, TRIAL_SCHEMA, Entry, Profile
from tidegate.profiles.refusals import FUNCTIONS

PAGE = (Path(__file__).resolve().parents[2] / "docs/profiles.md").read_text(encoding="utf-8")
FILES = [path.name for path in Path(tidegate.profiles.__file__).parent.glob("*.py") if path.name != "__init__.py"]
NAMES = [
    *(field.name for field in fields(Profile)),
    *(field.name for field in fields(Entry)),
    *TRIAL_SCHEMA,
    *CHANNELS,
    *FILES,
]


@pytest.mark.parametrize("name", sorted({f"`{name}`" for name in NAMES} | {f"`{name}(" for name in FUNCTIONS}))
def test_the_page_names_it(name: str) -> None:
    assert name in PAGE


def test_public_names_are_listed_and_there() -> None:
    assert sorted(tidegate.profiles.__all__) == sorted(set(tidegate.profiles.__all__))
    assert all(hasattr(tidegate.profiles, name) for name in tidegate.profiles.__all__)
