"""What is known of one party: figures of a year, goods, partners, months, list matches, withdrawals.

Everything is worked out from its declarations of the last 365 days that the user may see, and from the latest MOST of
them where there are more: then the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Sum

from tidegate.console.clock import today
from tidegate.console.parties.kinds import KIND_OF, KINDS, Kind
from tidegate.console.parties.models import Name
from tidegate.console.register.models import Channel, Declaration, Subject, User, Withdrawal
from tidegate.yardstick import rate_interval

__all__ = [
    "Figures",
    "Known",
    "Month",
    "Partner",
    "Record",
    "declared",
    "figures",
    "goods",
    "known",
    "matched",
    "names",
    "origins",
    "partners",
    "withdrawals",
]

DAYS = 365
MOST = 2_000  # declarations that the figures are worked out from
SHOWN = 8  # goods, origins and partners of a role that are shown
CHANNELS = tuple(Channel.values)


@dataclass(frozen=True, slots=True)
class Known:
    """A party, and the rows of its declarations (`pks`, the latest first). `since`: the first day that they cover;
    `cut`: there are more."""

    kind: Kind
    key: str
    name: str
    pks: list[int]
    since: date
    cut: bool
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Month:
    """A month: declarations by channel, and of how many something was found."""

    first: date
    channels: dict[str, int]
    found: int

    @property
    def all(self) -> int:
        return sum(self.channels.values())


@dataclass(frozen=True, slots=True)
class Figures:
    """`value` by currency; `rate` of finds among what was opened, with its limits (null: nothing was opened)."""

    declarations: int
    lines: int
    value: dict[str, float]
    channels: dict[str, int]
    opened: int
    found: int
    revenue: float
    rate: float | None
    low: float
    high: float
    months: list[Month]


@dataclass(frozen=True, slots=True)
class Partner:
    """Another party or thing that its declarations name, and how many do."""

    kind: Kind
    key: str
    name: str
    declarations: int


@dataclass(frozen=True, slots=True)
class Record:
    """A possible match with a list, as decisions told it."""

    text: str
    text_vi: str
    list: str
    declarations: int
    last_on: date


def known(kind: Kind, key: str, user: User) -> Known | None:
    """The party, or None where no declaration that the user may see names it."""
    named = Subject.objects.visible_to(user).filter(role=kind.role, key=key)
    begin = today() - timedelta(days=DAYS)
    ordered = named.filter(declaration__current=True).order_by("-lodged_on", "-declaration_id")
    rows = list(ordered.filter(lodged_on__gt=begin).values_list("declaration_id", "lodged_on", "name")[: MOST + 1])
    last = rows[0] if rows else ordered.values_list("declaration_id", "lodged_on", "name").first()
    last = last or named.order_by("-lodged_on").values_list("declaration_id", "lodged_on", "name").first()
    if last is None:
        return None
    told = Name.objects.visible_to(user).filter(role=kind.role, key=key).aggregate(Min("first_on"), Max("last_on"))
    first = told["first_on__min"] or named.order_by("lodged_on").values_list("lodged_on", flat=True)[0]
    cut = len(rows) > MOST
    rows = rows[:MOST]
    since = rows[-1][1] if cut else begin + timedelta(days=1)
    return Known(
        kind, key, last[2], [row[0] for row in rows], since, cut, first, max(last[1], told["last_on__max"] or last[1])
    )


def names(kind: Kind, key: str, user: User) -> list[dict[str, Any]]:
    """The names that it was declared by, the most frequent first: name, declarations, first_on, last_on."""
    told = Name.objects.visible_to(user).filter(role=kind.role, key=key).values("name").annotate(
        count=Sum("declarations"), first=Min("first_on"), last=Max("last_on")
    )  # fmt: skip
    return list(told.order_by("-count", "name")[:SHOWN])


def figures(one: Known) -> Figures:
    """The figures of the year."""
    months: dict[date, dict[str, int]] = {}
    value: dict[str, float] = {}
    lines = 0
    for month, channel, currency, count, line_count, amount in _rows(
        "SELECT date_trunc('month', d.lodged_on)::date, c.channel, d.currency, count(*), sum(d.line_count),"
        " sum(d.customs_value) FROM register_declaration d JOIN register_decision c ON c.declaration_id = d.id"
        " AND c.current WHERE d.id = ANY(%s) GROUP BY 1, 2, 3",
        one.pks,
    ):
        cell = months.setdefault(month, {})
        cell[channel] = cell.get(channel, 0) + count
        value[currency] = value.get(currency, 0.0) + amount
        lines += line_count
    finds: dict[date, int] = {}
    opened = found = 0
    revenue = 0.0
    for month, illicit, amount in _rows(
        "SELECT date_trunc('month', d.lodged_on)::date, bool_or(f.illicit), sum(f.revenue) FROM register_finding f"
        " JOIN register_declaration d ON d.id = f.declaration_id WHERE f.declaration_id = ANY(%s) GROUP BY d.id",
        one.pks,
    ):
        opened, found, revenue = opened + 1, found + bool(illicit), revenue + amount
        finds[month] = finds.get(month, 0) + bool(illicit)
    low, high = rate_interval(found, opened)
    return Figures(
        sum(sum(cell.values()) for cell in months.values()),
        lines,
        value,
        {name: sum(cell.get(name, 0) for cell in months.values()) for name in CHANNELS},
        opened,
        found,
        revenue,
        found / opened if opened else None,
        low,
        high,
        [Month(first, months.get(first, {}), finds.get(first, 0)) for first in _months(one.since)],
    )


def _months(since: date) -> list[date]:
    first, end, found = since.replace(day=1), today(), []
    while first <= end:
        found.append(first)
        first = (first + timedelta(days=31)).replace(day=1)
    return found


def goods(one: Known) -> list[tuple[str, str, int]]:
    """(HS6, how it was described last, declarations), the most frequent first."""
    return _rows(
        "SELECT left(hs_code, 6), (array_agg(fields ->> 'description' ORDER BY id DESC))[1],"
        " count(DISTINCT declaration_id) FROM register_line WHERE declaration_id = ANY(%s)"
        f" GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT {SHOWN}",
        one.pks,
    )


def origins(one: Known) -> list[tuple[str, int]]:
    """(country, declarations), the most frequent first."""
    return _rows(
        "SELECT origin_country, count(DISTINCT declaration_id) FROM register_line WHERE declaration_id = ANY(%s)"
        f" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {SHOWN}",
        one.pks,
    )


def partners(one: Known) -> list[tuple[Kind, int, list[Partner]]]:
    """Of each role how many others its declarations name, and the most frequent of them."""
    rows = _rows(
        "SELECT role, key, name, count, others FROM (SELECT role, key, max(name) AS name, count(*) AS count,"
        " count(*) OVER (PARTITION BY role) AS others,"
        " row_number() OVER (PARTITION BY role ORDER BY count(*) DESC, key) AS place"
        " FROM register_subject WHERE declaration_id = ANY(%s) AND NOT (role = %s AND key = %s)"
        f" GROUP BY role, key) AS counted WHERE place <= {SHOWN} ORDER BY count DESC, key",
        one.pks,
        one.kind.role,
        one.key,
    )
    told: dict[str, tuple[int, list[Partner]]] = {}
    for role, key, name, count, others in rows:
        told.setdefault(role, (others, []))[1].append(Partner(KIND_OF[role], key, name, count))
    return [(kind, *told[kind.role]) for kind in KINDS if kind.role in told]


def matched(one: Known) -> list[Record]:
    """Possible matches with lists that decisions told of this very party. What a reason says is what everybody may know
    who sees the decision: entries of restricted access are told without their details."""
    fields = {"importer": "importer_name", "exporter": "exporter_name", "declarant": "declarant_name",
              "transport": "transport_id", "container": "container_ids", "address": "importer_name"}  # fmt: skip
    rows = _rows(
        "SELECT r.text, r.text_vi, split_part(r.code, '/', 1), count(DISTINCT d.declaration_id), max(d.lodged_on)"
        " FROM register_decision d CROSS JOIN LATERAL jsonb_to_recordset(d.reasons)"
        " AS r (source text, code text, field text, text text, text_vi text, value text)"
        " WHERE d.declaration_id = ANY(%s) AND d.officer_id IS NULL AND r.source = 'list' AND r.code LIKE '%%/%%'"
        " AND r.field = %s AND (r.field <> 'container_ids' OR strpos(r.value, %s) > 0)"
        " GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1 LIMIT 20",
        one.pks,
        fields.get(one.kind.role, ""),
        one.key,
    )
    return [Record(*row) for row in rows]


def withdrawals(one: Known, user: User) -> dict[str, int]:
    """Declarations that were withdrawn after their inspection had been announced, and those amended at least once."""
    late = Withdrawal.objects.filter(party=one.key, late=True)
    if user.office_codes is not None:
        late = late.filter(number__in=Declaration.objects.visible_to(user).values("number"))
    amended = Declaration.objects.filter(pk__in=one.pks, version__gt=1).count()
    return {"late": late.count() if one.kind.role in ("importer", "declarant") else 0, "amended": amended}


def declared(one: tuple[Kind, str], user: User, before: tuple[date, int] | None, count: int) -> list[dict[str, Any]]:
    """Its declarations, the latest first, those before (day, row): a page by key, however many there are."""
    kind, key = one
    named = Subject.objects.visible_to(user).filter(role=kind.role, key=key, declaration__current=True)
    if before:
        day, pk = before
        named = named.filter(lodged_on__lte=day).exclude(lodged_on=day, declaration_id__gte=pk)
    pks = list(named.order_by("-lodged_on", "-declaration_id").values_list("declaration_id", flat=True)[:count])
    rows = _rows(
        "SELECT d.id, d.number, d.lodged_on, d.office, d.importer_name, d.line_count, d.customs_value, d.currency,"
        " c.channel, (SELECT bool_or(f.illicit) FROM register_finding f WHERE f.declaration_id = d.id), d.cancelled"
        " FROM register_declaration d LEFT JOIN register_decision c ON c.declaration_id = d.id AND c.current"
        " WHERE d.id = ANY(%s) ORDER BY d.lodged_on DESC, d.id DESC",
        pks,
    )
    titles = (
        "pk",
        "number",
        "lodged_on",
        "office",
        "importer",
        "lines",
        "value",
        "currency",
        "channel",
        "found",
        "cancelled",
    )
    return [dict(zip(titles, row, strict=True)) for row in rows]


def _rows(query: str, pks: Sequence[int], *more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, [list(pks), *more])
        return cursor.fetchall()
