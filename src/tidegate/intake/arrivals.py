"""What came in: lines, what is beside them, and what does not count; several readings become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from tidegate.errors import InputError
from tidegate.intake.amendments import AMENDMENTS_SCHEMA, amended
from tidegate.intake.quality import FAULTS_SCHEMA, quality
from tidegate.intake.references import REFERENCES_SCHEMA, numbered, references, renamed
from tidegate.intake.versions import CANCELLED, IDENTITY, SUPERSEDED, WHY, explained, is_cancellation, settle
from tidegate.trade import ANSWER_SCHEMA, BILL_SCHEMA, LINE_SCHEMA

__all__ = ["Intake", "across", "joined", "stacked"]


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in. `lines` has LINE_SCHEMA and then the extra columns; `findings` is None unless the mapping names
    them; `rejected` has one row for each rejected row; `read` counts the rows of the files (in messages: goods items).

    `earlier` holds the lines that were superseded or cancelled by a later message, with the columns of `lines` and of
    versions.WHY. From messages come `bills` (BILL_SCHEMA) and `answers` (ANSWER_SCHEMA) as well, and `unread`: how
    often each path of a format held something that nobody read, by (format, path). `faults` counts the rejected rows by
    sender, month, field and reason (FAULTS_SCHEMA). `files` says of each file in what form it came.

    `amendments` (AMENDMENTS_SCHEMA) are those that say only what changes, with what became of them; the lines of the
    versions that they make are among the others. `references` (REFERENCES_SCHEMA): declarants' references for which the
    lines have the declaration's number instead. `torn`: declarations of which a row was rejected (not as repeated), so
    that their lines are not all that was sent.
    """

    lines: pl.DataFrame
    findings: pl.DataFrame | None
    rejected: pl.DataFrame
    read: int
    bills: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BILL_SCHEMA))
    answers: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ANSWER_SCHEMA))
    unread: Counter[tuple[str, str]] = field(default_factory=Counter)
    earlier: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LINE_SCHEMA | WHY))
    faults: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAULTS_SCHEMA))
    files: dict[str, str] = field(default_factory=dict)
    amendments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=AMENDMENTS_SCHEMA))
    references: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFERENCES_SCHEMA))
    torn: frozenset[str] = frozenset()

    @property
    def kept(self) -> int:
        """Rows that became lines, and count."""
        return self.lines.height

    @property
    def flagged(self) -> int:
        """Lines with at least one flag."""
        return self.lines["flags"].count()

    @property
    def quality(self) -> pl.DataFrame:
        """How good the data of each sender is, field by field and month by month (QUALITY_SCHEMA)."""
        sent = [self.lines, _without_cancellations(self.earlier.drop(WHY.keys()))]
        return quality(pl.concat(sent, how="diagonal_relaxed"), self.faults)

    @property
    def counts(self) -> dict[str, int]:
        """read, kept, rejected, flagged and, where there are any, amended, superseded and cancelled.

        read + amended = kept + rejected + superseded + cancelled; amended are the lines that amendments made of others.
        """
        counts = {"read": self.read, "kept": self.kept, "rejected": self.rejected.height, "flagged": self.flagged}
        why = self.earlier["why"]
        if self.amendments.height and set(IDENTITY) <= set(self.lines.columns):
            said = ["declaration_id", *IDENTITY]
            whole = pl.concat([self.lines.select(said), self.earlier.select(said)])
            made = whole.join(self.amendments.select(said).unique(), on=said, how="semi", nulls_equal=True).height
            counts |= {"amended": made} if made else {}
        return counts | {name: times for name in (SUPERSEDED, CANCELLED) if (times := int((why == name).sum()))}


