"""Whatever is written is read again, field by field: lines as CUSDEC, bills as CUSCAR."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from edifact_samples import OWN, read_path
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake.edifact import cusdec
from tidegate.intake.edifact.values import cut, joined
from tidegate.intake.edifact.writing import NOT_CARRIED, write, write_bills
from tidegate.trade import BILL_SCHEMA, LINE_SCHEMA, MESSAGE_SCHEMA

# Words as people write them: any letters and signs, no control characters, single blanks between.
WORDS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=50),
    min_size=1, max_size=8,
).map(" ".join)  # fmt: skip
CODE = st.text("ABCXYZ0123456789'+:?*-", min_size=1, max_size=12).filter(lambda text: text != "1")
NUMBER = st.one_of(
    st.floats(0, 1e12, allow_nan=False), st.floats(0, 1e-3, allow_nan=False), st.integers(0, 10**9).map(float)
)
PORT = st.sampled_from(["CNSHA", "VNHPH", "SGSIN"])
COUNTRY = st.sampled_from(["CN", "VN", "SG"])
SEVERAL = st.lists(st.text("ABC0123", min_size=1, max_size=11), min_size=1, max_size=3).map(" ".join)
DAY = st.dates(date(1990, 1, 1), date(2060, 1, 1))

_OF_DECLARATION = {"office": CODE, "lodged_on": DAY, "message_function": st.sampled_from(["original", "amendment"])}
_SPECIAL: dict[str, st.SearchStrategy[object]] = {
    "transport_mode": st.sampled_from(list("123458")), "hs_code": st.sampled_from(["84713020", "440311", "0101210090"]),
    "loading_port": PORT, "unloading_port": PORT, "origin_country": COUNTRY, "dispatch_country": COUNTRY,
    "transit_country": COUNTRY, "destination_country": COUNTRY, "container_ids": SEVERAL, "documents": SEVERAL,
    "importer_name": WORDS, "importer_address": WORDS, "exporter_name": WORDS, "declarant_name": WORDS,
    "description": WORDS.map(lambda text: text * 12), "packages": st.integers(0, 2**31 - 1), "vessel_name": WORDS,
}  # fmt: skip
_CARRIED = [
    name for name in (*LINE_SCHEMA, "destination_country", "voyage", "vessel_name")
    if name not in (*NOT_CARRIED, *_OF_DECLARATION, "declaration_id", "item_number")
]  # fmt: skip


@st.composite
def declarations(draw: st.DrawFn) -> pl.DataFrame:
    rows = []
    for number in range(draw(st.integers(1, 3))):
        shared = {name: draw(values) for name, values in _OF_DECLARATION.items()}
        shared |= {"declaration_id": f"{number}{draw(CODE)}", "message_version": draw(st.integers(1, 99))}
        common = draw(st.fixed_dictionaries({}, optional={name: _values(name) for name in _CARRIED}))
        for item in range(1, draw(st.integers(1, 3)) + 1):
            own = draw(st.fixed_dictionaries({}, optional={name: _values(name) for name in _CARRIED[::3]}))
            rows.append(
                {"hs_code": draw(st.sampled_from([None, "440311"])), **shared, **common, **own, "item_number": item}
            )
    schema = {**LINE_SCHEMA, "message_function": pl.String, "message_version": pl.Int32}
    schema |= dict.fromkeys(("destination_country", "voyage", "vessel_name"), pl.String)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def _values(name: str) -> st.SearchStrategy[object]:
    if LINE_SCHEMA.get(name) == pl.Float64:
        return NUMBER
    return _SPECIAL.get(name, CODE)


@given(declarations())
@settings(max_examples=25, deadline=None)
def test_lines_are_written_and_read_again(lines: pl.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        [path] = write(lines, Path(folder))
        raw = read_path(path)
    assert raw.refused.height == 0
    assert raw.unread == {}
    again = raw.table.select(
        pl.col(name).cast(dtype) if dtype != pl.Date else pl.col(name).str.to_date()
        for name, dtype in lines.schema.items()
    )
    for name in lines.columns:
        assert again[name].to_list() == lines[name].to_list(), name


@st.composite
def manifests(draw: st.DrawFn) -> pl.DataFrame:
    rows = []
    seals = {f"MADU{n:07}": draw(st.one_of(st.none(), SEVERAL)) for n in range(3)}
    optional = {
        "master_bill_id": CODE, "loading_port": PORT, "unloading_port": PORT, "consignor_name": WORDS,
        "consignee_id": CODE, "consignee_name": WORDS,
    }  # fmt: skip
    of_manifest = {"arrived_on": DAY, "office": CODE, "carrier_id": CODE, "transport_id": CODE, "voyage": CODE,
                   "transport_mode": st.sampled_from(list("134"))}  # fmt: skip
    goods = {"packages": st.integers(0, 2**31 - 1), "package_type": st.sampled_from(["CT", "BG"]),
             "gross_mass_kg": NUMBER, "description": WORDS}  # fmt: skip
    for manifest in range(draw(st.integers(1, 2))):
        head = {"manifest_id": f"{manifest}{draw(CODE)}", **draw(st.fixed_dictionaries({}, optional=of_manifest))}
        for bill in range(draw(st.integers(1, 3))):
            shared = {"bill_id": f"{bill}{draw(CODE)}", **draw(st.fixed_dictionaries({}, optional=optional))}
            containers = draw(
                st.one_of(st.just([None]), st.lists(st.sampled_from(sorted(seals)), min_size=1, unique=True))
            )
            for container in containers:
                own = draw(st.fixed_dictionaries({}, optional=goods))
                row = {**head, **shared, **own, "container_id": container}
                rows.append({**row, "seals": seals.get(container) if container else None})
    return pl.DataFrame([{name: row.get(name) for name in BILL_SCHEMA} for row in rows], schema=BILL_SCHEMA)


@given(manifests())
@settings(max_examples=25, deadline=None)
def test_bills_are_written_and_read_again(bills: pl.DataFrame) -> None:
    # The first row that names seals says them of the container: within one manifest they are the same.
    with tempfile.TemporaryDirectory() as folder:
        [path] = write_bills(bills, Path(folder))
        raw = read_path(path)
    assert raw.refused.height == 0
    assert raw.unread == {}
    assert raw.bills is not None
    names = [name for name in BILL_SCHEMA if not name.startswith("message_")]
    for name in names:
        assert raw.bills[name].to_list() == bills[name].to_list(), name


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=80),
    st.integers(1, 9),
    st.integers(1, 6),
)
@settings(max_examples=200, deadline=None)
def test_a_text_that_is_cut_is_joined_again(text: str, width: int, parts: int) -> None:
    text = text.strip()
    pieces = cut(text, width, parts)
    assert joined(pieces, width) == text
    assert len(pieces) <= parts
    assert all(len(piece) <= width for piece in pieces[:-1])


def test_every_field_has_a_place_or_is_named_as_not_carried() -> None:
    placed = {place.field for place in cusdec.PLACES.places}
    assert set(LINE_SCHEMA) - placed == set(NOT_CARRIED)
    assert set(MESSAGE_SCHEMA) - placed == {"message_format", "message_id", "message_sender", "message_sent_at"}


def test_what_is_agreed_is_said_once_and_latin_text_is_latin(tmp_path: Path) -> None:
    lines = pl.DataFrame({
        "declaration_id": ["D1", "D1", "D2"], "item_number": [1, 2, 1], "lodged_on": [date(2026, 1, 5)] * 3,
        "hs_code": ["440311", "440312", "840310"], "importer_name": ["CAFÉ", "CAFÉ", "TEA"],
        "incoterm": ["CIF", "FOB", None],
    })  # fmt: skip
    [path] = write(lines, tmp_path)
    text = path.read_bytes().decode("latin-1")
    assert text.count("NAD+IM+++CAFÉ'") == 1
    assert [text.count(f"TOD+++{term}'") for term in ("CIF", "FOB")] == [1, 1]
    assert "UNB+UNOC:3+" in text
    assert "UNZ+2+" in text
    [wide] = write(lines.with_columns(importer_name=pl.lit("Trà")), tmp_path / "wide")
    assert b"UNB+UNOC:3+" in wide.read_bytes()
    [wide] = write(lines.with_columns(importer_name=pl.lit("Chè Thái Nguyên ở Huế")), tmp_path / "wide")
    assert b"UNB+UNOW:4+" in wide.read_bytes()


def test_what_a_node_read_it_writes_again(tmp_path: Path) -> None:
    came = intake.read(OWN / "cusdec.edi")
    again = intake.read(write(came.lines, tmp_path))
    drop = ["message_id", "message_sender", "message_sent_at"]
    assert again.lines.drop(drop).equals(came.lines.drop(drop))


def test_a_declaration_with_too_many_items_is_an_error(tmp_path: Path) -> None:
    lines = pl.DataFrame({"declaration_id": ["D"] * 10_000, "hs_code": ["440311"] * 10_000})
    with pytest.raises(InputError, match="9,999 goods items"):
        write(lines, tmp_path)
