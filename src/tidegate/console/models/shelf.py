"""The shelf: models that lie in DATA/models, with their cards. A folder is named by its content and never changes."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from tidegate.console.register.models import InForce

__all__ = ["Shelved", "in_force", "known", "one", "place"]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A model: name of its folder, its version, and its card (docs/models.md)."""

    name: str
    version: str
    card: Mapping[str, Any]

    @property
    def short(self) -> str:
        """As people call it: the first twelve digits of its version."""
        return self.version[:12]

    @property
    def last(self) -> date:
        """The last day that it learned from."""
        return date.fromisoformat(self.card["window"][1])

    @property
    def first(self) -> date:
        """The first day that it learned from."""
        return date.fromisoformat(self.card["window"][0])


def place(name: str) -> Path:
    """The folder of a model."""
    return Path(settings.DATA) / "models" / name


def one(name: str) -> Shelved | None:
    """The model of that name; None where there is none."""
    if not re.fullmatch(r"[0-9a-f]{32}", name) or not (place(name) / "card.json").exists():
        return None
    return _read(name, str(place(name)))


def known() -> list[Shelved]:
    """All models, those that learned last first."""
    folder = Path(settings.DATA) / "models"
    found = [one(path.name) for path in folder.iterdir()] if folder.exists() else []
    return sorted((held for held in found if held), key=lambda held: (held.last, held.name), reverse=True)


def in_force() -> str:
    """Name of the model that decides; empty where none does."""
    return InForce.objects.filter(pk=1).values_list("edition__model", flat=True).first() or ""


@functools.lru_cache(maxsize=64)
def _read(name: str, folder: str) -> Shelved:
    card = json.loads((Path(folder) / "card.json").read_text(encoding="utf-8"))
    manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
    return Shelved(name, manifest["version"], card)
