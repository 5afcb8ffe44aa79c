"""tidegate serve: the console and its interface for systems, with all they need."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console

from tidegate.cli.demo import demo as simulated
from tidegate.console import serving
from tidegate.errors import InputError

__all__ = ["serve"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST = 600  # made-up declarations a minute


def serve(
    data: Path = Path("node"),
    /,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 2,
    demo: bool = False,
    lines: int = 100_000,
    live: bool = False,
    rate: float = 6.0,
) -> None:
    """Start the node: PostgreSQL (inside DATA, or the server of DATABASE_URL), a worker and the web server.

    Parameters
    ----------
    data:
        Folder of the node: its database, secrets, models and files.
    host, port:
        Where it listens.
    workers:
        Processes that answer.
    demo:
        With a year of made-up trade in it and a user for each role, whose passwords are printed. On loopback only.
    lines:
        Number of lines of the demo's year.
    live:
        With --demo: made-up declarations go on coming in, lodged today.
    rate:
        How many of them a minute.
    """
    if live and not demo:
        raise InputError("what is sent is made up, so it is for a demo.", where="--live", hint="Add --demo.")
    if not 0 < rate <= MOST:
        raise InputError(f"{rate:g} a minute is no pace.", where="--rate", hint=f"Choose more than 0, up to {MOST}.")
    if demo and host not in LOOPBACK:
        raise InputError(
            "the demo's passwords are printed, so it is served on this machine only.",
            where="--host",
            hint="Leave out --demo, or --host.",
        )
    console = Console(stderr=True, highlight=False)
    data.mkdir(parents=True, exist_ok=True)
    trade = data / "demo"
    if demo and not (trade / "opened.parquet").exists():
        simulated(trade, lines=lines, start=str(date.today() - timedelta(days=365)))  # noqa: DTZ011
    console.rule("Database", align="left")
    told = serving.environment(data, demo=demo, host=host)
    serving.prepare(told)
    users: list[tuple[str, str]] = []
    if demo:
        from tidegate.console.demo import make_users, take_in

        count = take_in(trade)
        console.print(f"{count:,} declarations taken in." if count else "The demo is in the register already.")
        users = [(user.username, password) for user, password in make_users()]
        kept = data / "demo-users.json"
        kept.touch(0o600)
        kept.write_text(json.dumps(dict(users)), encoding="utf-8")

    def ready() -> None:
        print(f"\nTidegate listens on http://{host}:{port}/")
        for name, password in users:
            print(f"  {name:<14} {password}")
        print("Stop it with Ctrl-C.", flush=True)

    serving.serve(told, host, port, workers, ready, rate if live else 0.0)
