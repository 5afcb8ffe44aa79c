"""Files of lists, opened: whole, not too large, in the encoding that they should have."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tidegate.errors import ListError

__all__ = ["LARGEST", "LARGEST_TREE", "cells", "content", "document", "objects", "settings", "text"]

LARGEST = 1 << 28  # bytes of a file of rows that is read as one piece
# What is read into a tree takes many times its bytes of memory; the UN list has 2 MB.
LARGEST_TREE = 1 << 25
LONGEST = 1 << 24  # bytes of one line of JSON lines
_LARGEST_LINES = 1 << 33  # bytes of a file that is read line by line


def content(path: Path, largest: int = LARGEST) -> bytes:
    """Return the bytes of a file. Raises ListError where it cannot be read, is empty or too large."""
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise ListError(f"cannot be read: {error.strerror}.", where=str(path), hint="Check the file.") from error
    if len(data) > largest:
        what = f"larger than {largest >> 20} MiB."
        raise ListError(what, where=str(path), hint="Split the list into several files in a folder of their own.")
    if not data.strip():
        raise ListError("the file is empty.", where=str(path), hint="Fetch the list again.")
    return data


def text(path: Path, encoding: str = "utf-8-sig", largest: int = LARGEST) -> str:
    """Return a file's text. Raises ListError as `content` does, and for bytes that are not of the encoding."""
    data = content(path, largest)
    try:
        decoded = data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        what = f"not {name} text (byte {error.start + 1})."
        raise ListError(what, where=str(path), hint="Save the list in UTF-8, or name its encoding.") from error
    if not decoded.strip():
        raise ListError("the file is empty.", where=str(path), hint="Fetch the list again.")
    if "\0" in decoded:
        raise ListError("there are NUL characters in it.", where=str(path), hint="Save the list in UTF-8.")
    return decoded


def cells(path: Path, encoding: str = "utf-8-sig", delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of each row of a CSV file that is not blank.

    Raises ListError as `text` does, and for quotes that do not close: there the file was cut off.
    """
    reader = csv.reader(io.StringIO(text(path, encoding), newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        hint = "Fetch the list again; check its quotes."
        raise ListError(f"not CSV: {error}.", where=f"{path}, line {reader.line_num}", hint=hint) from error


def document(path: Path) -> Any:
    """Return a file's JSON. Raises ListError as `text` does, and for what is not JSON or is cut off."""
    written = text(path, largest=LARGEST_TREE)
    try:
        return json.loads(written)
    except (ValueError, RecursionError) as error:
        raise _not_json(error, str(path)) from error


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield (line number, object) of each line of a JSON-lines file; None where a line is not a JSON object.

    Raises ListError where the file is empty, too large or not UTF-8, and where the last line is cut off.
    """
    number = 0
    broken: ListError | None = None
    try:
        size = path.stat().st_size
        if not size:
            raise ListError("the file is empty.", where=str(path), hint="Fetch the list again.")
        if size > _LARGEST_LINES:
            raise ListError("larger than 8 GiB.", where=str(path), hint="Split the list into several files.")
        with path.open("rb") as file:
            while line := file.readline(LONGEST):
                number += 1
                where = f"{path}, line {number}"
                if len(line) == LONGEST:
                    raise ListError("a line is longer than 16 MiB.", where=where, hint="Fetch the list again.")
                broken = None
                if not line.strip():
                    continue
                try:
                    record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                except UnicodeDecodeError as error:
                    raise ListError("not UTF-8 text.", where=where, hint="Save the list in UTF-8.") from error
                except (ValueError, RecursionError) as error:
                    broken = _not_json(error, where)
                    record = None
                yield number, record if isinstance(record, dict) else None
    except OSError as error:
        raise ListError(f"cannot be read: {error.strerror}.", where=str(path), hint="Check the file.") from error
    if broken is not None:
        raise broken


def settings(path: Path) -> dict[str, Any]:
    """Return a TOML file. Raises ListError as `text` does, and for what is not TOML."""
    try:
        return tomllib.loads(text(path, largest=LARGEST_TREE))
    except (ValueError, RecursionError) as error:
        raise ListError(f"not TOML: {error}.", where=str(path), hint="Correct that line.") from error


def _not_json(error: Exception, where: str) -> ListError:
    if isinstance(error, json.JSONDecodeError):
        what = f"not JSON, or cut off: {error.msg} (line {error.lineno}, column {error.colno})."
    elif isinstance(error, RecursionError):
        what = "not a list: its JSON is nested too deeply."
    else:
        what = "not JSON: it holds a number of too many digits."
    return ListError(what, where=where, hint="Fetch the list again.")
