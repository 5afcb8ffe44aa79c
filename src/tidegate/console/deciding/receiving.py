"""Receiving: a message in, its declarations stored, decided and kept in one transaction, or nothing of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
from django.db import IntegrityError, OperationalError, transaction
from numpy.typing import NDArray
from psycopg.errors import DeadlockDetected

from tidegate.assessment import Engine, fitted
from tidegate.assessment.engine import joined_schema
from tidegate.console.clock import today
from tidegate.console.deciding.cargo import MARKS, held_against, keep_bills, known_already
from tidegate.console.deciding.decider import decider, in_force
from tidegate.console.deciding.editions import engine_of
from tidegate.console.deciding.keeping import Kept, keep_decisions, keep_declarations, keep_withdrawn, message
from tidegate.console.deciding.rows import fields_of
from tidegate.console.deciding.versions import ADDED, Settled, settle
from tidegate.console.register import trail
from tidegate.console.register.models import Decision, Declaration, Message, Task, Withdrawal
from tidegate.intake import FLAGS, REJECTIONS, Intake, Reason, amended_after, late_withdrawals, read_bytes
from tidegate.intake.amendments import FAULTS
from tidegate.intake.quality import EXPECTED, FIELD_OF_FLAG

__all__ = ["REFUSALS", "Receipt", "Rejected", "marked", "qualities", "receive", "tell_quality"]

TRIES = 3

# Why the console rejects what intake could read. Columns: code, English, Vietnamese.
# fmt: off
REFUSALS: tuple[Reason, ...] = (
    Reason("incomplete", "another row of this declaration was rejected; correct it and send the whole declaration again", "một dòng khác của tờ khai này bị từ chối; hãy sửa và gửi lại toàn bộ tờ khai"),  # noqa: E501
    Reason("disagrees", "the lines of this declaration disagree on its day or its office", "các dòng của tờ khai không thống nhất về ngày đăng ký hoặc chi cục"),  # noqa: E501
    Reason("not_your_office", "it is of an office for which this key is not", "thuộc đơn vị mà khóa này không được phép gửi"),  # noqa: E501
)
# fmt: on
TEXTS = {entry.code: entry for entry in (*REJECTIONS, *FLAGS, *FAULTS, *REFUSALS)}


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was not taken in, and why: `reason` is a code (of intake or REFUSALS), `text` what it says.

    `row` is that of the message (None: several), `number` that of the declaration where it is known.
    """

    row: int | None
    field: str | None
    value: str | None
    reason: str
    text: str
    text_vi: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message. `unchanged`: of these the same was stored already, or something later; what is stored
    (and its decision) stands. `cancelled`: taken back by this message, or before they came. `bills`: how many rows of
    manifests it brought that are kept."""

    message: Message
    kept: list[Kept] = field(default_factory=list)
    unchanged: list[Declaration] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    cancelled: list[Declaration] = field(default_factory=list)
    bills: int = 0


def receive(
    body: bytes, form: str, sender: str, *, offices: Sequence[str] | None = None, came: Intake | None = None
) -> Receipt:
    """Take in a message of `sender` (the system that brought it): store, decide and keep all of it in one transaction.

    `form`: ndjson, csv, parquet, arrow or a name of intake.known.BY_NAME. `offices`: those for which the sender speaks,
    all without it. `came`: what `read_bytes` made of it today, where that is known.
    A declaration of which a row is rejected is rejected as a whole. Raises the errors of the library
    where nothing of it can be read; then nothing is stored.
    """
    came = came or read_bytes(body, form=form, received=today())
    joined_schema(came.lines.schema)  # no column may bear a name that the assessment gives itself
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _take_in(came, message(body, form, sender), offices)
        except (IntegrityError, OperationalError) as error:
            # Somebody else was quicker with one of these declarations: what is known of them is looked up again.
            if attempt + 1 == TRIES or not (
                isinstance(error, IntegrityError) or isinstance(error.__cause__, DeadlockDetected)
            ):
                raise
    raise AssertionError


def _take_in(came: Intake, source: Message, offices: Sequence[str] | None) -> Receipt:
    edition = in_force()
    engine = engine_of(edition)
    rejected = [_rejected(code, row, name, value) for _, row, name, value, code in came.rejected.iter_rows()]
    whole = _whole(came, rejected)
    settled = _of_offices(settle(whole), offices, rejected)
    bills = _bills_of_offices(came.bills, offices, rejected)
    if bills.height and known_already(bills, source):
        bills = bills.clear()
    rejected += [_rejected(code, row, None, None, number) for row, number, code in settled.refused]
    lines = settled.lines
    numbers = set(lines["declaration_id"])
    before = {number: versions for number, versions in settled.before.items() if number in numbers}
    (usable,) = qualities(came.lines, np.zeros(came.lines.height, np.intp), 1)
    tell_quality(source, usable, came.read, lines.height, came.rejected.height, rejected)
    unchanged = [one for one in settled.same.values() if one is not None]
    new = lines.height or bills.height or settled.cancelled or settled.withdrawals or settled.withdrawn.height
    if not (new or rejected):
        known = Message.objects.filter(sha256=source.sha256, sender=source.sender).order_by("pk").first()
        if known is not None:
            return Receipt(known, unchanged=unchanged)
    source.save()
    keep_bills(bills, source)
    announced = _announced([*before.values(), [*settled.cancelled]])
    cancelled = _cancel(settled, announced, source)
    kept: list[Kept] = []
    if lines.height:
        lines = marked(lines, before, announced, engine, source.received_at)
        seen = decider().see(fitted(lines, engine), edition)
        _close([one for versions in before.values() for one in versions], source.received_at)
        versions = {number: max(one.version for one in held) + 1 for number, held in before.items()}
        declarations = keep_declarations(lines, seen.heads, source, source.received_at, versions)
        kept = keep_decisions(declarations, seen.decide(), edition)
    if settled.withdrawn.height:
        cancelled += keep_withdrawn(settled.withdrawn, source, source.received_at)
    actor = f"system:{source.sender}" if source.sender else "node"
    for one in kept:
        if one.declaration.number in before:
            trail.write(
                "declaration.amend",
                f"declaration:{one.declaration.number}",
                actor,
                version=one.declaration.version,
                channel=one.decision.channel,
                message=source.pk,
            )
    for gone in settled.cancelled:
        about = f"declaration:{gone.number}"
        trail.write("declaration.cancel", about, actor, version=gone.version, message=source.pk)
    return Receipt(source, kept, unchanged, rejected, cancelled, bills.height)


def _whole(came: Intake, rejected: list[Rejected]) -> Intake:
    """What came, without declarations that are not whole or do not agree with themselves; those are told."""
    lines = came.lines.drop(ADDED, strict=False)
    agreed = lines.group_by("declaration_id", maintain_order=True).agg(
        pl.col("lodged_on").n_unique().alias("days"), pl.col("office").n_unique().alias("offices")
    )
    torn = agreed.filter((pl.col("days") > 1) | (pl.col("offices") > 1))
    rejected += [
        _rejected("disagrees", None, "lodged_on" if days > 1 else "office", None, number)
        for number, days, _ in torn.iter_rows()
    ]
    there = {*lines["declaration_id"]}
    rejected += [_rejected("incomplete", None, None, None, number) for number in sorted(came.torn & there)]
    out = [*came.torn, *torn["declaration_id"]]
    return _replaced(came, lines, out)


def _replaced(came: Intake, lines: pl.DataFrame, out: Sequence[str]) -> Intake:
    if not out:
        return replace(came, lines=lines)
    left = ~pl.col("declaration_id").is_in(list(out))
    return replace(
        came, lines=lines.filter(left), earlier=came.earlier.filter(left), amendments=came.amendments.filter(left)
    )


def _of_offices(settled: Settled, offices: Sequence[str] | None, rejected: list[Rejected]) -> Settled:
    """What of it is of these offices, before and now; the rest is told."""
    if offices is None:
        return settled
    mine = set(offices)
    foreign = {number for number, held in settled.before.items() if any(one.office not in mine for one in held)}
    for table in (settled.lines, settled.withdrawn):
        if table.height:
            foreign.update(table.filter(~pl.col("office").is_in(list(mine)).fill_null(value=False))["declaration_id"])
    foreign.update(
        row["declaration_id"]
        for row in settled.withdrawals
        if row["declaration_id"] not in settled.before and row.get("office") not in mine
    )
    rejected += [_rejected("not_your_office", None, "office", None, number) for number in sorted(foreign)]
    if not foreign:
        return settled
    left = ~pl.col("declaration_id").is_in(sorted(foreign))
    return replace(
        settled,
        lines=settled.lines.filter(left),
        withdrawn=settled.withdrawn.filter(left) if settled.withdrawn.height else settled.withdrawn,
        same={number: one for number, one in settled.same.items() if number not in foreign},
        cancelled=[one for one in settled.cancelled if one.number not in foreign and one.office in mine],
        withdrawals=[row for row in settled.withdrawals if row["declaration_id"] not in foreign],
    )


def _bills_of_offices(bills: pl.DataFrame, offices: Sequence[str] | None, rejected: list[Rejected]) -> pl.DataFrame:
    """What of the manifests is of these offices; the rest is told, each manifest once."""
    if offices is None or not bills.height:
        return bills
    mine = pl.col("office").is_in(list(offices)).fill_null(value=False)
    told = bills.filter(~mine).select("manifest_id", "office").unique(maintain_order=True)
    rejected += [
        _rejected("not_your_office", None, "office", office, manifest or "") for manifest, office in told.iter_rows()
    ]
    return bills.filter(mine)


def _announced(held: Sequence[Sequence[Declaration]]) -> Mapping[str, datetime]:
    """When the inspection of these declarations was known, by number: with the first decision that was not green."""
    keys = {one.pk: one.number for versions in held for one in versions}
    found: dict[str, datetime] = {}
    if keys:
        decisions = Decision.objects.filter(declaration__in=keys).exclude(channel="green")
        for key, moment in decisions.values_list("declaration_id", "made_at"):
            number = keys[key]
            found[number] = min(moment, found.get(number, moment))
    return found


def marked(
    lines: pl.DataFrame,
    before: Mapping[str, list[Declaration]],
    announced: Mapping[str, datetime],
    engine: Engine,
    at: datetime,
) -> pl.DataFrame:
    """The lines with what the register knows and the book asks for: whether they were amended once an inspection was
    announced, how many declarations of their importer were withdrawn so, and what manifests say of their cargo. Where a
    message does not say when it was sent, its arrival counts.
    """
    if before or "amended_after_announcement" in engine.named:
        known = pl.DataFrame(
            {"declaration_id": list(announced), "announced_at": [_utc(moment) for moment in announced.values()]},
            schema={"declaration_id": pl.String, "announced_at": pl.Datetime("us")},
        )
        sent = pl.col("message_sent_at") if "message_sent_at" in lines.columns else pl.lit(None, pl.Datetime("us"))
        timed = lines.with_columns(pl.coalesce(sent, pl.lit(_utc(at), pl.Datetime("us"))).alias("message_sent_at"))
        earlier = pl.DataFrame({"declaration_id": list(before)}, schema={"declaration_id": pl.String})
        lines = lines.with_columns(amended_after(timed, earlier, known))
    if "late_withdrawals" in engine.named:
        parties = lines.select(pl.coalesce("importer_id", "declarant_id")).to_series().drop_nulls().unique().to_list()
        gone = Withdrawal.objects.filter(late=True, party__in=parties).values_list("number", "party", "withdrawn_at")
        withdrawn = pl.DataFrame(
            [(number, party, _utc(moment)) for number, party, moment in gone],
            schema={"declaration_id": pl.String, "party": pl.String, "withdrawn_at": pl.Datetime("us")},
            orient="row",
        )
        lines = lines.with_columns(late_withdrawals(lines, withdrawn))
    if not engine.named.isdisjoint(MARKS):
        lines = lines.with_columns(held_against(lines).marks)
    return lines


def _cancel(settled: Settled, announced: Mapping[str, datetime], source: Message) -> list[Declaration]:
    """Mark what is cancelled, close its tasks, and remember each cancellation. Returns what was cancelled."""
    for one in settled.cancelled:
        one.cancelled = True
    Declaration.objects.bulk_update(settled.cancelled, ["cancelled"])
    _close_tasks(settled.cancelled, source.received_at)
    for row in settled.withdrawals:
        number = row["declaration_id"]
        sent = row.get("message_sent_at")
        at = sent.replace(tzinfo=UTC) if sent else source.received_at
        last = next((one for one in reversed(settled.before.get(number, ())) if one.line_count), None)
        party = row.get("importer_id") or row.get("declarant_id") or ""
        if last is not None:
            first = last.lines.order_by("item_number").first()
            party = last.importer_id or (first.fields.get("declarant_id", "") if first else "")
        Withdrawal.objects.create(
            number=number,
            message=source,
            fields=fields_of(row),
            withdrawn_at=at,
            late=number in announced and at > announced[number],
            party=party,
        )
    return list(settled.cancelled)


def _close(held: Sequence[Declaration], at: datetime) -> None:
    """These versions no longer count, nor what was decided about them, nor what was to be done."""
    current = [one for one in held if one.current]
    if current:
        Declaration.objects.filter(pk__in=[one.pk for one in current]).update(current=False)
        Decision.objects.filter(declaration__in=current, current=True).update(current=False)
        _close_tasks(current, at)


def _close_tasks(held: Sequence[Declaration], at: datetime) -> None:
    if held:
        Task.objects.filter(declaration__in=held).exclude(state=Task.State.DONE).update(
            state=Task.State.DONE, done_at=at
        )


@dataclass(slots=True)
class Quality:
    """How good usable rows are: those `flagged`, and how often each (field, reason) was found at fault."""

    flagged: int = 0
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)


def qualities(lines: pl.DataFrame, of: NDArray[np.intp], count: int) -> list[Quality]:
    """The quality of `count` messages. `of`: intp[n], the message of each line."""
    found = [Quality() for _ in range(count)]
    flags = lines["flags"].fill_null("")
    odd = (flags != "").to_numpy()
    for place, codes in zip(of[odd].tolist(), flags.filter(odd), strict=True):
        found[place].flagged += 1
        found[place].faults.update((FIELD_OF_FLAG.get(code, ""), code) for code in codes.split())
    for name in EXPECTED:
        if lines[name].null_count():
            missing = np.bincount(of[lines[name].is_null().to_numpy()], minlength=count)
            for place in np.flatnonzero(missing).tolist():
                found[place].faults[name, "missing"] = int(missing[place])
    return found


def tell_quality(
    source: Message, usable: Quality, read: int, kept: int, refused: int = 0, rejected: Sequence[Rejected] = ()
) -> None:
    """How good the data was, in the columns of the message: of its usable rows and of what was `rejected`, which
    `refused` rows of it were when it was read."""
    faults = Counter((one.field or "", one.reason) for one in rejected) + usable.faults
    source.read, source.kept, source.flagged, source.rejected = read, kept, usable.flagged, refused
    source.faults = [{"field": name, "reason": code, "count": count} for (name, code), count in faults.most_common()]


def _rejected(code: str, row: int | None, name: str | None, value: str | None, number: str = "") -> Rejected:
    entry = TEXTS[code]
    return Rejected(row, name, value, code, entry.text, entry.text_vi, number)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
