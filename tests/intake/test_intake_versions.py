"""Amendments, cancellations and repeats: the latest version counts, whatever the order, and nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import made_up_messages as made
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate import intake
from tidegate.intake import settle
from tidegate.intake.versions import WHY, amended_after
from tidegate.trade import MESSAGE_SCHEMA, conform

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NOON = datetime(2026, 3, 2, 12)  # noqa: DTZ001 - columns of times have no zone, they are in UTC


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    made.register(monkeypatch)


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    lines = pl.DataFrame(
        [{"declaration_id": "A", "item_number": 1, "customs_value": 1.0, **row} for row in rows],
        schema_overrides=MESSAGE_SCHEMA,
    )
    with_all = lines.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in MESSAGE_SCHEMA.items() if name not in lines.columns
    )
    return conform(with_all.with_columns(lodged_on=NOON.date(), hs_code=pl.lit("440799")))


MESSAGE = st.fixed_dictionaries(
    {
        "declaration_id": st.sampled_from(["A", "B"]),
        "message_version": st.sampled_from([None, 1, 2, 3]),
        "message_function": st.sampled_from([None, "original", "amendment", "cancellation"]),
        "message_sent_at": st.sampled_from([None, *(NOON + timedelta(hours=hour) for hour in range(3))]),
        "items": st.integers(1, 3),
    }
)


def messages(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Goods items of messages, each message with a reference of its own."""
    return [
        {
            **{name: value for name, value in message.items() if name != "items"},
            "message_id": f"M{number}",
            "item_number": item,
            "customs_value": float(number),
        }
        for number, message in enumerate(told)
        for item in range(1, message["items"] + 1)
    ]


