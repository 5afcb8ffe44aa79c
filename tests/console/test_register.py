"""The register: what is kept comes back, the trail is whole, roles are groups, a decision is kept or not made."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test import Client

from tidegate.console.deciding import decider, in_force, keep, lines_of
from tidegate.console.deciding.copying import FEW, as_json, copy_columns, copy_objects, made, number
from tidegate.console.register import trail
from tidegate.console.register.models import AuditEntry, Decision, Declaration, Edition, Line, Task, User
from tidegate.console.roles import PERMISSIONS, ROLES
from tidegate.console.screens import SCREENS
from tidegate.trade import LINE_SCHEMA

pytestmark = pytest.mark.django_db


def test_lines_come_back_as_they_were(trade: object) -> None:
    held = Declaration.objects.filter(line_count__gt=2).order_by("number")[:20]
    back = lines_of(held)
    told = pl.read_parquet(f"{trade}/lines.parquet").filter(
        pl.col("declaration_id").is_in([one.number for one in held])
    )
    keys = ["declaration_id", "item_number"]
    assert back.select(LINE_SCHEMA.keys()).sort(keys).equals(told.select(LINE_SCHEMA.keys()).sort(keys))


def test_every_declaration_has_one_current_decision_and_what_is_not_green_a_task() -> None:
    assert Declaration.objects.count() == Decision.objects.filter(current=True).count()
    assert set(Task.objects.values_list("declaration_id")) == set(
        Decision.objects.exclude(channel="green").values_list("declaration_id")
    )
    one = Decision.objects.filter(current=True).first()
    assert one is not None
    one.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)


def test_a_declaration_is_decided_and_kept_or_neither(edition: Edition) -> None:
    known = Declaration.objects.order_by("number").first()
    assert known is not None
    lines = lines_of([known]).with_columns(declaration_id=pl.lit("NEW1"))
    with transaction.atomic():
        now = in_force()
        rows = decider().see(lines, now).decide()
        kept = keep(lines, rows, now)
    assert kept[0].decision.channel == rows[0]["channel"]
    assert kept[0].decision.edition == edition
    with pytest.raises(IntegrityError), transaction.atomic():
        keep(lines, rows, now)
    assert Declaration.objects.filter(number="NEW1").count() == 1


@pytest.mark.parametrize("count", [1, FEW + 1])
@pytest.mark.parametrize("text", ["", "\x01", "a\x01,\x01b", '"', "\\N", "\\.", "a\r\nb\t", "NULL", " x ", "Ông\u2028"])
def test_any_text_is_copied_as_it_is(text: str, count: int) -> None:
    of = Declaration.objects.order_by("number").first()
    assert of is not None
    fields = {"description": text}
    same = {"declaration_id": [of.pk] * count, "hs_code": [text] * count, "fields": [as_json(fields)] * count}
    copy_columns(Line, {**same, "item_number": [*range(9_000, 9_000 + count)], "origin_country": [""] * count})
    copied = Line.objects.filter(declaration=of, item_number__gte=9_000)
    assert list(copied.values_list("hs_code", "fields")) == [(text, fields)] * count
    one = made(Line, declaration_id=of.pk, item_number=8_999, hs_code=text, fields=fields)
    number([one])
    copy_objects([one])
    assert Line.objects.filter(pk=one.pk, item_number=8_999).values_list("hs_code", "fields").get() == (text, fields)


@pytest.mark.parametrize("model", [Declaration, Decision, Task, Line])
def test_what_is_made_by_place_is_what_is_made_by_name(model: type[models.Model]) -> None:
    held = model.objects.first()
    assert held is not None
    values = {one.attname: getattr(held, one.attname) for one in model._meta.concrete_fields}
    one, other = made(model, **values), model(**values)
    assert vars(one) | {"_state": None} == vars(other) | {"_state": None}
    own = [one for one in model._meta.concrete_fields if not (one.has_default() and callable(one.default))]
    bare = model()
    assert [getattr(made(model), one.attname) for one in own] == [getattr(bare, one.attname) for one in own]
    with pytest.raises((IndexError, TypeError)):
        made(model, nothing=1)


def test_the_planner_samples_no_json_of_the_register() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text || '.' || attname FROM pg_attribute"
            " WHERE attrelid::regclass::text = ANY (%s) AND atttypid = ANY ('{jsonb,bytea}'::regtype[])"
            " AND attname <> 'sha256' AND attstattarget IS DISTINCT FROM 0",
            [[f"register_{one}" for one in ("message", "declaration", "line", "subject", "decision", "task")]],
        )
        assert cursor.fetchall() == []


def test_the_trail_names_what_was_changed_and_what_was_removed() -> None:
    for place in range(5):
        trail.write("test.act", f"thing:{place}", "node", n=place)
    assert list(trail.breaks()) == []
    last = AuditEntry.objects.latest("number").number
    AuditEntry.objects.filter(number=last - 3).update(detail={"n": 99})
    AuditEntry.objects.filter(number=last - 1).delete()
    assert list(trail.breaks()) == [(last - 3, "changed"), (last - 1, "1 missing")]


def test_each_role_is_a_group_with_just_its_permissions() -> None:
    for role in ROLES:
        user = User.objects.get(username=role.name)
        assert user.permissions == set(role.may)
    codes = {one.code for one in PERMISSIONS}
    assert {code for role in ROLES for code in role.may} == codes


def test_the_first_page_is_the_first_screen_of_the_role(as_role: Callable[..., Client]) -> None:
    for role in ROLES:
        answer = as_role(role.name).get("/")
        mine = [screen for screen in SCREENS if screen.listed and screen.permission in role.may]
        if mine:
            assert answer.headers["Location"] == f"/{mine[0].name}/"
        else:
            assert answer.status_code == 200
