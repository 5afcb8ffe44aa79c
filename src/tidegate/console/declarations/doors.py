"""Doors to other screens, where they stand."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

__all__ = ["door"]


def door(name: str, *args: Any) -> str:
    """The address of a page of another screen; "" where that screen has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