@quick
@given(st.lists(MESSAGE, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(told: list[dict[str, Any]], random: Any) -> None:
    rows = messages(told)
    expected = [part.sort(part.columns) for part in settle(table(rows))]
    random.shuffle(rows)
    assert [part.sort(part.columns).to_dicts() for part in settle(table(rows))] == [p.to_dicts() for p in expected]


@quick
@given(st.lists(MESSAGE, min_size=1, max_size=8))
def test_nothing_is_lost_and_one_message_a_declaration_counts(told: list[dict[str, Any]]) -> None:
    lines = table(messages(told))
    kept, earlier = settle(lines)
    assert kept.height + earlier.height == lines.height
    assert earlier["why"].null_count() == 0
    assert kept["message_function"].eq_missing("cancellation").sum() == 0
    for (_,), of_one in kept.group_by("declaration_id"):
        assert of_one["message_id"].n_unique() == 1
        (counting,) = of_one["message_id"].unique()
        assert of_one.height == (lines["message_id"] == counting).sum()  # all items of that message
    # A declaration of which nothing counts was cancelled, and says by what.
    gone = earlier.filter(~pl.col("declaration_id").is_in(kept["declaration_id"].implode()))
    for (_,), of_one in gone.group_by("declaration_id"):
        (last,) = of_one["later_message"].unique()
        assert lines.filter(message_id=last)["message_function"].unique().to_list() == ["cancellation"]
    # Settling again what was settled changes nothing.
    again, more = settle(pl.concat([kept, earlier.drop(WHY.keys())]))
    assert again.equals(kept)
    assert more.height == earlier.height


@settings(quick, max_examples=20)
@given(
    told=st.lists(MESSAGE, min_size=1, max_size=6),
    which=st.integers(0, 5),
    forwards=st.booleans(),
)
def test_the_same_message_twice_changes_nothing(
    told: list[dict[str, Any]], which: int, forwards: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("twice")
    rows = messages(told)
    repeated = [row for row in rows if row["message_id"] == f"M{which % len(told)}"]
    first = made.write(folder / "first.msg", [made.line(**_as_line(row)) for row in rows])
    again = made.write(folder / "again.msg", [made.line(**_as_line(row)) for row in repeated])
    once, twice = intake.read(first), intake.read([first, again] if forwards else [again, first])
    assert _alike(twice.lines, once.lines)
    assert _alike(twice.earlier, once.earlier)
    assert twice.rejected["reason"].to_list() == ["repeated"] * len(repeated)
    for came in (once, twice):
        counts = came.counts
        assert counts["read"] == sum(counts.get(name, 0) for name in ("kept", "rejected", "superseded", "cancelled"))
    assert twice.read == once.read + len(repeated)


def _as_line(row: dict[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in row.items() if value is not None}
    return {"declaration": known.pop("declaration_id"), "item": known.pop("item_number"), **known}


def _alike(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.sort(one.columns).equals(other.sort(other.columns))


@pytest.mark.parametrize(
    ("told", "counting"),
    [
        ([(1, "original", 0), (2, "amendment", 1), (3, "amendment", 2)], "M2"),
        ([(3, "amendment", 2), (1, "original", 0), (2, "amendment", 1)], "M0"),
        ([(None, "original", 0), (None, "amendment", 2), (None, "amendment", 1)], "M1"),
        ([(2, "amendment", 0), (1, "original", 5)], "M0"),  # the version has the say, not the clock
        ([(1, "original", 0), (2, "amendment", 1), (None, "amendment", 2)], "M2"),
        ([(1, "original", 0), (None, "amendment", 1), (2, "amendment", 2)], "M2"),
        ([(1, "original", None), (None, "amendment", None)], "M1"),
        ([(1, "original", 0), (2, "cancellation", 1)], None),
        ([(2, "cancellation", 1), (1, "original", 0)], None),
        ([(None, "cancellation", None), (1, "original", 0), (2, "amendment", 1)], None),
        ([(1, "original", 0), (2, "cancellation", 1), (3, "amendment", 2)], "M2"),
        ([(None, None, None), (None, "original", 0)], "M1"),  # a message says more than a table
    ],
)
def test_which_message_counts(told: list[tuple[Any, Any, Any]], counting: str | None) -> None:
    rows = [
        {
            "message_id": f"M{number}",
            "message_version": version,
            "message_function": function,
            "message_sent_at": None if hour is None else NOON + timedelta(hours=hour),
        }
        for number, (version, function, hour) in enumerate(told)
    ]
    kept, _ = settle(table(rows))
    assert kept["message_id"].to_list() == ([counting] if counting else [])


def test_an_item_that_the_amendment_leaves_out_is_gone(tmp_path: Path) -> None:
    first = [made.line("A", item, message_version=1, message_id="M1") for item in (1, 2, 3)]
    second = [made.line("A", 2, message_version=2, message_id="M2", customs_value=7)]
    came = intake.read([made.write(tmp_path / "1.msg", first), made.write(tmp_path / "2.msg", second)])
    assert came.lines.select("item_number", "customs_value").rows() == [(2, 7.0)]
    assert came.earlier.select("item_number", "why", "later_message", "later_version").rows() == [
        (item, "superseded", "M2", 2) for item in (1, 2, 3)
    ]
    assert came.counts == {"read": 4, "kept": 1, "rejected": 0, "flagged": 0, "superseded": 3}


def test_a_cancellation_needs_no_goods(tmp_path: Path) -> None:
    rows = [
        made.line("A", 1, message_version=1, message_id="M1"),
        made.line("B", 1, message_version=1, message_id="M2"),
        {"declaration_id": "A", "message_function": "cancellation", "message_version": 2, "message_id": "M3"},
        {"declaration_id": "never seen", "message_function": "cancellation", "message_id": "M4"},
        {"message_function": "cancellation", "message_id": "M5"},
    ]
    came = intake.read(made.write(tmp_path / "1.msg", rows))
    assert came.lines["declaration_id"].to_list() == ["B"]
    assert came.earlier.select("declaration_id", "why", "message_id").sort("message_id").rows() == [
        ("A", "cancelled", "M1"),
        ("A", "cancelled", "M3"),
        ("never seen", "cancelled", "M4"),
    ]
    assert came.rejected.select("row", "field", "reason").rows() == [(6, "declaration_id", "missing")]
    assert came.counts == {"read": 5, "kept": 1, "rejected": 1, "flagged": 0, "cancelled": 3}


def test_tables_without_messages_keep_their_rule(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "declaration_id,item_number,lodged_on,hs_code\nA,1,2026-03-02,440799\nA,1,2026-03-02,440710\n"
    )
    came = intake.read(tmp_path / "t.csv")
    assert came.rejected["reason"].to_list() == ["contradicts"]
    assert came.earlier.height == 0


def test_one_message_that_says_two_things_of_an_item_contradicts_itself(tmp_path: Path) -> None:
    rows = [made.line("A", message_id="M1", message_version=1, customs_value=value) for value in (1, 2)]
    came = intake.read(made.write(tmp_path / "1.msg", rows))
    assert came.rejected["reason"].to_list() == ["contradicts"]
    assert came.lines["customs_value"].to_list() == [1.0]


def test_batches_hold_every_version_and_add_up(tmp_path: Path) -> None:
    rows = [made.line(f"D{n % 5}", message_version=n // 5 + 1, message_id=f"M{n}") for n in range(15)]
    rows += [{"declaration_id": "D0", "message_function": "cancellation", "message_version": 9, "message_id": "M99"}]
    made.write(tmp_path / "1.msg", rows)
    parts = list(intake.batches(tmp_path, rows=4))
    assert sum(part.kept for part in parts) == 15
    for part in parts:
        counts = part.counts
        assert counts["read"] == counts["kept"] + counts["rejected"] + counts.get("cancelled", 0)
    whole = intake.joined(parts)
    assert whole.lines["declaration_id"].sort().to_list() == ["D1", "D2", "D3", "D4"]
    assert whole.counts == intake.read(tmp_path).counts


def test_what_was_sent_after_an_inspection_was_announced_is_seen() -> None:
    hour = timedelta(hours=1)
    rows: list[dict[str, Any]] = [
        {"declaration_id": "late", "message_function": "amendment", "message_sent_at": NOON + hour},
        {"declaration_id": "in time", "message_function": "amendment", "message_sent_at": NOON - hour},
        {"declaration_id": "first", "message_function": "original", "message_sent_at": NOON + hour},
        {"declaration_id": "no time", "message_version": 2},
        {"declaration_id": "not announced", "message_function": "amendment", "message_sent_at": NOON + hour},
        {"declaration_id": "by what came before", "message_function": "original", "message_sent_at": NOON + hour},
    ]
    lines = table(rows)
    _, nothing = settle(lines)
    earlier = pl.concat(
        [
            nothing,
            lines.filter(declaration_id="by what came before").with_columns(
                why=pl.lit("superseded"), later_message=pl.lit(None, pl.String), later_version=pl.lit(None, pl.Int32)
            ),
        ],
        how="vertical_relaxed",
    )
    announced = pl.DataFrame(
        [
            {"declaration_id": row["declaration_id"], "announced_at": NOON}
            for row in rows
            if row["declaration_id"] != "not announced"
        ]
    )
    late = amended_after(lines, earlier, announced)
    assert dict(zip(lines["declaration_id"], late, strict=True)) == {
        "late": True,
        "in time": False,
        "first": False,
        "no time": None,
        "not announced": False,
        "by what came before": True,
    }


def test_messages_that_come_a_file_each_keep_their_file_and_row(tmp_path: Path) -> None:
    """They are sifted together; what is said of each is said of its own file."""
    for number in range(7):
        rows = [made.line(f"D{number}", 1), made.line(f"D{number}", 2, hs_code="44"), made.line(f"D{number}", 1)]
        made.write(tmp_path / f"{number}.msg", [*rows, {"kind": "fault"}])
    came = intake.read(tmp_path)
    assert came.lines["declaration_id"].to_list() == [f"D{number}" for number in range(7)]
    assert sorted(came.rejected.select("file", "row", "reason").rows()) == sorted(
        (str(tmp_path / f"{number}.msg"), row, why)
        for number in range(7)
        for row, why in ((3, "hs_length"), (4, "repeated"), (5, "message"))
    )
    assert came.read == came.kept + came.rejected.height == 28
