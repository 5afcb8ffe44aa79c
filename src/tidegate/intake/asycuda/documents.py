"""Making an XML document: elements by path, `<null/>` where there is no text, as ASYCUDA World does it."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

__all__ = ["add", "file_names", "put", "save"]

# What XML 1.0 cannot hold becomes the sign for a character that was lost.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ODD = re.compile(r"[^A-Za-z0-9._-]+")


def put(parent: etree._Element, path: str, text: str | None) -> None:
    """Put a text at a path below `parent`; elements of the path that are not there are made. None becomes `<null/>`."""
    *steps, last = path.split("/")
    for step in steps:
        below = parent.find(step)
        parent = etree.SubElement(parent, step) if below is None else below
    add(parent, last, text)


def add(parent: etree._Element, name: str, text: str | None) -> None:
    """Add a last element, whether or not there is one of this name."""
    element = etree.SubElement(parent, name)
    if text is None:
        etree.SubElement(element, "null")
    else:
        element.text = _FORBIDDEN.sub("\ufffd", text)


def save(root: etree._Element, path: Path) -> Path:
    """Write a document as UTF-8 and return its path."""
    etree.indent(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n")
    return path


def file_names(folder: Path, kind: str, keys: list[str]) -> list[Path]:
    """A file name for each key: its letters and digits, and a number where two keys would share a name."""
    taken: set[str] = set()
    paths = []
    for key in keys:
        stem = name = f"{kind}-{_ODD.sub('_', key)[:80]}"
        more = 1
        while name.lower() in taken:
            more += 1
            name = f"{stem}-{more}"
        taken.add(name.lower())
        paths.append(folder / f"{name}.xml")
    return paths
