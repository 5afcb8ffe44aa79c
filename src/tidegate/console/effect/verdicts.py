"""Words: what to do about a profile, and what the chance of a streak means."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

__all__ = ["ADVICE", "odds"]

ADVICE = {
    "works": gettext_lazy("Keep it. Look at its expiry, and renew it in time."),
    "stopped": gettext_lazy(
        "It worked and does so no longer: whom it sought may have changed the route or the description. "
        "Look at the last finds, write it anew or let it end."
    ),
    "chance": gettext_lazy("It selects no better than the draw. Let it end; its places go to what finds more."),
    "idle": gettext_lazy("It hits nothing any more. Let it end, or widen the condition if the risk is still there."),
    "redundant": gettext_lazy(
        "Another profile hits nearly all that this one hits. Let it end, or say in the other one what is special here."
    ),
    "unclear": gettext_lazy(
        "Too few were opened to say. Leave it until more is known; raise its share to know it sooner."
    ),
}


def odds(chance: float, all_chance: float) -> str:
    """How likely a streak is by chance, alone and among all that were looked at; and whether that asks for a look."""
    one = _one_in(chance)
    if all_chance <= 0.05:
        return _(
            "To be looked at: by chance alone one inspector in %(one)s would stand in such a streak, "
            "and in only 1 of %(all)s such groups would anybody."
        ) % {"one": one, "all": _one_in(all_chance)}
    if chance > 0.5:
        return _("Nothing unusual: by chance most inspectors stand in such a streak.")
    return _("Nothing unusual: by chance one inspector in %(one)s stands in such a streak.") % {"one": one}


def _one_in(chance: float) -> str:
    return number_format(max(1, round(1 / chance)) if chance > 1e-9 else 1_000_000_000, force_grouping=True)
