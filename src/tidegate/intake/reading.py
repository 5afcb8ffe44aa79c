"""Reading: files become lines, findings and rejected rows, as a whole or in batches; every row is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from tidegate.errors import InputError
from tidegate.intake import columnar, delimited, ndjson
from tidegate.intake.files import Paths, Source, find
from tidegate.intake.findings import of_lines, of_own_file
from tidegate.intake.known import BY_NAME, FORMATS
from tidegate.intake.mapping import Mapping
from tidegate.intake.plan import FINDING, Target, findings_plan, lines_plan
from tidegate.intake.raw import ROW, Raw, refused
from tidegate.intake.reasons import reason
from tidegate.intake.register import Numbering, Register
from tidegate.intake.rejected import rejected
from tidegate.intake.sift import sift
from tidegate.trade import ANSWER_SCHEMA, BILL_SCHEMA, conform

__all__ = ["Findings", "Intake", "Progress", "batches", "read", "read_findings"]

# Called with (bytes read so far, bytes in all).
Progress = Callable[[int, int], None]

_FILE = "\0file"


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in. `lines` has LINE_SCHEMA and then the extra columns; `findings` is None unless the mapping names
    them; `rejected` has one row for each rejected row; `read` counts the rows of the files (in messages: goods items).

    From messages come `bills` (BILL_SCHEMA) and `answers` (ANSWER_SCHEMA) as well, and `unread`: how often each path
    of a format held something that nobody read, by (format, path).
    """

    lines: pl.DataFrame
    findings: pl.DataFrame | None
    rejected: pl.DataFrame
    read: int
    bills: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BILL_SCHEMA))
    answers: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ANSWER_SCHEMA))
    unread: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def kept(self) -> int:
        """Rows that became lines."""
        return self.lines.height

    @property
    def flagged(self) -> int:
        """Lines with at least one flag."""
        return self.lines["flags"].count()

    @property
    def counts(self) -> dict[str, int]:
        """read, kept, rejected, flagged; read = kept + rejected."""
        return {"read": self.read, "kept": self.kept, "rejected": self.rejected.height, "flagged": self.flagged}


@dataclass(frozen=True, slots=True)
class Findings:
    """What came in from a file of findings: `table` has FINDING_SCHEMA, the rest is as in Intake.

    A row that does not say whether something was found is counted in `read` only: nobody looked.
    """

    table: pl.DataFrame
    rejected: pl.DataFrame
    read: int


def read(
    paths: Paths,
    mapping: Mapping | None = None,
    *,
    received: date = date.min,
    form: str = "",
    progress: Progress | None = None,
) -> Intake:
    """Read lines from files, folders and patterns at once. Raises InputError, MappingError; nothing is written.

    `received`: the day that counts where a message does not say when it was lodged; without one, such a message is
    rejected. `form` names the format of messages where it is not to be found out. For what does not fit into memory use
    `batches`.
    """
    parts = list(batches(paths, mapping, received=received, form=form, progress=progress))
    tables = [part.findings for part in parts if part.findings is not None]
    return Intake(
        _stacked([part.lines for part in parts]),
        pl.concat(tables) if tables else None,
        pl.concat([part.rejected for part in parts]),
        sum(part.read for part in parts),
        pl.concat([part.bills for part in parts]),
        pl.concat([part.answers for part in parts]),
        sum((part.unread for part in parts), Counter()),
    )


def batches(
    paths: Paths,
    mapping: Mapping | None = None,
    *,
    received: date = date.min,
    form: str = "",
    rows: int = 250_000,
    progress: Progress | None = None,
) -> Iterator[Intake]:
    """Read lines in batches of about `rows`; lines of one declaration that follow one another stay in one batch.

    Every file is looked at before the first batch: it is there, whole as far as its ends tell, and has the columns.
    What shows only on the way (bytes that do not decode, a damaged page) raises when it is reached, so whoever writes
    while reading renames at the end. Raises InputError, MappingError; also if not one row of the first batch is usable.
    """
    mapping = mapping or Mapping()
    sources = _sources(paths, form)
    plans = [lines_plan(_columns(source, mapping), mapping, str(source.path)) for source in sources]
    desk = _Desk(mapping)
    for source, plan, raw in _walk(sources, plans, mapping, rows, progress, received):
        desk.put(source, plan, raw)
        if desk.height >= rows:
            yield desk.batch()
    if not desk.some_in:
        raise _nothing(sources)
    yield desk.batch(last=True)


def read_findings(paths: Paths, mapping: Mapping | None = None, *, progress: Progress | None = None) -> Findings:
    """Read findings from files of their own, or from files of lines that hold them ([finding] in the mapping).

    Raises like `read`.
    """
    mapping = mapping or Mapping()
    sources = _sources(paths)
    if mapping.finding is not None and all(_holds_lines(source, mapping) for source in sources):
        came = read(paths, mapping, progress=progress)
        if came.findings is not None:
            return Findings(came.findings, came.rejected, came.read)
    plans = [findings_plan(_columns(source, mapping), mapping, str(source.path)) for source in sources]
    tables, refusals, count = [], [], 0
    for source, plan, raw in _walk(sources, plans, mapping, 250_000, progress):
        table, put_aside = sift(raw, plan, mapping, str(source.path))
        tables.append(table)
        refusals.append(rejected(str(source.path), put_aside))
        count += raw.table.height + raw.refused.height
    if not count:
        raise _nothing(sources)
    usable, unusable = pl.concat(tables, how="diagonal"), pl.concat(refusals)
    _some_usable(usable.height, unusable)
    return Findings(of_own_file(usable, mapping.finding), unusable, count)


