"""Folder: how a model lies on disk, as JSON, text and plain arrays, with the hash of every file in a manifest."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from tidegate.errors import ModelError
from tidegate.models.columns import Column
from tidegate.models.copies import Memory
from tidegate.models.ensemble import Ensemble
from tidegate.models.keys import Key, Part
from tidegate.models.rates import Rates

__all__ = ["FORMAT", "MANIFEST", "pack", "read_folder", "unpack", "version_of", "write_folder"]

FORMAT = 1
MANIFEST = "manifest.json"
# The files that decide; the rest of a folder is for people to read.
DECIDING = ("model.json", "weights.npz", "trees.txt")
# Between two members in trees.txt.
SEPARATOR = "\n=== next member ===\n"


def pack(ensemble: Ensemble, usual: Mapping[str, tuple[float, float]]) -> dict[str, bytes]:
    """The deciding files of a model, by name."""
    arrays: dict[str, Any] = {}
    for at, part in enumerate(ensemble.parts):
        arrays[f"part{at}.edges"] = part.edges
    keys = [*ensemble.keys, *([ensemble.record] if ensemble.record else [])]
    for at, key in enumerate(keys):
        for step, codes in enumerate(key.steps):
            arrays[f"key{at}.step{step}"] = codes
    for name, tables in (("logits", ensemble.rates.logits), ("evidence", ensemble.rates.evidence)):
        for at, table in enumerate(tables):
            arrays[f"key{at}.{name}"] = table
    for name, tables in (("opened", ensemble.opened), ("found", ensemble.found), ("effect", ensemble.effects)):
        for at, table in enumerate(tables):
            arrays[f"key{at}.{name}"] = table
    if ensemble.memory:
        arrays |= {"memory.opened": ensemble.memory.opened, "memory.found": ensemble.memory.found}
    plan = {
        "format": FORMAT,
        "columns": [asdict(column) for column in ensemble.columns],
        "parts": [
            {"title": p.title, "column": p.column, "view": p.view, "head": p.head, "vocabulary": p.vocabulary}
            for p in ensemble.parts
        ],
        "keys": [{"parts": key.parts, "sizes": key.sizes} for key in keys],
        "record": ensemble.record is not None,
        "encoded": ensemble.encoded,
        "numbers": ensemble.numbers,
        "base": ensemble.rates.base,
        "parents": ensemble.rates.parents,
        "constant": ensemble.constant,
        "blend": ensemble.blend,
        "memory": ensemble.memory.strength if ensemble.memory else None,
        "usual": usual,
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return {
        "model.json": json.dumps(plan, ensure_ascii=False, indent=1).encode(),
        "weights.npz": buffer.getvalue(),
        "trees.txt": SEPARATOR.join(ensemble.texts).encode(),
    }


def unpack(files: Mapping[str, bytes]) -> tuple[Ensemble, dict[str, tuple[float, float]]]:
    """(ensemble, usual ranges) from the deciding files."""
    plan = json.loads(files["model.json"])
    with np.load(io.BytesIO(files["weights.npz"]), allow_pickle=False) as stored:
        arrays = dict(stored)
    keys = tuple(
        Key(
            tuple(key["parts"]),
            tuple(key["sizes"]),
            tuple(arrays[f"key{at}.step{step}"] for step in range(len(key["parts"]) - 1)),
        )
        for at, key in enumerate(plan["keys"])
    )
    record = keys[-1] if plan["record"] else None
    keys = keys[:-1] if record else keys
    encoded = plan["encoded"]

    def tables(name: str, count: int) -> list[Any]:
        return [arrays[f"key{at}.{name}"] for at in range(count)]

    ensemble = Ensemble(
        columns=tuple(Column(**column) for column in plan["columns"]),
        parts=tuple(
            Part(p["title"], p["column"], p["view"], p["head"], tuple(p["vocabulary"]), arrays[f"part{at}.edges"])
            for at, p in enumerate(plan["parts"])
        ),
        keys=keys,
        encoded=encoded,
        numbers=tuple(plan["numbers"]),
        record=record,
        rates=Rates(
            plan["base"],
            tuple(tuple(above) for above in plan["parents"]),
            tables("logits", encoded),
            tables("evidence", encoded),
        ),
        opened=tables("opened", len(keys)),
        found=tables("found", len(keys)),
        effects=tables("effect", len(keys)),
        constant=plan["constant"],
        texts=tuple(files["trees.txt"].decode().split(SEPARATOR)),
        blend=tuple(plan["blend"]),
        memory=Memory(plan["memory"], arrays["memory.opened"], arrays["memory.found"])
        if plan["memory"] is not None
        else None,
    )
    return ensemble, {name: (low, high) for name, (low, high) in plan["usual"].items()}


def version_of(files: Mapping[str, bytes]) -> str:
    """sha256 (hex) over the names and hashes of the deciding files: same version, same scores."""
    lines = "".join(f"{name} {sha256(files[name]).hexdigest()}\n" for name in DECIDING)
    return sha256(lines.encode()).hexdigest()


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` and, last, the manifest that makes them a model."""
    folder.mkdir(parents=True, exist_ok=True)
    # A folder that is half written has no manifest, and so is no model.
    (folder / MANIFEST).unlink(missing_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    manifest = {
        "format": FORMAT,
        "version": version_of(files),
        "files": {name: sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a model folder, checked against the manifest. Raises ModelError for what is missing or altered."""
    again = "Train again, or copy the folder anew."
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        hashes: dict[str, str] = dict(manifest["files"])
        version, made = manifest["version"], manifest["format"]
    except FileNotFoundError:
        raise ModelError(f"no model here: {MANIFEST} is missing.", where=str(folder), hint="Train one first.") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError("the manifest cannot be read.", where=str(folder / MANIFEST), hint=again) from None
    if made != FORMAT:
        raise ModelError(
            f"a model of format {made}; this Tidegate reads {FORMAT}.", where=str(folder), hint="Train again."
        )
    files: dict[str, bytes] = {}
    for name in sorted({*hashes, *DECIDING}):
        try:
            files[name] = (folder / Path(name).name).read_bytes()
        except OSError:
            raise ModelError("a file of the model is missing.", where=str(folder / name), hint=again) from None
        if sha256(files[name]).hexdigest() != hashes.get(name):
            raise ModelError("altered or damaged: not the file that was saved.", where=str(folder / name), hint=again)
    if version_of(files) != version:
        raise ModelError("the manifest's version is not that of its files.", where=str(folder), hint=again)
    return files
