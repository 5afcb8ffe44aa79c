"""Samples of every format, cut, flipped, doubled, spliced: only the project's own errors, no hang, bounded memory."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate import intake
from tidegate.errors import TidegateError
from tidegate.intake.files import Source, _encoding
from tidegate.intake.known import BY_NAME, FORMATS

HERE = Path(__file__).resolve()
SAMPLES = (HERE.parents[2] / "examples", HERE.parents[3] / "shared" / "data")
DAY = date(2026, 1, 1)
HANG = 20.0  # seconds, where a sample takes milliseconds
ENOUGH = 12  # samples of a format


@cache
def samples(name: str) -> list[bytes]:
    """Samples of a format: its own in examples/, and the shared ones where they are there; none too long to mutate."""
    if name == "csv":
        return [b'declaration_id,lodged_on,hs_code,description\n1,2026-01-02,440799,"a ""b""\nc"\n2,,,\n']
    if name == "ndjson":
        return [b'{"declaration_id": "1", "lodged_on": "2026-01-02", "hs_code": "440799"}\n{"declaration_id": 2}\n']
    found = []
    for place in SAMPLES:
        for path in sorted(place.rglob("*")):
            if path.is_file() and len(found) < ENOUGH and path.stat().st_size < 1 << 17:
                data = path.read_bytes()
                found += [data] if BY_NAME[name].detect(data[: 1 << 16]) else []
    return found


NAMES = [*(one.name for one in FORMATS), "csv", "ndjson"]


def mutated(data: bytes, other: bytes, changes: list[tuple[str, int, int]]) -> bytes:
    """The data after each (kind, place, amount), both in parts of 10,000."""
    for kind, place, amount in changes:
        at = len(data) * place // 10_000
        end = min(len(data), at + max(1, len(data) * amount // 100_000))
        before, part, after = data[:at], data[at:end], data[end:]
        middle = {
            "cut": b"",
            "flip": bytes(byte ^ (1 << amount % 8) for byte in part[:1]) + part[1:],
            "double": part * 4,
            "splice": other[len(other) * amount // 10_000 :][: len(part)],
            "insert": bytes([amount % 256]) * 3 + part,
        }
        data = before if kind == "end" else before + middle[kind] + after
    return data


KINDS = st.sampled_from(["cut", "end", "flip", "double", "splice", "insert"])
PARTS = st.integers(0, 10_000)


def read(name: str, path: Path, data: bytes) -> None:
    """Read what was made of a sample, as a whole file and by its reader even if nobody would take it for one."""
    path.write_bytes(data)
    started = time.monotonic()
    with contextlib.suppress(TidegateError):
        counts = dict(intake.read(path, received=DAY).counts)
        counts.pop("flagged")
        # Nothing is lost on the way: what is not kept was rejected, superseded or cancelled.
        assert counts.pop("read") == sum(counts.values())
    if name in BY_NAME and data:
        source = Source(path, name, len(data), encoding=_encoding(data))
        with contextlib.suppress(TidegateError):
            for raw in BY_NAME[name].read(source, DAY):
                assert set(BY_NAME[name].columns) <= set(raw.table.columns)
                assert raw.refused["reason"].is_in([entry.code for entry in intake.REJECTIONS]).all()
    assert time.monotonic() - started < HANG


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_samples_are_read_or_refused(name: str, data: st.DataObject, tmp_path: Path) -> None:
    assert samples(name), f"the format {name} has no sample in examples/"
    sample, other = (data.draw(st.sampled_from(samples(name))) for _ in range(2))
    changes = data.draw(st.lists(st.tuples(KINDS, PARTS, PARTS), min_size=1, max_size=6))
    read(name, tmp_path / "message", mutated(sample, other, changes))


# In a child, so that the most it ever held is its own; the kernel ends it where an input computes for twenty seconds.
REPEATED = """
import resource, sys
from datetime import date
from pathlib import Path
from tidegate import intake
from tidegate.errors import TidegateError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[1:]:
    used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (used + 20, -1))
    try:
        intake.read(path, received=date(2026, 1, 1))
    except TidegateError:
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_megabyte_of_repetition_takes_bounded_memory(tmp_path: Path) -> None:
    # The beginning and the middle of a sample, again and again: what never ends, and what nests.
    paths = []
    for name in NAMES:
        sample = samples(name)[0]
        for part in (sample, sample[len(sample) // 3 : len(sample) // 2] or sample):
            paths.append(tmp_path / f"{name}{len(paths)}")
            paths[-1].write_bytes((sample[: len(sample) // 2] + part * ((1 << 20) // len(part)))[: 1 << 20])
    done = subprocess.run(
        [sys.executable, "-c", REPEATED, *map(str, paths)], check=True, capture_output=True, text=True, timeout=300
    )
    assert int(done.stdout) * 1024 < 1 << 30
