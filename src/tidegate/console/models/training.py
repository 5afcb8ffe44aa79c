"""Training anew: from the lines of archive and register, and from all findings about them, as `tidegate train` does."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from tidegate.assessment import labelled
from tidegate.console.deciding import lines_of
from tidegate.console.deciding.editions import shelve
from tidegate.console.register.models import Declaration, Finding
from tidegate.errors import InputError
from tidegate.indicators import Counters, compute
from tidegate.models import Model
from tidegate.trade import LINE_SCHEMA, conform

__all__ = ["findings", "lines", "train"]

PART = 20_000  # declarations of the register that are read at once
FOUND: dict[Any, Any] = {
    "declaration_id": pl.String(),
    "item_number": pl.Int32(),
    "found_on": pl.Date(),
    "illicit": pl.Boolean(),
    "revenue": pl.Float64(),
}


def train(until: date, seed: int = 0) -> str:
    """Learn from what was lodged and known by the end of `until`; returns the name under which the model is shelved.

    Raises InputError where nothing was found by then, ModelError where too little was.
    """
    table, found = lines(until), findings(until)
    if not table.height:
        raise InputError("no lines are kept of these days.", where="archive", hint="Choose a later day.")
    known = labelled(table, found, until)
    counters = Counters()
    counters.add(table, found)
    opened = table.filter(pl.col("declaration_id").is_in(known["declaration_id"].unique().implode()))
    history = opened.select("declaration_id", "item_number").hstack(compute(opened, counters))
    joined = known.join(history, on=["declaration_id", "item_number"], how="left", maintain_order="left")
    model = Model.train(
        joined.drop("illicit", "recovered"),
        known["illicit"].to_numpy(),
        known["lodged_on"].to_numpy(),
        revenue=known["recovered"].to_numpy(),
        seed=seed,
    )
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model")
        return shelve(Path(folder) / "model", "models")


def lines(until: date) -> pl.DataFrame:
    """All lines lodged by the end of `until`: of the archive, and of the register where the archive has them not."""
    kept = [pl.scan_parquet(path).filter(pl.col("lodged_on") <= until).collect() for path in _archive("hs_code")]
    parts = [pl.DataFrame(schema=LINE_SCHEMA), *kept]
    archived = pl.concat(parts, how="diagonal_relaxed").unique(
        ["declaration_id", "item_number"], keep="last", maintain_order=True
    )
    numbers = set(archived["declaration_id"].unique())
    received = Declaration.objects.filter(current=True, cancelled=False, lodged_on__lte=until).only("number")
    missing = [one for one in received.iterator(chunk_size=PART) if one.number not in numbers]
    added = [lines_of(missing[start : start + PART]) for start in range(0, len(missing), PART)]
    return conform(pl.concat([archived, *added], how="diagonal_relaxed"))


def findings(until: date | None = None) -> pl.DataFrame:
    """Findings of archive and register (columns FOUND); the register's stand for its declarations."""
    rows = Finding.objects.order_by("pk").values_list(
        "declaration__number", "item_number", "found_on", "illicit", "revenue"
    )
    told = pl.DataFrame(list(rows), schema=FOUND, orient="row")
    archived = [pl.read_parquet(path, columns=list(FOUND)).cast(FOUND) for path in _archive("illicit")]
    every = [part.join(told, on="declaration_id", how="anti", maintain_order="left") for part in archived]
    found = pl.concat([*every, told])
    return found if until is None else found.filter(pl.col("found_on") <= until)


def _archive(column: str) -> list[Path]:
    """Files of the archive with this column."""
    return [
        path
        for path in sorted((Path(settings.DATA) / "archive").glob("*.parquet"))
        if column in pl.scan_parquet(path).collect_schema()
    ]
