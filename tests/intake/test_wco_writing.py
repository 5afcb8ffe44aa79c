"""Lines of any origin become valid messages that say the same; what no message can hold is told, not dropped."""

from __future__ import annotations

import string
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_wco import SCHEMAS, needs_samples

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake import wco
from tidegate.intake.wco.writing import write
from tidegate.trade import LINE_SCHEMA, conform

# Fields of the line table that no path of a message holds, as docs/formats/wco.md says.
UNWRITTEN = {"importer_registered_on", "importer_trusted", "unloading_port", "flags"}

NAMES = st.text(string.ascii_letters + "ạếộ&<'\"", min_size=1, max_size=60)
CODES = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=17)
COUNTRIES = st.sampled_from(["US", "VN", "CN", "JP"])
CENTS = st.integers(0, 10**9).map(lambda cents: cents / 100)
ONCE: dict[str, st.SearchStrategy[Any]] = {
    "lodged_on": st.dates(date(2020, 1, 1), date(2030, 1, 1)), "office": CODES, "importer_id": CODES,
    "importer_name": NAMES, "exporter_id": CODES, "exporter_name": NAMES, "declarant_id": CODES,
    "declarant_name": NAMES, "carrier_id": CODES, "loading_port": st.just("CNSHA"), "transport_id": CODES,
    "transport_mode": st.sampled_from("1345"), "incoterm": st.sampled_from(["CIF", "FOB"]),
    "transit_country": COUNTRIES,
    "importer_address": st.sampled_from(["1 Lê Lợi", "12 Nguyễn Huệ, " + "Phường Bến Nghé, " * 4 + "Quận 1"]),
}  # fmt: skip
EACH: dict[str, st.SearchStrategy[Any]] = {
    "procedure": st.sampled_from(["4000", "A11", "10", "E21"]), "description": NAMES,
    "origin_country": COUNTRIES, "dispatch_country": COUNTRIES, "packages": st.integers(0, 9999),
    "container_ids": st.sampled_from(["CSQU3054383", "CSQU3054383 TGHU1234567"]),
    "package_type": st.sampled_from(["BX", "PK"]), "quantity": CENTS, "quantity_unit": st.sampled_from(["NMB", "LTR"]),
    "gross_mass_kg": CENTS, "net_mass_kg": CENTS, "customs_value": CENTS, "currency": st.just("VND"),
    "duty_rate": st.sampled_from([0.0, 5.0, 12.5]), "preference": st.sampled_from(["100", "B01"]),
    "documents": st.sampled_from(["380", "N935", "C506 380"]),
}  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> pl.DataFrame:
    """A line table of one to three declarations."""
    rows = []
    for number in range(draw(st.integers(1, 3))):
        once = {name: draw(st.none() | kind) for name, kind in ONCE.items()}
        once["lodged_on"] = once["lodged_on"] or date(2026, 1, 1)
        for item in range(1, draw(st.integers(1, 3)) + 1):
            each = {name: draw(st.none() | kind) for name, kind in EACH.items()}
            if each["quantity"] is None:
                each["quantity_unit"] = None
            if each["customs_value"] is None:
                each["currency"] = None
            code = draw(st.sampled_from([None, "440799", "44079910", "4407991090"]))
            rows.append({"declaration_id": f"D{number}", "item_number": item, "hs_code": code, **once, **each})
    loose = {name: LINE_SCHEMA[name] for name in rows[0]}
    return conform(pl.DataFrame(rows, schema=loose))


@needs_samples
@given(table=lines())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_are_written_valid_and_come_back_as_they_were(table: pl.DataFrame, tmp_path: Path) -> None:
    files = write(table, tmp_path)
    assert len(files) == table["declaration_id"].n_unique()
    for file in files:
        assert wco.validate(file, SCHEMAS) == []
    together = tmp_path / "all.xml"
    together.write_bytes(b"\n".join(file.read_bytes() for file in files))
    again = intake.read(together).lines
    for column in LINE_SCHEMA.keys() - UNWRITTEN:
        assert again[column].to_list() == table[column].to_list(), column


def test_every_field_of_the_line_table_has_a_path_or_is_said_not_to() -> None:
    held = {column for path in wco.PATHS if path.written for column in path.to.split()} | {"message_function"}
    assert LINE_SCHEMA.keys() - held == UNWRITTEN


def _two(**columns: list[Any]) -> pl.DataFrame:
    return conform(
        pl.DataFrame(
            {
                "declaration_id": ["D", "D"], "item_number": [1, 2], "hs_code": ["440799", "440799"],
                "lodged_on": [date(2026, 1, 1)] * 2, **columns,
            }
        )
    )  # fmt: skip


def test_lines_that_disagree_on_what_is_said_once_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="declaration D: its lines disagree on importer_id"):
        write(_two(importer_id=["A", "B"]), tmp_path)


def test_a_text_that_is_too_long_is_told_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="declaration D: description has 600 characters"):
        write(_two(description=["x" * 600, "y"]), tmp_path)


def test_a_character_that_xml_cannot_hold_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot hold"):
        write(_two(description=["a\x01b", "y"]), tmp_path)


def test_names_of_files_cannot_leave_the_folder_nor_meet(tmp_path: Path) -> None:
    table = _two().with_columns(declaration_id=pl.Series(["../../x", "..%..%x"]))
    files = write(table, tmp_path / "out")
    assert len({file.name for file in files}) == 2
    assert {file.parent for file in files} == {tmp_path / "out"}


def test_a_folder_of_schemas_that_is_none_is_told(tmp_path: Path) -> None:
    (file,) = write(_two(), tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        wco.validate(file, tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no XML schema"):
        wco.validate(file, tmp_path / "empty")
