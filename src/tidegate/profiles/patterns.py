"""LIKE patterns and regular expressions: what is let in, and one meaning for both in every engine."""

from __future__ import annotations

import re

import polars as pl

__all__ = ["PatternRefusedError", "like_regex", "like_segments", "regular"]

# DuckDB (RE2) reads these as ASCII, Polars (Rust) as Unicode; spelled out, both agree.
_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_PLAIN_ESCAPES = "ntrf"
_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d{1,4})(?:,(\d{0,4}))?\})\??")
_LARGEST_REPEAT = 1000


class PatternRefusedError(ValueError):
    """A pattern outside the common ground of the engines: (what, offset in the pattern)."""

    def __init__(self, what: str, offset: int) -> None:
        self.what = what
        self.offset = offset
        super().__init__(what, offset)


def like_segments(pattern: str, escape: str) -> list[str | None]:
    """Split a LIKE pattern into literal texts, `"%"` as None, and `_` as an empty text.

    Raises PatternRefusedError where the escape character ends the pattern.
    """
    segments: list[str | None] = []
    literal = ""
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if escape and character == escape:
            position += 1
            if position == len(pattern):
                raise PatternRefusedError("the pattern ends with its escape character.", position - 1)
            literal += pattern[position]
        elif character in "%_":
            if literal:
                segments.append(literal)
                literal = ""
            if character == "_":
                segments.append("")
            elif not segments or segments[-1] is not None:
                segments.append(None)
        else:
            literal += character
        position += 1
    if literal:
        segments.append(literal)
    return segments


def like_regex(pattern: str, escape: str) -> str:
    """The regular expression (Rust or Python) that a LIKE pattern means."""
    parts = (".*" if part is None else (re.escape(part) if part else ".") for part in like_segments(pattern, escape))
    return rf"(?s)\A{''.join(parts)}\z"


def regular(pattern: str) -> str:
    """Return `pattern` spelled so that Rust's and RE2's engines, both linear in time, read it alike.

    Let in: literals, `.`, classes, groups, alternatives, `^ $`, `* + ? {m,n}` and their lazy forms,
    `\\d \\w \\s` (ASCII), `\\b`, and escaped punctuation. Raises PatternRefusedError for the rest.
    """
    out: list[str] = []
    position = 0
    repeatable = False
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            piece, position = _escape(pattern, position)
            repeatable = piece != _BOUNDARY
        elif character == "[":
            piece, position = _class(pattern, position)
            repeatable = True
        elif character == "(":
            if pattern.startswith("(?", position) and not pattern.startswith("(?:", position):
                raise PatternRefusedError("only plain groups ( ) and (?: ) are let in.", position)
            piece = "(?:"
            position += 3 if pattern.startswith("(?:", position) else 1
            repeatable = False
        elif character in "*+?{":
            piece, position = _quantifier(pattern, position, repeatable)
            repeatable = False
        else:
            piece = r"\}" if character == "}" else r"\]" if character == "]" else character
            position += 1
            repeatable = character not in "^$|"
        out.append(piece)
    cleared = "".join(out)
    try:
        pl.Series([""]).str.contains(cleared)
    except pl.exceptions.ComputeError as error:
        raise PatternRefusedError(f"not a regular expression ({str(error).splitlines()[-1]}).", 0) from error
    return cleared


_BOUNDARY = r"(?-u:\b)"


def _escape(pattern: str, position: int) -> tuple[str, int]:
    following = pattern[position + 1 : position + 2]
    if following in _CLASSES and following:
        return f"[{_CLASSES[following]}]", position + 2
    if following.lower() in _CLASSES and following:
        return f"[^{_CLASSES[following.lower()]}]", position + 2
    if following == "b":
        return _BOUNDARY, position + 2
    return _character(pattern, position)


def _character(pattern: str, position: int) -> tuple[str, int]:
    """An escape that stands for one character, in a class or outside."""
    following = pattern[position + 1 : position + 2]
    if following and (following in _PLAIN_ESCAPES or (following.isascii() and not following.isalnum())):
        return (re.escape(following) if following not in _PLAIN_ESCAPES else f"\\{following}"), position + 2
    raise PatternRefusedError(f"the escape \\{following} is not let in.", position)


def _class(pattern: str, position: int) -> tuple[str, int]:
    start = position
    position += 1
    out = ["["]
    if pattern.startswith("^", position):
        out.append("^")
        position += 1
    first = position
    while position < len(pattern):
        character = pattern[position]
        if character == "]" and position > first:
            return "".join(out) + "]", position + 1
        if character in "[]":
            raise PatternRefusedError(f"write \\{character} for a bracket inside a class.", position)
        if character == "\\":
            following = pattern[position + 1 : position + 2]
            if following and following in _CLASSES:
                out.append(_CLASSES[following])
                position += 2
                continue
            piece, position = _character(pattern, position)
            out.append(piece)
            continue
        # Rust gives && ~~ -- a meaning inside classes; escaped they are plain.
        plain_hyphen = character == "-" and (position == first or pattern.startswith("-]", position))
        out.append(f"\\{character}" if character in "&~" or plain_hyphen else character)
        position += 1
    raise PatternRefusedError("the class [ is not closed.", start)


def _quantifier(pattern: str, position: int, repeatable: bool) -> tuple[str, int]:
    found = _QUANTIFIER.match(pattern, position)
    if not found or not repeatable:
        raise PatternRefusedError(f"{pattern[position]} has nothing to repeat; write \\{pattern[position]}.", position)
    if max(int(number) for number in (found[1] or "0", found[2] or "0")) > _LARGEST_REPEAT:
        raise PatternRefusedError(f"more than {_LARGEST_REPEAT} repeats.", position)
    return found[0], found.end()
