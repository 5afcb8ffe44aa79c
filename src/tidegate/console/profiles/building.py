"""The builder: what is typed becomes sentences, SQL, refusals and a live count, and at last a draft."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tidegate.console.access import Asked, page
from tidegate.console.clock import now, today
from tidegate.console.deciding import engine_of
from tidegate.console.profiles import history
from tidegate.console.profiles.approval import ask_for_simulation
from tidegate.console.profiles.forms import Condition, KeysForm, a_year_on
from tidegate.console.profiles.models import ProfileVersion, Step
from tidegate.console.profiles.sentences import Wording, wording_of
from tidegate.console.profiles.tasks import ask_for_history
from tidegate.console.profiles.vocabulary import KINDS, schema_of, sentences, terms
from tidegate.console.register import trail
from tidegate.console.register.models import Declaration, User
from tidegate.errors import TidegateError
from tidegate.profiles import NATIONAL, Book, Profile, WatchLists, check
from tidegate.profiles.language import kinds, parse

__all__ = ["Told", "edit", "fields", "new", "told_of"]


@dataclass(frozen=True)
class Told:
    """What is said of a condition: SQL, sentences (None: rows cannot say it), why it is refused, doubts, hits."""

    sql: str
    join: str = "all"
    sentences: list[list[str]] | None = None
    refusal: TidegateError | None = None
    doubts: tuple[str, ...] = ()
    count: history.Count | None = None
    examples: tuple[Declaration, ...] = ()
    milliseconds: int = 0
    waiting: bool = False  # for the table of the last ninety days
    wording: Wording | None = None

    @property
    def per_day(self) -> float:
        return self.count.declarations / max(self.count.days, 1) if self.count else 0.0

    @property
    def share(self) -> float:
        return self.count.declarations / max(self.count.of, 1) if self.count else 0.0

    @property
    def most(self) -> int:
        """Declarations of the office with the most."""
        return max((number for _office, number in self.count.by_office), default=1) if self.count else 1


def told_of(sql: str, level: str, user: User, *, counted: bool = True) -> Told:
    """Everything that the library says of a condition, and what it would have hit in the offices of this user."""
    edition = history.in_force()
    engine = engine_of(edition) if edition else None
    lists = (engine.lists if engine else None) or WatchLists({})
    known = kinds(schema_of(engine)) if engine else KINDS
    try:
        parse(sql, known, lists)
    except TidegateError as error:
        return Told(sql, refusal=error)
    wording = wording_of(sql, known, lists)
    doubts = _doubts(sql, level, lists, schema_of(engine) if engine else {})
    said: dict[str, Any] = {
        "sql": sql,
        "doubts": doubts,
        "wording": wording,
        "sentences": sentences(wording) if wording else None,
        "join": wording.join if wording else "all",
    }
    held = history.known() if counted else None
    if counted and (held is None or not held.fresh):
        ask_for_history()
    if held is None:
        return Told(**said, waiting=counted)
    began = time.perf_counter()
    try:
        found = history.count(sql, level, held, user.office_codes, lists)
    except TidegateError as error:
        return Told(sql, refusal=error)
    spent = round((time.perf_counter() - began) * 1000)
    numbers = Declaration.objects.visible_to(user).filter(number__in=found.examples, current=True)
    return Told(**said, count=found, examples=tuple(numbers), milliseconds=spent)


def _doubts(sql: str, level: str, lists: WatchLists, schema: dict[str, Any]) -> tuple[str, ...]:
    asked = Profile("draft", "draft", sql, "red", 1.0, today(), a_year_on(today()), "draft", level)
    remarks = check(Book([asked]), schema, lists, today=today())
    return tuple(one.text_vi if get_language() == "vi" else one.text for one in remarks)


@page("write_profiles", "GET", "POST")
def new(request: Asked) -> HttpResponse:
    """A profile that there is not yet."""
    return _build(request, None)


@page("write_profiles", "GET", "POST")
def edit(request: Asked, pk: int) -> HttpResponse:
    """A draft, or one that was sent back."""
    version = get_object_or_404(ProfileVersion, pk=pk)
    if not version.readable_by(request.user):
        raise Http404
    if not version.writable:
        messages.error(request, _("It cannot be written on: it is %(state)s.") % {"state": version.get_state_display()})
        return redirect("profiles:version", pk)
    return _build(request, version)


def _build(request: Asked, version: ProfileVersion | None) -> HttpResponse:
    if request.method != "POST":
        if version is None:
            starting = {"starts": today(), "ends": a_year_on(today()), "level": NATIONAL, "rate": 100}
            form = KeysForm(initial={**starting, "owner": request.user.get_username()})
            condition = Condition("rows", "all", (), "").changed("add")
            return _page(request, None, form, condition)
        return _page(request, version, KeysForm(version=version), _as_rows(version.when, request.user))
    act = request.POST.get("do", "")
    condition = Condition.read(request.POST).changed(act)
    form = KeysForm(request.POST, version=version)
    if act == "sql":
        condition = Condition.of_sql(condition.sql)
    elif act == "rows":
        condition = _as_rows(condition.sql, request.user, condition)
    if act not in ("save", "simulate"):
        return _page(request, version, form, condition)
    told = told_of(condition.sql, NATIONAL, request.user, counted=False)
    if not form.is_valid() or told.refusal or condition.faults:
        return _page(request, version, form, condition, judged=True)
    try:
        saved = _save(request, version, form, condition.sql)
    except IntegrityError:
        form.add_error("profile" if version is None else None, _("There is a profile of this number already."))
        return _page(request, version, form, condition, judged=True)
    if saved is None:
        form.add_error(
            None,
            _("Another officer saved it meanwhile. What you typed is below; save again to put it over theirs."),
        )
        return _page(request, version, form, condition, judged=True, fresh=True)
    messages.success(request, _("Saved as a draft. It has no effect until it is approved."))
    if act == "simulate":
        ask_for_simulation(saved, request.user)
    return redirect("profiles:version", saved.pk)


def _save(request: Asked, version: ProfileVersion | None, form: KeysForm, sql: str) -> ProfileVersion | None:
    """Keep what is typed; None where another officer saved in between."""
    moment = now()
    with transaction.atomic():
        if version is None:
            held = ProfileVersion(profile=form.cleaned_data["profile"], version=1, author=request.user, made_at=moment)
        else:
            held = ProfileVersion.objects.select_for_update().get(pk=version.pk)
            if not held.writable or str(held.revision) != request.POST.get("revision"):
                return None
            held.revision += 1
        before = None if version is None else held.text_hash
        for name, value in {**form.keys(), "when": sql}.items():
            setattr(held, name, value)
        held.changed_at = moment
        held.save()
        held.editors.add(request.user)
        if before != (text := held.text_hash):
            Step.objects.create(version=held, at=moment, by=request.user, act="write")
            trail.write("profile.write", held.subject, request.user, text=text)
    return held


def _as_rows(sql: str, user: User, otherwise: Condition | None = None) -> Condition:
    """The condition in rows where rows can say it; else as it is."""
    told = told_of(sql, NATIONAL, user, counted=False)
    if told.wording is not None:
        return Condition.of_wording(told.wording)
    if not sql.strip():
        return Condition("rows", "all", (), "").changed("add")
    return otherwise or Condition.of_sql(sql)


def _page(
    request: Asked,
    version: ProfileVersion | None,
    form: KeysForm,
    condition: Condition,
    *,
    judged: bool = False,
    fresh: bool = False,
) -> HttpResponse:
    level = str(form["level"].value() or NATIONAL)
    told = told_of(condition.sql, level, request.user) if condition.sql.strip() else Told("")
    edition = history.in_force()
    lists = (engine_of(edition).lists if edition else None) or {}
    revision = None
    if version is not None:
        version.refresh_from_db(fields=["revision"]) if fresh else None
        revision = version.revision if fresh else request.POST.get("revision", version.revision)
    every = terms({})
    return render(
        request,
        "profiles/builder.html",
        {
            "version": version,
            "form": form,
            "condition": condition,
            "told": told,
            "judged": judged,
            "revision": revision,
            "lists": sorted(lists),
            "groups": [
                (_("Fields of the line"), [one for one in every if not one.indicator]),
                (_("Indicators: what history says"), sorted((o for o in every if o.indicator), key=lambda o: o.label)),
            ],
            "labels": {one.name: one.label for one in every},
        },
        status=422 if judged and not getattr(request, "htmx", False) else 200,
    )


@page("see_profiles")
def fields(request: Asked) -> HttpResponse:
    """All fields and indicators with meaning, unit and examples."""
    asked = request.GET.get("q", "").strip()
    words = asked.casefold().split()
    found = [
        one
        for one in terms(history.examples(history.known()))
        if all(word in f"{one.name} {one.label} {one.meaning} {one.unit}".casefold() for word in words)
    ]
    return render(request, "profiles/fields.html", {"terms": found, "q": asked})
