"""Telling parcels from other JSON, by the keys of the first object; and how a file lays its objects out."""

from __future__ import annotations

import codecs
import json
import re

__all__ = ["detect", "one_a_line"]

# Strings (the last may be cut off), and the signs that give objects their shape. Possessive: linear on any input.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"|\\?\Z)|[{}\[\]:]', re.DOTALL)
_OWN = ({"item_id", "pieces"}, {"item_id", "function"}, {"item_id", "addressee"})


def detect(head: bytes) -> str:
    """Say what a file is by its first bytes: parcels as NDJSON, an array or one object; "" where it is none."""
    text = _text(head)
    if not text.startswith(("{", "[")):
        return ""
    keys = _first_keys(text)
    if not any(own <= keys for own in _OWN) or "declaration_id" in keys:
        return ""
    return "parcels (JSON array)" if text.startswith("[") else "parcels (JSON)"


def one_a_line(head: bytes) -> bool:
    """Whether a file has one object a line (NDJSON), going by its first bytes; else objects span lines as they like."""
    lines = [line.strip() for line in _text(head).split("\n") if line.strip()]
    if not lines or lines[0].startswith("["):
        return False
    try:
        json.loads(lines[0])
    except (ValueError, RecursionError):
        # The first may be broken; an object that spans lines never goes on with another one.
        return len(lines[0]) > 1 and (len(lines) == 1 or (lines[1].startswith("{") and len(lines[1]) > 1))
    return True


def _text(head: bytes) -> str:
    return head.removeprefix(codecs.BOM_UTF8).decode(errors="replace").lstrip()


def _first_keys(text: str) -> set[str]:
    """The keys of the first object, as far as the text goes."""
    keys: set[str] = set()
    depth, within, last = 0, 0, ""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            depth += 1
            within = within or (depth if token == "{" else 0)
        elif token in "}]":
            if depth == within:
                break
            depth -= 1
        elif token == ":":
            if depth == within:
                keys.add(last)
        else:
            last = match[1]
    return keys
