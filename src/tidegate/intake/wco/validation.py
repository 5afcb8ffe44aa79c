"""Validation: what a folder of XML schemas says about a message, by line of the file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from lxml import etree

from tidegate.errors import InputError
from tidegate.intake.files import find
from tidegate.intake.safety import messages

__all__ = ["validate"]

_SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
_SHOWN = 300  # characters of a problem


def validate(path: str | Path, schema_dir: str | Path) -> list[tuple[int, str]]:
    """Return the problems of a file as (line, what), by the schemas in `schema_dir` and its folders; none if valid.

    The schemas that declare the root element of a message and of what it holds are looked up by namespace. A message
    without namespaces, or with ones that no schema is about, is a problem itself. Raises InputError where there is no
    such file or folder, or its schemas do not fit together.
    """
    folder = Path(schema_dir).resolve()
    known = _elements(folder)
    made: list[tuple[int, str]] = []
    for found in messages(
        find(path, [("wco", (".xml",), lambda _: "XML")])[0], ("MetaData", "Declaration", "Response")
    ):
        if found.fault is not None:
            made.append((found.fault.line, found.fault.what))
        elif found.element is not None:
            first = found.element.sourceline or 1
            problems = _problems(found.element, known, folder)
            made += [(found.line + line - first, what) for line, what in problems]
    return made


def _problems(root: etree._Element, known: dict[str, list[Path]], folder: Path) -> list[tuple[int, str]]:
    bodies = [child for child in root if str(child.tag).rpartition("}")[2] in ("Declaration", "Response")]
    tags = list(dict.fromkeys(str(one.tag) for one in (root, *bodies)))
    missing = [tag for tag in tags if tag not in known]
    if missing:
        line = root.sourceline or 1
        return [(line, f"no schema in {folder.name} declares the element {missing[0]}")]
    best: list[tuple[int, str]] | None = None
    # Several schemas may be about one element (a declaration, and its cancellation): what gets furthest counts.
    for body in known[tags[-1]]:
        # Its root's schema is best taken from the same folder.
        top = min(known[tags[0]], key=lambda one: (one.parent != body.parent, one.name))
        schema = _schema(tuple(dict.fromkeys((top, body))))
        if schema.validate(root):
            return []
        problems = [(error.line, _short(error.message)) for error in schema.error_log]
        best = problems if best is None or min(problems) > min(best) else best
    return best or []


def _short(message: str) -> str:
    return re.sub(r"\{urn:[^}]*\}", "", message)[:_SHOWN]


@cache
def _schema(files: tuple[Path, ...]) -> etree.XMLSchema:
    """One schema that imports these."""
    wrapper = etree.Element(f"{_SCHEMA}schema", nsmap={"xs": _SCHEMA[1:-1]})
    for file in files:
        namespace = _parsed(file).get("targetNamespace") or ""
        etree.SubElement(wrapper, f"{_SCHEMA}import", namespace=namespace, schemaLocation=file.as_uri())
    try:
        return etree.XMLSchema(etree.ElementTree(wrapper))
    except etree.XMLSchemaParseError as error:
        what = f"the schemas do not fit together: {str(error)[:_SHOWN]}."
        raise InputError(what, where=str(files[-1]), hint="Check that the folder is complete.") from error


@cache
def _elements(folder: Path) -> dict[str, list[Path]]:
    """{namespace}element -> the schemas that declare it."""
    if not folder.is_dir():
        raise InputError("there is no such folder of schemas.", where=str(folder), hint="Check --schema.")
    made: dict[str, list[Path]] = {}
    for file in sorted(folder.rglob("*.xsd")):
        root = _parsed(file)
        for element in root.iterchildren(f"{_SCHEMA}element"):
            namespace = root.get("targetNamespace")
            made.setdefault(f"{{{namespace}}}{element.get('name')}", []).append(file)
    if not made:
        raise InputError("the folder holds no XML schema.", where=str(folder), hint="It needs files that end in .xsd.")
    return made


@cache
def _parsed(file: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.parse(str(file), parser).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        raise InputError(f"the schema cannot be read: {error}.", where=str(file), hint="Fetch it again.") from error
