"""Reading parcels: checked one by one, a row a piece, and linked with the others of their file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from tidegate.intake.files import Source
from tidegate.intake.parcels.faults import Fault, told
from tidegate.intake.parcels.linking import link
from tidegate.intake.parcels.objects import objects
from tidegate.intake.parcels.rows import SCHEMA, rows, wrong
from tidegate.intake.parcels.schema import Unread, checker
from tidegate.intake.raw import ROW, Raw, refused

__all__ = ["BARREN", "TOGETHER", "read"]

TOGETHER = 100_000  # parcels of a file that are linked with one another
ROOM = 1 << 28  # bytes of their lines, at the most
BARREN = 10_000  # parcels in a row that cannot be used, and do not even say their number


def read(source: Source, received: date) -> Iterator[Raw]:
    """Yield a file's parcels in pieces of up to 5,000, their `linked_...` columns made over up to TOGETHER of them.

    A parcel with a fault is one refused row, with all its faults as far as they fit; nothing of it becomes a line.
    After BARREN of these without a number (in whole batches) the rest of the file is not read, and a row says so.
    Raises InputError for a packed file that is damaged.
    """
    waiting: list[Raw] = []
    parcels, size, barren = 0, 0, 0
    for batch in objects(source):
        made: list[list[Any]] = []
        places: list[int] = []
        bad = batch.refused
        unread: Unread = Counter()
        for row, parcel in batch.found:
            if faults := _faults(parcel, received, unread):
                bad.append((row, told(parcel.get("item_id") if isinstance(parcel, dict) else None, faults), "message"))
            else:
                lines = rows(parcel, received)
                made += lines
                places += [row] * len(lines)
        nobody = not made and all(value.startswith(told(None, [])) for _, value, _ in bad)
        barren = barren + len(bad) if nobody else 0
        if barren >= BARREN:
            what = f"the last of {barren:,} in a row without a number; the rest of the file is not read."
            bad.append((max(row for row, _, _ in bad), told(None, []) + what, "unsafe"))
        table = pl.DataFrame(made, schema=SCHEMA, orient="row").with_columns(pl.Series(ROW, places, dtype=pl.Int64))
        waiting.append(Raw(table, refused(sorted(bad)), batch.done, unread=unread))
        parcels += len(batch.found) + len(bad)
        size += int(table.estimated_size())
        if barren >= BARREN:
            break
        if parcels >= TOGETHER or size >= ROOM:
            yield from _linked(waiting)
            waiting, parcels, size = [], 0, 0
    yield from _linked(waiting)


def _faults(parcel: Any, received: date, unread: Unread) -> list[Fault]:
    own: Unread = Counter()
    faults = list(checker()(parcel, own)) or wrong(parcel, received)
    if own and not faults:
        unread.update(own)
    return faults


def _linked(pieces: list[Raw]) -> Iterator[Raw]:
    if not pieces:
        return
    columns = link(pl.concat([piece.table for piece in pieces]))
    start = 0
    for piece in pieces:
        here = columns.slice(start, piece.table.height)
        start += piece.table.height
        yield Raw(piece.table.with_columns(here), piece.refused, piece.done, unread=piece.unread)
