"""A counters file: named arrays behind a header, written whole or not at all, with a checksum over everything."""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import CountersError

__all__ = ["read_archive", "seal", "write_archive"]

Arrays = dict[str, NDArray[Any]]

FORMAT = 3
MAGIC = b"TIDEGATE-COUNTERS"
SEAL_BYTES = 32
AGAIN = "Make the counters again from the lines and findings they were made of."


def _header(arrays: Arrays) -> bytes:
    columns = [[name, array.dtype.str, len(array)] for name, array in arrays.items()]
    return MAGIC + b"\n" + json.dumps({"format": FORMAT, "columns": columns}).encode() + b"\n"


def seal(arrays: Arrays) -> bytes:
    """BLAKE2b-256 of header and arrays, in the order given: checksum of the file, and version of its content."""
    checksum = blake2b(_header(arrays), digest_size=SEAL_BYTES)
    for array in arrays.values():
        checksum.update(np.ascontiguousarray(array).data)
    return checksum.digest()


def write_archive(path: Path, arrays: Arrays) -> None:
    """Write to a temporary file beside `path`, flush it to the disk, and put it in place in one step."""
    passing = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with passing.open("wb") as file:
            file.write(_header(arrays))
            for array in arrays.values():
                file.write(np.ascontiguousarray(array).data)
            file.write(seal(arrays))
            file.flush()
            os.fsync(file.fileno())
        os.replace(passing, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        passing.unlink(missing_ok=True)
        raise CountersError(f"cannot be written: {error.strerror}.", where=str(path)) from error


def read_archive(path: Path, columns: dict[str, str]) -> Arrays:
    """Read arrays of just these names and types. Raises CountersError for a missing, damaged, cut or foreign file."""
    try:
        with path.open("rb") as file:
            if file.readline(len(MAGIC) + 1) != MAGIC + b"\n":
                raise CountersError("is not a counters file.", where=str(path))
            lengths = _lengths(file.readline(1 << 16), columns, path)
            size = sum(length * np.dtype(columns[name]).itemsize for name, length in lengths.items())
            if path.stat().st_size - file.tell() != size + SEAL_BYTES:
                raise CountersError("is cut short or has something appended.", where=str(path), hint=AGAIN)
            arrays = {name: np.fromfile(file, columns[name], length) for name, length in lengths.items()}
            if file.read() != seal(arrays):
                raise CountersError("is damaged: its checksum does not fit.", where=str(path), hint=AGAIN)
    except OSError as error:
        raise CountersError(f"cannot be read: {error.strerror}.", where=str(path)) from error
    return arrays


def _lengths(header: bytes, columns: dict[str, str], path: Path) -> dict[str, int]:
    """Rows of each array, as the header tells."""
    try:
        told = json.loads(header)
        made, held = told["format"], [(str(name), str(dtype), int(length)) for name, dtype, length in told["columns"]]
    except (ValueError, TypeError, KeyError) as error:
        raise CountersError("is damaged: its header cannot be read.", where=str(path), hint=AGAIN) from error
    if made != FORMAT:
        raise CountersError(f"is of format {made}; this Tidegate reads format {FORMAT}.", where=str(path), hint=AGAIN)
    if [(name, dtype) for name, dtype, _ in held] != list(columns.items()):
        raise CountersError("holds other columns than this Tidegate keeps.", where=str(path), hint=AGAIN)
    return {name: length for name, _, length in held}
