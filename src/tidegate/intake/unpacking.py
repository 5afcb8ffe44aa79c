"""Unpacking gzip files from strangers: a file that swells beyond what any real table or message does is refused."""

from __future__ import annotations

import gzip
from typing import Any

from tidegate.errors import InputError

__all__ = ["FREE", "SWELL", "Unpacked"]

# Tables and messages shrink to a fifth or a thirtieth, the most repetitive to a hundredth; zeros to a thousandth.
SWELL = 250
FREE = 1 << 25  # bytes that any file may unpack to
_STEP = 1 << 20


class Unpacked(gzip.GzipFile):
    """A gzip file, opened for reading; raises InputError once it has given FREE bytes and SWELL times its packed size.

    However it is read, it unpacks at most one MiB between two looks at that.
    """

    _given = 0

    def _counted(self, data: bytes) -> bytes:
        self._given += len(data)
        if self._given > FREE and self._given > SWELL * self.fileobj.tell():  # type: ignore[union-attr]
            raise InputError(
                f"the gzip file unpacks to more than {SWELL} times its size, as no real file does; it is not read on.",
                where=str(self.name),
                hint="Ask the sender what it is; unpack it elsewhere if it is wanted.",
            )
        return data

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes, all that are left if it is negative."""
        parts: list[bytes] = []
        left = -1 if size is None or size < 0 else size
        while left and (part := self._counted(super().read(_STEP if left < 0 else min(left, _STEP)))):
            parts.append(part)
            left -= len(part) if left > 0 else 0
        return b"".join(parts)

    def read1(self, size: int = -1) -> bytes:
        """Return some bytes, with one read of the file at most."""
        return self._counted(super().read1(_STEP if size < 0 else min(size, _STEP)))

    def readline(self, size: int | None = -1) -> bytes:
        """Return one line, or up to `size` bytes of it."""
        parts: list[bytes] = []
        left = -1 if size is None or size < 0 else size
        while left and (part := self._counted(super().readline(_STEP if left < 0 else min(left, _STEP)))):
            parts.append(part)
            left -= len(part) if left > 0 else 0
            if part.endswith(b"\n"):
                break
        return b"".join(parts)

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as one `read` does; return how many bytes came."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)
