"""Together: messages that came at the same time are stored, decided and kept in one transaction.

Of a small message most of the cost is in beginning: reading, asking the database, committing. What a message comes to
does not depend on its company; whatever is not plain (a fault, an amendment, something known, an office that is not the
sender's) is left to `receive`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tidegate.assessment import fitted
from tidegate.assessment.engine import joined_schema
from tidegate.console.clock import today
from tidegate.console.deciding.decider import decider, in_force
from tidegate.console.deciding.editions import engine_of
from tidegate.console.deciding.keeping import keep, message
from tidegate.console.deciding.receiving import Receipt, marked, tell_quality
from tidegate.console.deciding.versions import ADDED, hold, known_of
from tidegate.console.register.models import Message
from tidegate.intake import Several, read_several

__all__ = ["Posted", "read_together", "receive_together"]

NUMBER = "\0number"  # of the message of a line


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of `sender`, as `receive` is given it."""

    body: bytes
    form: str
    sender: str
    offices: Sequence[str] | None = None


def read_together(posted: Sequence[Posted]) -> Several:
    """Read messages of one form, before any transaction. Raises the errors of the library: then each by itself."""
    came = read_several([one.body for one in posted], form=posted[0].form, received=today())
    joined_schema(came.lines.schema)
    return Several(came.lines.drop(ADDED, strict=False), came.of, came.read)


def receive_together(posted: Sequence[Posted], came: Several) -> list[Receipt | None]:
    """Take in what `read_together` made of messages, in the transaction of the caller.

    What became of each; None: `receive` it by itself, nothing of it was kept. Raises the errors of the library and of
    the database: then nothing of any may be kept.
    """
    receipts: list[Receipt | None] = [None] * len(posted)
    if not came.of:
        return receipts
    edition = in_force()
    engine = engine_of(edition)
    lines, of = came.lines, dict(came.of)
    hold({*of, *_references(lines)})
    apart = _not_plain(posted, lines, of)
    if apart:
        came = came.only(set(came.read) - apart)
        lines, of = came.lines, dict(came.of)
        if not of:
            return receipts
    numbers = sorted(set(of.values()))
    sources = {number: message(posted[number].body, posted[number].form, posted[number].sender) for number in numbers}
    _tell_quality(sources, lines, of, came.read)
    Message.objects.bulk_create(sources.values())
    at = max(source.received_at for source in sources.values())
    lines = marked(lines, {}, {}, engine, at)
    decided = decider().decide_many(fitted(lines, engine), edition)
    by_declaration = {declaration: sources[number] for declaration, number in of.items()}
    for number in numbers:
        receipts[number] = Receipt(sources[number])
    for one in keep(lines, [made.row for made in decided], edition, by_declaration, at):
        receipt = receipts[of[one.declaration.number]]
        assert receipt is not None
        receipt.kept.append(one)
    return receipts


def _references(lines: pl.DataFrame) -> set[str]:
    return set(lines["message_id"].drop_nulls()) if "message_id" in lines.columns else set()


def _not_plain(posted: Sequence[Posted], lines: pl.DataFrame, of: dict[str, int]) -> set[int]:
    """The messages with a declaration that the register knows, that disagrees with itself, or that is not theirs."""
    apart = set()
    agreed = lines.group_by("declaration_id", maintain_order=True).agg(
        pl.col("lodged_on").n_unique().alias("days"),
        pl.col("office").n_unique().alias("offices"),
        pl.col("office").first(),
        *([pl.col("message_id").first()] if "message_id" in lines.columns else []),
    )
    references = {}
    for row in agreed.rows(named=True):
        number = of[row["declaration_id"]]
        mine = posted[number].offices
        if row["days"] > 1 or row["offices"] > 1 or (mine is not None and row["office"] not in mine):
            apart.add(number)
        references[row.get("message_id") or row["declaration_id"]] = number
    for name in known_of({*of, *references}):
        apart |= {of[name]} if name in of else set()
        apart |= {references[name]} if name in references else set()
    return apart


def _tell_quality(sources: dict[int, Message], lines: pl.DataFrame, of: dict[str, int], read: Mapping[int, int]) -> None:
    number = lines["declaration_id"].replace_strict([*of], [*of.values()], return_dtype=pl.Int32).alias(NUMBER)
    for (key,), part in lines.with_columns(number).partition_by(NUMBER, as_dict=True).items():
        tell_quality(sources[key], part, read[key], part.height)
