"""Cargo: bills of manifests are kept as they come, and declarations are held against those that they name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
from django.db.models import Q, QuerySet

from tidegate.console.deciding.copying import copy_objects, made, number
from tidegate.console.deciding.keeping import lines_of
from tidegate.console.deciding.rows import fields_of
from tidegate.console.register.models import Bill, Declaration, Message, Subject
from tidegate.intake import Tolerance, meet, names_bills, numbers_in, plain_number
from tidegate.trade import BILL_SCHEMA, LINE_SCHEMA

__all__ = ["MARKS", "Met", "held_against", "keep_bills", "known_already", "landed", "with_marks"]

MARKS = ("cargo_found", "cargo_mass_ratio")
NUMBERS = ("bill", "document")  # roles of the numbers by which a declaration names a bill
FAR = timedelta(days=366)  # from arrival to a declaration that names the bill: goods may lie in a warehouse
NEAR = timedelta(days=Tolerance().days)  # to one that names the container only: it comes back with other goods
MOST = 1_000  # rows of bills, and other declarations, that are looked at for one declaration
EACH = 50  # and for each further one
LANDED = 20_000  # rows of bills, and declarations, of arrivals
NEEDED = ("declaration_id", "lodged_on", "importer_id", "importer_name", "container_ids", "transport_mode",
          "gross_mass_kg")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Met:
    """Declarations held against the manifests that are there. `marks`: MARKS, a row each line; `report`: that of
    intake.meet; `bills`: BILL_SCHEMA and `row` (key of Bill), all versions; `others`: declarations that name the same
    cargo, by number; `cut`: there was more than MOST, so that masses are not compared."""

    marks: pl.DataFrame
    report: pl.DataFrame
    bills: pl.DataFrame
    others: dict[str, Declaration]
    cut: bool = False


def known_already(bills: pl.DataFrame, source: Message) -> bool:
    """Whether these bills came before, word for word from the same sender, and no others of their manifests since."""
    same = Message.objects.filter(sha256=source.sha256, sender=source.sender).order_by("-pk").first()
    if same is None:
        return False
    manifests = [plain_number(name) for name in bills["manifest_id"].unique().to_list()]
    named = Bill.objects.filter(manifest__in=manifests)
    return named.filter(message=same).exists() and not named.filter(message__gt=same).exists()


def keep_bills(bills: pl.DataFrame, source: Message) -> None:
    """Keep bills (BILL_SCHEMA) of a message that is stored, in the transaction of the caller."""
    rows = [
        made(
            Bill,
            message_id=source.pk,
            manifest=plain_number(row["manifest_id"]),
            number=plain_number(row["bill_id"]),
            master=plain_number(row["master_bill_id"]),
            container=plain_number(row["container_id"]),
            transport_mode=(row["transport_mode"] or "")[:10],
            unloading_port=(row["unloading_port"] or "")[:35],
            arrived_on=row["arrived_on"],
            fields=fields_of(row),
        )
        for row in bills.iter_rows(named=True)
    ]
    number(rows)
    copy_objects(rows)


def held_against(lines: pl.DataFrame) -> Met:
    """Hold declarations (line table) against the manifests that came so far.

    `cargo_found` is null where no manifest is there that could have named them: of their mode of transport, with an
    arrival of about that time, at their port.
    """
    gathered = _Gathered.of(lines)
    if gathered.cut and lines["declaration_id"].n_unique() > 1:
        # Whoever names too much is not to hide the others.
        parts = lines.with_row_index("\0at").partition_by("declaration_id", maintain_order=True)
        met = [held_against(part.drop("\0at")) for part in parts]
        placed = [one.marks.with_columns(part["\0at"]) for one, part in zip(met, parts, strict=True)]
        return Met(
            pl.concat(placed).sort("\0at").drop("\0at"),
            pl.concat([one.report for one in met]),
            pl.concat([one.bills for one in met]),
            {name: other for one in met for name, other in one.others.items()},
            cut=True,
        )
    needed = [name for name in lines.columns if name in NEEDED or names_bills(name)]
    own = lines.select(needed)
    marked, report = meet(pl.concat([own, *gathered.lines], how="diagonal_relaxed"), gathered.bills.drop("row"))
    found = marked.head(lines.height)["cargo_found"]
    ratio = pl.lit(None, pl.Float64) if gathered.cut else pl.col("cargo_mass_ratio")
    marks = marked.head(lines.height).select(
        cargo_found=pl.when(found.fill_null(value=False) | _expected(lines)).then(found.fill_null(value=False)),
        cargo_mass_ratio=ratio,
    )
    return Met(marks, report, gathered.bills, gathered.others, gathered.cut)


def with_marks(lines: pl.DataFrame) -> pl.DataFrame:
    """Declarations (line table) with MARKS, where there are manifests at all; what was known when they were decided
    stands."""
    if not Bill.objects.exists():
        return lines
    now = held_against(lines).marks
    then = (name for name in MARKS if name in lines.columns)
    return lines.with_columns(now.with_columns(lines[name].cast(now[name].dtype).fill_null(now[name]) for name in then))


def landed(since: date, until: date) -> Met:
    """Hold the manifests of what arrived on these days against the declarations that came so far: `report` has the
    consignments of these days, `others` all declarations of them; `marks` are none."""
    arrived = Bill.objects.filter(arrived_on__range=(since, until)).values_list("number", "master", "container")
    said = list(arrived[: LANDED + 1])
    numbers = {name for number, master, _ in said for name in (number, master) if name}
    boxes = {container for _, _, container in said if container}
    found = _Gathered.around(since, until, numbers, boxes, set(), LANDED)
    nothing = pl.DataFrame(schema=LINE_SCHEMA)
    _, report = meet(pl.concat([nothing, *found.lines], how="diagonal_relaxed"), found.bills.drop("row"))
    report = report.filter(pl.col("arrived_on").is_between(since, until))
    return Met(pl.DataFrame(), report, found.bills, found.others, found.cut or len(said) > LANDED)


@dataclass(slots=True)
class _Gathered:
    """What could be of one consignment with some declarations: bills, and the lines of other declarations."""

    bills: pl.DataFrame
    lines: list[pl.DataFrame]
    others: dict[str, Declaration]
    cut: bool = False

    @classmethod
    def of(cls, lines: pl.DataFrame) -> _Gathered:
        first, last = lines["lodged_on"].min(), lines["lodged_on"].max()
        assert isinstance(first, date)
        assert isinstance(last, date)
        mine = set(lines["declaration_id"])
        return cls.around(first, last, *_named(lines), mine, MOST + EACH * (len(mine) - 1))

    @classmethod
    def around(
        cls, first: date, last: date, numbers: set[str], boxes: set[str], mine: Collection[str], most: int
    ) -> _Gathered:
        """What names any of these numbers and containers, of about these days, and what that names in turn, without the
        declarations that are `mine`."""
        asked_numbers: set[str] = set()
        asked_boxes: set[str] = set()
        rows: dict[int, Bill] = {}
        others: dict[str, Declaration] = {}
        tables: list[pl.DataFrame] = []
        cut = False
        while (numbers - asked_numbers) or (boxes - asked_boxes):
            new = _bills(numbers - asked_numbers, boxes - asked_boxes, first, last, most)
            asked_numbers |= numbers
            asked_boxes |= boxes
            rows |= {one.pk: one for one in new}
            cut = len(rows) > most
            if not new or cut:
                break
            numbers |= {name for one in new for name in (one.number, one.master) if name}
            boxes |= {one.container for one in new if one.container}
            naming = _naming(numbers, boxes, first, last).exclude(number__in=[*mine, *others])
            more = list(naming[: most - len(others) + 1])
            others |= {one.number: one for one in more}
            cut = len(others) > most
            if cut:
                break
            if more:
                tables.append(_short(lines_of(more)))
                named = _named(tables[-1])
                numbers, boxes = numbers | named[0], boxes | named[1]
        rows |= {one.pk: one for one in _withdrawals(rows.values(), most)}
        return cls(_table(rows.values()), tables, others, cut)


def _named(lines: pl.DataFrame) -> tuple[set[str], set[str]]:
    """The numbers of bills and the containers that lines name, as they are compared."""
    numbers: set[str] = set()
    for name in lines.columns:
        if names_bills(name) and lines.schema[name] == pl.String:
            for text in lines[name].drop_nulls().unique().to_list():
                numbers |= numbers_in(name, text)
    boxes = lines["container_ids"].drop_nulls().unique().to_list()
    return numbers, {plain_number(one) for text in boxes for one in text.split()} - {""}


def _bills(numbers: Collection[str], boxes: Collection[str], first: date, last: date, most: int) -> list[Bill]:
    """Rows of manifests of about that time that name any of these, and what else there is of the same bills."""
    there = Q(number__in=numbers) & ~Q(number="") | Q(master__in=numbers) & ~Q(master="")
    far, near = _around(first, last, FAR), _around(first, last, NEAR)
    direct = Bill.objects.filter(there & far | Q(container__in=boxes) & ~Q(container="") & near)
    return _first(direct, most)


def _around(first: date, last: date, days: timedelta) -> Q:
    return Q(arrived_on=None) | Q(arrived_on__range=(first - days, last + days))


def _first(found: QuerySet[Bill], most: int) -> list[Bill]:
    return list(found.order_by("-pk")[: most + 1])


def _naming(numbers: Collection[str], boxes: Collection[str], first: date, last: date) -> QuerySet[Declaration]:
    """Declarations that name any of these numbers or, at about that time, containers; as they count now."""
    near = (first - 2 * NEAR, last + 2 * NEAR)
    far = (first - FAR, last + FAR)
    named = Subject.objects.filter(
        Q(role__in=NUMBERS, key__in=numbers, lodged_on__range=far)
        | Q(role="container", key__in=boxes, lodged_on__range=near)
    )
    return Declaration.objects.filter(pk__in=named.values("declaration_id"), current=True, cancelled=False)


def _withdrawals(rows: Iterable[Bill], most: int) -> list[Bill]:
    """What takes back the manifests of these rows as a whole."""
    manifests = {one.manifest for one in rows} - {""}
    return _first(Bill.objects.filter(manifest__in=manifests, number="", container=""), most) if manifests else []


def _short(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.select(name for name in lines.columns if name in NEEDED or names_bills(name))


def _table(rows: Iterable[Bill]) -> pl.DataFrame:
    """BILL_SCHEMA and `row`, in the order of arrival; each message by a name of its own."""
    told = []
    for one in sorted(rows, key=lambda one: one.pk):
        said = {**one.fields, "row": one.pk, "message_id": f"{one.fields.get('message_id', '')} #{one.message_id}"}
        sent, day = said.get("message_sent_at"), said.get("arrived_on")
        said["message_sent_at"] = datetime.fromisoformat(sent) if sent else None
        said["arrived_on"] = date.fromisoformat(day) if day else None
        told.append(said)
    schema = {**BILL_SCHEMA, "row": pl.Int64()}
    return pl.DataFrame({name: [row.get(name) for row in told] for name in schema}, schema=schema)


def _expected(lines: pl.DataFrame) -> pl.Series:
    """Bool[n]: whether a manifest is there that could have named the line."""
    asked = lines.select("lodged_on", "transport_mode", "unloading_port")
    heard = {key: _heard(*key) for key in asked.unique().iter_rows()}
    return pl.Series([heard[key] for key in asked.iter_rows()], dtype=pl.Boolean)


def _heard(day: date, mode: str | None, port: str | None) -> bool:
    found = Bill.objects.filter(arrived_on__range=(day - NEAR, day + NEAR))
    if mode:
        found = found.filter(transport_mode__in=("", mode))
    if port:
        found = found.filter(unloading_port__in=("", port))
    return found.exists()