class _Desk:
    """Where pieces wait until there are enough for a batch; it knows what has passed over it."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.height = 0
        self._files: list[str] = []
        self._waiting: list[pl.DataFrame] = []
        self._refused: list[pl.DataFrame] = []
        self._read = 0
        self._register = Register()
        self._numbering = Numbering()
        self._some_out = False
        self.some_in = False
        self._bills: list[pl.DataFrame] = []
        self._answers: list[pl.DataFrame] = []
        self._unread: Counter[tuple[str, str]] = Counter()

    def put(self, source: Source, plan: list[Target], raw: Raw) -> None:
        """Take a piece of a file."""
        where = str(source.path)
        if where not in self._files[-1:]:
            self._files.append(where)
        self._bills += [raw.bills] if raw.bills is not None else []
        self._answers += [raw.answers] if raw.answers is not None else []
        self._unread.update({(source.form, path): times for path, times in raw.unread.items()})
        self.some_in |= bool(self._bills or self._answers)
        table, refused = sift(raw, plan, self.mapping, where)
        if "item_number" not in table.columns:
            table = self._numbering.numbered(table)
        self._waiting.append(table.with_columns(pl.lit(len(self._files) - 1, pl.UInt32).alias(_FILE)))
        self._refused.append(rejected(where, refused))
        self.height += table.height
        self._read += raw.table.height + raw.refused.height
        self.some_in |= self._read > 0

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
        self._refused = []
        lines = lines.filter(why.is_null())
        read, self._read = self._read - held.height, held.height
        put_aside = pl.concat(refusals)
        if not self._some_out and put_aside.height:
            _some_usable(lines.height + held.height, put_aside)
        self._some_out = True
        hidden = [name for name in lines.columns if name in (ROW, _FILE) or name.startswith(FINDING)]
        finding = self.mapping.finding
        bills, answers, unread = self._bills, self._answers, self._unread
        self._bills, self._answers, self._unread = [], [], Counter()
        return Intake(
            conform(lines.drop(hidden)),
            None if finding is None else of_lines(lines, finding),
            put_aside,
            read,
            pl.concat([pl.DataFrame(schema=BILL_SCHEMA), *bills]),
            pl.concat([pl.DataFrame(schema=ANSWER_SCHEMA), *answers]),
            unread,
        )

    def _repeated(self, lines: pl.DataFrame, why: pl.Series) -> list[pl.DataFrame]:
        """Rejected rows for items that came before, a table for each file."""
        item = pl.format("{}/{}", "declaration_id", "item_number").alias("value")
        noted = lines.select(_FILE, ROW, pl.lit("item_number").alias("field"), item, why.alias("reason"))
        return [
            rejected(self._files[number], noted.filter(pl.col(_FILE) == number))
            for number in noted[_FILE].unique().sort()
        ]


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


def _holds_lines(source: Source, mapping: Mapping) -> bool:
    try:
        lines_plan(_columns(source, mapping), mapping, str(source.path))
    except InputError:
        return False
    return True


def _sources(paths: Paths, form: str = "") -> list[Source]:
    formats = [BY_NAME[form]] if form else FORMATS
    return find(paths, [(one.name, one.endings, one.detect) for one in formats])


def _columns(source: Source, mapping: Mapping) -> list[str]:
    if source.form in BY_NAME:
        return list(BY_NAME[source.form].columns)
    if source.form == "csv":
        return delimited.header(source, mapping.csv)[0]
    return ndjson.columns(source) if source.form == "ndjson" else columnar.columns(source)


def _walk(
    sources: list[Source],
    plans: list[list[Target]],
    mapping: Mapping,
    rows: int,
    progress: Progress | None,
    received: date = date.min,
) -> Iterator[tuple[Source, list[Target], Raw]]:
    """All pieces of all files, each with its file and plan."""
    total, before = sum(source.size for source in sources), 0
    for source, plan in zip(sources, plans, strict=True):
        for raw in _pieces(source, mapping, rows, received):
            yield source, plan, raw
            if progress is not None:
                progress(before + raw.done, total)
        before += source.size


def _pieces(source: Source, mapping: Mapping, rows: int, received: date) -> Iterator[Raw]:
    """The pieces of a file; while one is worked on, the next is read."""
    if source.form in BY_NAME:
        pieces = BY_NAME[source.form].read(source, received)
    elif source.form == "csv":
        pieces = delimited.read(source, mapping.csv)
    else:
        pieces = ndjson.read(source) if source.form == "ndjson" else columnar.read(source, rows)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = reader.submit(next, pieces, None)
            yield piece


def _nothing(sources: list[Source]) -> InputError:
    where = ", ".join(str(source.path) for source in sources[:3])
    return InputError("there is a header but no row.", where=where, hint="Export the file again.")


def _some_usable(usable: int, put_aside: pl.DataFrame) -> None:
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