def _without_cancellations(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines that say something of goods: a cancellation has a row and need say nothing."""
    return lines.filter(~is_cancellation()) if "message_function" in lines.columns else lines


def joined(parts: Sequence[Intake]) -> Intake:
    """All parts of a reading, or several readings, as one; of declarations in several versions the latest counts."""
    tables = [part.findings for part in parts if part.findings is not None]
    before = [part.earlier.drop(WHY.keys()) for part in parts if part.earlier.height]
    answers = pl.concat([part.answers for part in parts])
    settled = _settled(
        stacked([*(part.lines for part in parts), *before]),
        pl.concat([part.amendments for part in parts]),
        answers,
        pl.concat([part.references for part in parts]),
    )
    known = settled.references
    return Intake(
        settled.lines,
        renamed(pl.concat(tables), known) if tables else None,
        pl.concat([part.rejected for part in parts]),
        sum(part.read for part in parts),
        pl.concat([part.bills for part in parts]),
        answers,
        sum((part.unread for part in parts), Counter()),
        settled.earlier,
        pl.concat([part.faults for part in parts]),
        {file: form for part in parts for file, form in part.files.items()},
        settled.amendments,
        known,
        frozenset[str]().union(*(part.torn for part in parts)),
    )


def across(past: Intake, now: Intake) -> tuple[Intake, Intake]:
    """Two readings, each without what a message of the other one superseded or cancelled (see `settle`).

    A declaration that both hold in the same version stays in both. What either knows of references and amendments holds
    for both: the version that an amendment makes is where the amendment is.
    """
    mark = "\0now"
    tables = [
        table.with_columns(pl.lit(number == 1).alias(mark))
        for number, came in enumerate((past, now))
        for table in (came.lines, came.earlier.drop(WHY.keys()))
        if table.height
    ]
    if not tables or not any("message_function" in table.columns for table in tables):
        return past, now
    asked = [came.amendments.with_columns(pl.lit(number == 1).alias(mark)) for number, came in enumerate((past, now))]
    settled = _settled(
        stacked(tables),
        pl.concat(asked),
        pl.concat([past.answers, now.answers]),
        pl.concat([past.references, now.references]),
    )
    both = []
    for came, is_now in ((past, False), (now, True)):
        kept, gone, changes = (
            table.filter(pl.col(mark) == is_now) for table in (settled.lines, settled.earlier, settled.amendments)
        )
        had = {*LINE_SCHEMA, *came.lines.columns, *came.earlier.columns}
        own = [
            name
            for name in settled.lines.columns
            if name != mark and (name in had or kept[name].null_count() < kept.height)
        ]
        findings = None if came.findings is None else renamed(came.findings, settled.references)
        both.append(
            replace(
                came,
                lines=kept.select(own),
                earlier=gone.select(*own, *WHY),
                amendments=changes.drop(mark),
                references=settled.references,
                findings=findings,
            )
        )
    return both[0], both[1]


@dataclass(frozen=True, slots=True)
class _Settled:
    lines: pl.DataFrame
    earlier: pl.DataFrame
    amendments: pl.DataFrame
    references: pl.DataFrame


def _settled(lines: pl.DataFrame, changes: pl.DataFrame, answers: pl.DataFrame, before: pl.DataFrame) -> _Settled:
    """Lines of all versions under the numbers of their declarations, amended, and apart by whether they count."""
    known = pl.concat([before, references(answers, [lines, changes])]).unique(maintain_order=True)
    twice = lines.clear()
    if known.height:
        lines, changes = numbered(lines, known), numbered(changes, known)
        # One message may have come under both names of its declaration.
        said = [name for name in ("declaration_id", "item_number", *IDENTITY, "\0now") if name in lines.columns]
        first = pl.struct(said).is_first_distinct() | pl.col("message_id").is_null()
        twice, lines = lines.filter(~first), lines.filter(first)
    lines, changes = amended(lines, changes)
    kept, earlier = settle(lines)
    if twice.height:
        again = explained(twice, SUPERSEDED).with_columns(later_message="message_id", later_version="message_version")
        earlier = pl.concat([earlier, again], how="diagonal_relaxed")
    return _Settled(kept, earlier, changes, known)


def stacked(tables: list[pl.DataFrame]) -> pl.DataFrame:
    """Tables one below the other; a column that some lack is null there, one of several types becomes text."""
    kinds: dict[str, set[pl.DataType]] = {}
    for table in tables:
        for name, dtype in table.schema.items():
            kinds.setdefault(name, set()).update({dtype} - {pl.Null()})
    mixed = {name: types for name, types in kinds.items() if len(types) > 1 and not all(t.is_numeric() for t in types)}
    for name, types in mixed.items():
        if any(dtype.is_nested() or dtype == pl.Binary for dtype in types):
            what = f"the extra column {name!r} has types that do not go together: {', '.join(sorted(map(str, types)))}."
            raise InputError(what, hint="Read the files apart, or leave the column out of them.")
    as_text = [
        table.with_columns(pl.col(name).cast(pl.String) for name in mixed if name in table.columns) for table in tables
    ]
    return pl.concat(as_text, how="diagonal_relaxed")
