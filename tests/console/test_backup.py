"""Backup and restore: a node comes back as it was, and what is damaged is refused before anything is made of it."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from tidegate.console import backup as keeping
from tidegate.console.audit.checking import head
from tidegate.console.database import embedded, stop
from tidegate.errors import InputError, NodeError, TidegateError

pytestmark = pytest.mark.django_db

# What a restore writes itself: its check and its entry; and what is not kept.
OWN = ("audit_check", "register_auditentry", "django_session")


def url() -> str:
    held = connection.settings_dict
    return make_conninfo("", dbname=held["NAME"], user=held["USER"], host=held["HOST"])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: object) -> Path:
    """A backup of the node of these tests."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        out = tmp_path_factory.mktemp("backup") / "node.tar"
        (Path(settings.DATA) / "media").mkdir(exist_ok=True)
        (Path(settings.DATA) / "media" / "photo, Công-te-nơ.webp").write_bytes(b"\0" * 3_000)
        number, hash_ = head()
        keeping.backup(Path(settings.DATA), url(), out, f"{number}:{hash_}")
    return out


def tables(of: str) -> dict[str, tuple[int, str]]:
    """Of each table the number of its rows and a digest over them, in any order."""
    with psycopg.connect(of, options="-c timezone=UTC") as held:
        names = held.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {
            name: held.execute(
                "SELECT count(*), md5(coalesce(string_agg(md5(one::text), '' ORDER BY md5(one::text)), ''))"
                f" FROM {name} AS one"
            ).fetchone()
            or (0, "")
            for (name,) in names
            if name not in OWN and not name.startswith("procrastinate")
        }


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "tidegate", *map(str, arguments))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    left = ("TIDEGATE_DATA", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "TIDEGATE_TODAY")
    environment = {name: value for name, value in os.environ.items() if name not in left}
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def node() -> Iterator[Path]:
    """A place for a node; not below pytest's own folder, where PostgreSQL cannot go when root runs the tests."""
    place = Path(tempfile.mkdtemp(prefix="tidegate-node-"))
    yield place
    stop(place)
    shutil.rmtree(place, ignore_errors=True)


def test_a_node_comes_back_as_it_was(made: Path, tmp_path: Path, node: Path) -> None:
    done = command("restore", made, node)
    assert done.returncode == 0, done.stderr
    assert "every hash agrees" in done.stdout
    assert "The audit trail is whole" in done.stdout
    try:
        assert tables(embedded(node)) == tables(url())
    finally:
        stop(node)
    data = Path(settings.DATA)
    for path in keeping._files(data):
        again = node / path.relative_to(data)
        assert again.read_bytes() == path.read_bytes()
    for name in ("secret.key", "draw.key"):
        assert stat.S_IMODE((node / name).stat().st_mode) == 0o600
    assert not list(node.glob(".*")), "the dump is not left lying about"
    checked = command("audit", "check", node)
    assert checked.returncode == 0, checked.stderr
    assert "The trail is whole" in checked.stdout
    twice = command("restore", made, node)
    assert twice.returncode == 2
    assert "something already" in twice.stderr
    kept = command("backup", node, "--out", tmp_path / "again.tar")
    assert kept.returncode == 0, kept.stderr
    assert "secrets" in kept.stdout
    number, hash_ = command("audit", "head", node).stdout.strip().split(":")
    assert command("audit", "check", node, "--head", f"{int(number) + 9}:{hash_}").returncode == 1
    run(
        sys.executable,
        "-c",
        f"""
from pathlib import Path
from tidegate.console.serving import visiting
with visiting(Path({str(node)!r})):
    from tidegate.console.register.models import AuditEntry
    AuditEntry.objects.filter(number=1).update(actor="nobody")
""",
    )
    broken = command("audit", "check", node)
    assert broken.returncode == 1
    assert "Broken at entry 1: changed" in broken.stdout


def test_only_its_owner_reads_a_backup_and_it_says_what_it_holds(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    manifest = keeping.read_manifest(made)
    names = set(manifest["files"])
    assert {"database.dump", "data/secret.key", "data/draw.key"} <= names
    assert not any(name.startswith(tuple(f"data/{one}/" for one in keeping.LEFT_OUT)) for name in names)
    assert not list(made.parent.glob(".*")), "nothing half done is left"


def test_what_is_damaged_is_refused(made: Path, tmp_path: Path) -> None:
    whole = made.read_bytes()
    node = tmp_path / "node"
    with tarfile.open(made) as tar:
        place = tar.getmember("data/draw.key").offset_data
        middle = tar.getmember("database.dump").offset_data + 1_000
    for at in (place, middle):
        bad = tmp_path / "bad.tar"
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(NodeError, match="not what was written"):
            keeping.read_manifest(bad)
    for body in (b"", b"no tar at all", whole[: len(whole) // 2], whole[:middle]):
        bad.write_bytes(body)
        with pytest.raises(TidegateError):
            keeping.read_manifest(bad)
    bad.write_bytes(whole[: len(whole) // 2])
    done = command("restore", bad, node)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not node.exists()
    assert command("backup", tmp_path / "nowhere", "--out", tmp_path / "x.tar").returncode == 2


def test_a_file_that_would_be_put_elsewhere_is_refused(made: Path, tmp_path: Path) -> None:
    for name in ("data/../../out.txt", "/etc/out.txt", "data//x"):
        bad, body = tmp_path / "bad.tar", b"x"
        with tarfile.open(bad, "w") as tar:
            files = {}
            for one in (keeping.DUMP, name):
                member = tarfile.TarInfo(one)
                member.size = len(body)
                tar.addfile(member, io.BytesIO(body))
                files[one] = {"sha256": keeping._hash(io.BytesIO(body)), "size": 1}
            told = json.dumps({"format": keeping.FORMAT, "files": files}).encode()
            member = tarfile.TarInfo(keeping.MANIFEST)
            member.size = len(told)
            tar.addfile(member, io.BytesIO(told))
        with pytest.raises(NodeError, match="list of parts"):
            keeping.read_manifest(bad)


def test_a_database_with_something_in_it_is_not_written_to(made: Path) -> None:
    with pytest.raises(NodeError, match="table"):
        keeping.load(url(), made)
    with pytest.raises(InputError, match="something already"):
        keeping.put_back(made, made.parent)
