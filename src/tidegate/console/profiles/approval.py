"""The way of a version: submitted with its report, approved by another officer or sent back, renewed, retired.

Nobody approves what they had a hand in: the editors of a version are all who saved or submitted it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tidegate.console.clock import now, today
from tidegate.console.profiles.books import change_book, refusals, with_profile, without_profile
from tidegate.console.profiles.history import in_force
from tidegate.console.profiles.models import KEYS, OPEN, ProfileVersion, Simulation, State, Step
from tidegate.console.profiles.simulation import hashed
from tidegate.console.profiles.tasks import run_simulation
from tidegate.console.register import trail
from tidegate.console.register.models import Declaration, Edition, User
from tidegate.errors import TidegateError

__all__ = [
    "ActRefusedError",
    "approve",
    "ask_for_simulation",
    "discard",
    "renew",
    "retire",
    "send_back",
    "standing_report",
    "submit",
    "take_back",
]


YEAR = timedelta(364)


class ActRefusedError(Exception):
    """An act that may not be, with the sentence that says why, in the reader's language."""


def standing_report(version: ProfileVersion) -> Simulation | None:
    """The latest report of what the version says now; a report of another text does not count."""
    try:
        text = version.text_hash
    except TidegateError:
        return None
    return version.simulations.filter(state=Simulation.State.DONE, text_hash=text).first()


def ask_for_simulation(held: ProfileVersion, by: User) -> Simulation:
    """Have a draft replayed in the background; while one replay waits, no second is asked for."""
    edition = in_force()
    if edition is None:
        raise ActRefusedError(_("Nothing is in force yet."))
    if not held.writable:
        raise ActRefusedError(_("Only a draft is simulated."))
    with transaction.atomic():
        ProfileVersion.objects.select_for_update().get(pk=held.pk)
        waiting = held.simulations.filter(state=Simulation.State.WAITING, text_hash=held.text_hash).first()
        if waiting is not None:
            return waiting
        made = Simulation.objects.create(
            version=held, asked_by=by, asked_at=now(), text_hash=held.text_hash, edition=edition
        )
        trail.write("profile.ask_simulation", held.subject, by, text=held.text_hash, edition=edition.pk)
        run_simulation.defer(number=made.pk)
    return made


def submit(version: ProfileVersion, by: User) -> None:
    """Ask for approval of the latest report."""
    with transaction.atomic():
        held = _locked(version, (State.DRAFT, State.BACK))
        report = standing_report(held)
        if report is None:
            raise ActRefusedError(_("Simulate it first: there is no report of what it says now."))
        if held.ends < today():
            raise ActRefusedError(_("Its last day is past. Give it a later one."))
        held.state, held.report = State.SUBMITTED, report
        held.save(update_fields=["state", "report"])
        held.editors.add(by)
        _step(held, by, "submit", report=report.report_hash)


def take_back(version: ProfileVersion, by: User) -> None:
    """Make it a draft again, to go on writing."""
    with transaction.atomic():
        held = _locked(version, (State.SUBMITTED,))
        if not held.editors.filter(pk=by.pk).exists():
            raise ActRefusedError(_("Only those who wrote it take it back. You can send it back with a comment."))
        held.state, held.report = State.DRAFT, None
        held.save(update_fields=["state", "report"])
        _step(held, by, "take_back")


def send_back(version: ProfileVersion, by: User, comment: str) -> None:
    """Give it back to its authors with a comment."""
    if not comment.strip():
        raise ActRefusedError(_("Say in the comment what has to be changed."))
    with transaction.atomic():
        held = _locked(version, (State.SUBMITTED,))
        _second_pair_of_eyes(held, by)
        report = held.report.report_hash
        held.state, held.report = State.BACK, None
        held.save(update_fields=["state", "report"])
        _step(held, by, "send_back", comment, report)


def approve(version: ProfileVersion, by: User, report: str, *, shadow: bool, comment: str = "") -> None:
    """Approve the report with this hash: put the version in shadow, or in force with an edition of its own."""
    _may_be_approved(version, by, report, shadow=shadow)
    if shadow:
        with transaction.atomic():
            held = _may_be_approved(version, by, report, shadow=True)
            _others(held, (State.SHADOW,))
            held.shadow_upto = Declaration.objects.aggregate(last=Max("pk"))["last"] or 0
            _approved(held, by, State.SHADOW, comment)
        return
    edition = in_force()
    profile = version.in_book()
    if edition is not None and (wrong := refusals(profile, edition)):
        raise ActRefusedError(" ".join(wrong))

    def then(made: Edition) -> None:
        held = _may_be_approved(version, by, report, shadow=False)
        _others(held, (State.FORCE, State.SHADOW))
        held.edition = made
        _approved(held, by, State.FORCE, comment)

    change_book(lambda book: with_profile(book, profile), f"profile {version} in force", by, then)


