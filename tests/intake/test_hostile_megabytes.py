"""Inputs of a megabyte that make a reader work as hard as they can: none takes two seconds of computing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tidegate import intake
from tidegate.errors import TidegateError
from tidegate.intake.files import Source, _encoding
from tidegate.intake.known import BY_NAME, FORMATS
from tidegate.intake.parcels.spelling import COMPARED, plain
from tidegate.trade import s10

MEGABYTE = 1_000_000
SOON = 2.0  # seconds of computing, the best of three; most take a tenth, the slowest one
DAY = date(2026, 1, 1)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples/messages"


def filled(head: bytes, piece: bytes, tail: bytes = b"") -> bytes:
    """A megabyte of one piece, over and over."""
    return head + piece * ((MEGABYTE - len(head) - len(tail)) // len(piece)) + tail


def word(number: int) -> str:
    """A word of four letters of its own."""
    return "".join(chr(97 + number // 26**place % 26) for place in range(4))


def parcel(number: int, name: str, address: str, **more: Any) -> dict[str, Any]:
    digits = f"{number:08d}"
    return {
        "item_id": f"LX{digits}{s10.check_digit(digits)}CN",
        "category": "gift",
        "sender": {"name": "a b", "address": "1 b", "country": "CN"},
        "addressee": {"name": name, "address": address, "country": "VN", **more},
        "pieces": [
            {"description": "a", "quantity": 1, "net_mass_kg": 1, "value": 1, "currency": "VND", "hs_code": "610910"}
        ],
    }


def parcels(made: Callable[[int], dict[str, Any]]) -> bytes:
    """A megabyte of parcels, one a line."""
    lines, size = list[bytes](), 0
    for number in count():
        lines.append(json.dumps(made(number), ensure_ascii=False).encode())
        size += len(lines[-1]) + 1
        if size > MEGABYTE:
            return b"\n".join(lines)
    raise AssertionError


FIRST = b'{"item_id": "x", "function": "original"'
HOUSE = "12 tran phu, ha noi"
# How a message of each format begins; what is put behind it, over and over, is what the reader meets inside.
WCO = b"<?xml version='1.0'?><MetaData xmlns='urn:wco:datamodel:WCO:DocumentMetaData-DMS:2'><Declaration>"
SAD = b"<?xml version='1.0'?><ASYCUDA>"
MANIFEST = b"<?xml version='1.0'?><Awmds>"
XML_PIECES = (
    *(b"<a/>", b"<a>", b"<a></a>", b"<", b"<!--", b"<!---->", b"<![CDATA[]]>", b"&amp;", b"<a b=''/>", b"<a x:b='' />"),
    *(b"<Declaration>", b"<Declaration/>", b"</Declaration>", b"<GoodsShipment><GovernmentAgencyGoodsItem/>"),
    *(b"<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric></GovernmentAgencyGoodsItem>",),
    *(b"<Item>", b"<Item/>", b"<ASYCUDA>", b"<Awmds>", b"<Bol_segment/>", b"<Bol_segment>", b"<ctn_segment/>"),
    *(b"<?xml version='1.0'?>", b"<?xml version='1.0'?><ASYCUDA/>", b"\n", b"\xff", b"\0"),
)
UNB, UNH = b"UNB+UNOA:1+A+B+260101:1200+1'", b"UNH+1+CUSCAR:D:99B:UN'"
EDI_PIECES = (
    *(b"'", b"+", b":", b"?", b"?'", b"\n", b"A", b"FTX+A'", b"CNI+1'RFF+BM:1'", b"GID+1'", b"EQD+CN+A'", b"LOC+1+A'"),
    *(UNB, UNH, UNH + b"UNT+2+1'", b"UNT+1+1'", b"UNZ+0+1'", UNB + b"UNZ+0+1'", b"UNA:+.? '", b"NAD+CZ+A:B:C:D'"),
    *(b"UNH+1+CUSDEC:D:99B:UN'UNT+2+1'", b"UNH+1+BAPLIE:D:95B:UN'LOC+147+1'EQD+CN+A'UNT+4+1'", b"UNG+1'", b"UNE+1'"),
)
CASES: dict[str, bytes] = {
    **{f"wco {piece!r}": filled(WCO, piece) for piece in XML_PIECES},
    **{f"asycuda {piece!r}": filled(SAD, piece) for piece in XML_PIECES},
    **{f"awmds {piece!r}": filled(MANIFEST, piece) for piece in XML_PIECES},
    **{f"edifact {piece!r}": filled(UNB + UNH, piece) for piece in EDI_PIECES},
    **{f"edifact one segment {piece!r}": filled(UNB + UNH + b"BGM+", piece) for piece in EDI_PIECES[:7]},
    **{
        f"csv {piece!r}": filled(b"declaration_id,lodged_on,hs_code\n1,2026-01-02,440799\n", piece)
        for piece in (
            *(b"\n", b'"', b'"\n', b'"",\n', b",", b"1,2,3\n", b"1\n", b'a"b\n', b'1,"a"b,c\n', b"\r", b"\0", b"\xff"),
            *(b"1,2026-01-02,440799\n", b"declaration_id,lodged_on,hs_code\n", b"\xcc\x81", b" \n", b"\xe2\x80\xa8,\n"),
        )
    },
    "csv names": filled(b"declaration_id,lodged_on,hs_code", b",a", b"\n1,2026-01-02,440799\n"),
    **{
        f"ndjson {piece!r}": filled(b'{"declaration_id": "1", "lodged_on": "2026-01-02", "hs_code": "440799"}\n', piece)
        for piece in (
            b"\n",
            b"{}\n",
            b"x\n",
            b"[",
            b'{"a":',
            b'"',
            b'{"a": 1}\n{"a": "x"}\n',
            b"1\n",
            b"{}\n\n\n\n",
            b"9",
        )
    },
    "ndjson keys": b"\n".join(b'{"declaration_id": "1", "k%d": 1}' % number for number in range(3_000)),
    **{
        f"parcels {piece!r}": filled(b"[" + FIRST + b"},", piece)
        for piece in (
            *(b"{},", b"1,", b"[", b"{", b'"', b"\\", b"\n", b'{"item_id":', b'{"item_id":1},', b'{"item_id":"x",'),
            *(b'{"item_id":[', b'{"item_id":"x"},{"a":', b'{"a":1,"a":1},', b"null,", b"9", b"\xff", b"\xed\xa0\x80"),
        )
    },
    "parcels lines of little": filled(FIRST + b"}\n", b'{"item_id":1}\n'),
    "parcels cancelled": b"\n".join(
        b'{"item_id": "%s", "function": "cancellation"}' % parcel(number, "", "")["item_id"].encode()
        for number in range(17_000)
    ),
    "parcels digits": filled(FIRST + b', "version": ', b"9", b"}"),
    "parcels decimals": filled(FIRST + b', "version": 1.', b"9", b"}"),
    "parcels exponent": filled(FIRST + b', "version": 1e', b"9", b"}"),
    "parcels keys": FIRST + b"".join(b', "k%d": 1' % number for number in range(70_000)) + b"}",
    "parcels escapes": filled(FIRST + b', "v": "', b"\\ud800", b'"}'),
    "parcels to one": parcels(lambda n: parcel(n, "an binh", HOUSE)),
    "parcels to one house": parcels(lambda n: parcel(n, f"nguyen van {word(n)}", HOUSE)),
    "parcels to one identity": parcels(
        lambda n: parcel(n, f"nguyen {word(n)}", f"12 {word(n)} ha noi", identification="0123456789")
    ),
    "parcels with slips": parcels(lambda n: parcel(n, f"nguyen van a{word(n)[:2]}xxx", HOUSE)),
    "parcels of many words": parcels(lambda n: parcel(n, " ".join(map(word, range(190))) + f" {word(n)}", HOUSE)),
    "parcels of many names": parcels(lambda n: parcel(n, f"{word(n)} " + " ".join(map(word, range(190))), HOUSE)),
    "parcels to long streets": parcels(
        lambda n: parcel(n, "nguyen van an", f"12 {word(n)} " + " ".join(map(word, range(180))))
    ),
    "parcels of ligatures": parcels(lambda n: parcel(n, "\ufdfa" * 300 + word(n), "12 " + "\ufdfa " * 150)),
    "parcels of accents": parcels(
        lambda n: parcel(n, "a" + "\u0323\u0307" * 450 + word(n), "12 tran phu" + "\u0301" * 900)
    ),
    "parcels of syllables": parcels(lambda n: parcel(n, "\uac01" * 900 + word(n), "12 " + "\uac01" * 900)),
    "parcels to numbers": parcels(lambda n: parcel(n, f"nguyen van {word(n)}", "1/" * 490)),
}


def test_every_reader_is_tried() -> None:
    assert {case.partition(" ")[0] for case in CASES} == {*(one.name for one in FORMATS), "csv", "ndjson"}


@pytest.mark.parametrize("case", CASES)
def test_a_megabyte_takes_no_time(case: str, tmp_path: Path) -> None:
    name, path, data = case.partition(" ")[0], tmp_path / "input", CASES[case]
    path.write_bytes(data)
    took = []
    for _ in range(3):
        started = time.process_time()
        with suppress(TidegateError):
            intake.read(path, received=DAY)
        took.append(time.process_time() - started)
        if name in BY_NAME:
            # By its own reader too, for what nobody would take for one of its files.
            started = time.process_time()
            with suppress(TidegateError):
                for _piece in BY_NAME[name].read(Source(path, name, len(data), encoding=_encoding(data)), DAY):
                    pass
            took[-1] = max(took[-1], time.process_time() - started)
        if took[-1] < SOON:
            break
    assert min(took) < SOON


def test_a_plain_form_is_no_longer_than_what_is_compared() -> None:
    assert len(plain("\ufdfa" * 1000)) == COMPARED
    assert plain("Đặng" + "\u0323" * 5) == "dang"
