"""Sharing: a second process finds out what messages say while this one splits the file. `worker` is its other end.

The result is that of one process: the same rows, faults and counts in the same order. Until the second one is ready,
where there is none, and once it is gone, this one does all the work.
"""

from __future__ import annotations

import marshal
import os
import select
import subprocess
import sys
from collections import deque
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import TracebackType

from lxml import etree

from tidegate.intake.files import Source
from tidegate.intake.safety import Found
from tidegate.intake.wco.gathering import Gathered, Plain
from tidegate.intake.wco.rules import Row
from tidegate.intake.wco.worker import LENGTH, LINED, Job, framed, gathered

if sys.platform != "win32":
    import fcntl

__all__ = ["LARGE", "Sharing"]

LARGE = 1 << 24  # bytes of a file that is worth a second process
_UNPACKED = 10  # what a zipped file is likely to be, in its own sizes
_BATCH = 1 << 17  # bytes of messages that are handed over together: each turn costs a switch of processes
_JOB = 1 << 8  # bytes of what goes along with each
_AHEAD = 1 << 20  # bytes that are handed over and not answered; beyond that this process does the work itself
_MINE = 1_000  # what it does itself before it waits for what comes first
_READ = 1 << 16  # bytes that are taken out of a pipe at once
_PIPE = 1 << 20  # bytes that the pipes are asked to hold, so that neither end waits for the other one's turn
# Seconds without a sign, while this process only waits, after which the other one is given up. If it was only slow, its
# work is done twice, and nothing else is lost.
_PATIENCE = 10.0
_NAMESPACES = 1 << 12  # characters of namespaces around a message: bytes of it repeat them

# To import the packages as a whole takes ten times as long as what is needed of them: they stand in empty.
_START = """
import sys, types
received, sys.path[:] = sys.argv[1], sys.argv[2:]
for name in ("tidegate.intake", "tidegate.intake.wco"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [sys.path[0] + "/" + name.replace(".", "/")]
from tidegate.intake.wco.worker import main
main(received)
"""
_ROOT = str(Path(__file__).resolve().parents[3])


class Sharing:
    """Takes the messages of one file, and has in `said` what they say. The second process ends with its `with`."""

    def __init__(self, source: Source, received: date) -> None:
        large = source.size * (_UNPACKED if source.zipped else 1) >= LARGE
        self.said = Gathered(received)
        self._received = received
        self._second = _Second(received, begin=large and _spare())
        self._waiting: deque[bytes | Gathered] = deque()  # what comes next in `said`: frames, and what was done here
        self._ahead = 0  # bytes of the frames
        self._jobs: list[Job] = []
        self._held = 0  # bytes of the jobs

    def __enter__(self) -> Sharing:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._second.end()

    def take(self, found: Found, around: Row, odd: list[str]) -> None:
        """Take a message or a fault. `around` and `odd` are as in Gathered.message; nobody may change them any more."""
        if self._ahead < _AHEAD and self._second.ready():
            if not _laden(found):
                self._share(found, around, odd)
                return
            self.finish()
            self._second.end()
        self._hand_over()
        self._collect()
        if not self._waiting:
            mine = self.said
        elif isinstance(last := self._waiting[-1], Gathered):
            mine = last
        else:
            self._waiting.append(mine := Gathered(self._received))
        if found.fault is not None:
            mine.fault(found.fault.line, found.fault.what, found.fault.reason)
        elif found.element is not None:
            mine.message(found.element, found.line_of, around, odd)
        if mine is not self.said and mine.size >= _MINE:
            self._collect(_PATIENCE)

    def finish(self) -> None:
        """Have everything in `said`."""
        self._hand_over()
        self._collect(_PATIENCE)

    def _share(self, found: Found, around: Row, odd: list[str]) -> None:
        if found.fault is not None:
            self._jobs.append((found.fault.line, found.fault.what, found.fault.reason))
        elif found.element is not None:
            lines = [found.line_of(part) for part in found.element.iter(*LINED)]
            data = etree.tostring(found.element, encoding="utf-8", with_tail=False)
            self._jobs.append((data, lines, around, odd))
            self._held += len(data)
        self._held += _JOB
        if self._held >= _BATCH:
            self._hand_over()
            self._collect()

    def _hand_over(self) -> None:
        if self._jobs:
            frame = framed(self._jobs)
            self._jobs, self._held = [], 0
            self._waiting.append(frame)
            self._ahead += len(frame)
            self._second.ask(frame)

    def _collect(self, patience: float = 0.0) -> None:
        """Put what was answered into `said`, in the order of the file; with patience, wait for all that was asked."""
        while self._waiting:
            first = self._waiting[0]
            if isinstance(first, Gathered):
                plain = first.plain()
            else:
                answer = self._second.answer(patience)
                if answer is None and self._second.alive:
                    return
                plain = gathered(marshal.loads(first[LENGTH:]), self._received) if answer is None else answer
                self._ahead -= len(first)
            self._waiting.popleft()
            self.said.add(plain)


