"""Translations: each screen keeps its own (locale/vi/LC_MESSAGES/django.po); what Django reads is made from them."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

__all__ = ["compile_all"]


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
