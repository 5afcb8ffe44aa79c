"""Files of a gigabyte that never come to an end of anything: each is given up after a small part of it was read."""

from __future__ import annotations

import io
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tidegate import intake
from tidegate.errors import InputError

GIGABYTE = 1 << 30
PART = 1 << 27  # bytes that may be read, with all looks into the file; most take a fifth of it
SOON = 80.0  # of a million steps, the best of three; most take four, the slowest forty

WCO = b"<?xml version='1.0'?><MetaData xmlns='urn:wco:datamodel:WCO:DocumentMetaData-DMS:2'>"
XML = {
    "wco": WCO,
    "sad": b"<?xml version='1.0'?><ASYCUDA><Property>",
    "manifest": b"<?xml version='1.0'?><Awmds><General_segment>",
}
ENDLESS_XML = {
    "line": (b"<a>", b"a"),
    "zeros": (b"<a>", b"\0"),
    "newlines": (b"<a>", b"\n"),
    "tiny": (b"", b"<a/>"),
    "pairs": (b"", b"<a></a>\n"),
    "nested": (b"", b"<a>"),
    "attribute": (b"<a b='", b"a"),
    "attributes": (b"<a ", b"b='' "),
    "tag": (b"<", b"a"),
    "comment": (b"<!--", b"a "),
    "comments": (b"", b"<!--a-->"),
    "cdata": (b"<![CDATA[", b"a>"),
    "instructions": (b"", b"<?a b?>"),
    "signs": (b"", b"<"),
    "entities": (b"<a>", b"&amp;"),
    "documents": (b"", b"<?xml version='1.0'?>"),
}
EDI = b"UNA:+.? 'UNB+UNOA:1+A+B+260101:1200+1'UNH+1+CUSCAR:D:99B:UN'BGM+"
CSV = b"declaration_id,lodged_on,hs_code\n1,2026-01-02,440799\n2,"
LINES = b'{"function": "original", "item_id": "'
ARRAY = b'[{"item_id": "x", "pieces": ['
CASES: dict[str, tuple[bytes, bytes]] = {
    **{f"{kind}.xml {name}": (XML[kind] + head, piece) for kind in XML for name, (head, piece) in ENDLESS_XML.items()},
    "wco.xml after its end": (WCO + b"</MetaData>", b"\n"),
    "table.csv line": (CSV, b"a"),
    "table.csv fields": (CSV, b","),
    "table.csv newlines": (CSV, b"\n"),
    "table.csv quotes": (CSV, b'"'),
    "table.csv quoted": (CSV + b'"', b"a"),
    "table.csv quoted newlines": (CSV + b'"', b"\n"),
    "table.csv quoted lines": (CSV + b'"', b"some text\n"),
    "table.csv stray quotes": (CSV, b'a"b'),
    "table.csv rows with stray quotes": (CSV, b'a"b\n'),
    "table.csv rows that are none": (CSV, b"1,2\n"),
    "header.csv line": (b"declaration_id,lodged_on,", b"a"),
    "header.csv names": (b"declaration_id,lodged_on,", b"a,"),
    "header.csv quotes": (b"declaration_id,lodged_on,", b'"'),
    "header.csv quoted newlines": (b'declaration_id,"', b"\n"),
    "table.ndjson line": (b'{"declaration_id": "', b"a"),
    "table.ndjson newlines": (b'{"declaration_id": "1"}', b"\n"),
    "table.ndjson brackets": (b'{"declaration_id": ', b"["),
    "table.ndjson digits": (b'{"declaration_id": ', b"9"),
    "table.ndjson lines that are none": (b'{"declaration_id": "1"}\n', b"no JSON\n"),
    "lines.json line": (LINES, b"a"),
    "lines.json newlines": (LINES + b'x"}\n', b"\n"),
    "lines.json quotes": (LINES, b'"'),
    "lines.json brackets": (LINES + b'x", "v": ', b"["),
    "lines.json digits": (LINES + b'x", "v": ', b"9"),
    "lines.json lines that are none": (LINES + b'x"}\n', b'{"item_id":1}\n'),
    "array.json line": (ARRAY + b'"', b"a"),
    "array.json newlines": (ARRAY, b"\n"),
    "array.json brackets": (ARRAY, b"["),
    "array.json quotes": (ARRAY, b'"'),
    "array.json digits": (ARRAY, b"9"),
    "array.json objects": (ARRAY, b"{},"),
    "array.json parcels that are none": (ARRAY, b'{"item_id":1},'),
    "m.edi line": (EDI, b"a"),
    "m.edi zeros": (EDI, b"\0"),
    "m.edi newlines": (EDI, b"\n"),
    "m.edi ends": (EDI, b"'"),
    "m.edi releases": (EDI, b"?"),
    "m.edi released ends": (EDI, b"?'"),
    "m.edi segments": (EDI + b"1'", b"FTX+A'"),
    "m.edi heads": (EDI + b"1'", b"UNH+1+CUSCAR:D:99B:UN'"),
    "m.edi interchanges": (EDI + b"1'", b"UNB+UNOA:1+A+B+260101:1200+1'"),
    "m.edi after its advice": (b"UNA:+.? '", b"\n"),
    "a.parquet zeros": (b"PAR1", b"\0"),
    **{
        f"nothing {place}": (b"", piece)
        for place, piece in enumerate((b"\0", b"\n", b" ", b"x", b"<", b"<a>", b"[", b"{", b'"', b"\xff"))
    },
}


class Endless(io.RawIOBase):
    """A file of a gigabyte that takes no room: its head, and then the same piece over and over."""

    read_so_far = 0

    def __init__(self, head: bytes, piece: bytes) -> None:
        self.head, self.place = head, 0
        self.block = piece * ((1 << 20) // len(piece))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.place = offset + (0, self.place, GIGABYTE)[whence]
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, buffer: Any) -> int:
        if self.place < len(self.head):
            data = self.head[self.place :]
        else:
            at = (self.place - len(self.head)) % len(self.block)
            data = self.block[at : at + GIGABYTE - self.place]
        data = data[: len(buffer)]
        buffer[: len(data)] = data
        self.place += len(data)
        Endless.read_so_far += len(data)
        return len(data)


def test_the_endless_file_is_what_it_says() -> None:
    with io.BufferedReader(Endless(b"head", b"ab")) as file:
        assert file.read(9) == b"headababa"
        assert file.seek(-3, 2) == GIGABYTE - 3
        assert len(file.read()) == 3


def a_million_steps() -> float:
    """Seconds of computing for them just now: the pace of some machines moves by the half within minutes."""
    started, total = time.process_time(), 0
    for step in range(1_000_000):
        total += step * step
    return time.process_time() - started


@pytest.mark.parametrize("case", CASES)
def test_a_gigabyte_is_given_up_after_a_part(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / case.partition(" ")[0]
    with path.open("wb") as file:
        file.truncate(GIGABYTE)
    head, piece = CASES[case]
    other_open = Path.open

    def opened(self: Path, *how: Any, **more: Any) -> Any:
        return io.BufferedReader(Endless(head, piece)) if self == path else other_open(self, *how, **more)

    monkeypatch.setattr(Path, "open", opened)
    took = []
    for _ in range(3):
        Endless.read_so_far, started = 0, time.process_time()
        with pytest.raises(InputError):
            intake.read(path, received=date(2026, 1, 1))
        took.append((time.process_time() - started) / a_million_steps())
        assert Endless.read_so_far < PART
        if took[-1] < SOON:
            break
    assert min(took) < SOON