class _Second:
    """The second process: frames go down, and answers come up in their order, until it is ended or ends by itself.

    No pipe blocks but where `answer` is to wait, so that neither process can keep the other one from going on.
    """

    def __init__(self, received: date, *, begin: bool) -> None:
        self._received = received
        self._down: deque[memoryview] = deque()  # frames that are not in the pipe yet
        self._up = bytearray()  # what came and is no whole frame yet
        self._ready = False
        self._process = self._begun() if begin else None

    @property
    def alive(self) -> bool:
        return self._process is not None

    def _begun(self) -> subprocess.Popen[bytes] | None:
        # Not multiprocessing: that imports the caller's main module again, which may have no guard.
        path = [_ROOT, *map(os.path.abspath, sys.path)]
        command = [sys.executable, "-c", _START, self._received.isoformat(), *path]
        try:
            process = subprocess.Popen(
                command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError:
            return None  # no more processes here
        for pipe in _pipes(process):
            os.set_blocking(pipe, False)
            # Where a pipe cannot be made larger, there is more waiting.
            with suppress(AttributeError, OSError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
        return process

    def ready(self) -> bool:
        """Whether it takes frames: it has begun, and has not ended."""
        if self._process is not None and not self._ready:
            self._move()
            self._ready = self._frame() is not None
        return self._process is not None and self._ready

    def ask(self, frame: bytes) -> None:
        """Hand a frame over."""
        if self._process is not None:
            self._down.append(memoryview(frame))
            self._move()

    def answer(self, patience: float) -> Plain | None:
        """The next answer; None if it is not there: with patience the process has then ended."""
        frame = self._frame()
        self._move()
        while (frame := frame or self._frame()) is None and self._process is not None and patience:
            self._move(patience)
        return marshal.loads(frame) if frame else None

    def _frame(self) -> bytes | None:
        """The next whole frame that came, without its length."""
        end = LENGTH + int.from_bytes(self._up[:LENGTH], "big")
        if len(self._up) < end:
            return None
        frame = bytes(self._up[LENGTH:end])
        del self._up[:end]
        return frame

    def _move(self, patience: float = 0.0) -> None:
        """Put into the pipes and take out of them what goes; end the process where nothing goes any more."""
        if self._process is None:
            return
        down, up = _pipes(self._process)
        if patience:
            waiting = select.poll()
            waiting.register(up, select.POLLIN)
            if self._down:
                waiting.register(down, select.POLLOUT)
            if not waiting.poll(patience * 1000):
                self.end()
                return
        try:
            with suppress(BlockingIOError):
                while self._down:
                    self._down[0] = self._down[0][os.write(down, self._down[0]) :]
                    if not self._down[0]:
                        self._down.popleft()
            with suppress(BlockingIOError):
                came = os.read(up, _READ)
                self._up += came
                if not came:
                    self.end()
        except OSError:
            self.end()

    def end(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        self._down.clear()
        if process is not None:
            # With this the pipes are closed and the process is waited for.
            with process:
                process.kill()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The pipes down to a process and up from it."""
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin.fileno(), process.stdout.fileno()


def _spare() -> bool:
    """Whether a second core is likely to be there for us: two processes take a third more CPU than one."""
    if sys.platform == "win32":
        return False  # its pipes cannot be waited for
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        # One more may run than there are cores: this process has been counted itself.
        return cores > 1 and os.getloadavg()[0] <= cores + 1
    except OSError:
        return cores > 1


def _laden(found: Found) -> bool:
    """Whether so many namespaces are declared around a message that to repeat them for each one takes long."""
    around = None if found.element is None else found.element.getparent()
    return around is not None and sum(map(len, around.nsmap.values())) > _NAMESPACES
