"""Checking the trail: the chain, the seals, and a hash that was written down elsewhere."""

from __future__ import annotations

import random
import re
from itertools import chain, islice

from tidegate.console.audit.models import Check
from tidegate.console.audit.seal import broken_seals, currents, seals
from tidegate.console.clock import now
from tidegate.console.register import trail
from tidegate.console.register.models import AuditEntry, User
from tidegate.errors import InputError

__all__ = ["Head", "check", "head", "read_head"]

MOST = 100  # breaks that are told
Head = tuple[int, str]


def head() -> Head:
    """Number and hash of the last entry: written down elsewhere, they show what is cut off at the end."""
    return AuditEntry.objects.order_by("-number").values_list("number", "hash").first() or (0, trail.FIRST)


def read_head(text: str) -> Head:
    """A head as it is printed, NUMBER:HASH. Raises InputError."""
    if not (told := re.fullmatch(r"\s*(\d+)\s*:\s*([0-9a-f]{64})\s*", text)):
        raise InputError(
            "is no head of a trail.", where=text[:80], hint="Write NUMBER:HASH, as `tidegate audit head` prints it."
        )
    return int(told[1]), told[2]


def check(
    actor: User | str, share: float = 1.0, written: Head | None = None, chance: random.Random | None = None
) -> Check:
    """Look through the whole chain, and a share of the seals' rows (1: and at which decision is current); keep and
    return what came of it.

    `written`: a head that was written down before; it must still be there.
    """
    if not 0.0 <= share <= 1.0:
        raise InputError(f"{share} is no share.", hint="Choose a number from 0 to 1.")
    started, (upto, hash_) = now(), head()
    found = chain(
        _written(written),
        trail.breaks(),
        broken_seals(share, chance),
        ((0, said) for said in currents()) if share >= 1.0 else (),
    )
    breaks = [list(one) for one in islice(found, MOST)]
    made = Check.objects.create(
        started_at=started,
        ended_at=now(),
        actor=actor if isinstance(actor, str) else actor.get_username(),
        upto=upto,
        head=hash_,
        seals=seals().count(),
        share=share,
        breaks=breaks,
    )
    trail.write("audit.check", "node:trail", actor, upto=upto, broken=len(breaks))
    return made


def _written(said: Head | None) -> list[trail.Break]:
    if said is None:
        return []
    number, hash_ = said
    there = AuditEntry.objects.filter(number=number).values_list("hash", flat=True).first()
    if there is None:
        return [(number, "cut off: this entry was written down, and is not there")]
    return [] if there == hash_ else [(number, "this entry was written down with another hash")]
