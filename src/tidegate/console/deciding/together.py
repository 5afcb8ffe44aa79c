"""Together: messages that came at the same time are stored, decided and kept in one transaction.

Of a small message most of the cost is in beginning: reading, asking the database, committing. What a message comes to
does not depend on its company; whatever is not plain (a fault, an amendment, something known, an office that is not the
sender's) is left to `receive`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tidegate.assessment import fitted
from tidegate.assessment.engine import joined_schema
from tidegate.console.clock import today
from tidegate.console.deciding.copying import copy_objects, number
from tidegate.console.deciding.decider import decider, in_force
from tidegate.console.deciding.editions import engine_of
from tidegate.console.deciding.keeping import keep_decisions, keep_declarations, message
from tidegate.console.deciding.receiving import Receipt, marked, qualities, tell_quality
from tidegate.console.deciding.versions import ADDED, hold, known_of
from tidegate.console.register.models import Message
from tidegate.intake import Intake, Plain, Several, plain_of, read_bytes, read_plain, together

__all__ = ["MANY", "SMALL", "Posted", "posted", "receive_together"]


SMALL = 32_768  # bytes of a message that is sooner read as plain values than as a table
MANY = 5_000  # lines in which there is no more to be saved by company


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of `sender`, as `receive` is given it, and what stands in it."""

    body: bytes
    form: str
    sender: str
    offices: Sequence[str] | None
    plain: Plain


def posted(body: bytes, form: str, sender: str, offices: Sequence[str] | None = None) -> Posted | Intake | None:
    """A message that others may be taken in with. Otherwise it is to be received: with what was read of it, where
    that is what `receive` reads. Raises the errors of the library."""
    came = None
    if len(body) <= SMALL:
        plain = read_plain(body, form=form, received=today())
    else:
        came = read_bytes(body, form=form, received=today())
        plain = plain_of(came)
    if plain is None or len(plain.lines) > MANY or any(name in plain.extra for name in ADDED):
        return came
    joined_schema(plain.extra)  # no column may bear a name that the assessment gives itself
    return Posted(body, form, sender, offices, plain)


def receive_together(messages: Sequence[Posted]) -> list[Receipt | None]:
    """Take in messages in the transaction of the caller.

    What became of each; None: `receive` it by itself, nothing of it was kept. Raises the errors of the library and of
    the database: then nothing of any may be kept.
    """
    receipts: list[Receipt | None] = [None] * len(messages)
    came = together([one.plain for one in messages])
    if not came.of:
        return receipts
    edition = in_force()
    engine = engine_of(edition)
    if apart := _not_plain(messages, came.lines, came.of):
        came = came.only(set(came.read) - apart)
        if not came.of:
            return receipts
    of = came.of
    sources = {
        place: message(messages[place].body, messages[place].form, messages[place].sender)
        for place in sorted(set(of.values()))
    }
    _tell_quality(sources, came)
    kept = [*sources.values()]
    number(kept)
    copy_objects(kept)
    at = max(source.received_at for source in kept)
    lines = marked(came.lines, {}, {}, engine, at)
    seen = decider().see(fitted(lines, engine), edition)
    by_declaration = {declaration: sources[place] for declaration, place in of.items()}
    for place, source in sources.items():
        receipts[place] = Receipt(source)
    declarations = keep_declarations(lines, seen.heads, by_declaration, at)
    for one in keep_decisions(declarations, seen.decide(), edition):
        receipt = receipts[of[one.declaration.number]]
        assert receipt is not None
        receipt.kept.append(one)
    return receipts


def _not_plain(messages: Sequence[Posted], lines: pl.DataFrame, of: Mapping[str, int]) -> set[int]:
    """The messages with a declaration that the register knows, that another refers to, that disagrees with itself, or
    that is not theirs."""
    apart = set()
    names: dict[str, set[int]] = {}
    said: dict[str, tuple[Any, Any]] = {}
    asked = ["declaration_id", "lodged_on", "office", *(["message_id"] if "message_id" in lines.columns else [])]
    for declaration, day, office, *reference in lines.select(asked).unique(maintain_order=True).iter_rows():
        place = of[declaration]
        mine = messages[place].offices
        if said.setdefault(declaration, (day, office)) != (day, office) or (mine is not None and office not in mine):
            apart.add(place)
        for name in (declaration, *reference):
            if name is not None:
                names.setdefault(name, set()).add(place)
    hold(names)
    for name in known_of(names) | {name for name in of if len(names[name]) > 1}:
        apart |= names[name]
    return apart


def _tell_quality(sources: Mapping[int, Message], came: Several) -> None:
    place = {of_message: at for at, of_message in enumerate(sources)}
    of = np.array([place[came.of[declaration]] for declaration in came.lines["declaration_id"].to_list()], np.intp)
    kept = np.bincount(of, minlength=len(place)).tolist()
    told = zip(sources.items(), qualities(came.lines, of, len(place)), kept, strict=True)
    for (of_message, source), usable, count in told:
        tell_quality(source, usable, came.read[of_message], count)
