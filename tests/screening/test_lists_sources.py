"""What each source's lists become: one test a source, and the odd shapes that each allows."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from made_up_lists import (
    ADD,
    ALT,
    DETAIL,
    FILES,
    FTM_ENTITIES,
    INTERPOL,
    MAKER,
    MAPPED,
    MAPPING,
    SDN,
    SHARED,
    STIX_OBJECTS,
    UN,
    bundle,
    entity,
    indicator,
    lay_out,
    notice,
    page,
    stix_object,
)

from tidegate.errors import ListError
from tidegate.screening import Entry, Identifier, Kind
from tidegate.screening.lists import BY_NAME, FAULTS, SOURCES
from tidegate.screening.lists.known import ENDINGS
from tidegate.screening.lists.mapping import FIELDS, IDENTIFIERS
from tidegate.screening.lists.stix_pattern import PROPERTIES, named
from tidegate.screening.lists.un import document_number
from tidegate.screening.loading import Lists, load


def read(folder: Path, files: dict[str, str]) -> tuple[dict[str, Entry], Lists]:
    lists = load(lay_out(folder, files))
    return {entry.source_id: entry for entry in lists.entries}, lists


@pytest.mark.parametrize("source", list(FILES))
def test_every_source_is_known_by_its_files(tmp_path: Path, source: str) -> None:
    _, lists = read(tmp_path, FILES[source])
    assert [one.source for one in lists.by_name.values()] == [source]
    assert lists.faults == ()
    assert lists.entries


def test_sources_have_a_title_in_both_languages() -> None:
    assert set(BY_NAME) == set(FILES)
    assert all(source.title and source.title_vi and source.title != source.title_vi for source in SOURCES)
    assert all(english and vietnamese for english, vietnamese, _ in FAULTS.values())


def test_sources_and_what_they_read_are_on_the_page() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "screening.md").read_text(encoding="utf-8")
    words = [*BY_NAME, *FIELDS, *IDENTIFIERS, *ENDINGS, *(path.partition(":")[2] for path in PROPERTIES)]
    assert [word for word in words if word not in page] == []


def test_united_nations(tmp_path: Path) -> None:
    entries, _ = read(tmp_path, {"sample.xml": UN})
    person, company = entries["XXi.001"], entries["XXe.001"]
    assert person == Entry(
        list="sample",
        source_id="XXi.001",
        kind=Kind.PERSON,
        names=("QWERT ASDFOV", "Кверт Асдфов", "Qwerty Asdfow"),
        identifiers=(Identifier("passport", "ZZ0000001", "VN"),),
        born=("1968", "1969", "1970", "1971-03-04", "1979", "1980", "1981"),
        countries=("KP", "VN"),
        sex="m",
        addresses=("1 Made Up Road, Nowhere, Viet Nam",),
        owner="United Nations Security Council",
        purpose="United Nations sanctions: Testland",
        listed_on=date(2012, 12, 31),
        changed_on=date(2016, 10, 13),
        remarks="Aliases of low quality: Zxc. Made up.",
    )
    assert (company.kind, company.countries) == (Kind.COMPANY, ("IR",))
    assert company.names == ("ASDF TRADING (AT)", "ASDF HANDEL", "Asdf Export")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("ZZ0000001", "ZZ0000001"),
        ("A 0000001", "A 0000001"),
        ("ZZ0000001 (expired on 1 Jan. 2001)", "ZZ0000001"),
        ("ZZ0000001 and National ID No. 99", "ZZ0000001"),
        ("No.: 0000001, Nowhere", "0000001"),
        ("Made-up diplomatic passport no. ZZ0000001", "ZZ0000001"),
        ("Diplomatic Passport: ZZ0000001", "ZZ0000001"),
        ("Made-up number 911-10-77", "911-10-77"),
        ("13/Ta Ta Na", "13/Ta Ta Na"),
        ("", ""),
    ],
)
def test_united_nations_numbers_are_taken_out_of_words(said: str, number: str) -> None:
    assert document_number(said) == number


def test_us_treasury(tmp_path: Path) -> None:
    entries, lists = read(tmp_path, FILES["ofac"])
    assert list(lists.by_name) == ["sample_sdn"]
    person, vessel, company, aircraft = (entries[number] for number in ("11", "12", "13", "14"))
    assert person.names == ("ASDFOV, Qwert", "ASDFOW, Qwerty")
    assert person.born == ("1971-03-04", "1974", "1975", "1976")
    assert (person.countries, person.sex, person.kind) == (("MM",), "m", Kind.PERSON)
    assert person.identifiers == (
        Identifier("passport", "ZZ0000002", "CV"),
        Identifier("identity_card", "123456", "CO"),
    )
    assert "a.k.a. 'Q'" in person.remarks
    assert vessel.identifiers == (
        Identifier("call_sign", "XYZ12"),
        Identifier("imo", "9074729"),
        Identifier("mmsi", "572000000"),
    )
    assert (vessel.kind, vessel.countries) == (Kind.VESSEL, ("PA",))
    assert company.identifiers == (Identifier("tax", "999-999", "MX"), Identifier("registration", "5055293"))
    assert company.addresses == ("1 Made Up Road, Nowhere, Mexico",)
    assert (aircraft.kind, aircraft.identifiers) == (Kind.VEHICLE, (Identifier("plate", "ZZ-QQQ"),))


def test_us_treasury_aliases_without_names_are_no_list(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="the names are missing"):
        load(lay_out(tmp_path, {"alt.csv": ALT, "add.csv": ADD}))


def test_us_treasury_alias_of_nobody_is_a_fault(tmp_path: Path) -> None:
    alias = '99,901,"aka","NOBODY",-0- \r\n'
    entries, lists = read(tmp_path, {"sdn.csv": SDN, "alt.csv": alias + ALT})
    assert [fault.told() for fault in lists.faults] == ["alt.csv, 99: it belongs to a record that is not on the list"]
    assert entries["11"].names == ("ASDFOV, Qwert", "ASDFOW, Qwerty")


def test_interpol_pages_and_details_are_one_list(tmp_path: Path) -> None:
    files = {"red-1.json": INTERPOL, "red-2.json": page(notice("2026/3")), "red-3.json": DETAIL}
    entries, lists = read(tmp_path, files)
    assert list(lists.by_name) == ["red"]
    assert sorted(entries) == ["2026/1", "2026/2", "2026/3"]
    first = entries["2026/1"]
    assert (first.names, first.born, first.countries, first.sex) == (("QWERT ASDFOV",), ("1975-03-12",), ("VN",), "m")
    assert (first.purpose, first.owner) == ("made-up charge", "INTERPOL")
    assert first.remarks == "Warrant issued by AR. Born in Nowhere."
    assert (entries["2026/2"].names, entries["2026/2"].born) == (("ASDFOV",), ("1980",))


def test_interpol_pages_that_are_not_all_here_are_told(tmp_path: Path) -> None:
    _, lists = read(tmp_path, {"red.json": page(notice("2026/1"), total=160)})
    assert [(fault.reason, fault.record, fault.value) for fault in lists.faults] == [("not_all_here", "total 160", "1")]


@pytest.mark.parametrize(
    ("said", "born", "faults"),
    [("1975/03", ("1975-03",), []), ("1975", ("1975",), []), ("1975/13/01", (), ["unknown_date"]), (None, (), [])],
)
def test_interpol_dates_may_lack_parts(
    tmp_path: Path, said: str | None, born: tuple[str, ...], faults: list[str]
) -> None:
    entries, lists = read(tmp_path, {"red.json": page(notice("2026/1", date_of_birth=said))})
    assert entries["2026/1"].born == born
    assert [fault.reason for fault in lists.faults] == faults


def test_follow_the_money(tmp_path: Path) -> None:
    entries, _ = read(tmp_path, FILES["ftm"])
    assert sorted(entries) == ["a-1", "c-1", "q-1", "v-1"]
    person = entries["q-1"]
    assert person.names == ("Qwert Asdfov", "Кверт Асдфов")
    assert person.identifiers == (Identifier("passport", "ZZ0000003", "VN"),)
    assert (person.born, person.countries, person.sex) == (("1971-03",), ("VN",), "m")
    assert person.addresses == ("1 Made Up Road, Nowhere",)
    assert (person.owner, person.purpose) == ("Made-up Ministry", "sanction")
    assert (person.listed_on, person.changed_on) == (date(2020, 5, 6), date(2025, 2, 3))
    assert person.remarks == "Weak aliases: Zxc."
    assert entries["c-1"].identifiers == (Identifier("tax", "7700000000"),)
    assert entries["c-1"].owner == "made_up"
    assert entries["v-1"].identifiers == (Identifier("imo", "IMO9074729"), Identifier("call_sign", "XYZ12"))
    assert entries["a-1"].identifiers == (Identifier("plate", "ZZ-QQQ"),)


def test_follow_the_money_nested_says_the_same(tmp_path: Path) -> None:
    passport, person, address, sanction, *_ = FTM_ENTITIES
    within = {
        "addressEntity": [address],
        "identifiers": [{**passport, "properties": {**passport["properties"], "holder": []}}],
        "sanctions": [{**sanction, "properties": {**sanction["properties"], "entity": []}}],
    }
    nested = {**person, "properties": {**person["properties"], **within}}
    flat, _ = read(tmp_path / "flat", FILES["ftm"])
    found, _ = read(tmp_path / "nested", {"sample.json": json.dumps(nested) + "\n"})
    assert found == {"q-1": flat["q-1"]}


def test_follow_the_money_line_that_is_no_entity_costs_itself(tmp_path: Path) -> None:
    good = json.dumps(entity("q-2", "Person", name=["Qwert"]))
    entries, lists = read(tmp_path, {"sample.jsonl": f'{good}\n[1, 2]\n{{"id": \n{good.replace("q-2", "q-3")}\n'})
    assert sorted(entries) == ["q-2", "q-3"]
    assert [(fault.record, fault.reason) for fault in lists.faults] == [
        ("line 2", "unreadable"),
        ("line 3", "unreadable"),
    ]


def test_who_stands_beside_the_listed_is_not_listed(tmp_path: Path) -> None:
    lines = [
        {**entity(number, "Person", name=["Qwert"]), "target": target} for number, target in (("a", True), ("b", False))
    ]
    entries, lists = read(tmp_path, {"sample.jsonl": "".join(json.dumps(line) + "\n" for line in lines)})
    assert list(entries) == ["a"]
    assert lists.faults == ()


def test_stix(tmp_path: Path) -> None:
    entries, lists = read(tmp_path, FILES["stix"])
    assert MAKER not in entries
    assert lists.by_name["sample"].withdrawn == 1
    short = {number[-2:].strip(): entry for number, entry in entries.items()}
    person, mail, container, second, document = (short[key] for key in ("10", "11", "12", "2)", "13"))
    assert (person.names, person.level, person.owner) == (("Qwert Asdfov",), "restricted", "Made-up Customs")
    assert mail.identifiers == (Identifier("email", "qwert@example.org"),)
    assert (mail.purpose, mail.listed_on, mail.expires) == ("smuggler", date(2026, 1, 1), date(2026, 12, 30))
    assert [one.identifiers[0].value for one in (container, second)] == ["MSKU0000019", "MSKU0000024"]
    assert (document.kind, document.identifiers) == (Kind.DOCUMENT, (Identifier("passport", "ZZ0000004", "VN"),))


def test_stix_counts_the_latest_version_and_the_strictest_marking(tmp_path: Path) -> None:
    own = stix_object("marking-definition", 80, definition_type="tlp", definition={"tlp": "green"})
    statement = stix_object("marking-definition", 81, definition_type="statement", definition={"statement": "(c)"})
    marks = [own["id"], statement["id"]]
    old = indicator(11, "[x-vehicle:plate = '00A-000.00']", object_marking_refs=marks)
    new = {**old, "modified": "2026-03-01T00:00:00.000Z", "pattern": "[x-vehicle:plate = '00A-000.01']"}
    strange = indicator(12, "[x-vehicle:vin = 'ZZZ']", object_marking_refs=["marking-definition--unheard-of"])
    entries, lists = read(tmp_path, {"sample.json": bundle(own, statement, new, old, strange)})
    assert [(entry.identifiers[0].value, entry.level) for _, entry in sorted(entries.items())] == [
        ("00A-000.01", "official"),
        ("ZZZ", "restricted"),
    ]
    assert [fault.reason for fault in lists.faults] == ["unknown_level"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[email-addr:value = 'a@example.org']", ["a@example.org"]),
        ("[x-vessel:imo = '1'] OR [x-vessel:mmsi = '2']", ["1", "2"]),
        ("[x-goods:description = 'it\\'s' OR x-goods:description = 'b']", ["it's", "b"]),
        ("[ x-container:number IN ( 'A' , 'B' ) ]", ["A", "B"]),
        ("[x-travel-document:number = 'A' AND x-travel-document:country = 'VN']", ["A"]),
        ("[x-travel-document:number = 'A' AND x-person:country = 'VN']", None),
        ("[x-vessel:imo = '1' AND x-vessel:mmsi = '2']", None),
        ("[x-vessel:imo = '1'] AND [x-vessel:mmsi = '2']", None),
        ("[x-vessel:imo = '1'] WITHIN 5 SECONDS", None),
        ("[x-vessel:imo != '1']", None),
        ("[x-vessel:imo LIKE '1%']", None),
        ("[ipv4-addr:value = '192.0.2.1']", None),
        ("[x-vessel:country = 'VN']", None),
        ("[x-vessel:imo = '1'", None),
        ("[x-vessel:imo = '1]", None),
        ("[[", None),
        ("", None),
    ],
)
def test_stix_patterns_name_one_thing_each(pattern: str, found: list[str] | None) -> None:
    things = named(pattern)
    assert (things if things is None else [thing.value for thing in things]) == found


def test_mapping(tmp_path: Path) -> None:
    entries, _ = read(tmp_path, FILES["mapped"])
    assert entries["1"] == Entry(
        list="sample",
        source_id="1",
        kind=Kind.PERSON,
        names=("Asđf Văn Qwertê", "Asdf Qwerte", "Zxcv Qwerte"),
        identifiers=(Identifier("passport", "ZZ0000005", "VN"),),
        born=("1971-04-03",),
        countries=("VN",),
        expires=date(2026, 12, 31),
    )
    assert (entries["2"].kind, entries["2"].names) == (Kind.COMPANY, ("Công ty Asđf",))


def test_mapping_of_another_encoding_and_month_first(tmp_path: Path) -> None:
    files = {"sample.csv": MAPPED.encode("utf-16"), "sample.toml": 'encoding = "utf-16"\ndates = "month"\n' + MAPPING}
    lists = load(lay_out(tmp_path, files))
    assert lists.entries[0].born == ("1971-03-04",)


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ('kind = "ghost"\n[columns]\nname = "Tên"', "'kind'"),
        ('kind = "person"\n[columns]\nnom = "Tên"', "'columns.nom'"),
        ('kind = "person"\n[columns]\nname = "Name"', "there is no column 'Name'"),
        ('kind = "person"\n[identifiers]\nshoe = "Số"', "'identifiers.shoe'"),
        ('kind = "person"', "'columns'"),
        ('[columns]\nname = "Tên"', "'kind'"),
        ('kind = "person"\ndelimiter = ""\n[columns]\nname = "Tên"', "'delimiter'"),
        ('kind = "person"\nencoding = "rot13"\n[columns]\nname = "Tên"', "'encoding'"),
        ('kind = "person"\nencoding = "klingon"\n[columns]\nname = "Tên"', "'encoding'"),
        ('kind = "person"\ndates = "year"\n[columns]\nname = "Tên"', "'dates'"),
        ("kind = ", "not TOML"),
        ("weather = 1", "'weather'"),
    ],
)
def test_mapping_that_is_wrong_is_refused_with_its_key(tmp_path: Path, mapping: str, told: str) -> None:
    start = "" if "delimiter" in mapping or "weather" in mapping or mapping.endswith("= ") else 'delimiter = ";"\n'
    with pytest.raises(ListError) as refused:
        load(lay_out(tmp_path, {"sample.csv": MAPPED, "sample.toml": start + mapping}))
    assert told in str(refused.value)


def test_watch_list(tmp_path: Path) -> None:
    entries, _ = read(tmp_path, FILES["watch"])
    found = {
        (entry.kind.value, *entry.names, *(f"{one.type}:{one.value}" for one in entry.identifiers))
        for entry in entries.values()
    }
    assert found == {
        ("company", "tax:9900000016"),
        ("company", "other:CN-S00012"),
        ("company", "Asdf Trading"),
        ("container", "container:CSQU3054383"),
        ("address", "1 Made Up Road"),
        ("phrase", "ngà voi"),
    }
    company = entries["company 9900000016, hq.risk"]
    assert (company.owner, company.purpose, company.expires) == ("hq.risk", "information received", date(2026, 12, 31))


@pytest.mark.parametrize(
    ("value", "names", "numbers"),
    [
        ("上海二2号贸易有限公司", ("上海二2号贸易有限公司",), ()),
        ("Thép5", ("Thép5",), ()),
        ("7Qwert", ("7Qwert",), ("7Qwert",)),
        ("QW-00017", (), ("QW-00017",)),
        ("Qwert 17", ("Qwert 17",), ()),
    ],
)
def test_watch_list_tells_numbers_of_companies_from_names(
    value: str, names: tuple[str, ...], numbers: tuple[str, ...], tmp_path: Path
) -> None:
    entries, _ = read(tmp_path, {"sample.csv": f"value,kind\n{value},company\n"})
    (entry,) = entries.values()
    assert (entry.names, tuple(one.value for one in entry.identifiers)) == (names, numbers)


def test_watch_list_value_of_unheard_of_kind_is_a_fault(tmp_path: Path) -> None:
    text = "value,kind\nQwert,ghost\nCSQU3054383,\nQwert,\nQwert,person\n"
    entries, lists = read(tmp_path, {"sample.csv": text})
    assert sorted(entries) == ["container CSQU3054383", "person Qwert"]
    assert [(fault.record, fault.reason) for fault in lists.faults] == [
        ("line 2", "unknown_kind"),
        ("line 4", "unknown_kind"),
    ]


def test_watch_list_value_that_stands_twice_counts_as_long_as_the_longer_one(tmp_path: Path) -> None:
    text = "value,kind,expires\nQwert,person,2027-01-01\nQwert,person,2026-01-01\n"
    entries, lists = read(tmp_path, {"sample.csv": text})
    assert [entry.expires for entry in entries.values()] == [date(2027, 1, 1)]
    assert [fault.reason for fault in lists.faults] == ["repeated"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the lists are not in ../shared/data: NOT tested")
def test_real_lists_are_read_without_a_fault(tmp_path: Path) -> None:
    for name in ("un_consolidated.xml", "ofac_sdn.csv", "ofac_alt.csv"):
        (tmp_path / name).symlink_to((SHARED / name).resolve())
    lists = load(tmp_path)
    assert lists.faults == ()
    counts = lists.counts().group_by("list").agg(pl.col("entries").sum()).sort("list")
    assert counts.rows() == [("ofac_sdn", 8976), ("un_consolidated", 1003)]
    names = {name for entry in lists.entries for name in entry.names}
    with (SHARED / "ofac_alt.csv").open(encoding="utf-8", newline="") as file:
        aliases = [row[3] for row in csv.reader(file) if len(row) == 5]
    assert [name for name in aliases if " ".join(name.split()) not in names] == []
    assert len(aliases) == 11910


def test_indicator_of_another_language_is_a_fault(tmp_path: Path) -> None:
    yara = {**indicator(20, "rule made_up {}"), "pattern_type": "yara"}
    _, lists = read(tmp_path, {"sample.json": bundle(*STIX_OBJECTS, yara)})
    assert [fault.reason for fault in lists.faults] == ["unread_pattern"]
