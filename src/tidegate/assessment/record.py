"""The record: what an assessment leaves behind, whole or not at all, with all that is needed to replay it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tidegate import __version__
from tidegate.assessment.engine import Assessment, Engine
from tidegate.errors import DecisionError, InputError
from tidegate.indicators import Counters
from tidegate.models import Model
from tidegate.profiles import Book, WatchLists
from tidegate.screening import Cleared, HeldList, Lists, Screener, keep, kept
from tidegate.selection import Keys, Policy

__all__ = ["Record", "write_record"]

FORMAT = 1
MANIFEST = "record.json"
START = datetime(1970, 1, 1, tzinfo=UTC)
INPUTS = "inputs"
SCREENED, CLEARED = "screened", "cleared.csv"


@dataclass(frozen=True, slots=True)
class Record:
    """A folder written by `write_record`, opened for reading. `manifest` is record.json."""

    folder: Path
    manifest: Mapping[str, Any]

    @classmethod
    def open(cls, folder: str | Path) -> Record:
        """Raises DecisionError when the folder holds no record, or one of another format."""
        folder = Path(folder)
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DecisionError(
                f"no {MANIFEST} can be read here.",
                where=str(folder),
                hint="Name a folder that `tidegate assess` wrote.",
            ) from error
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise DecisionError(
                f"{MANIFEST} is of another format.", where=str(folder), hint="Replay it with the version that wrote it."
            )
        return cls(folder, manifest)

    def changed(self) -> list[str]:
        """Files that are missing, or whose hash is not the one that was written down, by name."""
        return [name for name, digest in self.manifest["files"].items() if hash_of(self.folder / name) != digest]

    def decisions(self) -> pl.DataFrame:
        """The decisions as written. Raises DecisionError when the file cannot be read."""
        return self._table("decisions.parquet")

    def lines(self) -> pl.DataFrame:
        """The lines as written, with indicators, scores and hits. Raises DecisionError when the file cannot be read."""
        return self._table("lines.parquet")

    def declared(self) -> pl.DataFrame:
        """The lines as they were declared: fields and extra columns, without what was computed about them."""
        return self.lines().select(self.manifest["declared"])

    def counters(self) -> Counters:
        """The counters as they stood when the decisions were made."""
        return Counters.load(self.folder / INPUTS / "counters")

    def engine(self, keys: Keys) -> Engine:
        """The very book, lists, model and policy that decided; `keys` come from outside: the folder holds none."""
        inputs = self.folder / INPUTS
        return Engine(
            policy=Policy.load(inputs / "policy.toml"),
            keys=keys,
            book=Book.join(Book.load(path) for path in sorted((inputs / "books").glob("*.toml"))),
            lists=WatchLists.load(inputs / "lists") if (inputs / "lists").exists() else None,
            model=self.model(),
            screener=self.screener(),
        )

    def model(self) -> Model | None:
        """The model that scored, where there was one. Raises ModelError when its folder was damaged or altered."""
        folder = self.folder / INPUTS / "model"
        return Model.load(folder) if folder.exists() else None

    def screener(self) -> Screener | None:
        """All lists as they stood, and what officers had cleared. Raises ListError when they were damaged."""
        held = kept(self.folder / INPUTS / SCREENED)
        lists = Lists({name: one.list for name, one in held.items()})
        return Screener(lists, Cleared.load(self.folder / INPUTS / CLEARED)) if held else None

    def _table(self, name: str) -> pl.DataFrame:
        try:
            return pl.read_parquet(self.folder / name)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise DecisionError(
                "cannot be read: it is missing or damaged.",
                where=str(self.folder / name),
                hint="Restore it, or assess again.",
            ) from error


def write_record(
    out: str | Path,
    engine: Engine,
    counters: Counters,
    declared: list[str],
    assessment: Assessment,
    *,
    books: Sequence[Path] = (),
    lists: Path | None = None,
    also: Mapping[str, Callable[[Path], object]],
    replace: bool = False,
) -> Path:
    """Write an assessment and everything that decided it to the folder `out`, in one step.

    `declared` names the columns that came from outside; `books` and `lists` are the files and the folder that the
    engine's were read from, kept to the letter; `also` maps a file name to what writes it (rejected.csv,
    summary.json, report.html). Written beside `out` first, then renamed: a reader sees a whole folder or none.
    Raises InputError when `out` is taken.
    """
    out = Path(out)
    if out.exists() and (not replace or not (out / MANIFEST).exists()):
        raise InputError(
            "this folder exists already.",
            where=str(out),
            hint="Choose another --out, or pass --replace to write over an earlier assessment.",
        )
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    inputs = part / INPUTS
    try:
        inputs.mkdir(parents=True)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}.", where=str(out), hint="Choose another --out."
        ) from error
    try:
        assessment.decisions.write_parquet(part / "decisions.parquet")
        assessment.lines.write_parquet(part / "lines.parquet")
        assessment.matches.write_parquet(part / "matches.parquet")
        (inputs / "policy.toml").write_text(engine.policy.toml(), encoding="utf-8")
        (inputs / "books").mkdir()
        for number, book in enumerate(books, 1):
            shutil.copyfile(book, inputs / "books" / f"{number:03}.toml")
        if engine.lists is not None and lists is not None:
            (inputs / "lists").mkdir()
            for name in engine.lists:
                shutil.copyfile(lists / f"{name}.csv", inputs / "lists" / f"{name}.csv")
        if engine.screener is not None:
            # When they were read is no part of what they say.
            whole = {name: HeldList(one, START) for name, one in engine.screener.lists.by_name.items()}
            keep(whole, inputs / SCREENED)
            engine.screener.cleared.save(inputs / CLEARED)
        if engine.model is not None:
            engine.model.save(inputs / "model")
        counters.save(inputs / "counters")
        for name, write in also.items():
            write(part / name)
        files = sorted(path.relative_to(part).as_posix() for path in part.rglob("*") if path.is_file())
        manifest = {
            "format": FORMAT,
            "tidegate": __version__,
            "versions": engine.versions,
            "declared": declared,
            "files": {name: hash_of(part / name) for name in files},
        }
        (part / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        os.replace(part, out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return out


def hash_of(path: Path) -> str | None:
    """SHA-256 of a file, in hex; None when it is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
