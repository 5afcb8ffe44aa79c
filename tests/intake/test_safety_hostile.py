"""What is sent to harm: bombs, entities, lines without end. Each is refused, soon, by `intake.read`."""

from __future__ import annotations

import gzip
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake.unpacking import FREE, SWELL, Unpacked

SOON = 10.0  # seconds; a hang guard: each takes a tenth of a second to a second when the machine does nothing else

# How a file of each form begins.
HEADS = {
    "csv": b"declaration_id,lodged_on,hs_code\n1,",
    "header.csv": b"declaration_id,lodged_on,",
    "quoted.csv": b'declaration_id,lodged_on,hs_code\n1,2026-01-02,"',
    "ndjson": b'{"declaration_id": "',
    "wco.xml": b"<?xml version='1.0'?><MetaData xmlns='urn:wco:datamodel:WCO:DocumentMetaData-DMS:2'><WCOTypeName>",
    "sad.xml": b"<?xml version='1.0'?><ASYCUDA><Property>",
    "manifest.xml": b"<?xml version='1.0'?><Awmds><General_segment>",
    "edi": b"UNA:+.? 'UNB+UNOA:1+A+B+260101:1200+1'UNH+1+CUSCAR:D:99B:UN'BGM+",
    "parcels.json": b'{"parcels": [{"item_id": "',
}


def refused(path: Path) -> str:
    started = time.monotonic()
    with pytest.raises(InputError) as error:
        intake.read(path)
    assert time.monotonic() - started < SOON
    return str(error.value)


def endless(path: Path, head: bytes) -> None:
    """A file of 1 GB on one line; all but its head is a hole, which takes no room on the disk."""
    with path.open("wb") as file:
        file.write(head)
        for _ in range(5):
            file.write(b"a" * (1 << 24))
        file.truncate(1 << 30)


@pytest.mark.parametrize("form", HEADS)
def test_a_line_without_end_is_refused(form: str, tmp_path: Path) -> None:
    endless(tmp_path / form, HEADS[form])
    assert refused(tmp_path / form)


@pytest.mark.parametrize("form", HEADS)
def test_a_bomb_is_refused(form: str, tmp_path: Path) -> None:
    # Ten gigabytes, unpacked.
    bomb = gzip.compress(HEADS[form] + b"a" * 100) + gzip.compress(b"a" * (1 << 26)) * 160
    (tmp_path / f"{form}.gz").write_bytes(bomb)
    assert refused(tmp_path / f"{form}.gz")


@pytest.mark.parametrize("how", ["read", "readline", "read1", "readinto", "lines"])
def test_however_a_bomb_is_read_it_stops(how: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"a" * (1 << 24)) * 8)
    with Unpacked(path) as file:
        ways = {
            "read": file.read,
            "readline": file.readline,
            "read1": file.read1,
            "readinto": lambda: file.readinto(bytearray(1 << 22)),
            "lines": lambda: next(iter(file)),
        }
        with pytest.raises(InputError, match=f"more than {SWELL} times"):
            list(iter(ways[how], b""))


def test_what_shrinks_as_tables_do_is_unpacked_whole(tmp_path: Path) -> None:
    text = b"".join(b"%d,2026-01-02,440799,some words about the goods\n" % number for number in range(900_000))
    assert len(text) > FREE
    (tmp_path / "t.gz").write_bytes(gzip.compress(text, compresslevel=1))
    with Unpacked(tmp_path / "t.gz") as file:
        assert file.readline() + file.read(10) + file.read() == text


ROOTS = ("MetaData", "Declaration", "ASYCUDA", "Awmds")


@pytest.mark.parametrize("root", ROOTS)
def test_a_billion_laughs_are_refused(root: str, tmp_path: Path) -> None:
    names = "abcdefghij"
    entities = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names))
    laughs = f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY a "ha">{entities}]><{root}>&j;</{root}>'
    (tmp_path / "m.xml").write_text(laughs, encoding="utf-8")
    told = refused(tmp_path / "m.xml")
    assert "DOCTYPE" in told or "of no kind that intake knows" in told


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("entity", ['SYSTEM "{}"', 'PUBLIC "x" "{}"', '% p SYSTEM "{}"'])
def test_other_files_stay_closed(root: str, entity: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", encoding="utf-8")
    text = f"<!DOCTYPE {root} [<!ENTITY e {entity.format(secret.as_uri())}>]><{root}><ID>&e;</ID></{root}>"
    (tmp_path / "m.xml").write_text(text, encoding="utf-8")
    assert "the secret" not in refused(tmp_path / "m.xml")


def test_archives_are_not_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m.csv", b"0" * (1 << 24))
    assert "Archives are not read" in refused(tmp_path / "m.zip")
