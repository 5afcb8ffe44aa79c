"""The desk of intake: pieces of files become batches of lines; every row is counted, and no item counts twice."""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import Executor, Future
from dataclasses import replace

import polars as pl

from tidegate.errors import InputError
from tidegate.intake.amendments import AMENDMENTS_SCHEMA, amendments
from tidegate.intake.arrivals import Intake, stacked
from tidegate.intake.files import Source
from tidegate.intake.findings import of_lines
from tidegate.intake.mapping import Mapping
from tidegate.intake.plan import FINDING, Target
from tidegate.intake.quality import SENDER, fault_counts, sender
from tidegate.intake.raw import ROW, Raw, refused, tabled
from tidegate.intake.reasons import reason
from tidegate.intake.register import Numbering, Register
from tidegate.intake.rejected import rejected
from tidegate.intake.sift import sift
from tidegate.intake.versions import CANCELLED, explained, is_cancellation
from tidegate.trade import ANSWER_SCHEMA, BILL_SCHEMA, MESSAGE_SCHEMA, conform

__all__ = ["Desk", "some_usable"]

_FILE = "\0file"
FILE_BITS = 36  # bits of the row in a row number that names its file as well
# Rows that are sifted at once: a few cost as much as thousands. Messages have many columns, and come few at a time.
POOL_MESSAGES, POOL_TABLES = 2_000, 60_000
AHEAD = 3  # pools that wait to be sifted

_Sifted = tuple[pl.DataFrame, pl.DataFrame]


