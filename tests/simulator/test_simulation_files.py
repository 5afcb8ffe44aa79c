"""What simulate writes: exact schemas, consistent tables, the same bytes for the same seed, clear refusals."""

from __future__ import annotations

import hashlib
import inspect
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import InputError
from tidegate.simulator import SCHEMES, TRUTH_SCHEMA, simulate
from tidegate.simulator import simulation as module
from tidegate.simulator.simulation import STRETCH, WEEK, stretches
from tidegate.trade import FINDING_SCHEMA, LINE_SCHEMA, conform

RUN = """
import sys
from pathlib import Path
from tidegate.simulator import simulate
simulate(Path(sys.argv[1]), lines=3000, days=45, seed=int(sys.argv[2]))
"""


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_same_bytes_whatever_the_threads(tmp_path: Path) -> None:
    runs = []
    for name, threads in (("one", "1"), ("four", "4")):
        subprocess.run(
            [sys.executable, "-c", RUN, str(tmp_path / name), "3"],
            env={**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": threads},
            check=True,
        )
        runs.append(digests(tmp_path / name))
    assert runs[0] == runs[1]
    names = {"book.toml", "policy.toml", "lines.parquet", "findings.parquet", "truth.parquet"}
    assert names < set(runs[0])
    assert [name for name in runs[0] if name.startswith("lists")]


def test_another_seed_is_another_trade(tmp_path: Path) -> None:
    for seed in (3, 4):
        simulate(tmp_path / str(seed), lines=500, days=20, seed=seed)
    one, other = digests(tmp_path / "3"), digests(tmp_path / "4")
    assert one["lines.parquet"] != other["lines.parquet"]


def test_row_groups_do_not_change_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(tmp_path / "large", lines=2_000, days=30)
    monkeypatch.setattr(module, "ROW_GROUP", 300)
    simulate(tmp_path / "small", lines=2_000, days=30)
    for name in ("lines", "findings", "truth"):
        one, other = (pl.read_parquet(tmp_path / run / f"{name}.parquet") for run in ("large", "small"))
        assert one.equals(other)


def test_schemas_are_exact(year) -> None:
    assert dict(year.lines.schema) == LINE_SCHEMA
    assert dict(year.findings.schema) == FINDING_SCHEMA
    assert dict(year.truth.schema) == TRUTH_SCHEMA
    assert conform(year.lines).equals(year.lines)


def test_lines_are_whole(year) -> None:
    lines = year.lines
    assert lines.height == 60_000
    assert lines["lodged_on"].is_sorted()
    assert lines.select("declaration_id", "item_number").is_unique().all()
    items = lines.group_by("declaration_id").agg(
        pl.len(), pl.col("item_number").max().alias("last"), pl.col("lodged_on").n_unique().alias("days")
    )
    assert (items["len"] == items["last"]).all()
    assert (items["days"] == 1).all()
    assert items["len"].max() == 20
    optional = {"importer_registered_on", "transit_country", "loading_port", "container_ids", "flags"}
    assert [name for name in lines.columns if lines[name].null_count() and name not in optional] == []
    assert (lines["net_mass_kg"] <= lines["gross_mass_kg"]).all()
    assert lines.select(pl.min_horizontal("net_mass_kg", "customs_value", "packages", "quantity").min()).item() > 0
    assert lines["customs_value"].is_finite().all()


def test_truth_has_one_row_a_line_and_holds_together(year) -> None:
    truth = year.truth
    assert truth.select("declaration_id", "item_number").equals(year.lines.select("declaration_id", "item_number"))
    honest, illicit = truth.filter(~pl.col("illicit")), truth.filter("illicit")
    assert honest.select(pl.col("offence", "scheme", "offender").is_null().all()).row(0) == (True, True, True)
    assert honest["revenue"].sum() == 0
    assert illicit["offence"].null_count() == illicit["scheme"].null_count() == 0
    assert (illicit["revenue"] > 0).all()


def test_findings_say_what_is_true_and_no_more(year) -> None:
    findings = year.findings
    lodged = year.lines.group_by("declaration_id").agg(pl.col("lodged_on").first(), pl.len().alias("lines"))
    joined = findings.join(lodged, on="declaration_id", how="left")
    assert joined["lodged_on"].null_count() == 0
    delay = (joined["found_on"] - joined["lodged_on"]).dt.total_days()
    assert delay.min() == 0
    assert 0 < delay.max() <= 10
    hits = findings.filter("illicit").join(year.truth, on=["declaration_id", "item_number"], suffix="_true", how="left")
    assert hits["illicit_true"].all()
    assert (hits["offence"] == hits["offence_true"]).all()
    assert ((hits["revenue"] - hits["revenue_true"]).abs() < 0.01).all()
    # Nothing found: one row for the declaration. Something found: one row a line.
    by_declaration = joined.group_by("declaration_id").agg(
        pl.len(), pl.col("illicit").any(), pl.col("item_number").null_count().alias("whole"), pl.col("lines").first()
    )
    clean, caught = by_declaration.filter(~pl.col("illicit")), by_declaration.filter("illicit")
    assert ((clean["len"] == 1) & (clean["whole"] == 1)).all()
    assert ((caught["len"] == caught["lines"]) & (caught["whole"] == 0)).all()
    # Offences are overlooked, too: that is what makes findings weaker than the truth.
    opened = findings["declaration_id"].unique()
    there = year.truth.filter(pl.col("illicit") & pl.col("declaration_id").is_in(opened.implode()))
    assert 0.3 < caught.height / there["declaration_id"].n_unique() < 0.85


def test_the_draw_is_a_fair_sample_with_a_known_probability(year) -> None:
    findings, declarations = year.findings, year.lines["declaration_id"].n_unique()
    assert set(findings["selected_by"].unique()) == {"draw", "profile", "officer"}
    assert (findings["probability"].is_not_null() == (findings["selected_by"] == "draw")).all()
    assert set(findings["probability"].drop_nulls().unique()) == {0.02}
    drawn = findings.filter(pl.col("selected_by") == "draw")["declaration_id"].n_unique()
    spread = (declarations * 0.02 * 0.98) ** 0.5
    assert abs(drawn - declarations * 0.02) < 4 * spread
    assert 0.04 < findings["declaration_id"].n_unique() / declarations < 0.12


@given(st.lists(st.integers(0, 3 * STRETCH), min_size=1, max_size=30).filter(sum))
def test_stretches_bound_memory_and_lose_nothing(quota: list[int]) -> None:
    parts = list(stretches(np.array(quota)))
    days = [0] * len(quota)
    for part in parts:
        assert 0 < sum(lines for _, lines in part) <= STRETCH
        assert len({day // WEEK for day, _ in part}) == 1
        for day, lines in part:
            days[day] += lines
    assert days == quota
    assert [part[0][0] for part in parts] == sorted(part[0][0] for part in parts)


def test_no_batch_is_larger_than_a_stretch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STRETCH", 700)
    heights: list[int] = []
    told: list[float] = []
    seen = module.packed
    monkeypatch.setattr(module, "packed", lambda batch: heights.append(batch.lines.height) or seen(batch))
    simulate(tmp_path, lines=5_000, days=3, progress=told.append)
    assert max(heights) <= 700
    assert sum(heights) == 5_000
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(("lines", "days"), [(1, 1), (1, 400), (5, 300), (40, 1), (2_000, 60), (3_000, 2)])
def test_small_and_odd_sizes(tmp_path: Path, lines: int, days: int) -> None:
    simulate(tmp_path, lines=lines, days=days, start=date(2024, 3, 1))
    table = pl.read_parquet(tmp_path / "lines.parquet")
    assert dict(table.schema) == LINE_SCHEMA
    assert table.height == lines == pl.read_parquet(tmp_path / "truth.parquet").height
    assert (
        table["lodged_on"].is_between(date(2024, 3, 1), date.fromordinal(date(2024, 3, 1).toordinal() + days - 1)).all()
    )
    assert dict(pl.read_parquet(tmp_path / "findings.parquet").schema) == FINDING_SCHEMA
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lines": 0}, "lines is 0."),
        ({"lines": -5}, "lines is -5."),
        ({"days": 0}, "days is 0."),
        ({"days": 10**9}, "days is 1000000000."),
        ({"seed": -1}, "seed is -1."),
        ({"start": date(1999, 1, 1)}, "no season is known for 365 days from 1999-01-01."),
        ({"start": date(2035, 6, 1)}, "no season is known for 365 days from 2035-06-01."),
        ({"start": date(9999, 12, 31)}, "no season is known for 365 days from 9999-12-31."),
    ],
)
def test_impossible_arguments_are_refused(tmp_path: Path, arguments: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate(tmp_path / "out", **arguments)
    assert caught.value.what == message
    assert caught.value.hint
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="is a file, not a folder"):
        simulate(tmp_path / "out", lines=10, days=1)
    with pytest.raises(InputError, match="cannot write here"):
        simulate(tmp_path / "out" / "deeper", lines=10, days=1)
    assert (tmp_path / "out").read_text() == "mine"


def test_page_names_every_argument_scheme_and_column() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
    arguments = list(inspect.signature(simulate).parameters)
    names = [*arguments, *TRUTH_SCHEMA, *(scheme.code for scheme in SCHEMES), *(scheme.offence for scheme in SCHEMES)]
    assert [name for name in names if f"`{name}`" not in page] == []
