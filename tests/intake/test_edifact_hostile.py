"""Inputs that mean harm: no exception but the project's own, no hang, bounded memory."""

from __future__ import annotations

import contextlib
import gzip
import io
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from edifact_samples import DAY, DECLARATION, OWN, message, read_bytes, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate import intake
from tidegate.errors import TidegateError
from tidegate.intake.edifact import FORMAT, came, contrl, envelope
from tidegate.intake.edifact.envelope import Refusal, walk
from tidegate.intake.files import Source
from tidegate.intake.raw import REFUSED_SCHEMA
from tidegate.trade import ANSWER_SCHEMA, BILL_SCHEMA

SAMPLES = [path.read_bytes() for path in sorted(OWN.glob("*.edi"))]
NOW = datetime(2026, 1, 5, tzinfo=UTC)
# Bytes that mean something, and some that should not be there.
PIECES = st.one_of(
    st.sampled_from([b"'", b"+", b":", b"?", b"*", b"UNA", b"UNB+", b"UNH+1+CUSDEC:D:99B:UN'", b"UNT+", b"UNZ+",
                     b"LOC+147", b"UNS+D'", b"CST+", b"\n", b"\0", b"\xff", b"1e9999", b"-1", b"\xe1\xba\xbf",
                     b"GID+", b"EQD+CN+"]),
    st.binary(max_size=4),
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 12))] = draw(PIECES)
    return bytes(content)


def looked_at(content: bytes) -> None:
    """All that may happen to a file: it is read, in the schemas that were promised, and reported on."""
    with tempfile.TemporaryDirectory() as folder:
        raw = read_bytes(content, Path(folder))
        assert dict(raw.refused.schema) == REFUSED_SCHEMA
        assert raw.bills is not None
        assert dict(raw.bills.schema) == BILL_SCHEMA
        assert raw.answers is not None
        assert dict(raw.answers.schema) == ANSWER_SCHEMA
        for value in raw.refused["value"].drop_nulls():
            assert 0 < len(value) <= 200
        # Some bytes begin as a gzip file does, and are none.
        with contextlib.suppress(TidegateError):
            contrl(Path(folder, "sample.edi"), Path(folder), NOW)
        FORMAT.detect(content)


@given(mutated())
@settings(max_examples=250, deadline=None)
def test_mutated_samples(content: bytes) -> None:
    looked_at(content)


@given(st.lists(PIECES, max_size=40).map(b"".join))
@settings(max_examples=150, deadline=None)
def test_any_bytes_at_all(content: bytes) -> None:
    looked_at(content)
    looked_at(b"UNB+UNOA:1+A+B+260101:0000+1'UNH+1+CUSCAR:D:99B:UN'" + content)


