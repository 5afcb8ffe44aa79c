"""The counters' file, their version, and what they refuse."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from lifelike_lines import finding_table, line_table

from tidegate.errors import CountersError, InputError
from tidegate.indicators import Counters, archive, compute, compute_rows

ROWS: list[dict[str, Any]] = [
    {
        "declaration_id": f"TK{number // 2}",
        "item_number": 1 + number % 2,
        "lodged_on": date(2025, 1, 1 + number),
        "hs_code": "640399",
        "importer_id": f"A{number % 3}",
        "customs_value": 1000.0 + number,
        "net_mass_kg": 10.0,
    }
    for number in range(12)
]
LINES = line_table(ROWS)
FINDINGS = finding_table([{"declaration_id": "TK1", "found_on": date(2025, 1, 9), "illicit": True}])


def counted() -> Counters:
    counters = Counters()
    counters.add(LINES, FINDINGS)
    return counters


def test_saved_and_loaded_they_are_the_same(tmp_path: Path) -> None:
    counters, path = counted(), tmp_path / "counters.bin"
    counters.save(path)
    loaded = Counters.load(path)
    assert loaded.version == counters.version
    assert compute(LINES, loaded).equals(compute(LINES, counters))
    more = LINES.with_columns(declaration_id=pl.lit("TK99"), lodged_on=pl.lit(date(2025, 2, 1)))[:1]
    for each in (loaded, counters):
        each.add(more)
    assert loaded.version == counters.version != Counters.load(path).version
    loaded.save(path)  # in place
    assert Counters.load(path).version == counters.version
    assert os.listdir(tmp_path) == ["counters.bin"]


def test_empty_counters_are_saved_too(tmp_path: Path) -> None:
    Counters().save(tmp_path / "c")
    assert Counters.load(tmp_path / "c").version == Counters().version
    assert len(Counters.load(tmp_path / "c")) == 0


def test_version_changes_with_any_content() -> None:
    versions = {Counters().version, counted().version}
    for change in (
        {"customs_value": pl.lit(1000.01)},
        {"lodged_on": pl.lit(date(2025, 1, 2))},
        {"importer_id": pl.lit("B")},
        {"office": pl.lit("VNSGN")},
    ):
        counters = Counters()
        counters.add(LINES.with_columns(**change), FINDINGS)
        versions.add(counters.version)
    counters = counted()
    counters.add(LINES[:0], FINDINGS.with_columns(found_on=pl.lit(date(2025, 1, 8))))
    versions.add(counters.version)
    assert len(versions) == 7


def test_the_first_of_two_lines_with_one_number_stays() -> None:
    counters = counted()
    version = counters.version
    counters.add(LINES.with_columns(customs_value=pl.lit(5.0)), FINDINGS)
    assert counters.version == version


@pytest.mark.parametrize("place", [3, 40, -40, -1], ids=["mark", "header", "content", "seal"])
def test_one_changed_bit_is_noticed(tmp_path: Path, place: int) -> None:
    path = tmp_path / "counters.bin"
    counted().save(path)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(CountersError, match=r"counters\.bin"):
        Counters.load(path)


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "counters.bin"
    counted().save(path)
    content = path.read_bytes()
    for size in (0, 5, 30, 100, 500, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:size])
        with pytest.raises(CountersError):
            Counters.load(path)
    path.write_bytes(content + b"x")
    with pytest.raises(CountersError, match="cut short or has something appended"):
        Counters.load(path)


def test_another_format_and_another_file_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "counters.bin"
    with monkeypatch.context() as patch:
        patch.setattr(archive, "FORMAT", 99)
        counted().save(path)
    with pytest.raises(CountersError, match="is of format 99; this Tidegate reads format 3"):
        Counters.load(path)
    path.write_text("declaration_id,item_number\n")
    with pytest.raises(CountersError, match="is not a counters file"):
        Counters.load(path)
    with pytest.raises(CountersError, match="cannot be read: No such file"):
        Counters.load(tmp_path / "none")


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "counters.bin"
    counters = counted()
    counters.save(path)
    version = counters.version
    counters.add(LINES.with_columns(declaration_id=pl.lit("TK7")))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CountersError, match="No space left"):
        counters.save(path)
    assert os.listdir(tmp_path) == ["counters.bin"]
    assert Counters.load(path).version == version


def test_a_finding_for_a_line_that_comes_later_waits_for_it() -> None:
    counters = Counters()
    counters.add(LINES[:0], FINDINGS)
    counters.add(LINES)
    assert counters.version == counted().version
    assert compute(LINES, counters).equals(compute(LINES, counted()))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lodged_on": date(1899, 12, 31)}, "row 1: lodged_on is 1899-12-31, outside 1900-01-01 to 2199-12-31"),
        ({"lodged_on": date(9999, 1, 1)}, "row 1: lodged_on is 9999-01-01"),
        ({"lodged_on": None}, "row 1: lodged_on is empty"),
        ({"declaration_id": None}, "row 1: declaration_id is empty"),
        ({"item_number": None}, "row 1: item_number is empty"),
    ],
)
def test_impossible_lines_are_refused_and_nothing_is_added(change: dict[str, Any], message: str) -> None:
    counters = counted()
    version = counters.version
    lines = line_table([{**ROWS[0], "declaration_id": "NEW", **change}])
    with pytest.raises(InputError) as refusal:
        counters.add(lines)
    assert message in str(refusal.value)
    for ask in (compute, lambda lines, counters: compute_rows(lines.to_dicts(), counters)):
        with pytest.raises(InputError) as refusal:
            ask(lines, counters)
        assert message in str(refusal.value)
    assert counters.version == version


def test_impossible_findings_are_refused_and_nothing_is_added() -> None:
    counters = Counters()
    for column in ("declaration_id", "found_on", "illicit"):
        with pytest.raises(InputError, match=f"{column} is empty"):
            counters.add(LINES, FINDINGS.with_columns(pl.lit(None, FINDINGS.schema[column]).alias(column)))
    with pytest.raises(InputError, match="found_on is 1850-01-01"):
        counters.add(LINES, FINDINGS.with_columns(found_on=pl.lit(date(1850, 1, 1))))
    assert len(counters) == 0


def test_a_missing_or_mistyped_column_is_named() -> None:
    with pytest.raises(InputError, match="required column missing: hs_code"):
        Counters().add(LINES.drop("hs_code"))
    with pytest.raises(InputError, match="column customs_value holds String"):
        Counters().add(LINES.with_columns(customs_value=pl.lit("a lot")))
    with pytest.raises(InputError, match="required column missing: hs_code"):
        compute_rows(LINES.drop("hs_code").to_dicts(), Counters())
    with pytest.raises(InputError, match="row 2: customs_value is 'a lot', not a Float64"):
        compute_rows([ROWS[0], ROWS[1] | {"customs_value": "a lot"}], Counters())


def test_days_before_1970_and_optional_columns_left_out_are_fine() -> None:
    old = LINES.select("declaration_id", "item_number", "hs_code", "importer_id").with_columns(
        lodged_on=pl.Series([date(1950 + row, 5, 1) for row in range(12)])
    )
    counters = Counters()
    counters.add(old)
    table = compute(old, counters)
    assert table.get_column("importer_days_seen").to_list() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert table.get_column("unit_price").null_count() == 12


def test_no_lines_give_no_rows() -> None:
    table = compute(LINES[:0], counted())
    assert table.height == 0
    assert table.schema == compute(LINES, counted()).schema
    assert compute(LINES[:1], Counters()).height == 1


def test_hostile_amounts_count_for_nothing_and_break_nothing() -> None:
    hostile = [float("nan"), float("inf"), float("-inf"), -1.0, 0.0, 1e300, None, 5e-324]
    rows = [
        {**ROWS[0], "declaration_id": f"H{number}", "customs_value": value, "net_mass_kg": mass, "gross_mass_kg": mass}
        for number, (value, mass) in enumerate((value, mass) for value in hostile for mass in hostile)
    ]
    lines = line_table(rows)
    counters = Counters()
    counters.add(lines)
    later = lines.with_columns(lodged_on=pl.lit(date(2025, 1, 5)))
    table = compute(later, counters)
    for column in table.select(pl.col(pl.Float64)):
        values = column.drop_nulls().to_numpy()
        assert np.isfinite(values).all(), column.name
    assert table.get_column("importer_value_30d").to_list() == [0.0] * 64
    assert table.get_column("importer_lines_30d").to_list() == [64.0] * 64
