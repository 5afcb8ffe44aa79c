"""Nightly work: what the register learned becomes what tomorrow's decisions know. It can be repeated at any time.

Each file in DATA is written beside its place and renamed: `known/counters` (indicators), `known/cases.parquet` (terms
of the desk), `archive/lines_DAY.parquet` and `archive/findings_DAY.parquet` (history for simulations and training). How
far it came stands in `known/taken.json`, written last: after a crash it begins there again, and what is taken up twice
counts once. Work and memory go with what is new, but for the counters, which are one file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import Max, Model

from tidegate.assessment import EXTRA_SCHEMA
from tidegate.console.clock import today
from tidegate.console.deciding.cargo import with_marks
from tidegate.console.deciding.decider import known
from tidegate.console.deciding.keeping import lines_of
from tidegate.console.register.models import Decision, Declaration, Finding, Withdrawal
from tidegate.indicators import Counters
from tidegate.trade import FINDING_SCHEMA, LINE_SCHEMA, MESSAGE_SCHEMA

__all__ = ["begin_here", "take_up"]

CASE_DAYS = 60  # an office that decided nothing in these days keeps the terms that it had
PART = 5_000  # declarations at once
TAKEN: dict[str, type[Model]] = {"declaration": Declaration, "finding": Finding, "withdrawal": Withdrawal}
CASE = {
    "procedure": pl.String,
    "trusted": pl.Boolean,
    "uncertainty": pl.Float64,
    "demand_red": pl.Float64,
    "demand_yellow": pl.Float64,
    "demand_blue": pl.Float64,
}  # of Decision.record


def begin_here() -> None:
    """Say that counters and archive hold already what the register holds (as when a history was taken in)."""
    last = _last()
    _say({**last, "base": last["declaration"], "base_finding": last["finding"]})


def take_up() -> dict[str, int]:
    """Take up what came since the last time; returns how many declarations, findings and cases."""
    taken, last = _taken(), _last()
    came = Declaration.objects.filter(pk__gt=taken["declaration"], pk__lte=last["declaration"])
    found = Finding.objects.filter(pk__gt=taken["finding"], pk__lte=last["finding"])
    gone = Withdrawal.objects.filter(pk__gt=taken["withdrawal"], pk__lte=last["withdrawal"])
    days = set(came.values_list("lodged_on", flat=True).distinct())
    # What was superseded or taken back may be of another day.
    numbers = [*came.filter(version__gt=1).values_list("number", flat=True), *gone.values_list("number", flat=True)]
    days.update(Declaration.objects.filter(number__in=numbers).values_list("lodged_on", flat=True))
    counts = {"declarations": _count(came, found, gone)}
    for day in sorted(days):
        _archive_lines(day, taken["base"])
    for day in sorted(set(found.values_list("found_on", flat=True))):
        _archive_findings(day, taken["base_finding"])
    counts |= {"findings": found.count(), "cases": _renew_cases()}
    _say({**last, "base": taken["base"], "base_finding": taken["base_finding"]})
    return counts


def _last() -> dict[str, int]:
    return {name: model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for name, model in TAKEN.items()}


def _taken() -> dict[str, int]:
    none = dict.fromkeys((*TAKEN, "base", "base_finding"), 0)
    if not known("taken.json").exists():
        return none
    told: dict[str, int] = json.loads(known("taken.json").read_text(encoding="utf-8"))
    return none | told


def _say(taken: dict[str, int]) -> None:
    _write(known("taken.json"), lambda path: path.write_text(json.dumps(taken), encoding="utf-8"))


def _write(path: Path, write: Callable[[Path], Any]) -> None:
    """Write beside the place of a file, and put it there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    write(part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(part, path)


def _count(came: Any, found: Any, gone: Any) -> int:
    """Add to the counters what is new: lines of every version, what was taken back, findings."""
    counters = Counters.load(known("counters")) if known("counters").exists() else Counters()
    count = 0
    for part in _parts(came):
        counters.add(_versioned(part))
        count += len(part)
    cancelled = Declaration.objects.filter(number__in=gone.values_list("number", flat=True), cancelled=True)
    nothing = pl.DataFrame(schema=LINE_SCHEMA)
    for part in _parts(cancelled):
        counters.add(nothing, earlier=_versioned(part, "cancellation"))
    if found.exists():
        counters.add(nothing, _findings(found))
    if count or cancelled or found:
        known("counters").parent.mkdir(parents=True, exist_ok=True)
        counters.save(known("counters"))
    return count


def _parts(declarations: Any) -> Iterator[list[Declaration]]:
    after = 0
    while part := list(declarations.filter(pk__gt=after).order_by("pk")[:PART]):
        yield part
        after = part[-1].pk


def _versioned(declarations: list[Declaration], function: str = "original") -> pl.DataFrame:
    """Their lines, under the versions of the register: counters then know which of them counts."""
    parts = []
    for version in sorted({one.version for one in declarations}):
        held = [one for one in declarations if one.version == version]
        lines = lines_of(held).select(*LINE_SCHEMA)
        parts.append(
            lines.with_columns(
                pl.lit("register").alias("message_format"),
                pl.format("{}/{}/{}", "declaration_id", pl.lit(version), pl.lit(function[0])).alias("message_id"),
                pl.lit(function).alias("message_function"),
                pl.lit(version, pl.Int32).alias("message_version"),
                pl.lit(None, MESSAGE_SCHEMA["message_sent_at"]).alias("message_sent_at"),
            )
        )
    return pl.concat(parts)


def _findings(found: Any) -> pl.DataFrame:
    """FINDING_SCHEMA."""
    said = ("declaration__number", "item_number", "found_on", "illicit", "offence", "revenue")
    rows = list(found.values_list(*said))
    names = [name.removeprefix("declaration__number") or "declaration_id" for name in said]
    table = pl.DataFrame(rows, schema={name: FINDING_SCHEMA[name] for name in names}, orient="row")
    absent = (pl.lit(None, dtype).alias(name) for name, dtype in FINDING_SCHEMA.items() if name not in names)
    return table.with_columns(absent).select(*FINDING_SCHEMA)


def _archive(name: str) -> Path:
    return Path(settings.DATA) / "archive" / name


def _archive_lines(day: date, base: int) -> None:
    """The lines of a day, as they count now; what was there when the node began lies in the archive already."""
    held = Declaration.objects.filter(lodged_on=day, current=True, cancelled=False, pk__gt=base)
    parts = [with_marks(lines_of(part)) for part in _parts(held)]
    if not parts:
        _archive(f"lines_{day}.parquet").unlink(missing_ok=True)
        return
    table = pl.concat(parts, how="diagonal_relaxed")
    own = [name for name in table.columns if name in EXTRA_SCHEMA]
    _write(_archive(f"lines_{day}.parquet"), table.select(*LINE_SCHEMA, *own).write_parquet)


def _archive_findings(day: date, base: int) -> None:
    found = _findings(Finding.objects.filter(found_on=day, pk__gt=base))
    _write(_archive(f"findings_{day}.parquet"), found.write_parquet)


def _renew_cases() -> int:
    """The cases of the last whole day of each office: what its terms are cleared from."""
    held = Decision.objects.filter(
        officer=None,
        declaration__current=True,
        declaration__cancelled=False,
        lodged_on__lt=today(),
        lodged_on__gte=today() - timedelta(CASE_DAYS),
    )
    last = dict(held.values_list("office").annotate(day=Max("lodged_on")))
    parts = []
    for office, day in last.items():
        columns = ("declaration__number", "lodged_on", "office", "score", "record")
        rows = [
            {
                "declaration_id": number,
                "lodged_on": lodged,
                "office": office or None,
                "score": score,
                **{name: record.get(name) for name in CASE},
            }
            for number, lodged, office, score, record in held.filter(office=office, lodged_on=day).values_list(*columns)
        ]
        parts.append(pl.DataFrame(rows, schema=SCHEMA).unique("declaration_id", keep="last", maintain_order=True))
    if not parts:
        return 0
    cases = pl.concat(parts)
    if known("cases.parquet").exists():
        before = pl.read_parquet(known("cases.parquet")).select(
            pl.col(name).cast(kind) for name, kind in SCHEMA.items()
        )
        kept = before.filter(~pl.col("office").is_in([office or None for office in last], nulls_equal=True))
        cases = pl.concat([kept, cases])
    _write(known("cases.parquet"), cases.write_parquet)
    return cases.height


SCHEMA: dict[str, Any] = {
    "declaration_id": pl.String,
    "lodged_on": pl.Date,
    "office": pl.String,
    "score": pl.Float64,
    **CASE,
}
