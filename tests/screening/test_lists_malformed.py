"""Malformed lists, source by source: said what is wrong, and never anything but the project's own error."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_lists import (
    FILES,
    FTM,
    INTERPOL,
    MAPPED,
    MAPPING,
    SDN,
    STIX,
    STIX_OBJECTS,
    UN,
    WATCH,
    bundle,
    entity,
    indicator,
    lay_out,
    notice,
    page,
    stix_object,
)

from tidegate.errors import ListError
from tidegate.screening.lists.opening import LARGEST_TREE
from tidegate.screening.loading import load, read_folder

# Source -> its main file.
MAIN = {source: next(iter(files)) for source, files in FILES.items()}


def with_main(source: str, data: bytes) -> dict[str, str | bytes]:
    return {**FILES[source], MAIN[source]: data}


@pytest.mark.parametrize("source", list(FILES))
def test_a_list_that_is_cut_off_is_refused(tmp_path: Path, source: str) -> None:
    whole = FILES[source][MAIN[source]].rstrip("\x1a").rstrip().encode()
    # Everywhere in the last record but behind its end: what ends with a whole record cannot be told from a whole list.
    cut = {"ofac": -12, "mapped": -12, "watch": -9}.get(source, -3)
    with pytest.raises(ListError) as refused:
        load(lay_out(tmp_path, with_main(source, whole[:cut])))
    assert MAIN[source] in refused.value.where
    assert refused.value.hint


@pytest.mark.parametrize("source", list(FILES))
def test_a_list_in_a_wrong_encoding_is_refused(tmp_path: Path, source: str) -> None:
    text = FILES[source][MAIN[source]]
    wrong = text.replace("wert", "wért").replace("QWERT", "QWÉRT") + ("é" if source == "watch" else "")
    with pytest.raises(ListError) as refused:
        load(lay_out(tmp_path, with_main(source, wrong.encode("latin-1", "replace"))))
    assert MAIN[source] in refused.value.where


@pytest.mark.parametrize("source", list(FILES))
@pytest.mark.parametrize(
    "other",
    [
        b'<?xml version="1.0"?><OTHER_LIST><INDIVIDUAL/></OTHER_LIST>',
        b'{"error": "not found"}',
        b"[]",
        b"<html><body>Please sign in</body></html>",
        b"name;score\nQwert;1\n",
        b"\x00\x01\x02\x03",
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, source: str, other: bytes) -> None:
    with pytest.raises(ListError) as refused:
        load(lay_out(tmp_path, with_main(source, other)))
    assert MAIN[source] in refused.value.where


@pytest.mark.parametrize("source", list(FILES))
@pytest.mark.parametrize("nothing", [b"", b"\n \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, source: str, nothing: bytes) -> None:
    with pytest.raises(ListError) as refused:
        load(lay_out(tmp_path, with_main(source, nothing)))
    assert MAIN[source] in refused.value.where


NAMELESS = {
    "un": UN.replace("<FIRST_NAME>ASDF TRADING (AT) ; ASDF HANDEL</FIRST_NAME>", "").replace("Asdf Export", ""),
    "ofac": SDN.replace('"ASDF, S.A."', "-0- ").replace("Tax ID No. 999-999 (Mexico); Company Number IMO 5055293.", ""),
    "interpol": page(notice("2026/1"), notice("2026/2", forename=None, name="")),
    "ftm": FTM + json.dumps(entity("n-1", "Person", birthDate=["1970"])) + "\n",
    "stix": bundle(*STIX_OBJECTS, stix_object("identity", 30, identity_class="individual", name=" - ")),
    "mapped": MAPPED + "3;;;;;;;;cá nhân\n",
    "watch": WATCH + "--,person,,,\n",
}


@pytest.mark.parametrize("source", list(FILES))
def test_a_record_without_a_name_is_a_fault_and_the_others_serve(tmp_path: Path, source: str) -> None:
    whole = load(lay_out(tmp_path / "whole", FILES[source]))
    files = {**FILES[source], MAIN[source]: NAMELESS[source]}
    if source == "ofac":
        files = {MAIN[source]: NAMELESS[source]}
    lists = load(lay_out(tmp_path / "less", files))
    assert [fault.reason for fault in lists.faults] == ["no_name"]
    assert lists.faults[0].file == MAIN[source]
    assert "neither a name nor an identifier" in lists.faults[0].told()
    assert "không có tên" in lists.faults[0].told("vi")
    lost = {"un": 1, "ofac": 1, "interpol": 1}.get(source, 0)
    assert len(lists.entries) == len(whole.entries) - lost


UNDATED = {
    "un": UN.replace("<DATE>1971-03-04</DATE>", "<DATE>1971-02-31</DATE>"),
    "ofac": SDN.replace("DOB 04 Mar 1971", "DOB 31 Feb 1971"),
    "interpol": INTERPOL.replace("1975/03/12", "1975/02/31"),
    "ftm": FTM.replace("1971-03", "spring of 1971"),
    "stix": bundle(*STIX_OBJECTS, indicator(30, "[x-phone:number = '1']", valid_until="for ever")),
    "mapped": MAPPED.replace("03/04/1971", "31/02/1971"),
    "watch": WATCH.replace("2026-12-31", "31 February"),
}


@pytest.mark.parametrize("source", list(FILES))
def test_an_unknown_date_is_a_fault_and_the_record_serves_without_it(tmp_path: Path, source: str) -> None:
    whole = load(lay_out(tmp_path / "whole", FILES[source]))
    lists = load(lay_out(tmp_path / "less", {**FILES[source], MAIN[source]: UNDATED[source]}))
    assert [fault.reason for fault in lists.faults] == ["unknown_date"]
    assert lists.faults[0].value in UNDATED[source]
    assert len(lists.entries) == len(whole.entries) + (source == "stix")


UNPLACED = {
    "un": UN.replace("<VALUE>Viet Nam", "<VALUE>Ruritania"),
    "ofac": SDN.replace("nationality Burma", "nationality Ruritania"),
    "interpol": page(notice("2026/1", nationalities=["QQ", "VN"])),
    "ftm": FTM.replace('["ru"]', '["qq"]'),
    "stix": STIX.replace("'VN'", "'Ruritania'"),
    "mapped": MAPPED.replace("Việt Nam", "Ruritania"),
}


@pytest.mark.parametrize("source", list(UNPLACED))
def test_an_unknown_country_is_a_fault_and_the_record_serves_without_it(tmp_path: Path, source: str) -> None:
    lists = load(lay_out(tmp_path, {**FILES[source], MAIN[source]: UNPLACED[source]}))
    assert [fault.reason for fault in lists.faults] == ["unknown_country"]
    assert lists.faults[0].value.lower() in UNPLACED[source].lower()


def test_a_list_of_which_nothing_can_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="not one of its 2 records can be used"):
        load(lay_out(tmp_path, {"sample.csv": "value,kind\nQwert,ghost\nAsdf,ghost\n"}))


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<CONSOLIDATED_LIST'


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"x.xml": UN.replace("<CONSOLIDATED_LIST", BOMB)}, "DOCTYPE"),
        ({"x.xml": UN.replace('encoding="UTF-8"', 'encoding="UTF-7"')}, "declared as 'UTF-7'"),
        ({"x.xml": UN.replace("Made up.", "&lol;")}, "damaged"),
        ({"x.xml": UN.replace("<CONSOLIDATED_LIST", "<A><CONSOLIDATED_LIST") + "</A>"}, "root"),
        ({"x.xml": UN.replace("Made up.", "<a>" * 300 + "</a>" * 300)}, "damaged"),
        ({"x.json": '{"_embedded": {"notices": ' + "[" * 100_000 + "]" * 100_000 + "}}"}, "nested too deeply"),
        ({"x.json": '{"_embedded": {"notices": []}, "total": ' + "9" * 5_000 + "}"}, "too many digits"),
        ({"x.json": '{"_embedded": {"notices": 1}}'}, "no page of notices"),
        ({"x.json": '{"type": "bundle", "objects": 1}'}, "no STIX bundle"),
        ({"x.csv": "value,kind\n" + "q" * 200_000 + ",person\n"}, "not CSV"),
        ({"x.csv": 'value,kind\n"q,person\n'}, "not CSV"),
        ({"x.csv": "value,kind\nq\0,person\n"}, "NUL"),
        ({"x.csv": 'value",kind\nq,person\n'}, "the first row"),
        ({"x.csv": "value,kind,kind\nq,person,person\n"}, "the first row"),
    ],
)
def test_hostile_files_are_refused(tmp_path: Path, files: dict[str, str], told: str) -> None:
    with pytest.raises(ListError) as refused:
        load(lay_out(tmp_path, files))
    assert told in str(refused.value)


@pytest.mark.parametrize(("name", "text"), [("x.xml", UN), ("x.json", INTERPOL)])
def test_a_file_larger_than_any_real_one_is_not_read(tmp_path: Path, name: str, text: str) -> None:
    lay_out(tmp_path, {name: text})
    os.truncate(tmp_path / name, LARGEST_TREE + 1)
    with pytest.raises(ListError, match="larger than 32 MiB"):
        load(tmp_path)


def test_a_wide_stix_pattern_and_a_long_name_are_faults(tmp_path: Path) -> None:
    wide = indicator(30, "[" * 100_000)
    long = stix_object("identity", 31, identity_class="individual", name="q" * 2_000)
    lists = load(lay_out(tmp_path, {"x.json": bundle(*STIX_OBJECTS, wide, long)}))
    assert sorted(fault.reason for fault in lists.faults) == ["no_name", "too_long", "unread_pattern"]
    assert all(len(fault.told()) < 300 for fault in lists.faults)


def test_sizes_that_would_stall_a_careless_reader(tmp_path: Path) -> None:
    many = ", ".join(["'q'"] * 200_000)
    gaps = " " * 30_000
    files = {
        "stix/x.json": bundle(*STIX_OBJECTS, indicator(30, f"[x-vessel:mmsi IN ({many}]")),
        "ofac/sdn.csv": SDN.replace("POB Nowhere", f"Passport 1{gaps}2; DOB 1{gaps}2; nationality{gaps}q"),
        "red/x.json": page(notice("2026/1", date_of_birth="1" + gaps + "2", nationalities=["q" * 100_000])),
        "un/x.xml": UN.replace("<LISTED_ON>2012", f"<LISTED_ON>{gaps}2{gaps}"),
    }
    for name, text in files.items():
        lay_out(tmp_path / name.split("/")[0], {name.split("/")[1]: text})
    found = [(fault.file, fault.reason) for fault in load(tmp_path).faults]
    assert sorted(found) == [
        ("sdn.csv", "unknown_country"),
        ("sdn.csv", "unknown_date"),
        ("x.json", "unknown_country"),
        ("x.json", "unknown_date"),
        ("x.json", "unread_pattern"),
        ("x.xml", "unknown_date"),
    ]


def test_texts_that_no_encoding_can_write_are_mended(tmp_path: Path) -> None:
    text = page(notice("2026/1", name="ASDF\ud800\u202eOV\u0000"))
    (entry,) = load(lay_out(tmp_path, {"x.json": text})).entries
    assert entry.names == ("QWERT ASDF\ufffd OV",)


@settings(max_examples=150, deadline=None)
@given(
    source=st.sampled_from(list(FILES)),
    at=st.floats(0, 1),
    cut=st.integers(0, 40),
    put=st.one_of(
        st.binary(max_size=12), st.sampled_from([b'"', b"<", b"{", b"\n", b",", b"null", b"[]", b"-1", b"\\u"])
    ),
)
def test_a_damaged_list_is_read_or_refused_and_never_more(source: str, at: float, cut: int, put: bytes) -> None:
    data = FILES[source][MAIN[source]].encode()
    place = int(at * len(data))
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), with_main(source, data[:place] + put + data[place + cut :]))
        (found,) = read_folder(Path(folder)).values()
    assert str(found) if isinstance(found, ListError) else len(found.version) == 64
    assert isinstance(found, ListError) or all(fault.told() and fault.told("vi") for fault in found.faults)


@settings(max_examples=60, deadline=None)
@given(mapping=st.text(alphabet="abk [].=\"',;\n0{}", max_size=60))
def test_a_damaged_mapping_is_refused(mapping: str) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.raises(ListError):
        load(lay_out(Path(folder), {"sample.csv": MAPPED, "sample.toml": mapping}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = {
    "interpol": sorted(notice("1", arrest_warrants=1, sex_id=1)),
    "stix": sorted({*STIX_OBJECTS[1], *STIX_OBJECTS[2]}),
    "ftm": ["id", "schema", "properties", "datasets", "first_seen", "caption"],
}


@settings(max_examples=150, deadline=None)
@given(source=st.sampled_from(list(KEYS)), data=st.data())
def test_json_of_any_shape_is_read_or_refused(source: str, data: st.DataObject) -> None:
    key, value = data.draw(st.sampled_from(KEYS[source])), data.draw(JSON)
    if source == "interpol":
        text = page(notice("2026/1"), {**notice("2026/2"), key: value}, value)
    elif source == "stix":
        text = bundle(*STIX_OBJECTS, {**data.draw(st.sampled_from(STIX_OBJECTS)), key: value}, value)
    else:
        text = FTM + json.dumps({**entity("z-1", "Person", name=["Qwert"], addressEntity=[value]), key: value}) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        lists = load(lay_out(Path(folder), {"sample.json": text}))
    assert lists.entries


def test_the_mapping_names_every_file_at_fault(tmp_path: Path) -> None:
    files = {"a.csv": MAPPED, "a.toml": MAPPING, "b.csv": MAPPED.replace("Số", "Nr"), "b.toml": MAPPING}
    with pytest.raises(ListError) as refused:
        load(lay_out(tmp_path, files))
    assert refused.value.where.endswith("b.csv")
