"""Watching: a thread of each web process makes desks ready before a declaration needs them.

It hears of editions when they are made and when they come into force, and looks each second whether counters and terms
were written anew. Decisions do not rely on it: whoever decides sees what is in force in his own transaction, and makes
the desk himself where this thread has not made it yet.
"""

from __future__ import annotations

import gc
import logging
import threading
import time

import psycopg
from django.db import DatabaseError, close_old_connections, connection
from psycopg.conninfo import make_conninfo

from tidegate.console.deciding.decider import decider
from tidegate.console.deciding.editions import CHANGED, MADE
from tidegate.console.register.models import Edition, InForce
from tidegate.errors import TidegateError

__all__ = ["look", "watch"]

EVERY = 1.0  # seconds
LOG = logging.getLogger(__name__)


def watch() -> threading.Thread:
    """Start watching, for as long as this process lives."""
    thread = threading.Thread(target=_watch, name="watching", daemon=True)
    thread.start()
    return thread


def look(made: int | None = None) -> None:
    """Make the desk of the edition in force ready, and that of an edition that was just made."""
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    ahead = Edition.objects.filter(pk=made).first() if made else None
    before = dict(decider()._desks)
    for edition in filter(None, (ahead, held.edition if held else None)):
        decider().renew(edition)
    if before != dict(decider()._desks):
        # The collector is not to look through engines and counters each time; what is no longer used may go.
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def _watch() -> None:
    while True:
        try:
            decider().watched = False  # until it is all seen once
            look()
            with psycopg.connect(_address(), autocommit=True) as listening:
                for channel in (CHANGED, MADE):
                    listening.execute(f"LISTEN {channel}")
                look()  # what was missed between
                decider().watched = True
                while True:
                    told = list(listening.notifies(timeout=EVERY, stop_after=1))
                    look(int(told[0].payload) if told and told[0].channel == MADE else None)
        except (DatabaseError, psycopg.Error, TidegateError, OSError):
            decider().watched = False
            LOG.warning("watching begins anew", exc_info=True)
            close_old_connections()
            time.sleep(EVERY)


def _address() -> str:
    told = connection.get_connection_params()
    named = ("dbname", "user", "password", "host", "port")
    return make_conninfo(**{name: told[name] for name in named if told.get(name)})
