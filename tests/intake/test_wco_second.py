"""A second process for a large file of WCO XML: the result is that of one process, whatever becomes of the second."""

from __future__ import annotations

import gzip
import os
import select
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_wco import RECEIVED, SAMPLES, declaration, item, message, needs_samples, put

from tidegate import intake
from tidegate.intake.files import find
from tidegate.intake.wco import FORMAT, reading, sharing
from tidegate.intake.wco.gathering import Plain
from tidegate.intake.wco.sharing import _Second
from tidegate.intake.wco.worker import Job, gathered

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes of another system: NOT tested")
SECONDS = 60  # that a process is given to begin or to end

# Elements over several lines, comments, CDATA, characters by number: bytes that are written anew have other lines.
ODD = (
    "<GoodsLocation\n  xmlns:own='u:v'\n><!-- a\n comment -->\n<Name>A &#10; B<![CDATA[ <&\n]]></Name></GoodsLocation>"
    "<Odd\n attribute='1\n2'/>"
)


class Seen:
    """The processes that began, the frames that were handed to them, and those that the first process did after all."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []
        self.frames = 0
        self.taken_back = 0


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Any file is worth a second process, which is waited for, and gets few messages at once."""
    noted = Seen()
    begun, ask = _Second._begun, _Second.ask

    def waited(second: _Second) -> subprocess.Popen[bytes] | None:
        process = begun(second)
        assert process is not None
        noted.processes.append(process)
        assert select.select([process.stdout], [], [], SECONDS)[0]
        return process

    def counted(second: _Second, frame: bytes) -> None:
        noted.frames += 1
        ask(second, frame)

    def counted_back(jobs: list[Job], received: date) -> Plain:
        noted.taken_back += 1
        return gathered(jobs, received)

    monkeypatch.setattr(sharing, "gathered", counted_back)
    monkeypatch.setattr(_Second, "_begun", waited)
    monkeypatch.setattr(_Second, "ask", counted)
    monkeypatch.setattr(sharing, "_spare", lambda: True)
    monkeypatch.setattr(sharing, "LARGE", 0)
    monkeypatch.setattr(sharing, "_BATCH", 3_000)
    monkeypatch.setattr(reading, "_PIECE", 5)
    return noted


def pieces(path: Path) -> Iterator[Any]:
    source = find(path, [(FORMAT.name, FORMAT.endings, FORMAT.detect)])[0]
    return FORMAT.read(source, RECEIVED)


def told(path: Path, also: Callable[[int], None] = lambda number: None) -> list[Any]:
    """All that a file says, in its order, however it came in pieces; `also` is done behind each piece."""
    rows, unread = [], {}
    tables: dict[str, list[Any]] = {"answers": [], "changes": [], "refused": []}
    for number, piece in enumerate(pieces(path)):
        rows += piece.rows
        for name, table in tables.items():
            found = getattr(piece, name)
            table += [] if found is None else found.rows()
        for name, times in piece.unread.items():
            unread[name] = unread.get(name, 0) + times
        also(number)
    return [rows, tables, list(unread.items())]


