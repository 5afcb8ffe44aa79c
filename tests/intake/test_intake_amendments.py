"""References and numbers meet, and amendments that say only what changes are applied, in any order of arrival."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_wco import CLOSE, OPEN, RECEIVED, SAMPLES, declaration, item, message, needs_samples, put

from tidegate import intake
from tidegate.intake.amendments import FAULTS, NOT_APPLIED, write_amendments
from tidegate.intake.versions import late_withdrawals, withdrawn_after

quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MRN, LRN = "26GB0MADEUP00000A1", "LRN-1"
PRICE = "42A|1 67A|1 68A|{item} 23A|1 79A|1|112"
BODY = "<Commodity><InvoiceLine><ItemChargeAmount currencyID='EUR'>{value}</ItemChargeAmount></InvoiceLine></Commodity>"


def response(lrn: str = LRN, mrn: str = MRN, code: str = "01") -> str:
    """A made-up acceptance, which carries both the reference and the number."""
    return (
        f"{OPEN}<Response><FunctionCode>{code}</FunctionCode><FunctionalReferenceID>R-{lrn}-{mrn}</FunctionalReferenceID>"
        f"<Declaration><FunctionalReferenceID>{lrn}</FunctionalReferenceID><ID>{mrn}</ID></Declaration></Response>{CLOSE}"
    )


def pointer(path: str) -> str:
    steps = ""
    for step in path.split():
        section, number, tag = (*step.split("|"), "")[:3]
        steps += (
            f"<Pointer><SequenceNumeric>{number}</SequenceNumeric><DocumentSectionCode>{section}</DocumentSectionCode>"
            + (f"<TagID>{tag}</TagID>" if tag else "")
            + "</Pointer>"
        )
    return f"<Amendment><ChangeReasonCode>21</ChangeReasonCode>{steps}</Amendment>"


def amendment(paths: list[str], body: str, *, own: str = "AMD-1", sent: str = "", number: str = MRN) -> str:
    """A made-up amendment that points at `paths`; `body` is what stands behind its pointers."""
    issued = (
        f"<IssueDateTime><p1:DateTimeString formatCode='304'>{sent}Z</p1:DateTimeString></IssueDateTime>"
        if sent
        else ""
    )
    return (
        f"{OPEN}<Declaration><FunctionCode>13</FunctionCode><FunctionalReferenceID>{own}</FunctionalReferenceID>"
        f"<ID>{number}</ID>{issued}<TypeCode>COR</TypeCode>{''.join(map(pointer, paths))}{body}</Declaration>{CLOSE}"
    )


def of_items(*bodies: tuple[int, str]) -> str:
    inner = "".join(
        f"<GovernmentAgencyGoodsItem><SequenceNumeric>{number}</SequenceNumeric>{body}</GovernmentAgencyGoodsItem>"
        for number, body in bodies
    )
    return f"<GoodsShipment>{inner}</GoodsShipment>"


def price(value: float, number: int = 1, **more: str) -> str:
    return amendment([PRICE.format(item=number)], of_items((number, BODY.format(value=value))), **more)


def cancellation(number: str = MRN, own: str = "INV-1") -> str:
    return (
        f"{OPEN}<Declaration><FunctionCode>13</FunctionCode><FunctionalReferenceID>{own}</FunctionalReferenceID>"
        f"<ID>{number}</ID><TypeCode>INV</TypeCode></Declaration>{CLOSE}"
    )


def read(folder: Path, *texts: str) -> intake.Intake:
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        put(folder / f"{number}.xml", text)
    return intake.read(folder, received=RECEIVED)


def original(*numbers: int, head: str = "") -> str:
    return message(declaration(LRN, head=head, items="".join(item(number) for number in numbers or (1,))))


def law(came: intake.Intake) -> bool:
    counts = came.counts
    return counts["read"] + counts.get("amended", 0) == sum(
        counts.get(name, 0) for name in ("kept", "rejected", "superseded", "cancelled")
    )


def test_a_response_gives_the_original_its_number(tmp_path: Path) -> None:
    for folder, texts in (("a", (original(), response())), ("b", (response(), original()))):
        came = read(tmp_path / folder, *texts)
        assert came.lines.select("declaration_id", "message_id").rows() == [(MRN, LRN)]
        assert came.references.rows() == [("wco", LRN, MRN)]


def test_a_cancellation_by_number_takes_back_what_came_by_reference_in_any_order(tmp_path: Path) -> None:
    for at, texts in enumerate(itertools.permutations((original(1, 2), response(), cancellation()))):
        came = read(tmp_path / str(at), *texts)
        assert came.lines.height == 0
        assert came.earlier.select("declaration_id", "why").rows() == [(MRN, "cancelled")] * 3
        assert law(came)


def test_across_runs_a_response_in_either_joins(tmp_path: Path) -> None:
    texts = {"original": original(), "response": response(), "amendment": price(999)}
    for at, where in enumerate(("past", "now")):
        past = read(tmp_path / f"p{at}", texts["original"], *([texts["response"]] if where == "past" else []))
        now = read(tmp_path / f"n{at}", texts["amendment"], *([texts["response"]] if where == "now" else []))
        assert now.lines.height == 0
        assert now.amendments["faults"].to_list() == ["unknown"]
        past, now = intake.across(past, now)
        assert past.lines.height == 0
        assert past.earlier.select("declaration_id", "customs_value", "why").rows() == [(MRN, 250.75, "superseded")]
        assert now.lines.select("declaration_id", "customs_value", "flags").rows() == [(MRN, 999.0, None)]
        assert now.amendments["faults"].to_list() == [None]
        assert law(intake.joined([past, now]))


def test_a_reference_of_two_numbers_or_two_senders_joins_nothing(tmp_path: Path) -> None:
    came = read(tmp_path / "a", original(), response(), response(mrn="26GB0MADEUP00000B2"))
    assert (came.lines["declaration_id"].to_list(), came.references.height) == ([LRN], 0)
    issued = "<IssueDateTime><p1:DateTimeString formatCode='304'>2026010{at}100000Z</p1:DateTimeString></IssueDateTime>"
    two = (original(head=issued.format(at=at) + f"<Submitter><ID>{at}</ID></Submitter>") for at in (1, 2))
    came = read(tmp_path / "b", *two, response())
    assert (came.lines["declaration_id"].to_list(), came.references.height) == ([LRN], 0)


def test_a_request_that_carries_both_joins_unless_somebody_else_sent_it(tmp_path: Path) -> None:
    mine = original(head="<Submitter><ID>A</ID></Submitter>")
    other = cancellation(own=LRN).replace("<TypeCode>INV", "<Submitter><ID>B</ID></Submitter><TypeCode>INV")
    came = read(tmp_path / "a", mine, cancellation(own=LRN))
    assert (came.lines.height, set(came.earlier["declaration_id"])) == (0, {MRN})
    came = read(tmp_path / "b", mine, other)
    assert came.lines["declaration_id"].to_list() == [LRN]


def test_one_message_under_both_names_is_one(tmp_path: Path) -> None:
    again = original().replace("<TypeCode>IMA", f"<ID>{MRN}</ID><TypeCode>IMA")
    came = read(tmp_path / "a", original(), again, response())
    assert came.lines["declaration_id"].to_list() == [MRN]
    assert came.counts["superseded"] == 1
    assert law(came)
    assert intake.joined([came]).counts == came.counts


def test_findings_go_by_the_number_too() -> None:
    known = pl.DataFrame({"message_format": ["wco"], "reference": [LRN], "declaration_id": [MRN]})
    table = pl.DataFrame({"declaration_id": [LRN, "other", None]})
    assert intake.renamed(table, known)["declaration_id"].to_list() == [MRN, "other", None]


def test_a_price_is_amended_and_nothing_else(tmp_path: Path) -> None:
    came = read(tmp_path / "a", original(1, 2), response(), price(999, 2))
    assert came.lines.select("item_number", "customs_value", "currency", "value_basis").rows() == [
        (1, 250.75, "EUR", "invoice"),
        (2, 999.0, "EUR", "invoice"),
    ]
    before = came.earlier.drop("why", "later_message", "later_version").sort("item_number")
    after = came.lines.select(before.columns)
    touched = {"customs_value", "item_price", "message_id", "message_function", "declaration_type"}
    changed = {name for name in before.columns if not after[name].equals(before[name])}
    assert changed <= touched
    assert came.lines["message_function"].unique().to_list() == ["amendment"]
    assert law(came)
    # What is settled stays settled.
    again = intake.joined([came])
    assert again.lines.equals(came.lines)
    assert again.counts == came.counts


@quick
@given(order=st.permutations(range(5)), later=st.booleans())
def test_the_order_of_arrival_does_not_matter(
    order: list[int], later: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    second = "20260105100000" if later else "20260103100000"
    texts = [
        original(1, 2),
        response(),
        price(111, sent="20260104100000"),
        price(222, own="AMD-2", sent=second),
        price(333, 2, own="AMD-3", sent="20260106100000"),
    ]
    came = read(tmp_path_factory.mktemp("order"), *(texts[at] for at in order))
    values = dict(came.lines.select("item_number", "customs_value").rows())
    assert values == {1: 222.0 if later else 111.0, 2: 333.0}
    assert came.earlier.height == 6
    assert came.amendments["faults"].null_count() == 3
    assert law(came)


def test_two_amendments_of_one_thing_in_no_known_order_are_flagged(tmp_path: Path) -> None:
    came = read(tmp_path / "a", original(), response(), price(111), price(222, own="AMD-2"))
    assert came.lines["flags"].str.contains(NOT_APPLIED).all()
    assert came.amendments["faults"].drop_nulls().to_list() == ["order"]
    # Of different things, the order has no say.
    came = read(tmp_path / "b", original(1, 2), response(), price(111), price(222, 2, own="AMD-2"))
    assert came.lines["flags"].null_count() == 2
    assert came.lines["customs_value"].to_list() == [111.0, 222.0]


MASS = (
    "<Commodity><GoodsMeasure><NetNetWeightMeasure unitCode='TNE'>1.25</NetNetWeightMeasure></GoodsMeasure></Commodity>"
)
CODE = (
    "<Commodity><Classification><ID>{code}</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>"
    "</Commodity>"
)


@pytest.mark.parametrize(
    ("paths", "body", "wanted"),
    [
        (["42A|1 67A|1 68A|1 23A|1 65A|1|128"], of_items((1, MASS)), {"net_mass_kg": 1250.0}),
        (["42A|1 67A|1 68A|1 23A|1 21A|1|145"], of_items((1, CODE.format(code="44079910"))), {"hs_code": "4407991000"}),
        (["42A|1 57A|1|R031"], "<Exporter><Name>Made Up Timber</Name></Exporter>", {"exporter_name": "Made Up Timber"}),
        (
            ["42A|1 67A|1 68A|1 70A|1|166"],
            of_items(
                (
                    1,
                    "<GovernmentProcedure><CurrentCode>51</CurrentCode><PreviousCode>71</PreviousCode></GovernmentProcedure>",
                )
            ),
            {"procedure": "5171"},
        ),
        (["42A|1|146"], "<TotalPackageQuantity>7</TotalPackageQuantity>", {"total_packages": "7"}),
    ],
)
def test_fields_that_the_lines_tell_apart_are_amended(
    paths: list[str], body: str, wanted: dict[str, Any], tmp_path: Path
) -> None:
    came = read(tmp_path / "a", original(), response(), amendment(paths, body))
    (line,) = came.lines.to_dicts()
    assert {name: line[name] for name in wanted} == wanted
    assert (line["flags"], came.amendments["faults"].item()) == (None, None)


@pytest.mark.parametrize(
    ("paths", "body", "fault"),
    [
        (["42A|1 67A|1 68A|9 23A|1 79A|1|112"], of_items((9, BODY.format(value=5))), "item"),
        ([PRICE.format(item=1)], of_items((1, "")), "value"),
        ([PRICE.format(item=1)], "", "value"),
        ([PRICE.format(item=1)], of_items((1, BODY.format(value="a lot"))), "value"),
        (["42A|1 ZZZ|1|999"], "", "place"),
        (["42A|1 67A|1 68A|1 23A|1 79A|1|ZZZ"], of_items((1, BODY.format(value=5))), "place"),
        (
            ["42A|1 67A|1 68A|1 70A|3|166"],
            of_items((1, "<GovernmentProcedure><CurrentCode>51</CurrentCode></GovernmentProcedure>")),
            "several",
        ),
        (["42A|1 57A|1 04A|1|241"], "<Exporter><Address><CityName>X</CityName></Address></Exporter>", "several"),
        (["42A|1 67A|1 68A|1 23A|1 21A|1|145"], of_items((1, CODE.format(code="99"))), "value"),
        ([], "", "value"),
    ],
)
def test_what_cannot_be_applied_is_told_and_flagged(paths: list[str], body: str, fault: str, tmp_path: Path) -> None:
    came = read(tmp_path / "a", original(), response(), amendment(paths, body))
    (line,) = came.lines.to_dicts()
    assert NOT_APPLIED in line["flags"]
    assert (line["customs_value"], line["hs_code"], line["procedure"]) == (250.75, "4602191000", "4071")
    assert fault in came.amendments["faults"].item().split()
    assert law(came)
    for language in ("en", "vi"):
        write_amendments(came.amendments, tmp_path / "amendments.csv", language)
        told = pl.read_csv(tmp_path / "amendments.csv")["explanation"].item()
        (entry,) = (one for one in FAULTS if one.code == fault)
        assert (entry.text_vi if language == "vi" else entry.text) in told
    # It is not the sender's fault.
    assert not came.quality["invalid"].sum()


def test_what_can_be_applied_is_applied_beside_what_cannot(tmp_path: Path) -> None:
    came = read(
        tmp_path / "a",
        original(),
        response(),
        amendment([PRICE.format(item=1), "42A|1 ZZZ|1|9"], of_items((1, BODY.format(value=5)))),
    )
    assert came.lines.select("customs_value", "flags").rows() == [(5.0, NOT_APPLIED)]


def test_an_amendment_of_what_was_cancelled_or_never_seen_makes_nothing(tmp_path: Path) -> None:
    came = read(tmp_path / "a", price(5), original())
    assert came.amendments["faults"].to_list() == ["unknown"]
    assert came.lines.select("declaration_id", "flags").rows() == [(LRN, None)]
    came = read(
        tmp_path / "b",
        original(),
        response(),
        cancellation(),
        price(5, own="ZZZ").replace("<TypeCode>COR", "<VersionID>3</VersionID><TypeCode>COR"),
    )
    assert came.lines.height == 0
    assert law(came)


def test_an_item_is_added(tmp_path: Path) -> None:
    body = f"<GoodsShipment>{item(3)}</GoodsShipment>"
    head = "<Declarant><ID>GB1</ID></Declarant>"
    came = read(tmp_path / "a", original(1, 2, head=head), response(), amendment(["42A|1 67A|1 68A|3"], body))
    assert came.lines.select("item_number", "hs_code", "declarant_id", "declaration_id").rows() == [
        (number, "4602191000", "GB1", MRN) for number in (1, 2, 3)
    ]
    assert came.lines["flags"].null_count() == 3
    # One that is there already is not guessed at.
    came = read(
        tmp_path / "b", original(1, 2), response(), amendment(["42A|1 67A|1 68A|2"], body.replace(">3<", ">2<"))
    )
    assert came.lines["item_number"].to_list() == [1, 2]
    assert came.amendments["faults"].to_list() == ["several"]


def test_the_same_amendment_twice_changes_nothing(tmp_path: Path) -> None:
    once = read(tmp_path / "a", original(), response(), price(5))
    twice = read(tmp_path / "b", original(), response(), price(5), price(5))
    assert twice.lines.equals(once.lines)
    assert twice.amendments.height == 1
    assert twice.counts == once.counts


def test_thousands_of_pointers_cost_no_hours(tmp_path: Path) -> None:
    big = amendment([PRICE.format(item=1)] * 3_000, of_items((1, BODY.format(value=5))))
    came = read(tmp_path / "a", original(), response(), big)
    assert came.lines.select("customs_value", "flags").rows() == [(5.0, NOT_APPLIED)]
    assert came.amendments["faults"].item() == "many"


HOSTILE = st.text(alphabet="|/42AZ-<&é\x00", max_size=12).map(
    lambda text: text.replace("<", "&lt;").replace("&", "&amp;").replace("\x00", "")
)


@quick
@given(steps=st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), max_size=6), value=HOSTILE)
def test_made_up_pointers_break_nothing(
    steps: list[tuple[str, str, str]], value: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    inner = "".join(
        f"<Pointer><SequenceNumeric>{number}</SequenceNumeric><DocumentSectionCode>{section}</DocumentSectionCode><TagID>{tag}</TagID></Pointer>"
        for section, number, tag in steps
    )
    text = amendment([], f"<Amendment>{inner}</Amendment>{of_items((1, BODY.format(value=value)))}")
    came = read(tmp_path_factory.mktemp("hostile"), original(), response(), text)
    assert came.lines["customs_value"].to_list() == [250.75]
    assert law(came)


@needs_samples
@pytest.mark.parametrize(
    ("folder", "wanted", "faults"),
    [
        ("TT_Add_Item_Scenario_v1", {3: 100.0}, [None]),
        ("TT_IM002b", {1: 999.0}, [None]),
        ("TT_IM003b", {1: 1000.0}, [None]),
        ("TT_IM008b", {1: 10000.0}, ["several"]),  # it names another licence than the original has
        ("TT_IM082a", {1: 999.0}, [None, None]),
    ],
)
def test_real_amendments_are_applied_to_what_they_amend(
    folder: str, wanted: dict[int, float], faults: list[str | None], tmp_path: Path
) -> None:
    files = sorted((SAMPLES / folder).glob("*.xml"))
    whole = intake.read(files, received=RECEIVED)
    numbers = whole.amendments["declaration_id"].unique().to_list()
    (reference,) = whole.lines.filter(message_function="original")["message_id"].unique().to_list() or [
        whole.earlier["message_id"][0]
    ]
    # No sample says which number was given to the original: this response is made up.
    accepted = put(tmp_path / "accepted.xml", response(reference, numbers[0]))
    came = intake.read([*files, accepted], received=RECEIVED)
    assert came.lines["declaration_id"].unique().to_list() == numbers
    assert came.amendments["faults"].to_list() == faults
    values = dict(came.lines.select("item_number", "customs_value").rows())
    assert {number: values[number] for number in wanted} == wanted
    assert law(came)


@needs_samples
def test_a_real_chain_of_original_amendment_and_cancellation_meets_by_what_it_says_itself() -> None:
    came = intake.read(SAMPLES / "TT_IM011a", received=RECEIVED)
    assert came.lines.height == 0
    whole = (
        came.earlier.drop_nulls("item_number").select("message_function", "net_mass_kg", "why").sort("message_function")
    )
    assert whole.rows() == [("amendment", 62.0, "cancelled"), ("original", 59.0, "superseded")]


def test_a_withdrawal_once_the_inspection_was_known_is_seen_on_later_lines() -> None:
    noon = datetime(2026, 3, 2, 12)  # noqa: DTZ001 - columns of times have no zone
    hour = timedelta(hours=1)
    kept = {"declarant_id": "B", "lodged_on": noon.date(), "item_number": 1, "why": "cancelled"}
    rows: list[dict[str, Any]] = [
        {
            "declaration_id": name,
            "importer_id": "I",
            "message_function": "original",
            "message_sent_at": noon - hour,
            **kept,
        }
        for name in ("late", "early", "unknown")
    ] + [
        {"declaration_id": name, "message_function": "cancellation", "message_sent_at": sent, "why": "cancelled"}
        for name, sent in (("late", noon + hour), ("early", noon - hour), ("unknown", None))
    ]
    earlier = pl.DataFrame(rows, infer_schema_length=None)
    announced = pl.DataFrame({"declaration_id": ["late", "early", "unknown"], "announced_at": [noon] * 3})
    gone = withdrawn_after(earlier, announced)
    assert gone.rows() == [("late", "I", noon + hour)]
    lines = pl.DataFrame(
        {
            "importer_id": ["I", "I", "J", None, "I", "I"],
            "declarant_id": ["B", "B", "B", "I", "B", "B"],
            "lodged_on": [noon.date() + timedelta(days=days) for days in (0, 1, 1, 1, 0, 400)],
            "message_sent_at": [noon, None, None, None, noon + 2 * hour, None],
        }
    )
    # Not before it was sent, not for others of the same declarant, and not for ever.
    assert late_withdrawals(lines, gone).to_list() == [0, 1, 0, 1, 1, 0]
