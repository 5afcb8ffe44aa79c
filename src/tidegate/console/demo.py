"""The demo administration: a year of made-up trade, decided and taken into the register; users for each role.

All names are made up. The demo is for loopback only: its passwords are printed.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import polars as pl
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from tidegate.assessment import Record
from tidegate.console.clock import now
from tidegate.console.deciding import activate, keep, make_edition, receive
from tidegate.console.deciding.cargo import MARKS, keep_bills
from tidegate.console.deciding.editions import shelve
from tidegate.console.deciding.keeping import message
from tidegate.console.deciding.nightly import begin_here
from tidegate.console.demo_cargo import as_message, with_cargo
from tidegate.console.effect.figures import PERIODS
from tidegate.console.effect.tasks import work_out_figures
from tidegate.console.profiles.tasks import ask_for_history
from tidegate.console.quality.figures import PERIODS as REPORTED
from tidegate.console.quality.tasks import work_out_report
from tidegate.console.register.models import Clearance, Declaration, Finding, InForce, Office, Task, User
from tidegate.console.roles import ROLES
from tidegate.intake import read_bytes

__all__ = ["DEMO_OFFICES", "make_users", "take_in"]

DEMO_OFFICES = {
    "02CI": ("Saigon Port, area I", "Cảng Sài Gòn khu vực I"),
    "02B1": ("Tan Son Nhat airport", "Sân bay Tân Sơn Nhất"),
    "02DS": ("Saigon express and post", "Chuyển phát nhanh và bưu điện Sài Gòn"),
    "03CC": ("Hai Phong port", "Cảng Hải Phòng"),
    "03EE": ("Dinh Vu port", "Cảng Đình Vũ"),
    "15BB": ("Lang Son border gate", "Cửa khẩu Lạng Sơn"),
    "01B1": ("Noi Bai airport", "Sân bay Nội Bài"),
}
POST = {"cuscar": "edifact", "declaration": "wco", "sad": "asycuda", "parcels": "parcels"}  # files by their formats
PART = 1_000  # declarations that are taken in at once
CLEARED = ("supervisor", "approver", "auditor", "lists")  # for restricted matters
OPEN_DAYS = 3  # what was lodged in the last days still waits in the queue


def make_users() -> list[tuple[User, str]]:
    """A user for each role (two inspectors more), with a password each, which nobody can look up later."""
    offices = list(Office.objects.all())
    made = []
    for role in ROLES:
        if role.name == "system":
            continue
        for name in (role.name, *(("inspector2", "inspector3") if role.name == "inspector" else ())):
            user, _ = User.objects.get_or_create(username=name)
            password = secrets.token_urlsafe(9)
            user.set_password(password)
            user.first_name = f"{role.label} (made up)"
            user.everywhere = role.name not in ("targeting", "inspector")
            user.clearance = Clearance.RESTRICTED if role.name in CLEARED else Clearance.OFFICIAL
            user.save()
            user.groups.set([Group.objects.get(name=role.name)])
            user.offices.set(offices)
            made.append((user, password))
    _sign([user for user, _ in made if user.may("inspect")])
    return made


def _sign(inspectors: list[User]) -> None:
    """Let the findings of the simulated trade have been made by the demo's inspectors, drawn by hash."""
    unsigned = list(Finding.objects.filter(sender="demo", officer=None).select_related("declaration"))
    for one in unsigned:
        lot = hashlib.sha256(one.declaration.number.encode()).digest()[0]
        one.officer = inspectors[lot % len(inspectors)]
    Finding.objects.bulk_update(unsigned, ["officer"], batch_size=2_000)