def retire(version: ProfileVersion, by: User, reason: str) -> None:
    """Take it out of force or shadow at once. In an emergency one officer is enough; the trail says who."""
    if not reason.strip():
        raise ActRefusedError(_("Give the reason."))

    def end(held: ProfileVersion) -> None:
        held.state = State.RETIRED
        held.save(update_fields=["state"])
        _step(held, by, "retire", reason)

    if version.state != State.FORCE:
        with transaction.atomic():
            end(_locked(version, (State.SHADOW,)))
        return
    change_book(
        lambda book: without_profile(book, version.profile),
        f"profile {version} retired",
        by,
        lambda _made: end(_locked(version, (State.FORCE,))),
    )


def discard(version: ProfileVersion, by: User) -> None:
    """Give up a draft; it stays among the retired."""
    with transaction.atomic():
        held = _locked(version, (State.DRAFT, State.BACK))
        held.state = State.RETIRED
        held.save(update_fields=["state"])
        _step(held, by, "discard")


def renew(version: ProfileVersion, by: User) -> ProfileVersion:
    """A draft of the next version, which says the same as this one until it is changed, from today for a year."""
    moment = now()
    try:
        with transaction.atomic():
            last = ProfileVersion.objects.filter(profile=version.profile).aggregate(last=Max("version"))["last"]
            said = {key: getattr(version, key) for key in KEYS if key != "id"}
            said["starts"] = max(version.starts, today())
            said["ends"] = max(version.ends, said["starts"] + YEAR)
            made = ProfileVersion.objects.create(
                profile=version.profile, version=last + 1, author=by, made_at=moment, changed_at=moment, **said
            )
            made.editors.add(by)
            _step(made, by, "write")
    except IntegrityError:
        raise ActRefusedError(_("There is a draft of the next version already.")) from None
    return made


def _locked(version: ProfileVersion, states: tuple[State, ...]) -> ProfileVersion:
    held = ProfileVersion.objects.select_for_update(of=("self",)).select_related("report").get(pk=version.pk)
    if held.state not in states:
        raise ActRefusedError(_("Meanwhile it is %(state)s.") % {"state": held.get_state_display()})
    return held


def _second_pair_of_eyes(version: ProfileVersion, by: User) -> None:
    if not by.may("approve_profiles"):
        raise ActRefusedError(_("Your role does not include approving."))
    if version.editors.filter(pk=by.pk).exists():
        raise ActRefusedError(_("You had a hand in it: another officer has to approve it."))


def _may_be_approved(version: ProfileVersion, by: User, report: str, *, shadow: bool) -> ProfileVersion:
    """The version, locked, where its report is whole, of what it says now, and the one that the officer read."""
    with transaction.atomic():
        held = _locked(version, (State.SUBMITTED,) if shadow else (State.SUBMITTED, State.SHADOW))
        _second_pair_of_eyes(held, by)
        told = held.report
        if told is None or told.text_hash != held.text_hash or hashed(told.report) != told.report_hash:
            raise ActRefusedError(_("Its report is not of what it says now. Send it back to be simulated again."))
        if told.report_hash != report:
            raise ActRefusedError(_("This is not the report that was submitted. Read it again."))
        if held.ends < today():
            raise ActRefusedError(_("Its last day is past. Give it a later one."))
    return held


def _others(version: ProfileVersion, states: tuple[State, ...]) -> None:
    """Earlier versions give way."""
    others = ProfileVersion.objects.filter(profile=version.profile, state__in=states).exclude(pk=version.pk)
    others.update(state=State.REPLACED)


def _approved(version: ProfileVersion, by: User, state: State, comment: str) -> None:
    version.state, version.approver, version.approved_at = state, by, now()
    version.save(update_fields=["state", "approver", "approved_at", "shadow_upto", "edition"])
    _step(version, by, f"to_{state}", comment, version.report.report_hash, edition=version.edition_id)


def _step(version: ProfileVersion, by: User, act: str, comment: str = "", report: str = "", **detail: Any) -> None:
    """What was done, beside the version and in the trail; the comment stays out of the trail."""
    Step.objects.create(version=version, at=now(), by=by, act=act, comment=comment, report_hash=report)
    if report:
        detail["report"] = report
    trail.write(f"profile.{act}", version.subject, by, text=version.text_hash, **detail)


def open_version(profile: str) -> ProfileVersion | None:
    """The draft, or what waits for approval, of a profile."""
    return ProfileVersion.objects.filter(profile=profile, state__in=OPEN).first()
