"""The desk of intake: pieces of files become batches of lines; every row is counted, and no item counts twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from tidegate.errors import InputError
from tidegate.intake.files import Source
from tidegate.intake.findings import of_lines
from tidegate.intake.mapping import Mapping
from tidegate.intake.plan import FINDING, Target
from tidegate.intake.quality import FAULTS_SCHEMA, SENDER, fault_counts, quality, sender
from tidegate.intake.raw import ROW, Raw, refused
from tidegate.intake.reasons import reason
from tidegate.intake.register import Numbering, Register
from tidegate.intake.rejected import rejected
from tidegate.intake.sift import sift
from tidegate.intake.versions import CANCELLED, SUPERSEDED, WHY, explained, is_cancellation, settle
from tidegate.trade import ANSWER_SCHEMA, BILL_SCHEMA, LINE_SCHEMA, MESSAGE_SCHEMA, conform

__all__ = ["Desk", "Intake", "across", "joined", "some_usable"]

_FILE = "\0file"


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in. `lines` has LINE_SCHEMA and then the extra columns; `findings` is None unless the mapping names
    them; `rejected` has one row for each rejected row; `read` counts the rows of the files (in messages: goods items).

    `earlier` holds the lines that were superseded or cancelled by a later message, with the columns of `lines` and of
    versions.WHY. From messages come `bills` (BILL_SCHEMA) and `answers` (ANSWER_SCHEMA) as well, and `unread`: how
    often each path of a format held something that nobody read, by (format, path). `faults` counts the rejected rows by
    sender, month, field and reason (FAULTS_SCHEMA). `files` says of each file in what form it came.
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
        sent = [self.lines, self.earlier.drop(WHY.keys()).drop_nulls("hs_code")]
        return quality(pl.concat(sent, how="diagonal_relaxed"), self.faults)

    @property
    def counts(self) -> dict[str, int]:
        """read, kept, rejected, flagged and, where there are any, superseded and cancelled.

        read = kept + rejected + superseded + cancelled.
        """
        counts = {"read": self.read, "kept": self.kept, "rejected": self.rejected.height, "flagged": self.flagged}
        why = self.earlier["why"]
        return counts | {name: times for name in (SUPERSEDED, CANCELLED) if (times := int((why == name).sum()))}


class Desk:
    """Where pieces wait until there are enough for a batch; it knows what has passed over it.

    `lenient`: a batch without one usable row is given out; otherwise it raises, as the mapping must be wrong.
    """

    def __init__(self, mapping: Mapping, *, lenient: bool = False) -> None:
        self.mapping = mapping
        self.height = 0
        self.some_in = False
        self._files: list[str] = []
        self._forms: dict[str, str] = {}
        self._waiting: list[pl.DataFrame] = []
        self._refused: list[pl.DataFrame] = []
        self._faults: list[pl.DataFrame] = []
        self._read = 0
        self._register = Register()
        self._numbering = Numbering()
        self._some_out = lenient
        self._bills: list[pl.DataFrame] = []
        self._answers: list[pl.DataFrame] = []
        self._unread: Counter[tuple[str, str]] = Counter()
        self._manifests: dict[tuple[str | None, ...], int] = {}

    @property
    def touched(self) -> bool:
        """Whether any piece came, if only an empty one."""
        return bool(self._waiting)

    def put(self, source: Source, plan: list[Target], raw: Raw) -> None:
        """Take a piece of a file."""
        where = str(source.path)
        if where not in self._files[-1:]:
            self._files.append(where)
            self._forms[where] = source.form
        if raw.bills is not None and raw.bills.height:
            self._bills.append(self._once(raw.bills))
        self._answers += [raw.answers] if raw.answers is not None and raw.answers.height else []
        self._unread.update({(source.form, path): times for path, times in raw.unread.items()})
        self._read += raw.table.height + raw.refused.height
        self.some_in |= self._read > 0 or bool(self._bills or self._answers)
        for piece, targets in _kinds(raw, plan):
            table, refused = sift(piece, targets, self.mapping, where)
            if "item_number" not in table.columns:
                table = self._numbering.numbered(table)
            self._waiting.append(table.with_columns(pl.lit(len(self._files) - 1, pl.UInt32).alias(_FILE)))
            self._refused.append(rejected(where, refused))
            self._faults.append(fault_counts([refused]))
            self.height += table.height

    def batch(self, *, last: bool = False) -> Intake:
        """Give out what is waiting, but for the last declaration, whose next lines may still come."""
        lines = _stacked(self._waiting)
        held = lines.clear() if last else _last_declaration(lines)
        lines = lines.head(lines.height - held.height)
        self._waiting, self.height = [held], held.height
        why = self._register.admit(lines)
        refusals = [
            rejected("", refused([])),
            *self._refused,
            *self._repeated(lines.filter(why.is_not_null()), why.drop_nulls()),
        ]
        refused_again = lines.with_columns(
            sender(lines.columns).alias(SENDER), pl.lit("item_number").alias("field"), why.alias("reason")
        )
        faults = pl.concat([*self._faults, fault_counts([refused_again.filter(why.is_not_null())])])
        self._refused, self._faults = [], []
        lines = lines.filter(why.is_null())
        read, self._read = self._read - held.height, held.height
        put_aside = pl.concat(refusals)
        bills, answers, unread = self._bills, self._answers, self._unread
        self._bills, self._answers, self._unread = [], [], Counter()
        if not self._some_out and put_aside.height:
            some_usable(lines.height + held.height + len(bills) + len(answers), put_aside)
        self._some_out = True
        hidden = [name for name in lines.columns if name in (ROW, _FILE) or name.startswith(FINDING)]
        cancelling = lines.clear()
        if "message_function" in lines.columns:
            taken_back = lines.select(is_cancellation()).to_series()
            cancelling, lines = lines.filter(taken_back), lines.filter(~taken_back)
        finding = self.mapping.finding
        return Intake(
            conform(lines.drop(hidden)),
            None if finding is None else of_lines(lines, finding),
            put_aside,
            read,
            pl.concat([pl.DataFrame(schema=BILL_SCHEMA), *bills]),
            pl.concat([pl.DataFrame(schema=ANSWER_SCHEMA), *answers]),
            unread,
            explained(conform(cancelling.drop(hidden)), CANCELLED),
            faults,
            dict(self._forms),
        )

    def _once(self, bills: pl.DataFrame) -> pl.DataFrame:
        """The bills without those of a message that another file held already."""
        said = ["message_format", "manifest_id", "message_id"]
        here = len(self._files) - 1
        for key in bills.select(said).unique().rows():
            if key[1] is not None or key[2] is not None:
                self._manifests.setdefault(key, here)
        first = [self._manifests.get(key, here) == here for key in bills.select(said).iter_rows()]
        return bills.filter(pl.Series(first, dtype=pl.Boolean))

    def _repeated(self, lines: pl.DataFrame, why: pl.Series) -> list[pl.DataFrame]:
        """Rejected rows for items that came before, a table for each file."""
        item = pl.concat_str("declaration_id", "item_number", separator="/", ignore_nulls=True).alias("value")
        noted = lines.select(_FILE, ROW, pl.lit("item_number").alias("field"), item, why.alias("reason"))
        return [
            rejected(self._files[number], noted.filter(pl.col(_FILE) == number))
            for number in noted[_FILE].unique().sort()
        ]


def joined(parts: Sequence[Intake]) -> Intake:
    """All parts of a reading, or several readings, as one; of declarations in several versions the latest counts."""
    tables = [part.findings for part in parts if part.findings is not None]
    before = [part.earlier.drop(WHY.keys()) for part in parts if part.earlier.height]
    lines, earlier = settle(_stacked([*(part.lines for part in parts), *before]))
    return Intake(
        lines,
        pl.concat(tables) if tables else None,
        pl.concat([part.rejected for part in parts]),
        sum(part.read for part in parts),
        pl.concat([part.bills for part in parts]),
        pl.concat([part.answers for part in parts]),
        sum((part.unread for part in parts), Counter()),
        earlier,
        pl.concat([part.faults for part in parts]),
        {file: form for part in parts for file, form in part.files.items()},
    )


def across(past: Intake, now: Intake) -> tuple[Intake, Intake]:
    """Two readings, each without what a message of the other one superseded or cancelled (see `settle`).

    A declaration that both hold in the same version stays in both.
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
    lines, earlier = settle(_stacked(tables))
    settled = []
    for came, is_now in ((past, False), (now, True)):
        own = [name for name in lines.columns if name in came.lines.columns or name in came.earlier.columns]
        kept, gone = (table.filter(pl.col(mark) == is_now) for table in (lines, earlier))
        settled.append(replace(came, lines=kept.select(own), earlier=gone.select(*own, *WHY)))
    return settled[0], settled[1]


