"""Hostile and broken ASYCUDA files: refused with a reason, never an exception of another kind, never slow."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import TidegateError
from tidegate.intake.asycuda import MANIFEST_FORMAT, SAD_FORMAT
from tidegate.intake.files import Source
from tidegate.intake.formats import Format
from tidegate.intake.raw import Raw

SAMPLES = Path(__file__).resolve().parents[2] / "examples" / "messages" / "asycuda"
FILES = [
    (SAD_FORMAT, (SAMPLES / "sad-export.xml").read_bytes()),
    (SAD_FORMAT, (SAMPLES / "sad-other-profile.xml").read_bytes()),
    (MANIFEST_FORMAT, (SAMPLES / "manifest.xml").read_bytes()),
]


def read(form: Format, content: bytes, *, zipped: bool = False) -> list[Raw]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xml"
        path.write_bytes(content)
        return list(form.read(Source(path, form.name, len(content), zipped), date(2026, 1, 2)))


def reasons(pieces: list[Raw]) -> list[str]:
    return [reason for piece in pieces for reason in piece.refused["reason"]]


def lines(pieces: list[Raw]) -> int:
    return sum(piece.table.height for piece in pieces)


@pytest.mark.parametrize("number", range(len(FILES)))
def test_every_cut_is_told(number: int) -> None:
    form, whole = FILES[number]
    first, last = whole.index(b"<A"), whole.rindex(b"</")
    for cut in [*range(first + 1, last, 97), last + 5]:
        assert reasons(read(form, whole[:cut])) != [], cut


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=4))
def test_no_damage_raises_anything_but_our_own_errors(
    file: tuple[Format, bytes], damage: list[tuple[float, bytes]]
) -> None:
    form, content = file
    for place, put in damage:
        at = int(place * len(content))
        content = content[:at] + put + content[at + len(put) :]
    try:
        for piece in read(form, content):
            assert all(len(value) <= 200 for value in piece.refused["value"])
    except TidegateError:
        pass  # bytes that are no text end a file as a whole


TAGS = ["Item", "Tarification", "HScode", "Container", "Bol_segment", "General_segment", "ctn_segment", "null", "SAD"]
LEAVES = [
    "Commodity_code",
    "Number",
    "Date",
    "Duty_tax_rate",
    "Gross_mass",
    "Currency_rate",
    "Ctn_reference",
    "Version",
]
VALUES = st.sampled_from(["", "1", "-1", "1e308", "1e-400", "NaN", "9" * 40, "0/0/00", "12/12/12", "²", "ß", "\u0661"])


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> str:
    """Elements that the readers know, in places where they do not belong."""
    if depth == 0 or draw(st.booleans()):
        name = draw(st.sampled_from(LEAVES))
        return f"<{name}>{draw(VALUES)}</{name}>"
    name = draw(st.sampled_from(TAGS))
    return f"<{name}>{''.join(draw(st.lists(trees(depth - 1), max_size=4)))}</{name}>"


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["ASYCUDA", "Awmds"]), st.lists(trees(), max_size=4))
def test_elements_in_the_wrong_place_do_no_harm(root: str, inside: list[str]) -> None:
    form = SAD_FORMAT if root == "ASYCUDA" else MANIFEST_FORMAT
    for piece in read(form, f"<{root}>{''.join(inside)}</{root}>".encode()):
        assert piece.table.columns[: len(form.columns)] == list(form.columns)


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
UNSAFE = {
    "a billion laughs": f'<!DOCTYPE ASYCUDA [<!ENTITY l0 "ha">{LAUGHS}]><ASYCUDA><Item>&l9;</Item></ASYCUDA>',
    "a file of this machine": '<!DOCTYPE ASYCUDA [<!ENTITY f SYSTEM "file:///etc/passwd">]><ASYCUDA>&f;</ASYCUDA>',
    "another machine": '<!DOCTYPE ASYCUDA SYSTEM "http://127.0.0.1:9/x.dtd"><ASYCUDA><Item/></ASYCUDA>',
    "an entity that nobody declared": "<ASYCUDA><Item>&f;</Item></ASYCUDA>",
    "great depth": f"<ASYCUDA>{'<Item>' * 5_000}",
}


@pytest.mark.parametrize("name", UNSAFE)
def test_what_is_unsafe_is_refused_at_once(name: str) -> None:
    pieces = read(SAD_FORMAT, UNSAFE[name].encode())
    assert lines(pieces) == 0
    assert reasons(pieces)[:1] == ["unsafe"]


def test_a_bomb_in_a_packed_file_is_refused() -> None:
    inside = b"<ASYCUDA><Item>" + b"<a/>" * 4_000_000
    pieces = read(SAD_FORMAT, gzip.compress(inside, 1), zipped=True)
    assert (lines(pieces), reasons(pieces)) == (0, ["unsafe"])


BOX = "<Container><Item_Number>1</Item_Number><Container_identity>{}</Container_identity></Container>"
LARGE = {
    "many items": f"<ASYCUDA>{'<Item/>' * 10_000}</ASYCUDA>",
    "many containers": f"<ASYCUDA>{BOX.format(1) * 10_000}<Item/></ASYCUDA>",
    "a long name for many items": f"<ASYCUDA><Place_of_loading><Code>{'x' * 30_000}</Code></Place_of_loading>"
    f"<Traders><Exporter><Exporter_code>{'x' * 30_000}</Exporter_code></Exporter></Traders>"
    f"{'<Item/>' * 9_000}</ASYCUDA>",
    "all containers in every item": "<ASYCUDA>"
    + "".join(BOX.format(f"ABCU{number:07}") for number in range(7_000))
    + "<Item><Item_Number>1</Item_Number></Item>" * 5_000
    + "</ASYCUDA>",
}


@pytest.mark.parametrize("name", LARGE)
def test_what_would_grow_without_bound_is_refused(name: str) -> None:
    pieces = read(SAD_FORMAT, LARGE[name].encode())
    assert (lines(pieces), reasons(pieces)) == (0, ["unsafe"])


def test_a_bill_with_endless_containers_is_refused() -> None:
    general = (
        "<General_segment><General_segment_id><Voyage_number>V</Voyage_number></General_segment_id></General_segment>"
    )
    boxes = f"<Bol_segment>{'<ctn_segment/>' * 10_000}</Bol_segment>"
    long = f"<Bol_segment><Bol_id><Bol_reference>{'x' * 40_000}</Bol_reference></Bol_id></Bol_segment>"
    (piece,) = read(MANIFEST_FORMAT, f"<Awmds>{general}{boxes}{long}</Awmds>".encode())
    assert piece.refused.select("field", "reason").rows() == [(None, "unsafe"), ("bill_id", "too_long")]
    assert piece.bills is not None
    assert piece.bills["bill_id"].to_list() == [None]


def test_paths_without_end_are_counted_together() -> None:
    deep = "".join(f"<n{'x' * 500}>" for _ in range(100)) + "1" + "".join(f"</n{'x' * 500}>" for _ in range(100))
    wide = "".join(f"<n{number}>1</n{number}>" for number in range(20_000))
    (piece,) = read(SAD_FORMAT, f"<ASYCUDA><Item/>{deep}{wide}</ASYCUDA>".encode())
    assert sum(piece.unread.values()) == 20_001
    assert len(piece.unread) <= 2_001
    assert max(map(len, piece.unread)) < 1_000


def _many(count: int) -> Iterator[bytes]:
    yield b"<all>"
    for number in range(count):
        yield (
            b"<ASYCUDA><Identification><Registration><Number>%d</Number></Registration></Identification>"
            b"<Item/><Item/></ASYCUDA>" % number
        )
    yield b"</all>"


def test_many_messages_come_in_pieces() -> None:
    pieces = read(SAD_FORMAT, b"".join(_many(5_000)))
    assert lines(pieces) == 10_000
    assert len(pieces) > 2
    assert [piece.done for piece in pieces] == sorted(piece.done for piece in pieces)
