"""A node for tests: a PostgreSQL of its own, a small made-up trade in its register, a user for each role."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

DATA = Path(tempfile.mkdtemp(prefix="tidegate-node-"))
os.environ.update(
    TIDEGATE_DATA=str(DATA),
    DJANGO_SETTINGS_MODULE="tidegate.console.settings",
    TIDEGATE_TODAY="2025-02-10",
    TIDEGATE_SECOND_FACTOR="optional",
)
os.environ.pop("DATABASE_URL", None)

import django  # noqa: E402
from django.conf import settings  # noqa: E402

from tidegate.console.catalogues import compile_all  # noqa: E402
from tidegate.console.database import stop  # noqa: E402


@atexit.register
def _end() -> None:
    stop(DATA)
    shutil.rmtree(DATA, ignore_errors=True)


compile_all()
django.setup()  # starts the database: it ends with this process whatever comes
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # not slow: nothing is kept


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The processes of xdist would take up settings with this one's folder before they are told of their own."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


from django.contrib.auth.models import Group  # noqa: E402
from django.test import Client  # noqa: E402

from tidegate.assessment import Engine  # noqa: E402
from tidegate.console.deciding import activate, draw_keys, keep, make_edition  # noqa: E402
from tidegate.console.deciding.editions import engine_of, shelve  # noqa: E402
from tidegate.console.register.models import Clearance, Edition, Office, User  # noqa: E402
from tidegate.console.roles import ROLES  # noqa: E402
from tidegate.indicators import Counters  # noqa: E402
from tidegate.simulator import simulate  # noqa: E402

DAYS, DECIDED = 40, 10


@pytest.fixture(scope="session")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small made-up trade: 40 days to 9 February 2025, 4,000 lines."""
    folder = tmp_path_factory.mktemp("trade")
    simulate(folder, lines=4_000, days=DAYS, seed=3)
    return folder


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object, trade: Path) -> None:
    """The register with the last ten days decided, and users named as their roles; a test's changes are rolled back."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        lines = pl.read_parquet(trade / "lines.parquet")
        edition = make_edition(
            "test",
            None,
            book=(trade / "book.toml").read_text("utf-8"),
            policy=(trade / "policy.toml").read_text("utf-8"),
            lists=shelve(trade / "lists", "lists"),
        )
        activate(edition, None)
        counters = Counters()
        counters.add(lines, pl.read_parquet(trade / "findings.parquet"))
        known = DATA / "known"
        known.mkdir(exist_ok=True)
        counters.save(known / "counters")
        current = lines.filter(pl.col("lodged_on") > date(2025, 1, 1) + timedelta(days=DAYS - 1 - DECIDED))
        decisions = engine_of(edition).assess(current, counters).decisions
        decisions.write_parquet(known / "cases.parquet")
        (DATA / "archive").mkdir(exist_ok=True)
        shutil.copyfile(trade / "lines.parquet", DATA / "archive" / "lines.parquet")
        shutil.copyfile(trade / "findings.parquet", DATA / "archive" / "findings.parquet")
        for code in sorted(decisions["office"].unique().drop_nulls()):
            Office.objects.create(code=code, name=f"Office {code}", name_vi=f"Chi cục {code}", inspectors_daily=5)
        keep(current, decisions.to_dicts(), edition)
        for role in ROLES:
            user = User.objects.create_user(role.name, everywhere=True, clearance=Clearance.OFFICIAL, language="en")
            user.groups.set([Group.objects.get(name=role.name)])


@pytest.fixture
def as_role(db: None) -> Callable[..., Client]:
    """A client signed in as the user of a role, in English unless said otherwise."""

    def sign_in(role: str, language: str = "en") -> Client:
        client = Client()
        client.cookies["django_language"] = language
        client.force_login(
            User.objects.get(username=role), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return sign_in


@pytest.fixture
def edition(db: None) -> Edition:
    """The edition in force."""
    return Edition.objects.latest("pk")


@pytest.fixture
def engine(edition: Edition) -> Engine:
    """Its engine."""
    assert draw_keys()
    return engine_of(edition)