def some_usable(usable: int, put_aside: pl.DataFrame) -> None:
    """Raise InputError if not one row is usable: then the mapping is wrong, not the rows."""
    if usable or not put_aside.height:
        return
    most = (
        put_aside.group_by("reason", "field", maintain_order=True)
        .len()
        .sort("len", descending=True, maintain_order=True)
    )
    code, field, count = most.row(0)
    file, row, _, value, _ = put_aside.filter((pl.col("reason") == code) & pl.col("field").eq_missing(field)).row(0)
    what = f"{field}: {reason(code)}" if field else reason(code)
    shown = f" ({value!r})" if value is not None else ""
    raise InputError(
        f"not one of {put_aside.height} rows can be used. Most often ({count}): {what}{shown}.",
        where=f"{file}, row {row}",
        hint="Look at the delimiter, the column names and the formats in the mapping.",
    )


def _kinds(raw: Raw, plan: list[Target]) -> list[tuple[Raw, list[Target]]]:
    """A piece apart into lines and cancellations, each with its targets.

    A cancellation says which declaration it takes back, and need say nothing of the goods.
    """
    function = next((target for target in plan if target.name == "message_function"), None)
    if function is None or raw.table.schema.get(function.column) != pl.String:
        return [(raw, plan)]
    cancelling = (raw.table[function.column].str.strip_chars() == "cancellation").fill_null(False)
    if not cancelling.any():
        return [(raw, plan)]
    few = [
        replace(target, field=replace(target.field, required=target.name == "declaration_id"))
        for target in plan
        if target.name in ("declaration_id", "item_number") or target.name in MESSAGE_SCHEMA
    ]
    rest = replace(raw, table=raw.table.filter(~cancelling))
    return [(rest, plan), (replace(raw, table=raw.table.filter(cancelling), refused=refused([])), few)]


def _stacked(tables: list[pl.DataFrame]) -> pl.DataFrame:
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


def _last_declaration(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines at the end that belong to one declaration."""
    if not lines.height:
        return lines
    declarations = lines["declaration_id"]
    others = (declarations != declarations[-1]).arg_true()
    return lines.slice(others[-1] + 1 if len(others) else 0)
