"""How far a table is settled: up to which id no row can come in any more.

Ids are given when a row is written and seen when its transaction ends, so that a row may appear behind others with
higher ids. Whoever reads a table by its ids, each row once (seals, directories, cursors), reads up to here.

Whoever inserts holds a lock on the table (ROW EXCLUSIVE, in nobody's way) from before its first id is given until its
transaction has ended. So: the last id that was given; then those who hold that lock; and once these have let go,
everything up to that id is there, or never will be.
"""

from __future__ import annotations

import time

from django.db import connection, models

from tidegate.errors import NodeError

__all__ = ["settled"]

PAUSE = 0.02  # seconds between two looks
PATIENCE = 30.0  # seconds


def settled(table: type[models.Model], patience: float = PATIENCE) -> int:
    """The highest id of a table up to which nothing will appear that is not seen by the next query (0: none yet).

    Not for a transaction that repeats what it read before (REPEATABLE READ). Raises NodeError after `patience` seconds.
    """
    name = table._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{name}"', table._meta.pk.column])
        (sequence,) = cursor.fetchone()
        cursor.execute(f"SELECT last_value, is_called FROM {sequence}")
        last, called = cursor.fetchone()
        if not called:
            return 0
        waiting, until = _writers(name), time.monotonic() + patience
        while waiting:
            if time.monotonic() > until:
                raise NodeError(
                    "somebody has been writing here for long.", where=name, hint="Try again when that has ended."
                )
            time.sleep(PAUSE)
            waiting &= _writers(name)
    return int(last)


def _writers(name: str) -> set[str]:
    """The transactions, other than one's own, that may have taken ids of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND relation = %s::regclass"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()",
            [f'"{name}"'],
        )
        return {transaction for (transaction,) in cursor.fetchall()}
