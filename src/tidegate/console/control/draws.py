"""The draw of a day: what is published before it, what is revealed after it, and whether it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from tidegate.console.clock import today
from tidegate.console.deciding import draw_keys
from tidegate.console.effect.history import told
from tidegate.console.register.models import Decision, User
from tidegate.selection import FAULTS, Verification, verify

__all__ = ["AHEAD", "BEHIND", "Checked", "ahead", "behind", "check", "revealed"]

AHEAD, BEHIND = 7, 14  # days that the page shows
SHOWN = 50
NUMBERS = ("probability", "p_red", "p_yellow", "p_blue", "ticket", "point_red", "point_yellow", "point_blue")


@dataclass(frozen=True, slots=True)
class Checked:
    """`way`: desk (one at a time) or batch; `faults`: sentences by language and how many declarations each."""

    result: Verification
    way: str
    faults: list[tuple[str, str, int]]

    @property
    def shown(self) -> list[dict[str, str]]:
        """The first faulty declarations."""
        return self.result.faults.head(SHOWN).to_dicts()


def ahead() -> list[tuple[date, str]]:
    """Today and the coming days with their commitments, to be published before each begins."""
    keys = draw_keys()
    days = [today() + timedelta(days=n) for n in range(AHEAD)]
    return [(day, keys.commitment(day)) for day in days]


def behind() -> list[tuple[date, str, str]]:
    """Days that are over, the latest first: commitment and key."""
    keys = draw_keys()
    days = [today() - timedelta(days=n) for n in range(1, BEHIND + 1)]
    return [(day, keys.commitment(day), revealed(day)) for day in days]


def revealed(day: date) -> str:
    """The key of a day that is over, in hex. Raises ValueError for one that is not: its draws could be foreseen."""
    if day >= today():
        raise ValueError("the day is not over")
    return draw_keys().reveal([day])[day]


def check(day: date, user: User) -> Checked | None:
    """Work the draw of a day out again from its key, for the offices that a user sees; None where nothing was decided.

    Declarations decided at the desk carry points of the key alone, those of a batch the place of the wheel: a day is
    held to be of the kind that has fewer faults.
    """
    chosen = Decision.objects.visible_to(user).filter(officer=None, lodged_on=day).order_by().values("pk")
    sql, parameters = chosen.query.sql_with_params()
    numbers = ", ".join(name if name == "probability" else f"(c.record->>'{name}')" for name in NUMBERS)
    schema: dict[str, pl.DataType] = {
        "declaration_id": pl.String(), "lodged_on": pl.Date(), "office": pl.String(), "channel": pl.String(),
        "commitment": pl.String(), **dict.fromkeys(NUMBERS, pl.Float64()),
    }  # fmt: skip
    table = told(
        "SELECT d.number, c.lodged_on, nullif(c.office, ''), c.channel, c.record->>'commitment', "
        f"{numbers} FROM register_decision c JOIN register_declaration d ON d.id = c.declaration_id"
        f" WHERE c.id IN ({sql}) ORDER BY c.id",
        parameters,
        schema,
    )
    if not table.height:
        return None
    keys = draw_keys()
    ways = {way: verify(table, keys, {day: keys.commitment(day)}, desk=way == "desk") for way in ("desk", "batch")}
    way, result = min(ways.items(), key=lambda one: one[1].faults.height)
    count = dict(result.faults["fault"].value_counts().iter_rows())
    return Checked(
        result, way, [(one.sentence, one.sentence_vi, count[one.name]) for one in FAULTS if one.name in count]
    )
