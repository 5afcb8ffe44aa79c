"""The order of decisions for those who read on from where they stopped.

Numbers that the database gives out at insertion are no cursor: a transaction that got a lower one may commit later, and
whoever has read past it never sees it. So a decision enters the outbox in its own transaction (by a trigger), and gets
its place only from `settle`, which sees committed rows alone and works one at a time (an advisory lock that ends with
its transaction). A place, once seen, has nothing new before it; that holds after a backup was restored too, where the
numbers of transactions start anew. Deliveries to webhooks are made in the same statement, so that none is lost.
"""

from __future__ import annotations

from django.db import connection, transaction

__all__ = ["PART", "settle"]

LOCK = 0x7469_6F72
PART = 5_000  # decisions that get their places at once

GIVE_PLACES = """
WITH came AS (
    DELETE FROM api_outbox WHERE decision_id IN (SELECT decision_id FROM api_outbox ORDER BY decision_id LIMIT %(part)s)
    RETURNING decision_id
), placed AS (
    INSERT INTO api_place (decision_id, office)
    SELECT one.id, one.office FROM came JOIN register_decision one ON one.id = came.decision_id ORDER BY one.id
    RETURNING position, decision_id, office
), told AS (
    INSERT INTO api_delivery
        (hook_id, position, decision_id, number, state, attempts, due_at, made_at, fault)
    SELECT hook.id, placed.position, placed.decision_id, of.number, 'waiting', 0, now(), now(), ''
    FROM placed
    JOIN register_decision one ON one.id = placed.decision_id
    JOIN register_declaration of ON of.id = one.declaration_id
    JOIN api_hook hook ON hook.closed_at IS NULL AND (hook.everywhere OR placed.office = ANY (hook.offices))
)
SELECT count(*) FROM came
"""


def settle() -> int:
    """Give places to the committed decisions that have none; returns how many. While another process does, none."""
    given = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return given
            cursor.execute(GIVE_PLACES, {"part": PART})
            came = cursor.fetchone()[0]
        given += came
        if came < PART:
            return given
