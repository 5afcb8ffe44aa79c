"""Whether the node lives, and whether it can work. Neither needs a key; neither tells more than that."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tidegate.console.api.answering import answer
from tidegate.console.register.models import InForce

__all__ = ["health", "ready"]

BEAT = timedelta(seconds=45)  # a worker says every ten seconds that it lives


def health(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return answer({"alive": True})


def ready(request: HttpRequest) -> HttpResponse:
    """Whether declarations can be decided now: 200 if all holds, else 503 and what does not."""
    held = {"database": False, "migrations": False, "edition": False, "worker": False}
    try:
        held["database"] = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
            beat = cursor.fetchone()[0]
        held["worker"] = beat is not None and timezone.now() - beat < BEAT
        held["edition"] = InForce.objects.filter(pk=1).exists()
        held["migrations"] = _are_applied()
    except InterfaceError:
        held["database"] = False
    except DatabaseError as error:
        held["database"] = getattr(error.__cause__, "sqlstate", None) is not None
    return answer({"ready": all(held.values()), **held}, 200 if all(held.values()) else 503)


def _are_applied() -> bool:
    """Whether the tables are those of this code."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