@given(mutated())
@settings(max_examples=60, deadline=None)
def test_intake_raises_nothing_of_its_own(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sample.edi")
        path.write_bytes(content)
        try:
            read = intake.read(path, received=DAY)
        except TidegateError as error:
            assert str(path) in str(error)  # noqa: PT017 -- it need not raise
        else:
            assert read.read >= read.kept


MEGABYTE = 1_000_000
HEAD = b"UNB+UNOA:1+A+B+260101:0000+1'UNH+1+CUSDEC:D:99B:UN'"


@pytest.mark.parametrize(
    "content",
    [
        b"'" * MEGABYTE,
        b"?" * MEGABYTE,
        b"?'" * (MEGABYTE // 2),
        b"UNA:+.? '" * (MEGABYTE // 9),
        b"UNZ+1+1'" * (MEGABYTE // 8),
        b"UNB+UNOA:1+A+B+260101:0000+1'" * (MEGABYTE // 29),
        HEAD + b"FTX+" + b":" * 200_000 + b"'" + b"FTX+" + b"+" * 200_000 + b"'",
        HEAD + (b"FTX+" + b"?+" * 100_000 + b"'") * 4,
        HEAD + b"UNS+D'" + b"CST+1'" * (MEGABYTE // 6),
        b"UNB+UNOA:1+A+B+260101:0000+1'" + b"UNH+1+X'UNT+2+1'" * (MEGABYTE // 16),
        HEAD
        + b"".join(b"%c%c%c+%d'" % (65 + n % 26, 65 + n // 26 % 26, 65 + n // 676 % 26, n) for n in range(100_000)),
        b"UNB+UNOA:1+A+B+260101:0000+1'" + message("GID+1'" * 100_000, "CUSCAR:D:99B:UN").replace("''", "'").encode(),
        b"\xff" * MEGABYTE,
        b"\n" * MEGABYTE,
    ],
    ids=lambda content: repr(content[:12] + content[-8:]),
)
def test_a_megabyte_of_anything_takes_less_than_two_seconds(content: bytes, tmp_path: Path) -> None:
    start = time.perf_counter()
    read_bytes(content, tmp_path)
    FORMAT.detect(content[: 1 << 16])
    assert time.perf_counter() - start < 6  # two on an idle machine; tests share theirs


def test_paths_that_nobody_reads_are_counted_within_bounds(tmp_path: Path) -> None:
    names = [f"A{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}+{n % 15}" for n in range(15_000)]
    raw = read_bytes(whole(message("\n".join(names), "CUSREP:D:99B:UN")).encode(), tmp_path)
    assert sum(raw.unread.values()) == len(names)
    assert len(raw.unread) == 5_001
    assert raw.unread["CUSREP/other"] > 1_000


class _Stream(io.RawIOBase):
    """Bytes that are made as they are read."""

    def __init__(self, head: bytes, again: bytes) -> None:
        self.made = 0
        self._pieces = self._endless(head, again * (100_000 // len(again)))

    def _endless(self, head: bytes, again: bytes) -> Iterator[bytes]:
        yield head
        while True:
            yield again

    def read(self, size: int = -1) -> bytes:
        piece = next(self._pieces)
        self.made += len(piece)
        return piece


@pytest.mark.parametrize(
    ("head", "again", "most"),
    [
        (HEAD, b"FTX+AAA+++" + b"x" * 1_000 + b"'", 3 * MEGABYTE),
        (HEAD, b"'", MEGABYTE),
        (HEAD.replace(b"UNOA", b"UNOX"), b"'", MEGABYTE),
        (b"", b"'", MEGABYTE),
    ],
)
def test_what_has_no_end_is_given_up_at_its_limit(
    head: bytes, again: bytes, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envelope, "LARGEST", 2 * MEGABYTE)
    monkeypatch.setattr(envelope, "MOST", 100_000)
    stream = _Stream(head, again)
    refused = [one for one, _ in walk(stream) if isinstance(one, Refusal)]  # type: ignore[arg-type]
    assert refused[-1].fault.reason == "unsafe"
    assert stream.made <= most


def test_a_packed_gigabyte_is_refused_early_and_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.edi.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(HEAD + b"FTX+AAA+++")
        for _ in range(100):
            file.write(b"x" * MEGABYTE)
    tracemalloc.start()
    start = time.perf_counter()
    [raw] = FORMAT.read(Source(path, "edifact", path.stat().st_size, zipped=True), DAY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert raw.refused["reason"].to_list() == ["unsafe"]
    assert time.perf_counter() - start < 3
    assert peak < 16 * MEGABYTE


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "many.edi"
    one = message(DECLARATION)
    path.write_text(whole(*(one for _ in range(3_000))))
    tracemalloc.start()
    rows = sum(raw.table.height for raw in FORMAT.read(Source(path, "edifact", path.stat().st_size), DAY))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 3_000
    assert peak < 15 * MEGABYTE


def test_a_long_text_said_once_does_not_become_a_huge_table(tmp_path: Path) -> None:
    body = "BGM+929+D1+9\nNAD+IM+++" + "x" * 100_000 + "\nUNS+D" + "\nCST+1+440311:122" * 5_000 + "\nUNS+S"
    raw = read_bytes(whole(message(body)).encode(), tmp_path)
    assert (raw.table.height, raw.refused["reason"].to_list()) == (0, ["unsafe"])


def test_a_message_of_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(came, "MOST_ROWS", 1_000)
    body = "BGM++P\n" + "\n".join(["EQD+CN"] * 1_001)
    raw = read_bytes(whole(message(body, "BAPLIE:D:95B:UN")).encode(), tmp_path)
    assert raw.bills is not None
    assert (raw.bills.height, raw.refused["reason"].to_list()) == (0, ["unsafe"])
