"""The sources of lists that are known, in the order in which a file is tried for them."""

from __future__ import annotations

from pathlib import Path

from tidegate.screening.lists.ftm import SOURCE as FTM
from tidegate.screening.lists.interpol import SOURCE as INTERPOL
from tidegate.screening.lists.mapped import SOURCE as MAPPED
from tidegate.screening.lists.ofac import SOURCE as OFAC
from tidegate.screening.lists.source import Source
from tidegate.screening.lists.stix import SOURCE as STIX
from tidegate.screening.lists.un import SOURCE as UN
from tidegate.screening.lists.watch import SOURCE as WATCH

__all__ = ["BY_NAME", "ENDINGS", "HEAD", "SOURCES", "source_of"]

# A mapping beside a file counts more than what the file looks like.
SOURCES: tuple[Source, ...] = (MAPPED, UN, STIX, INTERPOL, FTM, WATCH, OFAC)
BY_NAME: dict[str, Source] = {one.name: one for one in SOURCES}
# How names of files with lists end; all other files of a folder are left alone.
ENDINGS = (".xml", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".ijson", ".ftm", ".stix")
HEAD = 1 << 16  # bytes of a file that tell what it is


def source_of(path: Path) -> Source | None:
    """Return the source whose list a file looks like, or None. Raises OSError where the file cannot be read."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return next((one for one in SOURCES if one.detect(head, str(path))), None)