class Desk:
    """Where pieces wait until there are enough for a batch; it knows what has passed over it.

    `sifter` sifts while pieces come and batches go. `lenient`: a batch without one usable row is given out; otherwise
    it raises, as the mapping must be wrong.
    """

    def __init__(self, mapping: Mapping, sifter: Executor, *, lenient: bool = False) -> None:
        self.mapping = mapping
        self.height = 0
        self._sifter = sifter
        self._sifting: deque[tuple[int, Future[list[_Sifted]]]] = deque()
        self.some_in = False
        self._files: list[str] = []
        self._forms: dict[str, str] = {}
        self._pool: list[tuple[int, Raw]] = []
        self._pooled = 0  # rows in it
        self._pool_kind: tuple[object, ...] = ()
        self._pool_plan: list[Target] = []
        self._waiting: list[pl.DataFrame] = []
        self._refused: list[pl.DataFrame] = []
        self._faults: list[pl.DataFrame] = []
        self._torn: set[str] = set()
        self._read = 0
        self._register = Register()
        self._numbering = Numbering()
        self._some_out = lenient
        self._bills: list[pl.DataFrame] = []
        self._answers: list[pl.DataFrame] = []
        self._unread: Counter[tuple[str, str]] = Counter()
        self._changes: list[pl.DataFrame] = []
        self._manifests: dict[tuple[object, ...], dict[int, set[int]]] = {}

    @property
    def touched(self) -> bool:
        """Whether any piece came, if only an empty one."""
        return bool(self._waiting or self._sifting or self._pool)

    def put(self, source: Source, plan: list[Target], raw: Raw) -> None:
        """Take a piece of a file."""
        where = str(source.path)
        if where not in self._files[-1:]:
            self._files.append(where)
            self._forms[where] = source.form
        if raw.bills is not None and raw.bills.height:
            self._bills.append(self._once(raw.bills))
        self._answers += [raw.answers] if raw.answers is not None and raw.answers.height else []
        if raw.changes is not None and raw.changes.height:
            self._changes.append(amendments(raw.changes, where))
        self._unread.update({(source.form, path): times for path, times in raw.unread.items()})
        self._read += raw.height + raw.refused.height
        self.some_in |= self._read > 0 or bool(self._bills or self._answers or self._changes)
        # What the reader refused is known; the rest waits for more of its kind.
        if raw.refused.height:
            self._put_aside(where, raw.refused)
        # Messages of one format have the same targets, whatever file they came in.
        kind = (source.form if source.what else (where, raw.table.schema), raw.clean, raw.trimmed)
        if kind != self._pool_kind:
            self._flush()
        self._pool.append((len(self._files) - 1, raw))
        self._pool_kind, self._pool_plan = kind, plan
        self._pooled += raw.height
        self.height += raw.height + raw.refused.height
        if self._pooled >= (POOL_MESSAGES if source.what else POOL_TABLES):
            self._flush()

    def _flush(self) -> None:
        """Have what is in the pool sifted."""
        if not self._pool:
            return
        rows = [((number << FILE_BITS) + row, texts) for number, piece in self._pool for row, texts in piece.rows]
        tables = [tabled(rows)] if rows else []
        tables += [
            piece.table.with_columns(pl.col(ROW) + (number << FILE_BITS))
            for number, piece in self._pool
            if piece.table.height or not rows
        ]
        table = tables[0] if len(tables) == 1 else stacked(tables)
        whole = replace(self._pool[0][1], table=table, rows=(), refused=refused([]))
        where = self._files[self._pool[0][0]]
        self._sifting.append((table.height, self._sifter.submit(_sifted, whole, self._pool_plan, self.mapping, where)))
        self._pool, self._pooled = [], 0
        self._gather(AHEAD)

    def _gather(self, most: int) -> None:
        """Take what has been sifted, in its order, until `most` pools are left."""
        while len(self._sifting) > most:
            height, sifting = self._sifting.popleft()
            self.height -= height
            for usable, unusable in sifting.result():
                numbered = usable if "item_number" in usable.columns else self._numbering.numbered(usable)
                self._waiting.append(numbered)
                self.height += numbered.height + unusable.height
                for file in unusable[_FILE].unique().sort():
                    self._put_aside(self._files[file], unusable.filter(pl.col(_FILE) == file))

    def _put_aside(self, file: str, unusable: pl.DataFrame) -> None:
        self._refused.append(rejected(file, unusable))
        self._faults.append(fault_counts([unusable]))
        if "declaration_id" in unusable.columns:
            self._torn.update(unusable["declaration_id"].drop_nulls())

    def batch(self, *, last: bool = False) -> Intake:
        """Give out what is waiting, but for the last declaration, whose next lines may still come."""
        self._flush()
        self._gather(0)
        lines = stacked(self._waiting)
        held = lines.clear() if last else _last_declaration(lines)
        lines = lines.head(lines.height - held.height)
        self._waiting, self.height = [held], held.height
        why = self._register.admit(lines)
        again = why.is_not_null()
        repeated = lines.filter(again).with_columns(
            sender(lines.columns).alias(SENDER), pl.lit("item_number").alias("field"), why.drop_nulls().alias("reason")
        )
        if repeated.height:
            lines = lines.filter(~again)
        self._torn.update(repeated.filter(pl.col("reason") == "contradicts")["declaration_id"])
        refusals = [rejected("", refused([])), *self._refused, *self._repeated(repeated)]
        faults = pl.concat([*self._faults, fault_counts([repeated])])
        self._refused, self._faults = [], []
        read, self._read = self._read - held.height, held.height
        put_aside = pl.concat(refusals)
        bills, answers, unread, changes = self._bills, self._answers, self._unread, self._changes
        self._bills, self._answers, self._unread, self._changes = [], [], Counter(), []
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
            pl.concat([pl.DataFrame(schema=AMENDMENTS_SCHEMA), *changes]),
            torn=frozenset(self._torn),
        )

    def _once(self, bills: pl.DataFrame) -> pl.DataFrame:
        """The bills without those of a message that another file held already.

        A message that says otherwise under the reference of another one is not the same: it gets its file's name too.
        """
        said = ["message_format", "manifest_id", "message_id"]
        here = len(self._files) - 1
        kept = []
        for key, own in bills.partition_by(said, as_dict=True, maintain_order=True).items():
            if key[1] is None and key[2] is None:
                kept.append(own)
                continue
            content = int(own.hash_rows().sort().hash().sum() or 0)
            files = self._manifests.setdefault(key, {})
            others = [seen for file, seen in files.items() if file != here]
            if any(content in seen for seen in others):
                continue  # word for word what came before
            if others:
                name = f"{key[2] or ''} {self._files[here]}".strip()
                own = own.with_columns(pl.lit(name).alias("message_id"))
            files.setdefault(here, set()).add(content)
            kept.append(own)
        return pl.concat(kept) if kept else bills.clear()

    def _repeated(self, lines: pl.DataFrame) -> list[pl.DataFrame]:
        """Rejected rows for items that came before, a table for each file."""
        item = pl.concat_str("declaration_id", "item_number", separator="/", ignore_nulls=True).alias("value")
        noted = lines.select(_FILE, ROW, "field", item, "reason")
        return [
            rejected(self._files[number], noted.filter(pl.col(_FILE) == number))
            for number in noted[_FILE].unique().sort()
        ]


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


def _sifted(raw: Raw, plan: list[Target], mapping: Mapping, where: str) -> list[_Sifted]:
    """A pool, each kind of it as (usable rows, refused rows), with the row and the number of the file of each."""
    sifted = (sift(piece, targets, mapping, where) for piece, targets in _kinds(raw, plan))
    return [(_filed(usable), _filed(unusable)) for usable, unusable in sifted]


def _filed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the number of the file apart from the one of the row."""
    both = rows[ROW].to_numpy()
    row, file = pl.Series(ROW, both & ((1 << FILE_BITS) - 1)), pl.Series(_FILE, both >> FILE_BITS, dtype=pl.UInt32)
    return rows.with_columns(row, file)


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


def _last_declaration(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines at the end that belong to one declaration."""
    if not lines.height:
        return lines
    declarations = lines["declaration_id"]
    others = (declarations != declarations[-1]).arg_true()
    return lines.slice(others[-1] + 1 if len(others) else 0)
