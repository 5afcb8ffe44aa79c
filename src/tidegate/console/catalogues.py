"""Translations: each screen keeps its own (locale/vi/LC_MESSAGES/django.po); what Django reads is made from them."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

__all__ = ["compile_all", "missing", "texts"]

KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def compile_all(folder: Path = Path(__file__).parent) -> list[Path]:
    """Write the .mo beside every .po that is newer than it. Raises babel's PoFileError for a damaged one."""
    made = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = read_po(io.BytesIO(source.read_bytes()), abort_invalid=True)
        out = io.BytesIO()
        write_mo(out, catalogue)
        target.write_bytes(out.getvalue())
        made.append(target)
    return made


def texts(folder: Path) -> dict[str, str]:
    """Every text of the pages and the code below `folder` that is to be translated, and where it stands first."""
    found: dict[str, str] = {}
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt")]):
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
        if "gettext" not in source and "_(" not in source:
            continue
        for _line, said, _comments, _context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            text = said[0] if isinstance(said, tuple) else said
            if text:
                found.setdefault(str(text), str(path.relative_to(folder)))
    return found


def missing(folder: Path = Path(__file__).parent) -> dict[str, str]:
    """The texts that have no Vietnamese in any catalogue, and where each stands."""
    told: set[str] = set()
    for source in folder.rglob("locale/vi/LC_MESSAGES/*.po"):
        for message in read_po(io.BytesIO(source.read_bytes()), locale="vi"):
            given = message.string if isinstance(message.string, tuple) else (message.string,)
            if all(given) and not message.fuzzy:
                told.add(message.id[0] if isinstance(message.id, tuple) else message.id)
    return {text: place for text, place in texts(folder).items() if text not in told}