def alone(path: Path) -> list[Any]:
    """The same, told by one process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "LARGE", 1 << 60)
        return told(path)


def many(count: int = 60) -> str:
    """Messages in envelopes, odd ones, broken ones, in several documents."""
    parts = ["<batch>"]
    for number in range(count):
        one = message(declaration(f"LRN-{number}", shipment=ODD if number % 3 else "", items=item(1) + "\n" + item(2)))
        if number % 7 == 3:
            one = one.replace("</Commodity>", "</Comodity>", 1)
        if number % 11 == 5:
            one = f"<r><originatingPartyID>GB{number}</originatingPartyID><odd>1</odd><d>{one}</d></r>"
        if number % 13 == 6:
            one = message("<Declaration><FunctionCode>9</FunctionCode><ID>1</ID></Declaration>")
        if number % 17 == 8:
            one = "\n<Response><FunctionCode>01</FunctionCode><Declaration><ID>M</ID></Declaration></Response>\n"
        if number % 19 == 9:
            one = "</batch>\n<?xml version='1.0'?>\n<batch>"
        parts.append(one)
    return "\n".join([*parts, "</batch>"])


def test_odd_and_broken_messages_are_told_alike(seen: Seen, tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", many())
    assert told(path) == alone(path)
    assert seen.frames > 10
    assert seen.taken_back == 0
    lines = path.read_text().splitlines()
    rows = [row for row, said in told(path)[0] if said["message_function"] == "original"]
    assert len(rows) > 50
    assert all("<GovernmentAgencyGoodsItem>" in lines[row - 1] for row in rows)


@needs_samples
def test_the_samples_are_told_alike(seen: Seen, tmp_path: Path) -> None:
    files = sorted(SAMPLES.rglob("*.xml"))
    assert len(files) == 508
    path = tmp_path / "all.xml"
    path.write_bytes(b"\n".join(file.read_bytes() for file in files))
    assert told(path) == alone(path)
    assert seen.frames > 100
    assert seen.taken_back == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_letters_and_zipped_files_are_told_alike(seen: Seen, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xml.gz"
    path.write_bytes(gzip.compress(many(20).replace("straw", "tăm tre \U0001f33e").encode(encoding)))
    assert told(path) == alone(path)
    assert seen.frames


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_messages_go_through_bytes_unharmed(data: st.DataObject, tmp_path: Path) -> None:
    raw = bytearray(f"<batch>{message(declaration(shipment=ODD))}{message(declaration('LRN-2'))}</batch>".encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["put", "sign", "cut", "twice"]))
        if kind == "put":
            raw[at] = data.draw(st.integers(0, 255))
        elif kind == "sign":
            raw[at] = data.draw(st.sampled_from(b":\"'<>/&=; \r\n\t"))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 40))]
        else:
            raw[at:at] = raw[max(0, at - 30) : at]
    path = tmp_path / "m.xml"
    path.write_bytes(bytes(raw) or b"x")
    if FORMAT.detect(path.read_bytes()):
        expected = alone(path)
        with pytest.MonkeyPatch.context() as patch:
            # Nobody answers what is handed over: this process does, from the bytes.
            patch.setattr(_Second, "ready", lambda second: True)
            assert told(path) == expected


def test_a_process_that_is_killed_costs_nothing(seen: Seen, tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", many())
    expected = alone(path)
    for when in (0, 2, 5, 9):
        assert told(path, lambda number, when=when: seen.processes[-1].kill() if number == when else None) == expected
    assert len(seen.processes) == 4
    assert seen.taken_back > 0


def test_a_process_that_dies_before_it_is_ready_costs_nothing(
    seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path / "a.xml", many(20))
    monkeypatch.setattr(sharing, "_START", "raise SystemExit(3)")
    assert told(path) == alone(path)
    assert (seen.processes[0].returncode, seen.frames) in ((3, 0), (-signal.SIGKILL, 0))


def test_a_process_that_is_stopped_is_given_up(seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "a.xml", many())
    monkeypatch.setattr(sharing, "_PATIENCE", 0.2)
    monkeypatch.setattr(sharing, "_AHEAD", 6_000)
    monkeypatch.setattr(sharing, "_MINE", 8)
    stop = signal.SIGSTOP
    assert told(path, lambda n: seen.processes[0].send_signal(stop) if n == 1 else None) == alone(path)
    assert seen.taken_back > 0
    assert seen.processes[0].returncode == -signal.SIGKILL


def test_a_process_that_lags_leaves_work_to_the_first(
    seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path / "a.xml", many())
    expected = alone(path)
    assert told(path) == expected
    all_of_it, seen.frames = seen.frames, 0
    monkeypatch.setattr(sharing, "_AHEAD", 1)
    assert told(path) == expected
    assert 0 < seen.frames < all_of_it
    assert seen.taken_back == 0


def test_reading_that_is_given_up_leaves_no_process(seen: Seen, tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", many())
    reader = pieces(path)
    next(reader)
    assert seen.processes[0].poll() is None
    reader.close()  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError):
        told(path, lambda number: number // 0)
    parts = intake.batches(path, received=RECEIVED, rows=5)
    next(parts)
    del parts
    assert [process.returncode for process in seen.processes] == [-signal.SIGKILL] * 3


def test_small_files_one_core_and_no_more_processes_do_without(
    seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path / "a.xml", many(20))
    expected = alone(path)
    assert seen.processes == []
    with monkeypatch.context() as patch:
        patch.setattr(sharing, "_spare", lambda: False)
        assert told(path) == expected
        assert seen.processes == []

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.undo()
    monkeypatch.setattr(sharing, "LARGE", 0)
    monkeypatch.setattr(sharing, "_spare", lambda: True)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert told(path) == expected


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="another system: NOT tested")
@pytest.mark.parametrize(("cores", "load", "spare"), [(1, 0.0, False), (2, 0.5, True), (2, 3.0, True), (2, 3.5, False)])
def test_a_core_is_spare_where_others_have_not_taken_all(
    cores: int, load: float, spare: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(cores)))
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 9.0, 9.0))
    assert sharing._spare() is spare


def test_namespaces_around_messages_are_not_repeated_for_each(seen: Seen, tmp_path: Path) -> None:
    spaces = " ".join(f"xmlns:n{number}='urn:{number:099d}'" for number in range(60))
    text = "\n".join(message(declaration(f"LRN-{number}")) for number in range(20))
    path = put(tmp_path / "a.xml", f"<batch>{text}<more {spaces}>{text}</more></batch>")
    assert told(path) == alone(path)
    assert seen.processes[0].returncode == -signal.SIGKILL
    assert seen.frames < 20


def test_the_second_process_takes_no_entities() -> None:
    body = message().replace("straw", "&e;&f;")
    entities = f'<!DOCTYPE x [<!ENTITY e "boo"><!ENTITY f SYSTEM "{Path(__file__).as_uri()}">]>'
    rows = gathered([((entities + body).encode(), [1, 2, 3], {}, [])], date.min)[0]
    assert [row["hs_code"] for _, row in rows] == ["4602191000"]
    assert not any("boo" in text or "def " in text for _, row in rows for text in row.values())


def test_the_second_process_imports_little() -> None:
    code = sharing._START + "print(*sorted(sys.modules))"
    command = [sys.executable, "-c", code, "2026-01-01", sharing._ROOT, *sys.path]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, timeout=SECONDS)
    names = done.stdout.removeprefix(b"\0\0\0\0").decode().split()
    assert "tidegate.intake.wco.worker" in names
    assert not {"polars", "numpy", "tidegate.trade", "tidegate.intake.formats"} & set(names)


SCRIPT = """
    import sys, time
    from datetime import date
    from tidegate import intake
    from tidegate.intake.wco import sharing

    print("begun", flush=True)
    sharing.LARGE, sharing._spare = 0, lambda: True
    begun = sharing._Second._begun

    def told(second):
        process = begun(second)
        print(process.pid, flush=True)
        return process

    sharing._Second._begun = told
    for part in intake.batches(sys.argv[1], received=date(2026, 1, 1), rows=1):
        time.sleep(float(sys.argv[2]))
