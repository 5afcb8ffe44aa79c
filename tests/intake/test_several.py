"""Several messages at once: to each its lines are those that it has alone, whatever comes with it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import edifact_samples as edifact
import made_up_wco as wco
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import InputError
from tidegate.intake import Intake, Plain, Several, plain_of, read_bytes, read_plain, together
from tidegate.simulator import simulate

DAY = date(2026, 1, 5)
WHOLE = {"lodged_on": "2026-01-05", "hs_code": "610910", "item_number": 1}


def body(*rows: dict[str, Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def alone(one: bytes, form: str) -> Intake | None:
    try:
        return read_bytes(one, form=form, received=DAY)
    except InputError:
        return None


def told(lines: pl.DataFrame) -> list[dict[str, Any]]:
    """Lines with all that they say; a column that says nothing does not count."""
    return [{name: value for name, value in row.items() if value is not None} for row in lines.to_dicts()]


def check(bodies: list[bytes], form: str = "ndjson") -> Several:
    """Put together, first as tables, what is plain of these messages."""
    tables = [None if (came := alone(one, form)) is None else plain_of(came) for one in bodies]
    checked(bodies, form, dict(enumerate(tables)))
    found = {number: read_plain(one, form=form, received=DAY) for number, one in enumerate(bodies)}
    mixed = {number: tables[number] if number % 2 else one for number, one in found.items()}
    checked(bodies, form, mixed)
    assert all(table is not None for table, one in zip(tables, found.values(), strict=True) if one is not None)
    return checked(bodies, form, found)


def checked(bodies: list[bytes], form: str, found: dict[int, Plain | None]) -> Several:
    numbers = [number for number, one in found.items() if one is not None]
    put = together([one for one in found.values() if one is not None])
    of = {declaration: numbers[place] for declaration, place in put.of.items()}
    came = Several(put.lines, of, {numbers[place]: count for place, count in put.read.items()})
    assert set(came.of.values()) == set(came.read)
    assert set(came.of) == set(came.lines["declaration_id"] if came.lines.width else [])
    for number, one in enumerate(bodies):
        mine = [name for name, of in came.of.items() if of == number]
        if number in came.read:
            own = alone(one, form)
            assert own is not None
            assert not own.rejected.height
            assert not own.earlier.height
            assert told(came.lines.filter(pl.col("declaration_id").is_in(mine))) == told(own.lines)
            assert came.read[number] == own.read
    return came


values = st.one_of(
    st.none(), st.integers(-5, 10**12), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=6),
    st.sampled_from(["2026-01-05", "VN", "vn", "610910", "6109.10 00", "MSCU1234566", "MSCU1234567,CSQU3054383", " x ",
                     "Nguyễn", "1", "-1.5", "1e5", "true", "no", "2026-01-05T10:00:00", "2026-01-05T10:00:00+07:00",
                     "VNSGN", "CIF", "USD", "a,b; c", "\u00a0x", "\x1fx", "original", "", "NaN", "0"]),
    st.booleans(), st.sampled_from([0, 1, 2, 2.0, 0.1, 61091000, 2**31, 2**63, -0.0, 1e300]),
)  # fmt: skip
names = st.sampled_from(
    ["customs_value", "net_mass_kg", "packages", "importer_id", "importer_name", "origin_country", "container_ids",
     "hs_code", "office", "lodged_on", "item_number", "own", "documents", "message_version", "message_function",
     "importer_trusted", "description", "message_sent_at", "gross_mass_kg", "importer_registered_on", "incoterm",
     "currency", "loading_port", "transport_mode", "message_id", "duty_rate"]
)  # fmt: skip
rows = st.builds(
    lambda number, item, more: {"declaration_id": f"D{number}", **WHOLE, "item_number": item} | more,
    st.integers(1, 6), st.integers(1, 2), st.dictionaries(names, values, max_size=4),
)  # fmt: skip
messages = st.one_of(
    st.lists(rows, min_size=1, max_size=3).map(lambda told: body(*told)),
    st.sampled_from([b"", b"{}\n", b"no object\n", b'{"declaration_id": "D1"}\n', b"\xff\xfe{", b"[1]\n"]),
)


@given(st.lists(messages, min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_together(bodies: list[bytes]) -> None:
    check(bodies)


def test_trade_is_plain(tmp_path: Path) -> None:
    simulate(tmp_path, lines=400, days=5, seed=3)
    odd = pl.int_range(pl.len()) % 7 == 0
    lines = pl.read_parquet(tmp_path / "lines.parquet").drop("flags")
    lines = lines.with_columns(pl.when(odd).then(0.0).otherwise("customs_value").alias("customs_value"))
    parts = lines.partition_by("declaration_id")
    came = check([part.write_ndjson().encode() for part in parts])
    assert len(came.read) == len(parts)
    assert came.lines["flags"].count()


def test_what_is_plain_is_read() -> None:
    came = check(
        [body({"declaration_id": f"D{n}", **WHOLE, "customs_value": value}) for n, value in enumerate((1, 2.5))]
    )
    assert came.of == {"D0": 0, "D1": 1}
    assert came.lines["customs_value"].to_list() == [1.0, 2.5]


def test_nobody_else_changes_how_a_message_is_read() -> None:
    first = {"declaration_id": "A", **WHOLE, "own": 7}
    came = check(
        [body(first), body({"declaration_id": "B", **WHOLE, "own": "seven"}), body(first | {"declaration_id": "C"})]
    )
    assert set(came.of) == {"A", "C"}
    assert came.lines["own"].to_list() == [7, 7]
    valued = body({"declaration_id": "B", **WHOLE, "customs_value": None})
    assert check([body({"declaration_id": "A", **WHOLE}), valued]).lines["flags"].to_list() == [None, "value_missing"]


def test_a_declaration_in_two_messages_is_in_none() -> None:
    twice = body({"declaration_id": "A", **WHOLE})
    other = body({"declaration_id": "A", **WHOLE, "item_number": 2}, {"declaration_id": "C", **WHOLE})
    assert set(check([twice, other, body({"declaration_id": "B", **WHOLE})]).of) == {"B"}
    assert set(check([twice, twice]).of) == set()


def test_faults_and_cancellations_are_left_to_others() -> None:
    bad = body({"declaration_id": "B", **WHOLE, "hs_code": "61O910"})
    gone = body({"declaration_id": "C", **WHOLE, "message_function": "cancellation"})
    assert check([body({"declaration_id": "A", **WHOLE}), bad, gone]).read == {0: 1}


def test_messages_of_a_format_are_read_together() -> None:
    bodies = [wco.message(wco.declaration(f"LRN-{n}")).encode() for n in range(3)]
    cancelled = bodies[0].replace(b"LRN-0", b"LRN-9").replace(b"<FunctionCode>9<", b"<FunctionCode>1<")
    came = check([*bodies, bodies[1][:-30], cancelled], "wco")
    assert came.of == {"LRN-0": 0, "LRN-1": 1, "LRN-2": 2}


DECLARATION = """BGM+929+{number}:2+9
DTM+154:20260103:102
UNS+D
CST+1+84713020:122
FTX+AAA+++Portable computers
MOA+40:300:USD
UNS+S"""


def test_interchanges_too() -> None:
    texts = [edifact.whole(edifact.message(DECLARATION.format(number=f"D{n}"))) for n in range(3)]
    both = edifact.whole(*(edifact.message(DECLARATION.format(number=f"E{n}"), reference=str(n)) for n in (1, 2)))
    came = check([*(text.encode() for text in (*texts, both)), b"nothing", b""], "edifact")
    assert came.of == {"D0": 0, "D1": 1, "D2": 2, "E1": 3, "E2": 3}
