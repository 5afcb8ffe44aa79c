"""The real samples: every well-formed one is read, written again and valid; the table of paths knows all they hold."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from lxml import etree
from made_up_wco import SAMPLES, SCHEMAS, answers, needs_samples, pieces, refusals, table, unread

from tidegate import intake
from tidegate.intake import wco
from tidegate.intake.raw import ROW

pytestmark = needs_samples
TODAY = date(2026, 1, 1)
MALFORMED = {"TT_EX002a.xml": 72, "TT_IM084a.xml": 164}
FILES = sorted(SAMPLES.rglob("*.xml")) if SAMPLES.is_dir() else []
WELL_FORMED = [file for file in FILES if file.name not in MALFORMED]


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _declarations(file: Path) -> list[etree._Element]:
    """Declarations that somebody lodged: not those that a response or a report repeats."""
    around = {"Response", "DeclarationVersionDetails"}
    root = etree.parse(str(file)).getroot()
    return [one for one in root.iter("{*}Declaration") if not around & {_local(above) for above in one.iterancestors()}]


def test_the_samples_are_all_there() -> None:
    assert len(FILES) == 508


def test_every_well_formed_sample_is_read_and_nothing_in_it_is_unread() -> None:
    for file in WELL_FORMED:
        assert wco.FORMAT.detect(file.read_bytes()[: 1 << 16]).startswith("WCO Data Model"), file
        found = pieces(file)
        assert not [row for piece in found for row in piece.refused.rows()], file
        lines = sum(piece.height for piece in found)
        said = sum(piece.answers.height for piece in found if piece.answers is not None)
        assert lines + said > 0, file
        assert unread(file) == {}, file


def test_every_goods_item_becomes_a_line_or_a_change() -> None:
    items = lines = changes = 0
    for file in WELL_FORMED:
        for declaration in _declarations(file):
            items += len(declaration.findall(".//{*}GovernmentAgencyGoodsItem"))
        lines += table(file)["item_number"].count()
        changes += (
            answers(file)
            .filter(
                (pl.col("kind") == "amended")
                & (pl.col("code") == "COR")
                & pl.col("pointer").str.contains(r"Item\[\d+\]$")
                & pl.col("reason").is_null()
            )
            .height
        )
    assert (lines, changes) == (items - 12, 12)


def test_every_goods_item_is_kept_and_none_is_rejected() -> None:
    """A declaration is of one file here: what another file says of it later is not asked."""
    kept = cancelled = bare = 0
    kinds = set()
    for file in WELL_FORMED:
        came = intake.read(file, received=TODAY, lenient=True)
        assert came.rejected.rows() == [], file
        assert came.read == came.kept + came.earlier.height, file
        kept, cancelled = kept + came.kept, cancelled + came.earlier.height
        without = came.lines.filter(pl.col("hs_code").is_null())
        assert without["flags"].str.contains("hs_missing").all(), file
        bare += without.height
        kinds |= set(without["declaration_type"].str.slice(2) if without.height else ())
    assert (kept, cancelled, bare) == (197, 2, 15)
    assert kinds == {"J", "K", "Q"}


def test_the_malformed_ones_are_reported_by_file_and_line() -> None:
    others = [file for file in WELL_FORMED if file.name == "Step1_TT_IM148a.xml"]
    found = intake.read([*others, *(file for file in FILES if file.name in MALFORMED)], received=TODAY)
    told = {Path(file).name: value for file, value in found.rejected.select("file", "value").iter_rows()}
    assert told.keys() == MALFORMED.keys()
    for name, line in MALFORMED.items():
        assert f"(line {line})" in told[name]
        assert re.search("double.hyphen", told[name])
    assert found.counts["read"] == 3


def _instant(text: str | None) -> datetime | None:
    said = None if text is None else datetime.fromisoformat(text)
    return said and (said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)).replace(microsecond=0)


def test_what_is_read_and_written_again_is_valid_and_equal(tmp_path: Path) -> None:
    count = 0
    for file in WELL_FORMED:
        before = table(file)
        if not before.height:
            continue
        (written,) = wco.FORMAT.write(before, tmp_path) if wco.FORMAT.write else ()
        assert wco.validate(written, SCHEMAS) == [], file
        after = table(written)
        for column in before.columns:
            if column == "message_sent_at":
                assert [*map(_instant, before[column])] == [*map(_instant, after[column])], file
            elif column != ROW:
                assert before[column].to_list() == after[column].to_list(), (file, column)
        count += 1
    assert count == 185


def test_typed_lines_are_written_and_read_again_as_they_were(tmp_path: Path) -> None:
    came = intake.read(_together(WELL_FORMED, tmp_path / "all.xml"), received=TODAY)
    # A version that an amendment by pointers made was never sent whole: nobody said that sender and type of its goods.
    lines = came.lines.filter(~pl.col("declaration_id").is_in(came.amendments["declaration_id"].implode()))
    assert came.lines.height - lines.height == 4
    assert lines["hs_code"].null_count() > 0
    assert wco.FORMAT.write is not None
    written = wco.FORMAT.write(lines, tmp_path / "written")
    again = intake.read(_together(written, tmp_path / "again.xml"), received=TODAY).lines
    keys = ["declaration_id", "item_number"]
    before = lines.sort(keys).with_columns(pl.col("message_sent_at").dt.truncate("1s"))
    assert before.equals(again.sort(keys).select(before.columns), null_equal=True)


def _together(files: list[Path], path: Path) -> Path:
    """All messages in one file, one document after the other."""
    path.write_bytes(b"\n".join(file.read_bytes() for file in files))
    return path


def test_the_table_of_paths_knows_every_path_of_the_samples() -> None:
    known = {f"Declaration/{path.path}" for path in wco.PATHS}
    envelope = {"WCODataModelVersionCode", "receiptDate", "originatingPartyID", "submitter", "dateTimeStamp"}
    for file in WELL_FORMED:
        for declaration in _declarations(file):
            for leaf in declaration.iter():
                if len(leaf) or not isinstance(leaf.tag, str) or not (leaf.text or "").strip():
                    continue
                names = [_local(above) for above in leaf.iterancestors()]
                names = [*reversed(names[: names.index("Declaration") + 1]), _local(leaf)]
                # One sample has lost the colons of its prefixes.
                assert re.sub("/pDateTimeString$", "/DateTimeString", "/".join(names)) in known, file
            for above in declaration.iterancestors():
                for before in above.iterchildren():
                    if isinstance(before.tag, str) and not len(before) and (before.text or "").strip():
                        name = _local(before).removeprefix("md")
                        assert name in envelope | wco.DROPPED.keys(), (file, name)


def test_every_response_of_the_samples_says_its_kind() -> None:
    kinds: dict[str, set[str]] = {}
    for file in WELL_FORMED:
        if re.search(rb"<(\w+:)?Response[ >]", file.read_bytes()):
            found = answers(file)
            assert found["message_id"].null_count() == 0, file
            assert found["issued_at"].null_count() == 0, file
            assert found["declaration_id"].null_count() == 0, file
            for code, kind in found.select("code", "kind").iter_rows():
                kinds.setdefault(code, set()).add(kind)
    assert {code: kind.pop() for code, kind in kinds.items()} == {
        "01": "accepted", "02": "registered", "03": "rejected", "06": "control", "07": "amended", "08": "released",
        "09": "cleared", "11": "other", "13": "tax", "14": "tax", "16": "other",
    }  # fmt: skip


def test_a_rejection_points_at_the_field_in_error() -> None:
    file = next(file for file in FILES if "03" in file.read_text()[:700] and b"<TagID>337<" in file.read_bytes())
    found = answers(file).filter(pl.col("pointer").is_not_null())
    assert found["pointer"].to_list() == [
        "Declaration/GoodsShipment/GovernmentAgencyGoodsItem[1]/Commodity/Classification[3]/IdentificationTypeCode",
        "Declaration/GoodsShipment/GovernmentAgencyGoodsItem[1]/Commodity/Classification[3]/ID",
    ]
    assert set(found["reason"]) == {"CDS12056"}


def test_the_schemas_accept_the_samples_declarations_and_refuse_altered_ones(tmp_path: Path) -> None:
    good = next(file for file in WELL_FORMED if file.name == "Step1_TT_IM148a.xml")
    assert wco.validate(good, SCHEMAS) == []
    text = good.read_text(encoding="utf-8")
    bad = tmp_path / "bad.xml"
    bad.write_text(
        text.replace("<ModeCode>1<", "<ModeCode>x<").replace("<ID>US</ID>", "<ID>USA</ID>"), encoding="utf-8"
    )
    line = next(number for number, said in enumerate(text.splitlines(), 1) if "<ModeCode>1<" in said)
    problems = wco.validate(bad, SCHEMAS)
    assert line in [number for number, _ in problems]
    assert any("length" in what for _, what in problems)


def test_a_response_without_namespaces_is_told_so() -> None:
    file = next(file for file in WELL_FORMED if file.name == "02_DMSTAX.xml")
    assert wco.validate(file, SCHEMAS) == [(2, "no schema in xsd declares the element MetaData")]


def test_a_cut_sample_is_refused_and_never_crashes(tmp_path: Path) -> None:
    data = next(file for file in WELL_FORMED if file.name == "Step1_TT_IM148a.xml").read_bytes()
    for end in range(len(data) // 2, len(data) - 2, 997):
        cut = tmp_path / "cut.xml"
        cut.write_bytes(data[:end])
        assert [reason for _, _, reason in refusals(cut)] == ["message"], end
        assert table(cut).height == 0
