"""Writing interchanges: messages get their envelopes, counts and references, and the character set that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tidegate.intake.edifact.syntax import Signs, latin, text_of

__all__ = ["NODE", "Outgoing", "interchange", "save"]

NODE = "TIDEGATE"  # sender of what is written, where nobody says otherwise
_THREE = Signs()
_FOUR = Signs(repetition="*")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be written: its type with version, release and agency ("CUSDEC:D:99B:UN"), and its segments."""

    kind: str
    segments: Sequence[Sequence[Sequence[str]]]


def interchange(
    messages: Sequence[Outgoing], reference: str, made_at: datetime, *, recipient: Sequence[str], sender: str = NODE
) -> bytes:
    """Return one interchange: UNOC (ISO 8859-1) of syntax version 3; UNOW (UTF-8) of version 4 where that is too small.

    `reference` has at most 14 characters. A message's reference is its number.
    """
    bodies = [[*message.segments] for message in messages]
    plain = all(latin(part) for body in bodies for segment in body for parts in segment for part in parts)
    plain = plain and all(map(latin, (*recipient, sender)))
    signs, syntax = (_THREE, ["UNOC", "3"]) if plain else (_FOUR, ["UNOW", "4"])
    day = made_at.strftime("%y%m%d" if plain else "%Y%m%d")
    head = [["UNB"], syntax, [sender], [*recipient], [day, made_at.strftime("%H%M")], [reference]]
    written = [text_of(head, signs)]
    for number, (message, body) in enumerate(zip(messages, bodies, strict=True), 1):
        written.append(text_of([["UNH"], [str(number)], message.kind.split(":")], signs))
        written += [text_of(segment, signs) for segment in body]
        written.append(text_of([["UNT"], [str(len(body) + 2)], [str(number)]], signs))
    written.append(text_of([["UNZ"], [str(len(messages))], [reference]], signs))
    advice = (
        f"UNA{signs.component}{signs.data}{signs.decimal}{signs.release}{signs.repetition or ' '}{signs.terminator}"
    )
    return "\n".join([advice, *written, ""]).encode("iso8859-1" if plain else "utf-8")


def save(folder: Path, name: str, interchanges: Sequence[bytes]) -> list[Path]:
    """Write interchanges into one file of a folder, which is made; return it, or nothing where there are none."""
    if not interchanges:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(b"".join(interchanges))
    return [path]