"""


def _script(tmp_path: Path, pause: float) -> subprocess.Popen[str]:
    """A program of somebody else's, without a guard for its main module."""
    path = put(tmp_path / "a.xml", many(400))
    script = put(tmp_path / "script.py", textwrap.dedent(SCRIPT))
    paths = os.pathsep.join([sharing._ROOT, *filter(None, sys.path)])
    return subprocess.Popen(
        [sys.executable, str(script), str(path), str(pause)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": paths},
    )


def test_a_program_without_a_guard_runs_once(tmp_path: Path) -> None:
    with _script(tmp_path, 0) as program:
        said, _ = program.communicate(timeout=SECONDS)
        assert program.returncode == 0
    assert len(said.split()) == 2
    assert said.split()[0] == "begun"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here: NOT tested")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_a_program_that_is_ended_leaves_no_process(ending: signal.Signals, tmp_path: Path) -> None:
    with _script(tmp_path, SECONDS) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "begun\n"
        second = int(program.stdout.readline())
        time.sleep(0.3)
        if ending == signal.SIGINT:
            os.killpg(program.pid, ending)  # as a terminal does
        else:
            program.send_signal(ending)
        program.wait(SECONDS)
        until = time.monotonic() + SECONDS
        while _runs(second) and time.monotonic() < until:
            time.sleep(0.05)
        assert not _runs(second)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return False
