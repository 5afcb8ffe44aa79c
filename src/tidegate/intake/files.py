"""What lies on disk: files, folders and patterns become a list of sources, each told apart by its content."""

from __future__ import annotations

import glob
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, cast

from tidegate.errors import InputError
from tidegate.intake.unpacking import Unpacked

__all__ = ["ENDINGS", "Paths", "Source", "contents", "find", "held", "listed", "reading"]

Paths = str | Path | Sequence[str | Path]
# csv, ndjson, parquet, arrow, or the name of a format of messages.
Form = str
# Of each format of messages: its name, its endings, and what finds out from a file's first bytes whether it is one.
Known = Sequence[tuple[str, tuple[str, ...], Callable[[bytes], str]]]

# Endings of the files that are taken from a folder; a file that is named itself may have any.
ENDINGS: tuple[str, ...] = (
    ".csv", ".tsv", ".txt", ".ndjson", ".jsonl", ".parquet", ".arrow", ".ipc", ".feather",
    ".csv.gz", ".tsv.gz", ".txt.gz", ".ndjson.gz", ".jsonl.gz",
)  # fmt: skip

_HEAD = 1 << 16
_PLAIN = bytes({7, 8, 9, 10, 12, 13, 27} | set(range(32, 256)))

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (
        b"PK\x03\x04",
        "a zip archive or an Excel workbook",
        "Archives are not read: unpack it, or save the sheet as CSV.",
    ),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV."),
    (b"%PDF", "a PDF document", "Ask for the table itself, as CSV or Parquet."),
    (b"<", "XML or HTML of no kind that intake knows", "See docs/intake.md for the messages that it reads."),
    (b"[", "a JSON array", "Write it as NDJSON: one object a line."),
    (b"\xff\xff\xff\xff", "an Arrow stream", "Write it as an Arrow file (IPC file format)."),
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file. `encoding` is what its first bytes tell, empty if nothing; `size` is in bytes, as it lies on disk.

    `what` says what kind of message it holds, empty for a table. `body`: what came without lying on disk; its
    name is then all that `path` is.
    """

    path: Path
    form: Form
    size: int
    zipped: bool = False
    encoding: str = ""
    what: str = ""
    body: bytes | None = field(default=None, repr=False)


def find(paths: Paths, known: Known = ()) -> list[Source]:
    """Return the files that `paths` name, in the order given, a folder's and a pattern's sorted by name, none twice.

    A folder gives its own files with one of ENDINGS or of a `known` format, hidden ones left out. Raises InputError for
    a path that is not there, a folder or pattern without files, an empty file and a file of a form that intake cannot
    read.
    """
    return [_sniff(file, known) for file in listed(paths, known)]


def listed(paths: Paths, known: Known = ()) -> list[Path]:
    """Return the files as `find`, without a look into them. Raises InputError for what is not there."""
    wanted = [paths] if isinstance(paths, (str, Path)) else list(paths)
    if not wanted:
        raise InputError("no file was named.", hint="Name at least one file, folder or pattern.")
    endings = (*ENDINGS, *(ending + zipped for _, own, _ in known for ending in own for zipped in ("", ".gz")))
    found = {file.resolve(): file for path in wanted for file in _files(Path(path), endings)}
    return list(found.values())


def _files(path: Path, endings: tuple[str, ...]) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if _is_one(file, endings))
        if not files:
            hint = f"Looked for {', '.join(e for e in dict.fromkeys(endings) if not e.endswith('.gz'))}."
            if below := next((file for file in path.rglob("*") if _is_one(file, endings)), None):
                hint += f" For files of the folders in it, name a pattern, between quotes: '{path}/**/*{below.suffix}'."
            raise InputError("the folder has no file to read.", where=str(path), hint=hint)
        return files
    if path.exists():
        return [path]
    if glob.has_magic(str(path)):
        files = sorted(Path(name) for name in glob.glob(str(path), recursive=True) if Path(name).is_file())
        if not files:
            raise InputError("no file fits this pattern.", where=str(path), hint="Check the folder and the pattern.")
        return files
    raise InputError("there is no such file or folder.", where=str(path), hint="Check the path.")


def _is_one(file: Path, endings: tuple[str, ...]) -> bool:
    return file.is_file() and not file.name.startswith(".") and file.name.lower().endswith(endings)


def _sniff(path: Path, known: Known) -> Source:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, size - 6))
            tail = file.read()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}.", where=str(path), hint="Check its permissions."
        ) from error
    return _told_apart(Source(path, "", size), head, tail, known)


def held(body: bytes, name: str, known: Known = ()) -> Source:
    """The source of bytes in memory, as `find` has it of a file; errors call it `name`. Raises InputError."""
    source = Source(Path(name), "", len(body), body=body)
    return _told_apart(source, body[:_HEAD], body[-6:], known)


def _told_apart(source: Source, head: bytes, tail: bytes, known: Known) -> Source:
    """The source with all that its first and last bytes tell of it."""
    path = source.path
    if not head:
        raise InputError("the file is empty.", where=str(path), hint="Export it again.")
    zipped = head.startswith(b"\x1f\x8b")
    if zipped:
        with contents(replace(source, zipped=True)) as file:
            head = file.read(_HEAD)
        if not head:
            raise InputError("the file is empty once unpacked.", where=str(path), hint="Export it again.")
    if head.startswith(b"PAR1"):
        _whole(path, tail.endswith(b"PAR1"), "Parquet")
        return replace(source, form="parquet")
    if head.startswith(b"ARROW1"):
        _whole(path, tail.endswith(b"ARROW1"), "Arrow")
        return replace(source, form="arrow")
    encoding = _encoding(head)
    for name, _, detect in known:
        if what := detect(head):
            return replace(source, form=name, zipped=zipped, encoding=encoding, what=what)
    if encoding in ("", "utf-8"):
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        for magic, what, hint in _FOREIGN:
            if start.startswith(magic):
                raise InputError(f"this is {what}, not a table that intake reads.", where=str(path), hint=hint)
        if len(head.translate(None, _PLAIN)) > len(head) / 20:
            raise InputError(
                "this is a binary file, not a table that intake reads.",
                where=str(path),
                hint="Intake reads CSV, NDJSON, Parquet and Arrow files.",
            )
        if start.startswith(b"{"):
            return replace(source, form="ndjson", zipped=zipped, encoding=encoding)
    return replace(source, form="csv", zipped=zipped, encoding=encoding)


def _whole(path: Path, whole: bool, form: str) -> None:
    if not whole:
        raise InputError(f"the {form} file is cut off: its footer is missing.", where=str(path), hint="Copy it again.")


def _encoding(head: bytes) -> str:
    """Encoding by byte order mark; without one, UTF-16 shows by the NUL in every other byte of plain letters."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    if head[1::2].count(0) > pairs * 0.4 and head[::2].count(0) == 0:
        return "utf-16-le"
    if head[::2].count(0) > pairs * 0.4 and head[1::2].count(0) == 0:
        return "utf-16-be"
    return ""


def contents(source: Source) -> AbstractContextManager[BinaryIO]:
    """Open a source as `reading` does a file."""
    return reading(source.path, zipped=source.zipped, body=source.body)


@contextmanager
def reading(path: Path, *, zipped: bool = False, body: bytes | None = None) -> Iterator[BinaryIO]:
    """Open a file, or `body`, for reading, unpacked; a cut, damaged or swelling gzip file becomes an InputError."""
    try:
        raw = path.open("rb") if body is None else io.BytesIO(body)
        with raw, Unpacked(path, fileobj=raw) if zipped else raw as file:
            yield cast(BinaryIO, file)
    except EOFError as error:
        raise InputError("the gzip file is cut off.", where=os.fspath(path), hint="Copy it again.") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"the gzip file is damaged: {error}.", where=os.fspath(path), hint="Copy it again.") from error
