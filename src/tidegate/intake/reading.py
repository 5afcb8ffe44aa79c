"""Reading: files become lines, findings and rejected rows, as a whole or in batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from tidegate.errors import InputError
from tidegate.intake import columnar, delimited, ndjson
from tidegate.intake.arrivals import Intake, joined
from tidegate.intake.desk import Desk, some_usable
from tidegate.intake.dialect import header
from tidegate.intake.files import Paths, Source, find, held
from tidegate.intake.findings import of_own_file
from tidegate.intake.known import BY_NAME, FORMATS
from tidegate.intake.mapping import Mapping
from tidegate.intake.plan import Target, findings_plan, lines_plan
from tidegate.intake.raw import Raw
from tidegate.intake.rejected import rejected
from tidegate.intake.sift import sift

__all__ = ["TABLES", "Findings", "Progress", "batches", "known", "read", "read_bytes", "read_findings", "sources_of"]

TABLES = ("csv", "ndjson", "parquet", "arrow")

AHEAD = 2  # bundles of pieces that are read while one is worked on
BUNDLE = 500  # pieces and rows that are handed over together

# Called with (bytes read so far, bytes in all).
Progress = Callable[[int, int], None]


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
    lenient: bool = False,
) -> Intake:
    """Read lines from files, folders and patterns at once. Raises InputError, MappingError; nothing is written.

    Of declarations that came in several versions the latest counts. `lenient` gives out what there is even if not one
    row is usable.

    `received`: the day that counts where a message does not say when it was lodged; without one, such a message is
    rejected. `form` names the format of messages where it is not to be found out. For what does not fit into memory use
    `batches`.
    """
    return joined(list(batches(paths, mapping, received=received, form=form, progress=progress, lenient=lenient)))


def read_bytes(
    body: bytes, mapping: Mapping | None = None, *, received: date = date.min, form: str = "", name: str = "message"
) -> Intake:
    """Read lines from what one message or table holds in memory: as `read` does with `lenient`, but in this thread.

    Errors call it `name`. Raises InputError, MappingError.
    """
    mapping = mapping or Mapping()
    source = held(body, name, known(form))
    _of_form(source, form)
    pieces = list(ndjson.read(source)) if source.form == "ndjson" else _pieces(source, mapping, 250_000, received)
    columns = ndjson.names(pieces) if isinstance(pieces, list) else _columns(source, mapping)
    plan = lines_plan(columns, mapping, name)
    desk = Desk(mapping, _AtOnce(), lenient=True)
    for raw in pieces:
        desk.put(source, plan, raw)
    came = desk.batch(last=True)
    several = {"message_function", "message_version"} & set(came.lines.columns) or came.amendments.height
    return joined([came]) if several or came.answers.height or came.earlier.height else came


class _AtOnce(Executor):
    """Does what it is given in the thread that gives it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


def batches(
    paths: Paths,
    mapping: Mapping | None = None,
    *,
    received: date = date.min,
    form: str = "",
    rows: int = 250_000,
    progress: Progress | None = None,
    lenient: bool = False,
) -> Iterator[Intake]:
    """Read lines in batches of about `rows`; lines of one declaration that follow one another stay in one batch.

    Batches hold the lines of every version of a declaration, and in `earlier` the rows of cancellations: which of them
    counts shows when all are in (`settle`).

    Every file is looked at before the first batch: it is there, whole as far as its ends tell, and has the columns.
    What shows only on the way (bytes that do not decode, a damaged page) raises when it is reached, so whoever writes
    while reading renames at the end. Raises InputError, MappingError; also if not one row of the first batch is usable.
    """
    mapping = mapping or Mapping()
    sources = sources_of(paths, form)
    plans = _plans(sources, mapping)
    with ThreadPoolExecutor(1) as sifter:
        desk = Desk(mapping, sifter, lenient=lenient)
        for source, plan, raw in _walk(sources, plans, mapping, rows, progress, received):
            desk.put(source, plan, raw)
            if desk.height >= rows:
                yield desk.batch()
        if not desk.some_in and not (lenient and desk.touched):
            raise _nothing(sources)
        yield desk.batch(last=True)


def read_findings(paths: Paths, mapping: Mapping | None = None, *, progress: Progress | None = None) -> Findings:
    """Read findings from files of their own, or from files of lines that hold them ([finding] in the mapping).

    Raises like `read`.
    """
    mapping = mapping or Mapping()
    sources = sources_of(paths)
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
    some_usable(usable.height, unusable)
    return Findings(of_own_file(usable, mapping.finding), unusable, count)


