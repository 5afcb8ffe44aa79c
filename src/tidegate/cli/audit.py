"""tidegate audit: check the trail of a node, and print what shows later that nothing was cut off."""

from __future__ import annotations

from pathlib import Path

from tidegate.console.serving import visiting

__all__ = ["check", "head"]


def check(data: Path = Path("node"), /, *, share: float = 1.0, head: str | None = None) -> int:
    """Check the audit trail: every entry against the one before, every seal against what it seals.

    Prints each break (at most 100), the first one first. Exit status 1 where there is one.

    Parameters
    ----------
    data:
        Folder of the node, served or not.
    share:
        Share of the seals whose rows are looked at, by chance: 1 for all; less for large nodes.
    head:
        NUMBER:HASH that was written down before: it must still be there.
    """
    with visiting(data):
        from tidegate.console.audit import checking

        written = checking.read_head(head) if head is not None else None
        made = checking.check("node", share, written)
    looked = "" if made.share >= 1.0 else f" (rows of {made.share:.0%} of them)"
    print(f"{made.upto:,} entries and {made.seals:,} seals{looked} looked through.")
    for number, said in made.breaks:
        print(f"Broken at entry {number:,}: {said}" if number else f"Broken: {said}")
    if not made.breaks:
        print(f"The trail is whole. Its head: {made.upto}:{made.head}")
    return 1 if made.breaks else 0


def head(data: Path = Path("node"), /) -> None:
    """Print number and hash of the last entry, to be published or put away: `audit check --head` holds the trail to it.

    Parameters
    ----------
    data:
        Folder of the node, served or not.
    """
    with visiting(data):
        from tidegate.console.audit import checking

        number, hash_ = checking.head()
    print(f"{number}:{hash_}")
