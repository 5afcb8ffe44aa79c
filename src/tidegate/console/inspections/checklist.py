"""What is looked at in every inspection, by channel: the one list of standing items, beside what the profiles ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models import Line

__all__ = ["OF_PROFILE", "STANDING", "Item", "answers", "standing"]

ANSWERS = (("agrees", _("Agrees")), ("differs", _("Differs")), ("unseen", _("Could not check")))
DONE = (("agrees", _("Done: as declared")), ("differs", _("Done: differs")), ("unseen", _("Not done")))
OF_PROFILE = "profile:"  # before the id of the profile that asks it

Lines = Sequence[Line]


@dataclass(frozen=True, slots=True)
class Item:
    """`declared`: what the declaration says of it, empty where it says nothing."""

    code: str
    text: Any
    channels: tuple[str, ...]
    declared: Callable[[Lines], str] = lambda lines: ""


def answers(code: str) -> tuple[tuple[str, Any], ...]:
    """What can be answered to an item: of a profile, whether it was done."""
    return DONE if code.startswith(OF_PROFILE) else ANSWERS


def _each(name: str) -> Callable[[Lines], str]:
    def told(lines: Lines) -> str:
        words = (word for line in lines for word in str(line.fields.get(name) or "").split())
        return ", ".join(dict.fromkeys(words))

    return told


def _sum(name: str, unit: str | Promise) -> Callable[[Lines], str]:
    def told(lines: Lines) -> str:
        total = sum(line.fields.get(name) or 0 for line in lines)
        return f"{number_format(round(total, 1), force_grouping=True)} {unit}" if total else ""

    return told


STANDING = (
    Item("container", _("Container number"), ("red",), _each("container_ids")),
    Item("seals", _("Seals are whole, and their numbers agree with the papers"), ("red",)),
    Item("packages", _("Number of packages"), ("red",), _sum("packages", _("packages"))),
    Item("mass", _("Gross mass"), ("red",), _sum("gross_mass_kg", "kg")),
    Item("marks", _("Marks, labels and country of origin on the packages"), ("red",)),
    Item("invoice", _("Invoice, contract and proof of payment agree"), ("yellow", "blue")),
    Item("transport", _("Transport document and packing list agree"), ("yellow",)),
    Item("certificates", _("Licences and certificates of origin are there and genuine"), ("yellow", "blue")),
    Item("books", _("Books and stock records agree with what was declared"), ("blue",)),
)
SEALED = ("container", "seals")  # asked of what came in a container


def standing(channel: str, lines: Lines) -> list[tuple[str, str, str]]:
    """Code, question and what was declared of each item that fits this channel and these lines."""
    boxed = any(line.fields.get("container_ids") for line in lines)
    return [
        (item.code, str(item.text), item.declared(lines))
        for item in STANDING
        if channel in item.channels and (boxed or item.code not in SEALED)
    ]
