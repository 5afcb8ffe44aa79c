"""Emergency orders: one officer opens everything of a kind at once; a second confirms within a day, or it ends.

An order is a profile of rate 1 in the book in force. Its title, which every reason shows, names who gave it, who
confirmed it, why, and until when.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from tidegate.console.clock import now, today
from tidegate.console.control.models import Order
from tidegate.console.profiles.books import change_book, refusals, without_profile
from tidegate.console.register import trail
from tidegate.console.register.models import Edition, InForce, User
from tidegate.errors import DecisionError, ProfileError
from tidegate.profiles import CHANNELS, Book, Profile

__all__ = [
    "CONFIRM_WITHIN",
    "DAYS_AT_MOST",
    "FIELDS",
    "banner",
    "condition",
    "confirm",
    "end",
    "give",
    "look",
    "running",
]

DAYS_AT_MOST = 7  # from today to the last day of an order
CONFIRM_WITHIN = timedelta(hours=24)
FIELDS: Mapping[str, tuple[str, str]] = {  # what an order may name: the form it has, the condition that it becomes
    "hs_code": (r"\d{2,12}", "hs_code LIKE '{}%'"),
    "origin_country": (r"[A-Z]{2}", "origin_country = '{}'"),
    "dispatch_country": (r"[A-Z]{2}", "dispatch_country = '{}'"),
    "importer_id": (r"[\w.\-/]{1,70}", "importer_id = '{}'"),
    "exporter_name": (r"[^'\\%_\x00-\x1f]{2,70}", "lower(exporter_name) LIKE '%{}%'"),
}
PLACES = ("queue", "control")


def condition(said: Mapping[str, str]) -> str:
    """The condition of an order, from what was written in FIELDS (empty: does not matter).

    Raises ProfileError, `where` being the field, for what has not its form or where nothing is named.
    """
    parts = []
    for name, (form, sql) in FIELDS.items():
        value = said.get(name, "").strip()
        value = value.upper() if name.endswith("country") else value
        if not value:
            continue
        if not re.fullmatch(form, value):
            raise ProfileError(f"{value!r} is not what stands there.", where=name, hint="See below it.")
        parts.append(sql.format(value.lower() if name == "exporter_name" else value))
    if not parts:
        raise ProfileError("nothing is named.", where="hs_code", hint="Say at least one thing that is to be opened.")
    return " AND ".join(parts)


def running() -> QuerySet[Order]:
    """Orders that hold."""
    return Order.objects.filter(edition__isnull=False, ended_at=None).order_by("pk")


def give(by: User, *, when: str, channel: str, office: str, reason: str, ends: date) -> Order:
    """Put an order in force. Raises ProfileError, `where` being the field, for what cannot be used."""
    _check(channel, reason, ends)
    order = Order.objects.create(
        when=when,
        channel=channel,
        office=office,
        reason=reason.strip(),
        ends=ends,
        made_at=now(),
        made_by=by,
        confirm_by=now() + CONFIRM_WITHIN,
    )
    profile = _profile(order)

    def kept(made: Edition) -> None:
        Order.objects.filter(pk=order.pk).update(edition=made)
        trail.write(
            "order.give", f"order:{order.pk}", by, when=when, channel=channel, office=office, reason=order.reason,
            ends=ends.isoformat(),
        )  # fmt: skip

    try:
        _refuse(profile)
        order.edition = change_book(lambda book: [*book, profile], f"Emergency order {order.pk}", by, kept)
    except BaseException:
        Order.objects.filter(pk=order.pk, edition=None).delete()
        raise
    return order


def confirm(order: Order, by: User) -> None:
    """Confirm another's order: it holds to its end. Raises DecisionError where that cannot be."""
    if order.made_by_id == by.pk:
        raise DecisionError("nobody confirms their own order.", where="order", hint="Another officer does.")
    sure = _with(order, confirmed_by=by, confirmed_at=now())

    def kept(made: Edition) -> None:
        held = _running(order)
        if held.confirmed_at:
            raise DecisionError("it is confirmed already.", where="order")
        Order.objects.filter(pk=order.pk).update(confirmed_by=by, confirmed_at=sure.confirmed_at, edition=made)
        trail.write("order.confirm", f"order:{order.pk}", by, given_by=order.made_by.username)

    _running(order, lock=False)
    change_book(
        lambda book: [*without_profile(book, order.profile), _profile(sure)],
        f"Emergency order {order.pk} confirmed",
        by,
        kept,
    )


