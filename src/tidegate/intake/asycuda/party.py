"""Parties: ASYCUDA keeps name and address in one text of several lines."""

from __future__ import annotations

import re

__all__ = ["joined", "split"]


def split(name: str | None, address: str | None) -> tuple[str | None, str | None]:
    """(name, address): the first line of `name`, and `address`, else the further lines with commas between."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", name or "") if line.strip()]
    # A line that ends with a comma brings its own.
    ended = [line if line.endswith(",") else f"{line}," for line in lines[1:-1]]
    further = " ".join([*ended, *lines[1:][-1:]])
    return (lines[0] if lines else None), (address or further or None)


def joined(name: str | None, address: str | None) -> tuple[str | None, str | None]:
    """(text for the name, text for the address) from which `split` makes name and address again."""
    if name and address:
        return f"{name}\n{address}", None
    return name, address
