"""The EDIFACT samples: the made-up ones of examples/, and the public ones beside the project where they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tidegate.intake.edifact import FORMAT
from tidegate.intake.files import Source
from tidegate.intake.raw import Raw

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "examples/messages/edifact"
SHARED = ROOT / "../shared/data/edifact"
_NAMES = ("BAPLIE_D95B_sample", "CUSCAR_D99B_sample", "CUSDEC_D99B_sample", "CUSREP_D99B_sample")

EVERY = [
    *(pytest.param(path, id=path.stem) for path in sorted(OWN.glob("*.edi"))),
    *(
        pytest.param(
            SHARED / f"{name}.edi",
            id=name,
            marks=pytest.mark.skipif(not SHARED.is_dir(), reason="not in ../shared/data/edifact: NOT tested"),
        )
        for name in _NAMES
    ),
]
DAY = date(2026, 1, 6)


def read_bytes(content: bytes, folder: Path, received: date = DAY) -> Raw:
    """All pieces of a file with this content, as one."""
    path = folder / "sample.edi"
    path.write_bytes(content)
    return read_path(path, received)


def read_path(path: Path, received: date = DAY) -> Raw:
    """All pieces of a file, as one."""
    pieces = list(FORMAT.read(Source(path, "edifact", path.stat().st_size), received))
    unread: dict[str, int] = {}
    for piece in pieces:
        for name, times in piece.unread.items():
            unread[name] = unread.get(name, 0) + times
    return Raw(
        pl.concat([piece.table for piece in pieces]),
        pl.concat([piece.refused for piece in pieces]),
        pieces[-1].done,
        bills=pl.concat([piece.bills for piece in pieces if piece.bills is not None]),
        answers=pl.concat([piece.answers for piece in pieces if piece.answers is not None]),
        unread=unread,
    )


def message(body: str, kind: str = "CUSDEC:D:99B:UN", reference: str = "1") -> str:
    """Segments without their frame, each on a line, become a message with the right count."""
    segments = body.strip().split("\n")
    return "'".join([f"UNH+{reference}+{kind}", *segments, f"UNT+{len(segments) + 2}+{reference}"]) + "'"


def whole(*messages: str, syntax: str = "UNOC:3", reference: str = "R1") -> str:
    """Messages become an interchange."""
    return f"UNB+{syntax}+SENDER+RECIPIENT+260105:0812+{reference}'{''.join(messages)}UNZ+{len(messages)}+{reference}'"


DECLARATION = """BGM+929+D1:2+9
DTM+154:20260103:102
UNS+D
CST+1+84713020:122
FTX+AAA+++Portable computers
MOA+40:300:USD
UNS+S"""