def take_in(folder: Path) -> int:
    """Take the folder of `tidegate demo` into an empty register; returns the number of declarations.

    Decisions become declarations with their tasks; findings close them, but for the last days, which wait in the queue.
    """
    if InForce.objects.exists():
        return 0
    record = Record.open(folder / "decisions")
    decisions = record.decisions()
    unlawful = pl.read_parquet(folder / "truth.parquet").filter("illicit")["declaration_id"]
    lines, bills = with_cargo(record.declared(), set(unlawful))
    data = Path(settings.DATA)
    if not (data / "draw.key").exists():
        shutil.copyfile(folder / "draw.key", data / "draw.key")
        (data / "draw.key").chmod(0o600)
    (data / "known").mkdir(parents=True, exist_ok=True)
    record.counters().save(data / "known" / "counters")
    decisions.write_parquet(data / "known" / "cases.parquet")
    (data / "archive").mkdir(exist_ok=True)
    marks = lines.select("declaration_id", "item_number", *MARKS)
    pl.read_parquet(folder / "lines.parquet").join(
        marks, on=["declaration_id", "item_number"], how="left", maintain_order="left"
    ).write_parquet(data / "archive" / "lines.parquet")
    shutil.copyfile(folder / "findings.parquet", data / "archive" / "findings.parquet")
    with transaction.atomic():
        for code in sorted(decisions["office"].drop_nulls().unique().to_list()):
            name, name_vi = DEMO_OFFICES.get(code, (code, code))
            Office.objects.get_or_create(code=code, defaults={"name": name, "name_vi": name_vi, "inspectors_daily": 12})
        edition = make_edition(
            "demo",
            None,
            book=(folder / "book.toml").read_text("utf-8"),
            policy=(folder / "policy.toml").read_text("utf-8"),
            lists=shelve(folder / "lists", "lists"),
            model=shelve(folder / "model", "models"),
        )
        activate(edition, None)
        for part in _parts(decisions):
            keep(
                lines.join(part.select("declaration_id"), on="declaration_id", how="semi", maintain_order="left"),
                part.to_dicts(),
                edition,
            )
        _findings(pl.read_parquet(folder / "opened.parquet"))
        _manifests(bills)
    begin_here()
    _post(folder / "post")
    ask_for_history()
    for days in PERIODS:
        work_out_figures.defer(office="", days=days, by="node")
    for days in REPORTED:
        work_out_report.defer(office="", days=days)
    return decisions.height


def _parts(decisions: pl.DataFrame) -> Iterator[pl.DataFrame]:
    ordered = decisions.sort("lodged_on", "declaration_id")
    for start in range(0, ordered.height, PART):
        yield ordered[start : start + PART]


def _findings(found: pl.DataFrame) -> None:
    """What the officers of the simulated trade found; their tasks are done, but for those of the last days."""
    since = Declaration.objects.order_by("-lodged_on").values_list("lodged_on", flat=True)[0] - timedelta(
        days=OPEN_DAYS
    )
    held = {one.number: one for one in Declaration.objects.filter(current=True, lodged_on__lte=since)}
    moment = now()
    Finding.objects.bulk_create(
        Finding(
            declaration=held[row["declaration_id"]],
            item_number=row["item_number"],
            found_on=row["found_on"],
            illicit=row["illicit"],
            offence=row["offence"] or "",
            revenue=row["revenue"] or 0.0,
            office=held[row["declaration_id"]].office,
            sender="demo",
            made_at=moment,
        )
        for row in found.to_dicts()
        if row["declaration_id"] in held
    )
    Task.objects.filter(lodged_on__lte=since).update(state=Task.State.DONE, done_at=moment)


def _post(folder: Path) -> None:
    """The messages of the day, as a port, a single window and the post office would send them."""
    for name, form in POST.items():
        for path in sorted(folder.glob(f"{name}*")):
            receive(path.read_bytes(), form, "demo-post")


def _manifests(bills: pl.DataFrame) -> None:
    """Manifests, as they came from a port the evening before."""
    for (day,), part in bills.partition_by("arrived_on", as_dict=True, maintain_order=True).items():
        sent = datetime.combine(day, time(18)) - timedelta(days=1)
        body = as_message(part, sent)
        source = message(body, "edifact", "demo-port")
        source.received_at = timezone.make_aware(sent)
        source.save()
        keep_bills(read_bytes(body, form="edifact", received=day).bills, source)
