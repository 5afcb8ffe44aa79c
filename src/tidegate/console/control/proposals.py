"""Proposals: one officer proposes what is to come into force, another decides; both stand in the trail."""

from __future__ import annotations

from django.db import transaction

from tidegate.console.clock import now
from tidegate.console.control.models import Proposal
from tidegate.console.deciding import change_edition
from tidegate.console.register import trail
from tidegate.console.register.models import Edition, User
from tidegate.errors import DecisionError

__all__ = ["approve", "propose", "send_back", "withdraw"]


def propose(kind: str, content: str, before: str, why: str, by: User, office: str = "") -> Proposal:
    """Keep a proposal. `before` is what was in force when it was written: only while that is so can it be approved."""
    with transaction.atomic():
        made = Proposal.objects.create(
            kind=kind, content=content, before=before, office=office, why=why, made_at=now(), made_by=by
        )
        trail.write(f"{kind}.propose", f"proposal:{made.pk}", by, why=why, office=office)
    return made


def approve(proposal: Proposal, by: User) -> Edition:
    """Put what was proposed in force. Raises DecisionError where it was decided already, where who decides is who
    proposed, or where something else came into force since; and what the rooms below raise for what cannot be used."""
    if proposal.made_by_id == by.pk:
        raise DecisionError("nobody approves their own proposal.", where="proposal", hint="Another officer decides.")
    kind = proposal.kind

    def changed(current: Edition) -> dict[str, str]:
        if getattr(current, kind) != proposal.before:
            raise DecisionError(
                "something else came into force since this was proposed.", where=kind, hint="Propose it anew."
            )
        return {kind: proposal.content}

    def decided(made: Edition) -> None:
        held = _open(proposal)
        _decide(held, Proposal.State.APPROVED, by, "")
        held.edition = made
        held.save()
        trail.write(f"{kind}.approve", f"proposal:{held.pk}", by, edition=made.pk, proposed_by=held.made_by.username)

    return change_edition(changed, proposal.why[:200], by, decided)


def send_back(proposal: Proposal, by: User, comment: str) -> None:
    """Refuse it with a comment. Raises DecisionError as `approve`."""
    if proposal.made_by_id == by.pk:
        raise DecisionError("nobody decides their own proposal.", where="proposal", hint="Withdraw it instead.")
    _close(proposal, Proposal.State.REFUSED, by, comment)


def withdraw(proposal: Proposal, by: User) -> None:
    """Take one's own proposal back. Raises DecisionError where it is another's or decided already."""
    if proposal.made_by_id != by.pk:
        raise DecisionError("only who proposed it withdraws it.", where="proposal", hint="Send it back instead.")
    _close(proposal, Proposal.State.WITHDRAWN, by, "")


def _close(proposal: Proposal, state: str, by: User, comment: str) -> None:
    with transaction.atomic():
        held = _open(proposal)
        _decide(held, state, by, comment)
        held.save()
        trail.write(f"{held.kind}.{state}", f"proposal:{held.pk}", by, comment=comment)


def _open(proposal: Proposal) -> Proposal:
    held = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state != Proposal.State.OPEN:
        raise DecisionError("this was decided already.", where="proposal", hint="Look at it again.")
    return held


def _decide(held: Proposal, state: str, by: User, comment: str) -> None:
    held.state, held.decided_by, held.decided_at, held.comment = state, by, now(), comment
