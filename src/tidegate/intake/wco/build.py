"""Building messages: elements in the namespaces and the order of the schemas, and files under names of their own."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from tidegate.errors import InputError

__all__ = ["DECLARATION", "METADATA", "RESPONSE", "add", "clock", "day", "files", "metadata", "plain", "save"]

# Namespaces of the schemas of WCO Data Model 3.6 as a declaration service uses them.
METADATA = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
DECLARATION = "urn:wco:datamodel:WCO:DEC-DMS:2"
RESPONSE = "urn:wco:datamodel:WCO:RES-DMS:2"
# Formats of dates (UN/EDIFACT 2379): a day, and a moment with its zone.
_DAY, _MOMENT = "102", "304"
# Dates stand in a namespace of the types that a schema is made of.
TYPES = {
    DECLARATION: "urn:wco:datamodel:WCO:Declaration_DS:DMS:2",
    RESPONSE: "urn:wco:datamodel:WCO:Response_DS:DMS:2",
}
_UNNAMEABLE = re.compile(r"[^\w.-]+")


def metadata(version: str, kind: str, body: str) -> tuple[etree._Element, etree._Element]:
    """Return a MetaData element (kind DEC or RES) and the empty body in it, Declaration or Response."""
    namespace = DECLARATION if kind == "DEC" else RESPONSE
    root = etree.Element(f"{{{METADATA}}}MetaData", nsmap={"md": METADATA, None: namespace, "ds": TYPES[namespace]})
    add(root, "WCODataModelVersionCode", version or "3.6")
    add(root, "WCOTypeName", kind)
    return root, etree.SubElement(root, f"{{{namespace}}}{body}")


def add(parent: etree._Element, name: str, text: str = "", unit: tuple[str, str] | None = None) -> etree._Element:
    """Append an element in its parent's namespace; `unit` is an attribute. Raises InputError for unwritable texts."""
    made = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    try:
        if text:
            made.text = text
        if unit is not None:
            made.set(*unit)
    except ValueError as error:
        what = f"{name} holds a character that XML cannot hold: {text[:60]!r}."
        raise InputError(what, hint="Clean the table: control characters do not belong into texts.") from error
    return made


def day(parent: etree._Element, name: str, value: str) -> None:
    """Append a date, given as 2026-01-31 (or with a time behind it, which is then written as a moment)."""
    text, form = value[:10].replace("-", ""), _DAY
    if len(value) > len("2026-01-31"):
        said = datetime.fromisoformat(value)
        text, form = clock(said.astimezone(UTC) if said.tzinfo else said), _MOMENT
    top = etree.QName(parent).namespace or ""
    wrapper = add(parent, name)
    made = etree.SubElement(wrapper, f"{{{TYPES[top]}}}DateTimeString")
    made.text = text
    made.set("formatCode", form)


def clock(moment: datetime) -> str:
    """A moment in UTC as format 304."""
    return moment.strftime("%Y%m%d%H%M%SZ")


def plain(value: Any) -> str:
    """A value of a table as text: numbers without exponent and with six decimals at most, dates as ISO; "" for null."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value).strip()


def files(folder: Path, stem: str, names: list[str]) -> list[Path]:
    """Return a path in `folder` for each name, none twice, whatever signs the names hold."""
    taken: set[str] = set()
    made = []
    for name in names:
        base = f"{stem}-{_UNNAMEABLE.sub('_', name)[:100]}"
        own, number = base, 1
        while own.lower() in taken:
            number += 1
            own = f"{base}-{number}"
        taken.add(own.lower())
        made.append(folder / f"{own}.xml")
    return made


def save(root: etree._Element, path: Path) -> Path:
    """Write a message; all of it, or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
    os.replace(part, path)
    return path
