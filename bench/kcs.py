"""The Korean customs data set (KCS): precision at 5% and 10%, as published and copy-free, beside three peers.

Run by `make bench-kcs`. Learns from train.csv, scores valid.csv; five seeds; ties broken by a seeded shuffle.
Copy-free: first every training line whose record (product, way, tariff, mass) occurs in the part to score is dropped.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import lightgbm as lgb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.intake import Mapping, read
from tidegate.models import Model, precision_at

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "../shared/data/kcs"
RECORD = ["hs_code", "dispatch_country", "origin_country", "duty_rate", "preference", "net_mass_kg"]
NOT_LEARNED = ["declaration_id", "item_number", "lodged_on"]
SEEDS = range(5)
SHARES = (0.05, 0.10)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Learns from lines and labels, scores others, with a seed.
Peer = Callable[[pl.DataFrame, Flags, pl.DataFrame, int], Floats]


def labelled(name: str) -> tuple[pl.DataFrame, Flags]:
    """Lines of one KCS file and whether each was fraud."""
    taken = read([DATA / name], Mapping.load(ROOT / "examples/kcs/mapping.toml"))
    assert taken.findings is not None
    keys = ["declaration_id", "item_number"]
    joined = taken.lines.join(
        taken.findings.select(*keys, "illicit"), on=keys, how="inner", nulls_equal=True, maintain_order="left"
    )
    print(f"{name}: {taken.counts}, {joined.height:,} labelled, {joined['illicit'].mean():.4f} fraud")
    return joined.drop("illicit"), joined["illicit"].to_numpy()


def tidegate(past: pl.DataFrame, illicit: Flags, asked: pl.DataFrame, seed: int) -> Floats:
    """Tidegate's model as `tidegate train` makes it."""
    return Model.train(past, illicit, past["lodged_on"], seed=seed, evaluate=False).score(asked)


def lightgbm_defaults(past: pl.DataFrame, illicit: Flags, asked: pl.DataFrame, seed: int) -> Floats:
    """LightGBM with defaults, texts as ordinal numbers."""
    codes = []
    for name, dtype in past.drop(NOT_LEARNED).schema.items():
        both = pl.concat([past[name], asked[name]])
        if dtype == pl.String:
            both = both.rank("dense").cast(pl.Float64)
        codes.append(both.cast(pl.Float64, strict=False).to_numpy())
    matrix = np.column_stack(codes)
    learned = lgb.LGBMClassifier(random_state=seed, verbose=-1).fit(matrix[: past.height], illicit)
    return np.asarray(learned.predict_proba(matrix[past.height :])[:, 1])


def look_up(past: pl.DataFrame, illicit: Flags, asked: pl.DataFrame, seed: int) -> Floats:
    """Share found among past lines of the same record; the share of all where there is none. Nothing is learned."""
    rates = past.select(RECORD).with_columns(found=illicit).group_by(RECORD).agg(pl.col("found").mean())
    told = asked.select(RECORD).join(rates, on=RECORD, how="left", nulls_equal=True, maintain_order="left")
    return told["found"].fill_null(illicit.mean()).to_numpy()


def random(past: pl.DataFrame, illicit: Flags, asked: pl.DataFrame, seed: int) -> Floats:
    """Opening at random."""
    return np.random.default_rng(seed).random(asked.height)


PEERS: dict[str, Peer] = {
    "Tidegate": tidegate,
    "LightGBM, defaults": lightgbm_defaults,
    "look-up table": look_up,
    "random": random,
}


def main() -> int:
    """Print both tables; 0 when the data is there, 2 when it is not."""
    if not DATA.is_dir():
        print("bench-kcs was skipped: ../shared/data/kcs is missing.", file=sys.stderr)
        return 2
    libraries = ", ".join(f"{name} {version(name)}" for name in ("lightgbm", "scikit-learn", "numpy", "polars"))
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, {libraries}")
    train, illicit = labelled("train.csv")
    valid, fraud = labelled("valid.csv")
    marked = valid.select(RECORD).unique().with_columns(seen=pl.lit(True))
    fresh = train.select(RECORD).join(marked, on=RECORD, how="left", nulls_equal=True, maintain_order="left")
    copy_free = fresh["seen"].is_null().to_numpy()
    for title, rows in (("as published", np.ones(len(illicit), bool)), ("copy-free", copy_free)):
        past, found = train.filter(rows), illicit[rows]
        print(f"\n{title}: {past.height:,} to learn from, {valid.height:,} to score; mean ± sd of {len(SEEDS)} seeds")
        print(f"{'':20s} {'P@5%':>15s} {'P@10%':>15s} {'s a seed':>9s}")
        for name, peer in PEERS.items():
            start = time.perf_counter()
            figures = np.array(
                [
                    [precision_at(scores, fraud, share, seed) for share in SHARES]
                    for seed in SEEDS
                    for scores in [peer(past, found, valid, seed)]
                ]
            )
            seconds = (time.perf_counter() - start) / len(SEEDS)
            cells = [
                f"{m:.3f} ± {s:.3f}" for m, s in zip(figures.mean(axis=0), figures.std(axis=0, ddof=1), strict=True)
            ]
            print(f"{name:20s} {cells[0]:>15s} {cells[1]:>15s} {seconds:9.1f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
