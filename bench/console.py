"""The console under load: decisions over HTTP, the queue page at millions of lines. `python bench/console.py --help`"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import threading
from datetime import date
from pathlib import Path
from time import perf_counter, sleep

import polars as pl
from assess import book, run
from console_node import Client, Node, bodies, make_node

# Rows as the console writes them, a tenth of them not green, made by the database itself.
FILL = (
    """INSERT INTO register_declaration (number, version, current, cancelled, received_at, lodged_on, office, procedure,
        importer_id, importer_name, line_count, customs_value, duty_at_stake, currency)
    SELECT 'FILL' || n, 1, true, false, now() - n * interval '30 seconds', current_date - (n / 3000)::int,
        (ARRAY['02CI', '02DS', '03CC', '03EE', '15BB', '01B1', '43CN'])[1 + n %% 7], 'A11', 'F' || n %% 50000,
        'Made-up importer ' || n %% 50000, 5, n %% 100000, n %% 10000, 'VND'
    FROM generate_series(1, %(count)s) AS n""",
    """INSERT INTO register_line (declaration_id, item_number, hs_code, origin_country, fields)
    SELECT id, item, '61091000', 'CN', jsonb_build_object('hs_code', '61091000', 'origin_country', 'CN',
        'description', 'made-up goods ' || id || '/' || item, 'customs_value', id %% 1000, 'net_mass_kg', 12.5)
    FROM register_declaration, generate_series(1, 5) AS item WHERE number LIKE 'FILL%%'""",
    """INSERT INTO register_decision (declaration_id, current, made_at, lodged_on, office, channel, score, probability,
        targeted_by, drawn, hits, reasons, record, act, note)
    SELECT id, true, received_at, lodged_on, office, CASE WHEN id %% 10 = 0 THEN 'red' ELSE 'green' END,
        (id %% 1000) / 1000.0, 0.1, 'profile', false, ARRAY['B-00001'],
        '[{"source": "profile", "code": "B-00001", "text": "Made-up profile", "text_vi": "Made-up profile"}]', '{}',
        '', '' FROM register_declaration WHERE number LIKE 'FILL%%'""",
    """INSERT INTO register_task (declaration_id, decision_id, state, office, channel, created_at, due_at, number,
        lodged_on, importer_name, score, customs_value, duty_at_stake, currency, reasons, sources, hits)
    SELECT one.id, made.id, CASE WHEN one.id %% 100 = 0 THEN 'waiting' ELSE 'done' END, one.office, made.channel,
        made.made_at, made.made_at + interval '1 day', one.number, one.lodged_on, one.importer_name, made.score,
        one.customs_value, one.duty_at_stake, one.currency, made.reasons, ARRAY['profile'], made.hits
    FROM register_decision AS made JOIN register_declaration AS one ON one.id = made.declaration_id
    WHERE made.channel <> 'green' AND one.number LIKE 'FILL%%'""",
)


def drive(node: Node, key: str, ready: list[tuple[bytes, list[str]]], seconds: float, threads: int) -> list[float]:
    """Send messages one after the other in each thread until the time is up; seconds of each call."""
    times: list[float] = []
    waiting, lock, until = iter(ready), threading.Lock(), perf_counter() + seconds

    def send() -> None:
        client = Client(node.port, key)
        while perf_counter() < until:
            with lock:
                one = next(waiting, None)
            if one is None:
                return
            begun = perf_counter()
            status, told = client.post(one[0])
            times.append(perf_counter() - begun)
            if status != 200 or len(told["decisions"]) != len(one[1]):
                raise SystemExit(f"HTTP {status}: {str(told)[:300]}")

    senders = [threading.Thread(target=send) for _ in range(threads)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return times


def told(name: str, times: list[float], size: int, wall: float, cpu: float) -> None:
    ranked = sorted(times)
    p50, p99 = statistics.median(ranked), ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))]
    print(
        f"{name:<22} {len(times) * size / wall:8,.0f} decisions/s   p50 {p50 * 1e3:6.1f} ms   p99 {p99 * 1e3:6.1f} ms"
        f"   {len(times):,} calls in {wall:.0f} s   {cpu / len(times) / size * 1e3:.2f} ms CPU each"
        f"   load of the machine {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def load(node: Node, key: str, trade: Path, seconds: float, sizes: list[int]) -> None:
    """One declaration a call from twelve callers, five hundred from eight."""
    tag = f"L{int(perf_counter())}"
    for size in sizes:
        name, count, threads = ("one a call", 40_000, 12) if size == 1 else (f"{size} a call", 500, 8)
        ready = list(bodies(trade, size, int(min(count, seconds * max(400 / size, 3.5) + 20)), f"{tag}-{size}-"))
        drive(node, key, ready[:12], 30, threads)  # warm
        begun, used = perf_counter(), node.cpu()
        times = drive(node, key, ready[12:], seconds, threads)
        told(name, times, size, perf_counter() - begun, node.cpu() - used)


def queue(node: Node, lines: int, repeat: int = 20) -> None:
    """The queue page of a supervisor when the register holds `lines` lines."""
    from django.conf import settings
    from django.contrib.auth.models import Group
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection

    from tidegate.console.register.models import User

    with connection.cursor() as cursor:
        for statement in FILL:
            begun = perf_counter()
            cursor.execute(statement, {"count": lines // 5})
            print(f"  {statement.split()[2]}: {cursor.rowcount:,} rows in {perf_counter() - begun:.0f} s", flush=True)
        cursor.execute("ANALYZE")
    user, _ = User.objects.get_or_create(username="bench", defaults={"everywhere": True, "language": "en"})
    user.groups.set([Group.objects.get(name="supervisor")])
    user.set_unusable_password()
    user.save()
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
    session["second_factor"] = True
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session.create()
    client, times = Client(node.port, ""), []
    for _ in range(repeat):
        begun = perf_counter()
        status, page = client.get("/queue/", Cookie=f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
        times.append(perf_counter() - begun)
        if status != 200 or b"FILL" not in page:
            raise SystemExit(f"HTTP {status}: the queue page shows no task")
    ranked = sorted(times)
    print(
        f"queue page at {lines:,} lines   median {statistics.median(ranked) * 1e3:.0f} ms   slowest "
        f"{ranked[-1] * 1e3:.0f} ms of {repeat}   load of the machine {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the node is made; a temporary one without it")
    parser.add_argument("--trade", type=Path, help="folder of `tidegate demo`; made without it")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--profiles", type=int, default=1_000)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1, 500], help="declarations a call")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--lines", type=int, default=5_000_000, help="lines for the queue page; 0: none")
    asked = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {date.today()}")  # noqa: DTZ011
    with tempfile.TemporaryDirectory() as passing:
        folder = asked.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        trade = asked.trade or folder / "trade"
        if not trade.exists():
            run("demo", trade)
        table = pl.read_parquet(trade / "lines.parquet")
        text = book(table, asked.profiles).replace("2025-01-01", "2020-01-01").replace("2025-12-31", "2099-12-31")
        key = make_node(folder / "node", trade, text)
        node = Node(folder / "node", asked.workers).start()
        try:
            sleep(5)  # desks are being made
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute("SHOW fsync")
                print(f"fsync {cursor.fetchone()[0]}, {asked.profiles:,} profiles, {asked.workers} web processes")
            load(node, key, trade, asked.seconds, asked.sizes)
            if asked.lines:
                queue(node, asked.lines)
        finally:
            node.stop()


if __name__ == "__main__":
    main()
