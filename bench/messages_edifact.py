"""EDIFACT: segments a second, from bytes to tables, and for the syntax alone beside pydifact where that is installed.

    python bench/messages_edifact.py

Prints, for a bay plan, a manifest and declarations of about 200,000 segments each: seconds, segments a second, rows,
and the most memory that the process has held so far. pydifact tokenises the first 20,000 segments of the same bay plan.
"""

from __future__ import annotations

import importlib.util
import io
import platform
import resource
import sys
import tempfile
import time
import warnings
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from tidegate.intake.edifact import FORMAT
from tidegate.intake.edifact.envelope import Message, walk
from tidegate.intake.files import Source

SEGMENTS = 200_000


def interchange(kind: str, head: list[str], unit: list[str], tail: list[str], messages: int = 1) -> bytes:
    """`messages` alike, with as many units as make SEGMENTS together; `{n}` in a unit is its number."""
    each = max(1, SEGMENTS // messages // len(unit))
    parts = ["UNB+UNOC:3+BENCH+BENCH+260105:0000+1"]
    for m in range(1, messages + 1):
        body = [segment.format(n=m) for segment in head]
        body += [segment.format(n=m * 1_000_000 + n) for n in range(1, each + 1) for segment in unit]
        body += tail
        parts += [f"UNH+{m}+{kind}", *body, f"UNT+{len(body) + 2}+{m}"]
    return ("'".join([*parts, f"UNZ+{messages}+1"]) + "'").encode()


CASES = {
    "BAPLIE, one bay plan": interchange(
        "BAPLIE:D:95B:UN:SMDG22",
        ["BGM++1", "TDT+20+1E+++MADU:172:20"],
        ["LOC+147+0780690::5", "MEA+WT++KGM:3833", "LOC+9+USLGB:139:6", "LOC+11+CNYTN:139:6", "RFF+BM:1",
         "EQD+CN+MADU{n:07}+4200+++5", "NAD+CA+MADU:172:20"],
        [],
    ),
    "CUSCAR, one manifest": interchange(
        "CUSCAR:D:99B:UN",
        ["BGM+85+1+9", "TDT+20+1E+1++MADU"],
        ["CNI+1", "RFF+BM:MADU{n}", "NAD+CZ+++MADE UP", "NAD+CN+++MADE UP TOO", "GID+1+25:CT", "FTX+AAA+++GOODS?: NEW",
         "MEA+AAE+G+KGM:481.5", "SGP+MADU{n:07}+25"],
        [],
    ),
    "CUSDEC, 4,000 declarations": interchange(
        "CUSDEC:D:99B:UN",
        ["BGM+929+D{n}:1+9", "LOC+22+02CI", "DTM+154:20260105:102", "NAD+IM+0100109106++A TRADER", "UNS+D"],
        ["CST+1+84713020:122", "FTX+AAA+++GOODS, NEW", "LOC+27+CN", "MEA+WT+AAD+KGM:420", "PAC+20++CT",
         "MOA+40:300:USD", "TAX+1+CUD+++:::8"],
        ["UNS+S"],
        4_000,
    ),
}  # fmt: skip


def main() -> None:
    """Run each case once and print the table."""
    print(f"{platform.machine()}, Python {platform.python_version()}")
    print(f"{'case':32}{'segments':>10}{'seconds':>9}{'segments/s':>12}{'rows':>9}{'peak MB':>9}")
    for name, content in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "case.edi")
            path.write_bytes(content)
            start = time.perf_counter()
            pieces = list(FORMAT.read(Source(path, "edifact", len(content)), date(2026, 1, 5)))
            seconds = time.perf_counter() - start
        rows = sum(piece.table.height + (piece.bills.height if piece.bills is not None else 0) for piece in pieces)
        show(name, content.count(b"'"), seconds, rows)
        del pieces
    content = next(iter(CASES.values()))
    start = time.perf_counter()
    count = sum(1 for came, _ in walk(io.BytesIO(content)) if isinstance(came, Message) for _ in came.segments())
    show("syntax alone", count, time.perf_counter() - start, 0)
    if importlib.util.find_spec("pydifact") is not None:
        from pydifact.parser import Parser

        text = "'".join(content.decode().split("'")[:20_000]) + "'"
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            count = sum(1 for _ in Parser().parse(text))
        show("syntax alone, pydifact", count, time.perf_counter() - start, 0)


def show(name: str, segments: int, seconds: float, rows: int) -> None:
    """One row of the table."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:32}{segments:>10,}{seconds:>9.2f}{segments / seconds:>12,.0f}{rows or '':>9}{peak:>9.0f}")


if __name__ == "__main__":
    main()
