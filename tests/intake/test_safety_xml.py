"""XML from strangers: a broken message costs itself, lines are those of the file, limits hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tidegate.intake import safety
from tidegate.intake.documents import root
from tidegate.intake.files import Source, _encoding
from tidegate.intake.safety import Fault, messages


def read(path: Path, data: bytes, *names: str) -> list[tuple[int, str]]:
    """(line, text of the message, or "!" and the reason) of each message or fault of a file."""
    path.write_bytes(data)
    told = []
    for found in messages(Source(path, "xml", len(data), encoding=_encoding(data)), names or ("D", "R")):
        if found.fault is not None:
            assert found.element is None
            told.append((found.line, "!" + found.fault.reason))
        else:
            assert found.element is not None
            told.append((found.line, "".join(found.element.itertext()).strip()))
    return told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"<D>1</D>", [(1, "1")]),
        (b"<B>\n<D>1</D>\n<D><x></D>\n<D>3</D>\n<R>4</R></B>", [(2, "1"), (3, "!message"), (4, "3"), (5, "4")]),
        (b"<B>\n<D>1\n<D>2</D></B>", [(2, "!message"), (3, "2")]),
        (b"<B><D>1</D>\n<D &>2</D>\n<D>3</D></B>", [(1, "1"), (2, "!message"), (3, "3")]),
        (b"<B><D>1</D>\n<D a='1' a='2'/>\n<D>3</D></B>", [(1, "1"), (2, "!message"), (3, "3")]),
        (b"<B><D>1</E><!-- <D>2</D> --><![CDATA[<D>3</D>]]>\n<D>4</D></B>", [(1, "!message"), (2, "4")]),
        (b"<D>1</D><D>2</D>\n<D>3</D>", [(1, "1"), (1, "2"), (2, "3")]),
        (b"<D>1</D> x <D>2</D>", [(1, "1"), (1, "!message"), (1, "2")]),
        (b"<?xml version='1.0'?><D>1</D>\n\xef\xbb\xbf<?xml version='1.0'?><D>2</D>", [(1, "1"), (2, "2")]),
        (b"<?xml version='1.0'?><D>1\n<?xml version='1.0'?>\n<D>2</D>", [(1, "!message"), (3, "2")]),
        (b"<R><D>1</D><D>2</D></R>", [(1, "12")]),
        (b"<B><D>1</D>\n<D>2</D", [(1, "1"), (2, "!message")]),
        (b"<B><D>1\n<p:E><D>2</D></p:E>\n<D>3</D></B>", [(1, "!message"), (2, "2"), (2, "!message"), (3, "3")]),
        (b"<:B><D>1</D>\n<D><x></D>\n<D>3</D></:B>", [(1, "1"), (2, "!message"), (3, "3"), (3, "!message")]),
        (b"<B :a='1'>\n<D><x></D>\n<D>3</D></B>", [(2, "!message"), (3, "3"), (3, "!message")]),
        (b"<D>&a;</D>\n<D>2</D>", [(1, "!unsafe"), (2, "2")]),
        (b"<D a='&a;'/>\n<D>2</D>", [(1, "!unsafe"), (2, "2")]),
        (b"<!-- <D/> --><!DOCTYPE D><D/>", [(1, "!unsafe")]),
        (b"<?xml version='1.0'?><!DOCTYPE D []><D/>\n<?xml version='1.0'?><D>2</D>", [(1, "!unsafe"), (2, "2")]),
        (b"<D>" + b"<a>" * 300, [(1, "!unsafe")]),
        (b"<x/>", [(1, "!message")]),
        (b"text", [(1, "!message")]),
        (b" \n", []),
    ],
)
def test_a_broken_message_costs_itself(text: bytes, told: list[tuple[int, str]], tmp_path: Path) -> None:
    assert read(tmp_path / "m.xml", text) == told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252"])
def test_every_encoding_is_read_after_a_broken_message_too(encoding: str, tmp_path: Path) -> None:
    declared = "utf-16" if encoding.startswith("utf-16") else encoding
    text = f"<?xml version='1.0' encoding='{declared}'?><B><D>é</D>\n<D>\n</E>\n<D>ü</D></B>"
    assert read(tmp_path / "m.xml", text.encode(encoding)) == [(1, "é"), (2, "!message"), (4, "ü")]


def test_an_encoding_that_nobody_knows_is_a_fault(tmp_path: Path) -> None:
    text = b"<?xml version='1.0' encoding='UVF-8'?>\n<B><D>1</D><D>2</D></B>"
    assert "!message" in [told for _, told in read(tmp_path / "m.xml", text)]


def test_utf_7_hides_no_doctype(tmp_path: Path) -> None:
    text = b"<?xml version='1.0' encoding='UTF-7'?><!-- +AC0ALQA+ <!DOCTYPE D [<!ENTITY a 'b'>]> --><D>&a;</D>"
    assert all(told.startswith("!") for _, told in read(tmp_path / "m.xml", text))


def test_namespaces_of_the_elements_around_hold_after_a_broken_message(tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    path.write_bytes(b"<b:B xmlns:b='u' xmlns='v'><G>\n<D><x></D>\n<b:D b:k='1'>2</b:D></G></b:B>")
    found = [one.element.tag for one in messages(Source(path, "xml", 1), ["D"]) if one.element is not None]
    assert found == ["{u}D"]


@pytest.mark.parametrize("between", [b"\n", b"\n" * 30])
def test_lines_are_right_beyond_what_the_parser_counts(between: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    path.write_bytes(b"<B>\n" + (b"<D>\n<i/></D>" + between) * 60_000 + b"<D>x</E>\n<D>7</D></B>")
    step = 1 + len(between)
    told = [(one.line, one.fault is None) for one in messages(Source(path, "xml", 1), ["D"])]
    assert told == [
        *((2 + step * number, True) for number in range(60_000)),
        (2 + step * 60_000, False),
        (3 + step * 60_000, True),
    ]


def test_a_part_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    path.write_bytes(b"<B>\n<D><x></D>\n<D>\n<i/>\n\n<i/></D></B>")
    lines = [
        [one.line_of(part) for part in one.element]
        for one in messages(Source(path, "xml", 1), ["D"])
        if one.element is not None
    ]
    assert lines == [[4, 6]]


def test_a_row_of_broken_messages_ends_the_reading_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    path.write_bytes(b"<B>" + b"<D><x></D>" * 3000 + b"</B>")
    found = list(messages(Source(path, "xml", 1), ["D"]))
    assert len(found) == safety.FAULTS
    assert found[-1].fault is not None
    assert found[-1].fault.reason == "unsafe"
    assert "not read" in found[-1].fault.what


def test_a_message_of_too_many_parts_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "MARKS", 10_000)
    assert read(tmp_path / "m.xml", b"<D>" + b"<a b=''/>" * 50_000 + b"</D>") == [(1, "!unsafe")]
    # Many messages are not one large message.
    assert len(read(tmp_path / "m.xml", b"<B>" + b"<D><a b=''/></D>" * 50_000 + b"</B>")) == 50_000


def test_the_first_element_is_named() -> None:
    assert root(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <x/> --><k:D xmlns:k='u'><") == "{u}D"
    assert root("<?xml version='1.0' encoding='utf-16'?><D>".encode("utf-16")) == "D"
    assert root(b"<!DOCTYPE k:D [<!ENTITY a '<b/>'>]><D>") == "D"
    assert [root(head) for head in (b"", b"D", b"<", b"<!-- <D/>", b"<?x", b"\xff\xfe\x00")] == [""] * 6


BROKEN = ["<D><x></D>", "<D>", "<D &/>", "<D>&a;</D>", "<D a='1' a='2'/>", "<D>\x01</D>"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.integers(0, 99).map("<D>{}</D>".format) | st.sampled_from(BROKEN), max_size=12),
    around=st.sampled_from(["<B>{}</B>", "<B xmlns='u'><G>{}</G></B>", "{}"]),
    between=st.sampled_from(["", "\n", "<!-- <D>100</D> -->"]),
)
def test_whole_messages_among_broken_ones_are_all_read(
    parts: list[str], around: str, between: str, tmp_path: Path
) -> None:
    told = read(tmp_path / "m.xml", around.format(between.join(parts)).encode())
    assert [text for _, text in told if not text.startswith("!")] == [
        etree.fromstring(part).text for part in parts if part not in BROKEN
    ]
    assert sum(text.startswith("!") for _, text in told) >= (any(part in BROKEN for part in parts))


def test_a_fault_says_what_and_where(tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    path.write_bytes(b"<B>\n<D/>\n<D>\n<x></D></B>")
    (fault,) = [one.fault for one in messages(Source(path, "xml", 1), ["D"]) if one.fault is not None]
    assert fault == Fault("opening and ending tag mismatch: x line 4 and D (line 4)", 3, "message")
