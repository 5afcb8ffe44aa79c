"""Day keys: the secret behind the draw of one day, its commitment before the day, and the tickets that it gives.

    day key     HMAC-SHA256(master key, "tidegate day key 1|2026-03-02")
    commitment  SHA-256("tidegate commitment 1|2026-03-02|" + day key), in hex, published before the day begins
    ticket      first 8 bytes of HMAC-SHA256(day key, declaration id), scaled into [0, 1)
    points      the next three times 4 bytes of the same HMAC, whole numbers below 2**32: one for each channel
    start       first 4 bytes of HMAC-SHA256(day key, "\\0start|" + channel + "|" + office): where the wheel stands

Nobody without the key can foresee a ticket (HMAC, RFC 2104); nobody can change the key once its commitment is out;
and when the day is over the day key is revealed, which tells nothing about any other day's.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import InputError

__all__ = ["DayKeys", "Keys", "RevealedKeys", "commitment", "lots", "start", "tickets"]

KEY_BYTES = 32


class Keys(Protocol):
    """Whatever knows the key of a day: the node itself (DayKeys) or, afterwards, anybody (RevealedKeys)."""

    def key(self, day: date) -> bytes:
        """The 32 bytes of the day."""


class DayKeys:
    """The day keys of a node, from its secret master key of 32 bytes. Never printed, never logged.

    Raises InputError when the master key has another length.
    """

    __slots__ = ("_master",)

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise InputError(
                f"a master key has {KEY_BYTES} bytes, not {len(master)}.", hint="Make one: DayKeys.create."
            )
        self._master = master

    @classmethod
    def create(cls, path: str | Path) -> DayKeys:
        """Make a new master key from the system's randomness and write it, in hex, to a file only its owner can read.

        Raises InputError when the file exists: a node that loses its key can never show that its draws were fair.
        """
        keys = cls(secrets.token_bytes(KEY_BYTES))
        keys.save(path)
        return keys

    def save(self, path: str | Path) -> None:
        """Write the master key as `create` does. Raises InputError."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        except FileExistsError:
            raise InputError(
                "a master key is here already.", where=str(path), hint="It is never overwritten."
            ) from None
        except OSError as error:
            raise InputError(
                f"cannot be written: {error.strerror}.", where=str(path), hint="Choose another place."
            ) from error
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(self._master.hex() + "\n")

    @classmethod
    def load(cls, path: str | Path) -> DayKeys:
        """Read a master key. Raises InputError when it cannot be read, is no key, or others may read it."""
        try:
            text = Path(path).read_text(encoding="ascii").strip()
            shared = os.name == "posix" and Path(path).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("no master key can be read.", where=str(path), hint="Make one: DayKeys.create.") from error
        if shared:
            raise InputError("others may read the master key.", where=str(path), hint="Run chmod 600 on it.")
        try:
            return cls(bytes.fromhex(text))
        except (ValueError, InputError):
            # The cause would carry the text of the key into a traceback.
            raise InputError(
                f"is not a master key of {KEY_BYTES} bytes in hex.", where=str(path), hint="Restore it from its copy."
            ) from None

    @classmethod
    def demo(cls, seed: int) -> DayKeys:
        """Keys that anybody can derive: for demonstrations, simulations and tests, never for a port."""
        return cls(hashlib.sha256(f"tidegate demo master|{seed}".encode()).digest())

    def key(self, day: date) -> bytes:
        """The 32 bytes of the day; secret until the day is over."""
        return hmac.digest(self._master, f"tidegate day key 1|{day.isoformat()}".encode(), "sha256")

    def commitment(self, day: date) -> str:
        """What is published before the day begins."""
        return commitment(day, self.key(day))

    def reveal(self, days: Iterable[date]) -> dict[date, str]:
        """The day keys in hex, to be published when the days are over."""
        return {day: self.key(day).hex() for day in days}

    def __repr__(self) -> str:
        return "DayKeys(secret)"

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("a master key is not copied or pickled; pass revealed keys instead")


class RevealedKeys:
    """Day keys that were published, day to hex. Raises InputError for what is no key, or a day that is not there."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[date, str]) -> None:
        self._keys: dict[date, bytes] = {}
        for day, text in keys.items():
            try:
                self._keys[day] = bytes.fromhex(text)
            except ValueError:
                self._keys[day] = b""
            if len(self._keys[day]) != KEY_BYTES:
                raise InputError("is not a day key in hex.", where=day.isoformat(), hint="Ask for it again.")

    def key(self, day: date) -> bytes:
        """The 32 bytes of the day."""
        try:
            return self._keys[day]
        except KeyError:
            raise InputError("no key was revealed for this day.", where=day.isoformat(), hint="Ask for it.") from None


def commitment(day: date, key: bytes) -> str:
    """SHA-256 of a day's key under its domain label, in hex."""
    return hashlib.sha256(f"tidegate commitment 1|{day.isoformat()}|".encode() + key).hexdigest()


def tickets(key: bytes, ids: Iterable[str]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """For n declaration ids: their tickets, float64[n] in [0, 1), and their points, int64[3, n], 0 to 2**32 - 1.

    A ticket is 53 of the first 64 bits of the HMAC, exact in a float64. The two halves of HMAC are set up once
    and copied, which is what makes 400,000 of them a matter of half a second.
    """
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key.ljust(64, b"\0")))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key.ljust(64, b"\0")))
    digests = bytearray()
    for text in ids:
        first, second = inner.copy(), outer.copy()
        first.update(text.encode())
        second.update(first.digest())
        digests += second.digest()
    words = np.frombuffer(digests, dtype=">u4").reshape(-1, 8).T.astype(np.uint64)
    ticket = ((words[0] << np.uint64(32) | words[1]) >> np.uint64(11)).astype(np.float64) / 2.0**53
    return ticket, words[2:5].astype(np.int64)


def lots(declarations: pl.DataFrame, keys: Keys) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.object_]]:
    """Ticket, points and commitment of each of n declarations (declaration_id, lodged_on): [n], [3, n] and [n]."""
    ticket, point = np.empty(declarations.height), np.empty((3, declarations.height), np.int64)
    sealed = np.empty(declarations.height, dtype=object)
    named = declarations.select("lodged_on", "declaration_id").with_row_index("row")
    for day, rows, ids in named.group_by("lodged_on").agg(pl.all()).iter_rows():
        key = keys.key(day)
        ticket[rows], point[:, rows] = tickets(key, ids)
        sealed[rows] = commitment(day, key)
    return ticket, point, sealed


def start(key: bytes, channel: str, office: str | None) -> int:
    """Where the wheel of one office and channel stands before the first declaration, 0 to 2**32 - 1."""
    # A NUL stands in no declaration id and no office code, so that no ticket can be made to equal a start.
    digest = hmac.digest(key, f"\0start|{channel}|{chr(0) if office is None else office}".encode(), "sha256")
    return int.from_bytes(digest[:4], "big")