def _holds_lines(source: Source, mapping: Mapping) -> bool:
    try:
        lines_plan(_columns(source, mapping), mapping, str(source.path))
    except InputError:
        return False
    return True


def sources_of(paths: Paths, form: str = "") -> list[Source]:
    """The files that `paths` name, each with its form. Raises InputError where one is not of the `form` named."""
    sources = find(paths, known(form))
    for source in sources:
        _of_form(source, form)
    return sources


def _of_form(source: Source, form: str) -> None:
    if form and source.form != form:
        what = source.what or source.form
        raise InputError(
            f"this is not {form}, but {what}.", where=str(source.path), hint="Leave --from out: it is found out."
        )


def known(form: str = "") -> list[tuple[str, tuple[str, ...], Callable[[bytes], str]]]:
    """What `find` is to know. Raises InputError where `form` is no format."""
    if form and form not in BY_NAME and form not in TABLES:
        names = ", ".join((*TABLES, *BY_NAME))
        raise InputError(f"there is no format {form!r}.", where="--from", hint=f"Name one of {names}.")
    formats = [one for one in FORMATS if form in ("", one.name)]
    return [(one.name, one.endings, one.detect) for one in formats]


def _plans(sources: list[Source], mapping: Mapping) -> list[list[Target]]:
    """The plan of each file; files of messages of one format have the same."""
    known: dict[str, list[Target]] = {}
    plans = []
    for source in sources:
        plan = known.get(source.form)
        if plan is None:
            plan = lines_plan(_columns(source, mapping), mapping, str(source.path))
            if source.form in BY_NAME:
                known[source.form] = plan
        plans.append(plan)
    return plans


def _columns(source: Source, mapping: Mapping) -> list[str]:
    if source.form in BY_NAME:
        return list(BY_NAME[source.form].columns)
    if source.form == "csv":
        return header(source, mapping.csv)[0]
    return ndjson.columns(source) if source.form == "ndjson" else columnar.columns(source)


def _walk(
    sources: list[Source],
    plans: list[list[Target]],
    mapping: Mapping,
    rows: int,
    progress: Progress | None,
    received: date = date.min,
) -> Iterator[tuple[Source, list[Target], Raw]]:
    """All pieces of all files, each with its file and plan; while some are worked on, the next few are read."""
    total, before, last = sum(source.size for source in sources), 0, 0
    bundles = _bundles(
        (number, raw) for number, one in enumerate(sources) for raw in _pieces(one, mapping, rows, received)
    )
    with ThreadPoolExecutor(1) as reader:
        coming = deque(reader.submit(next, bundles, None) for _ in range(AHEAD))
        while (bundle := coming.popleft().result()) is not None:
            coming.append(reader.submit(next, bundles, None))
            for number, raw in bundle:
                before += sum(source.size for source in sources[last:number])
                last = number
                yield sources[number], plans[number], raw
                if progress is not None:
                    progress(before + raw.done, total)


def _bundles(pieces: Iterator[tuple[int, Raw]]) -> Iterator[list[tuple[int, Raw]]]:
    """Pieces of small files together: to hand over one at a time between threads takes longer than to read it."""
    bundle: list[tuple[int, Raw]] = []
    held = 0
    try:
        for number, raw in pieces:
            bundle.append((number, raw))
            tables = (raw.refused, raw.bills, raw.answers, raw.changes)
            held += 1 + raw.height + sum(table.height for table in tables if table is not None)
            if held >= BUNDLE:
                yield bundle
                bundle, held = [], 0
    except InputError:
        # What was read before it counts.
        yield bundle
        raise
    yield bundle


def _pieces(source: Source, mapping: Mapping, rows: int, received: date) -> Iterator[Raw]:
    if source.form in BY_NAME:
        return BY_NAME[source.form].read(source, received)
    if source.form == "csv":
        return delimited.read(source, mapping.csv)
    return ndjson.read(source) if source.form == "ndjson" else columnar.read(source, rows)


def _nothing(sources: list[Source]) -> InputError:
    where = ", ".join(str(source.path) for source in sources[:3])
    told = [BY_NAME[source.form].told(source.what) if source.form in BY_NAME else "" for source in sources]
    if all(told):
        hint = "Name the manifest or the declarations of the goods on board as well."
        return InputError(f"this is {told[0]}; there is nothing in it to assess or convert.", where=where, hint=hint)
    if all(source.what for source in sources):
        what = f"there is no goods item, bill or answer in it ({sources[0].what})."
        return InputError(what, where=where, hint="`tidegate inspect` says what it holds.")
    return InputError("there is a header but no row.", where=where, hint="Export the file again.")
