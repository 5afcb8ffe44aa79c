"""Hostile and broken files of parcels: each fault costs its own parcel, nothing hangs, nothing else is raised."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.intake import parcels
from tidegate.intake.files import Source
from tidegate.intake.parcels import objects
from tidegate.intake.raw import ROW

SAMPLES = Path(__file__).resolve().parents[2] / "examples/messages/parcels/ten_parcels.json"
TEN: list[dict[str, Any]] = json.loads(SAMPLES.read_text(encoding="utf-8"))
TEXTS = [json.dumps(one, ensure_ascii=False) for one in TEN]
IDS = [one["item_id"] for one in TEN]
DAY = date(2026, 3, 2)


def _read(path: Path, content: bytes) -> tuple[list[str], list[tuple[int, str, str]]]:
    """The numbers of the parcels that were read, in order, and the refused rows."""
    path.write_bytes(content)
    zipped = content.startswith(b"\x1f\x8b")
    found: dict[str, None] = {}
    refused = []
    for raw in parcels.FORMAT.read(Source(path, "parcels", len(content), zipped), DAY):
        assert raw.table.columns == [*parcels.FORMAT.columns, ROW]
        found |= dict.fromkeys(raw.table["declaration_id"])
        refused += raw.refused.select(ROW, "value", "reason").rows()
    assert all(len(value) <= 200 for _, value, _ in refused)
    return list(found), refused


BROKEN = [
    ("cut", TEXTS[1][:-20], "is no JSON object"),
    ("no colon", TEXTS[1].replace(":", "", 1), "is no JSON object (Expecting ':' delimiter)"),
    ("NaN", TEXTS[1].replace("980000", "NaN"), "is no JSON object (NaN is no number)"),
    ("endless", TEXTS[1].replace("980000", "1e999"), "/pieces/0/value is out of range"),
    ("many digits", TEXTS[1].replace("980000", "9" * 5000), "is no JSON object (Exceeds the limit"),
    ("a key twice", TEXTS[1].replace('"quantity"', '"value": 1, "quantity"'), "a key stands twice in one object"),
    ("deep", TEXTS[1][:-1] + ', "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deep"),
    (
        "half a surrogate",
        TEXTS[1].replace("NGUYEN", "\\ud800"),
        "/addressee/name holds a character that cannot be kept",
    ),
    ("NUL", TEXTS[1].replace("NGUYEN", "\\u0000"), "/addressee/name holds a character that cannot be kept"),
    ("a number", "17", "/ is of the wrong type"),
    ("a list", "[1]", "is of the wrong type"),
]


@pytest.mark.parametrize(("broken", "said"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
@pytest.mark.parametrize("layout", ["lines", "array"])
def test_a_broken_parcel_costs_itself(broken: str, said: str, layout: str, tmp_path: Path) -> None:
    three = [TEXTS[0], broken, TEXTS[2]]
    text = "\n".join(three) if layout == "lines" else "[\n" + ",\n".join(three) + "\n]"
    found, refused = _read(tmp_path / "p.json", text.encode())
    assert found == [IDS[0], IDS[2]]
    assert [row for row, _, _ in refused] == ([2] if layout == "lines" else [3])
    assert said in refused[0][1]
    assert refused[0][2] == ("unsafe" if "deep" in said else "message")
    if "item_id" in broken and not broken.startswith("[") and "colon" not in said and "':'" not in said:
        assert refused[0][1].startswith(f"parcel {IDS[1]}: ")


@pytest.mark.parametrize("layout", ["lines", "array"])
def test_bytes_that_are_no_utf8(layout: str, tmp_path: Path) -> None:
    three = [TEXTS[0].encode(), TEXTS[1].encode().replace(b"NGUYEN", b"\xe9"), TEXTS[2].encode()]
    content = b"\n".join(three) if layout == "lines" else b"[" + b",\n".join(three) + b"]"
    found, refused = _read(tmp_path / "p.json", content)
    assert found == [IDS[0], IDS[2]]
    assert refused[0][:1] == (2,)
    assert refused[0][1].startswith(f"parcel {IDS[1]}: ")


def test_a_parcel_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "LONGEST", 5_000)
    monkeypatch.setattr("tidegate.intake.encoding.BLOCK", 4_000)
    long = TEXTS[1].replace("NGUYEN", "N" * 30_000)
    found, refused = _read(tmp_path / "p.json", "\n".join([TEXTS[0], long, TEXTS[2]]).encode())
    assert (found, [(row, why) for row, _, why in refused]) == ([IDS[0], IDS[2]], [(2, "unsafe")])


def test_small_blocks_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.intake.encoding.BLOCK", 97)
    monkeypatch.setattr(objects, "_STEP", 13)
    for content in ("\n".join(TEXTS), json.dumps(TEN, indent=2), SAMPLES.read_text(encoding="utf-8")):
        assert _read(tmp_path / "p.json", content.encode()) == (IDS, [])


@pytest.mark.parametrize(
    "hostile",
    [
        b'{"item_id":' * 90_000,
        b'[{"item_id":1,' + b'{"item_id":[1,' * 60_000,
        b'[{"item_id":}' + b',{"item_id":}' * 70_000,
        b"[" * 1_000_000,
        b'[{"item_id":"' + b'\\"' * 500_000,
        b'[{"item_id":"x","pieces":[' + b"0," * 500_000,
        b'[{"item_id":"x","pieces":[' + b'"' * 999_999,
        b"{" * 1_000_000,
        b'{"item_id":"' + b"x" * 1_000_000,
        b'[{"item_id":"x"' + b"}" * 1_000_000,
        (b'{"' + b"k" * 20 + b'":1}\n') * 40_000,
        b"\n" * 1_000_000,
        b"[" + b",".join(b'{"%d":1}' % i for i in range(60_000)) + b"]",
    ],
    ids=range(13),
)
def test_a_megabyte_takes_no_time(hostile: bytes, tmp_path: Path) -> None:
    """The bound is 2 s on an idle machine; what is quadratic takes minutes, so a busy one may have more."""
    begun = time.process_time()
    found, refused = _read(tmp_path / "p.json", hostile)
    assert time.process_time() - begun < 5
    assert found == []
    assert refused or not hostile.strip(b"[\n")


@pytest.mark.parametrize("start", [b"", b"["])
def test_a_line_without_end(start: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "GIVE_UP", 1 << 20)
    monkeypatch.setattr(objects, "LONGEST", 1 << 16)
    monkeypatch.setattr("tidegate.intake.encoding.BLOCK", 1 << 18)
    content = start + TEXTS[0].encode() + b"\n," * bool(start) + b"\n" * (not start) + b'{"a":"' + b"x" * (8 << 20)
    found, refused = _read(tmp_path / "p.json", content)
    assert found == [IDS[0]]
    assert refused[-1][2] == "unsafe"
    assert "16 MiB: the rest of the file is not read" in refused[-1][1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, 5_000),
    cut=st.integers(0, 40),
    put=st.sampled_from([b"", b"{", b"}", b'"', b"[", b"]", b",", b"\\", b"\xff", b"\0", b"\n", b"1e5", b"null"]),
    lines=st.booleans(),
)
def test_any_damage_costs_little(at: int, cut: int, put: bytes, lines: bool, tmp_path: Path) -> None:
    whole = ("\n".join(TEXTS) if lines else json.dumps(TEN, indent=1, ensure_ascii=False)).encode()
    at %= len(whole)
    found, refused = _read(tmp_path / "p.json", whole[:at] + put + whole[at + cut :])
    assert len(set(found) & set(IDS)) >= (8 if lines else 7)
    if len(set(found) & set(IDS)) < 10:
        assert refused or len(found) == 10


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text('{}[]:,"\\ \n1aNitem_d', max_size=80).map(str.encode))
def test_any_bytes(content: bytes, tmp_path: Path) -> None:
    assert parcels.FORMAT.detect(content) in ("", "parcels (JSON)", "parcels (JSON array)")
    _read(tmp_path / "p.json", content if not content.startswith(b"\x1f\x8b") else b"")
