"""tidegate backup and restore: a whole node in one file, and back."""

from __future__ import annotations

import shutil
from pathlib import Path

from tidegate.console import backup as keeping
from tidegate.console import serving
from tidegate.console.database import stop
from tidegate.errors import InputError

__all__ = ["backup", "restore"]


def backup(data: Path = Path("node"), /, *, out: Path) -> None:
    """Write a node to one file, while it runs: its database, lists, models, photos and secrets.

    The file holds the secrets of the node, the one behind its draw too: only its owner can read it. Keep it so.

    Parameters
    ----------
    data:
        Folder of the node, served or not.
    out:
        The file, which must not be there yet.
    """
    with serving.visiting(data) as told:
        from tidegate.console.audit.checking import head
        from tidegate.console.register import trail

        number, hash_ = head()
        made = keeping.backup(data.resolve(), told["DATABASE_URL"], out.resolve(), f"{number}:{hash_}")
        trail.write("node.backup", "node:backup", "node", file=out.name, files=len(made["files"]))
    print(f"{out}: {keeping.told(made)}.")
    print("It holds the secrets of this node. Keep it where only those may read it who may read the node.")


def restore(file: Path, data: Path, /) -> int:
    """Make a node of what `tidegate backup` wrote: hashes first, then folder and database, then its audit trail.

    Exit status 1 where the trail of the restored node is broken. Nothing is left behind where it fails.

    Parameters
    ----------
    file:
        The backup.
    data:
        Folder for the node: empty, or not there yet. With DATABASE_URL, that database must be empty, too.
    """
    if not file.is_file():
        raise InputError("there is no such file.", where=str(file))
    manifest = keeping.read_manifest(file)
    print(f"{file}: {keeping.told(manifest)}; every hash agrees.")
    dump = keeping.put_back(file, data)
    try:
        told = serving.environment(data)
        try:
            keeping.load(told["DATABASE_URL"], dump)
            dump.unlink()
            serving.prepare(told)
            from django.db import connections

            from tidegate.console.audit.checking import check, read_head
            from tidegate.console.register import trail

            made = check("node", written=read_head(manifest["head"]) if not manifest["head"].startswith("0:") else None)
            trail.write("node.restore", "node:backup", "node", made_at=manifest["made_at"], head=manifest["head"])
            connections.close_all()
        finally:
            if told.get("TIDEGATE_EMBEDDED"):
                stop(data)
    except BaseException:
        shutil.rmtree(data, ignore_errors=True)
        raise
    for number, said in made.breaks:
        print(f"Broken at entry {number:,}: {said}" if number else f"Broken: {said}")
    if not made.breaks:
        print(f"The audit trail is whole, up to entry {made.upto:,}. Its head: {made.upto}:{made.head}")
    print(f"Serve it: tidegate serve {data}")
    return 1 if made.breaks else 0