def end(order: Order, by: User | None, why: str) -> None:
    """Take an order out of force. Raises DecisionError where it ended already."""

    def kept(made: Edition) -> None:
        _running(order)
        Order.objects.filter(pk=order.pk).update(ended_at=now(), ended_by=by, ended_why=why)
        trail.write("order.end", f"order:{order.pk}", by or "node", why=why)

    _running(order, lock=False)
    change_book(lambda book: without_profile(book, order.profile), f"Emergency order {order.pk} ended", by, kept)


def look() -> int:
    """End what nobody confirmed in time and what is past its last day; returns how many."""
    late = Q(confirmed_at=None, confirm_by__lt=now())
    over = running().filter(late | Q(ends__lt=today()))
    for order in over:
        end(order, None, "its last day is over" if order.ends < today() else "nobody confirmed it in time")
    return len(over)


def banner(request: HttpRequest) -> dict[str, Any]:
    """Context of the queue and of selection control: the orders that hold in the offices of the user."""
    at, user = request.resolver_match, getattr(request, "user", None)
    if at is None or at.namespace not in PLACES or user is None or not user.is_authenticated:
        return {}
    held = running().select_related("made_by")
    return {"emergency_orders": held if user.office_codes is None else held.filter(office__in=["", *user.office_codes])}


def _with(order: Order, **changed: Any) -> Order:
    """A copy of the row in memory with other values."""
    copy = Order(**{field.attname: getattr(order, field.attname) for field in Order._meta.concrete_fields})
    for name, value in changed.items():
        setattr(copy, name, value)
    return copy


def _running(order: Order, *, lock: bool = True) -> Order:
    rows = Order.objects.select_for_update() if lock else Order.objects
    held = rows.get(pk=order.pk)
    if held.ended_at:
        raise DecisionError("this order has ended.", where="order", hint="Give another one.")
    return held


def _check(channel: str, reason: str, ends: date) -> None:
    if channel not in CHANNELS:
        raise ProfileError("there is no such channel.", where="channel", hint=f"Choose {', '.join(CHANNELS)}.")
    if not reason.strip():
        raise ProfileError("an order needs a reason.", where="reason", hint="Say why; every reason shows it.")
    if not today() <= ends <= today() + timedelta(days=DAYS_AT_MOST):
        raise ProfileError(
            f"an order ends today or within {DAYS_AT_MOST} days.",
            where="ends",
            hint="For longer, write a profile and have it approved.",
        )


def _profile(order: Order) -> Profile:
    who = _name(order.made_by)
    sure = _name(order.confirmed_by) if order.confirmed_by else ""
    until, until_vi = order.ends.isoformat(), order.ends.strftime("%d/%m/%Y")
    said = f"confirmed by {sure}" if sure else "not confirmed yet"
    said_vi = f"{sure} đã xác nhận" if sure else "chưa xác nhận"
    return Profile(
        id=order.profile,
        title=f"Emergency order of {who} until {until} ({said}): {order.reason}",
        title_vi=f"Lệnh khẩn cấp của {who} đến {until_vi} ({said_vi}): {order.reason}",
        when=order.when,
        channel=order.channel,
        rate=1.0,
        starts=min(timezone.localdate(order.made_at), order.ends),
        ends=order.ends,
        owner=order.made_by.username,
        level=order.office or "national",
        instruction=order.reason,
    )


def _name(user: User) -> str:
    return user.get_full_name() or user.username


def _refuse(profile: Profile) -> None:
    """Raise ProfileError for a profile that could not be matched."""
    Book([profile])
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    wrong = refusals(profile, held.edition) if held else []
    if wrong:
        raise ProfileError(wrong[0], where="hs_code")
