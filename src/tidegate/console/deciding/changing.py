"""Changing what is in force: an edition that differs from the one in force in what is named, and in nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction

from tidegate.console.deciding.editions import activate, hold_decisions, make_edition
from tidegate.console.register.models import Edition, InForce, User
from tidegate.errors import DecisionError

__all__ = ["change_edition"]

ATTEMPTS = 5  # editions that may come into force while another is being made


def change_edition(
    change: Callable[[Edition], Mapping[str, str]], why: str, by: User | None, then: Callable[[Edition], None]
) -> Edition:
    """Put an edition in force that differs from the one in force by what `change` says (book, policy, lists, model).

    It is made and loaded before anything is locked, so that decisions go on; where another came into force meanwhile,
    it is made again. `then` runs in the transaction that activates it: what it raises leaves everything as it was.
    Raises DecisionError where nothing is in force, and what the rooms of the library raise for what they cannot use.
    """
    for _attempt in range(ATTEMPTS):
        held = InForce.objects.select_related("edition").filter(pk=1).first()
        if held is None:
            raise DecisionError("nothing is in force yet.", where="node", hint="Activate an edition first.")
        current = held.edition
        kept = {name: getattr(current, name) for name in ("book", "policy", "lists", "model")}
        made = make_edition(why, by, **{**kept, **change(current)})
        try:
            with transaction.atomic():
                hold_decisions()
                if InForce.objects.get(pk=1).edition_id == current.pk:
                    then(made)
                    activate(made, by)
                    return made
        except BaseException:
            made.delete()
            raise
        made.delete()
    raise DecisionError("other changes kept coming into force.", where="node", hint="Try again.")
