"""What the worker does for lists."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tidegate.console.lists.changes import proposed
from tidegate.console.lists.models import Proposal
from tidegate.console.lists.overlap import count
from tidegate.console.lists.shelf import in_force, shelf_of

__all__ = ["count_all", "count_list", "count_proposal"]


@app.task(name="lists.count_list")  # type: ignore[untyped-decorator]
def count_list(name: str) -> None:
    """Count how many declarations the list in force would have matched."""
    edition = in_force()
    held = shelf_of(edition.lists) if edition else None
    if held and name in held.lists:
        count(held.lists[name], held.cleared)


@app.periodic(cron="10 4 * * *")  # type: ignore[untyped-decorator]
@app.task(name="lists.count_all", queueing_lock="lists.count_all")  # type: ignore[untyped-decorator]
def count_all(timestamp: int) -> None:
    """Each night: count for every list in force."""
    edition = in_force()
    for name in shelf_of(edition.lists).lists if edition else ():
        count_list(name)


@app.task(name="lists.count_proposal")  # type: ignore[untyped-decorator]
def count_proposal(proposal: int) -> None:
    """The same of a version that was proposed, and of the one in force beside it."""
    said = Proposal.objects.get(pk=proposal)
    edition = in_force()
    if edition:
        count(proposed(said, edition), shelf_of(edition.lists).cleared)
        count_list(said.list)
