"""Bytes of any encoding become UTF-8 with one kind of line end, a block at a time."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator

import numpy as np

from tidegate.errors import InputError
from tidegate.intake.files import Source, contents
from tidegate.intake.row_ends import windows

__all__ = ["BLOCK", "blocks", "composed", "undecodable"]

BLOCK = 1 << 23  # bytes of a file that are read at once; of twice as many and of half, CSV is a tenth slower

# First bytes in UTF-8 of all characters that NFC changes or that compose with one before them. Two of these bytes are
# common in Vietnamese letters, dashes and quotation marks too, so there the bytes after them are looked at; one of
# them stands in every third word, so that an array tells it in half the time of an expression.
_SUSPECT = (*b"\xcc\xcd\xce\xd2\xd6\xd7\xd8\xd9\xdb\xdc\xdd\xdf\xe0\xe3\xea", *range(0xED, 0xF5))
_VIETNAMESE, _AFTER = 0xE1, (0xB8, 0xBB)
_DASHES = re.compile(rb"\xe2(?:\x80[\x80\x81]|[^\x80-\x82\x86-\x89\x94-\x98])")


def blocks(source: Source, declared: str = "") -> Iterator[tuple[bytes, int]]:
    """Yield (text as UTF-8 with \\n line ends, bytes of the file read so far); concatenated they are the file.

    What the first bytes of the file tell counts more than the `declared` encoding; UTF-8 is meant where neither says.
    A block may end anywhere. UTF-8 passes as it is: whoever parses it finds what is no UTF-8.
    Raises InputError for bytes that the encoding does not have.
    """
    encoding = source.encoding or declared or "utf-8"
    decoder = None if _is_utf8(encoding) else codecs.getincrementaldecoder(encoding)()
    done, held = 0, b""
    with contents(source) as file:
        while True:
            read = file.read(BLOCK)
            block = read
            if decoder is not None:
                try:
                    block = decoder.decode(read, final=not read).encode()
                except UnicodeError as error:
                    raise undecodable(source, encoding, f"near byte {done + 1}") from error
            if done == 0:
                block = block.removeprefix(codecs.BOM_UTF8)
            done += len(read)
            block = held + block
            # A carriage return at the very end may be half of a line end.
            held = b"\r" if read and block.endswith(b"\r") else b""
            block = block[: len(block) - len(held)]
            if b"\r" in block:
                block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if block:
                # Of a packed file, the place in its packed bytes.
                yield block, getattr(file, "fileobj", file).tell()
            if not read:
                return


def composed(text: bytes) -> bytes:
    """Return UTF-8 text with letters and accents composed (NFC), as Windows-1258 and some systems split them.

    Raises UnicodeDecodeError for text that is not UTF-8 and would have to be looked at as text.
    """
    if text.isascii() or not _suspect(text):
        return text
    letters = text.decode()
    return text if unicodedata.is_normalized("NFC", letters) else unicodedata.normalize("NFC", letters).encode()


def _suspect(text: bytes) -> bool:
    """Whether there may be something to compose: most text is told by its bytes, without decoding it."""
    if any(byte in text for byte in _SUSPECT) or (b"\xe2" in text and _DASHES.search(text)):
        return True
    least, most = _AFTER
    # Below the least, the difference of bytes is a large one.
    return any(
        ((part[:-1] == _VIETNAMESE) & (part[1:] - np.uint8(least) > most - least)).any()
        for _, part in windows(text, more=1)
    )


def undecodable(source: Source, encoding: str, place: str) -> InputError:
    """The error for bytes that are not of the encoding, at a place of the file."""
    return InputError(
        f"there are bytes that are not {encoding} text.",
        where=f"{source.path}, {place}",
        hint='If the file is in another encoding, name it in the mapping: [csv] encoding = "windows-1258".',
    )


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii")
