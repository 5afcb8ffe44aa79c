"""Segments, release characters, character sets, envelopes; and what pydifact says of the same bytes."""

from __future__ import annotations

import io
import warnings

import pytest
from edifact_samples import DECLARATION, message, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.intake.edifact.envelope import Interchange, Message, Refusal, walk
from tidegate.intake.edifact.syntax import LONGEST, Fault, Scanner, Segment, Signs, decoded, text_of


def parts(text: str, signs: Signs | None = None, charset: str = "utf-8") -> list[list[str]]:
    segment = decoded(text.encode(charset), 1, signs or Signs(), charset)
    assert isinstance(segment, Segment)
    return segment.elements


def refusals(content: str | bytes) -> list[Refusal]:
    content = content.encode("latin-1") if isinstance(content, str) else content
    return [came for came, _ in walk(io.BytesIO(content)) if isinstance(came, Refusal)]


def messages(content: str | bytes) -> list[Message]:
    content = content.encode("latin-1") if isinstance(content, str) else content
    return [came for came, _ in walk(io.BytesIO(content)) if isinstance(came, Message)]


def test_released_signs_are_data() -> None:
    assert parts("FTX+A?+B?:C:D??+?'?++:X::") == [["FTX"], ["A+B:C", "D?"], ["'+"], ["", "X", "", ""]]


def test_a_terminator_is_data_only_behind_an_odd_number_of_release_characters() -> None:
    scanned = list(Scanner(io.BytesIO(b"UNB+1'FTX+O?'UNA?''FTX+??'FTX+???''")))
    assert scanned == [b"UNB+1", b"FTX+O?'UNA?'", b"FTX+??", b"FTX+???'"]


def test_una_names_the_signs_of_its_own_interchange() -> None:
    second = whole(message(DECLARATION)).translate(str.maketrans(":+'", "!*~"))
    text = whole(message(DECLARATION)) + "\nUNA!*,? ~" + second + whole(message(DECLARATION))
    kinds = [(one.kind, one.version, one.interchange.signs.data) for one in messages(text)]
    assert kinds == [("CUSDEC", "D.99B", "+"), ("CUSDEC", "D.99B", "*"), ("CUSDEC", "D.99B", "+")]
    assert refusals(text) == []


@pytest.mark.parametrize("una", ["UNA::.? '", "UNAA+.? '", "UNA:+.?  ", "UNA:+.++'"])
def test_signs_that_cannot_be_are_refused(una: str) -> None:
    [refusal] = refusals(una + whole(message(DECLARATION)))
    assert (refusal.fault.code, refusal.fault.segment) == ("20", 1)


def test_level_b_separators_are_known_without_una() -> None:
    text = whole(message(DECLARATION), syntax="UNOB:1").translate(str.maketrans(":+'", "\x1f\x1d\x1c"))
    [one] = messages(text)
    segments = list(one.segments())
    assert all(isinstance(segment, Segment) for segment in segments)
    assert segments[1].elements == [["BGM"], ["929"], ["D1", "2"], ["9"]]


def test_line_ends_are_no_data() -> None:
    wrapped = whole(message(DECLARATION))
    wrapped = "\r\n".join(wrapped[at : at + 30] for at in range(0, len(wrapped), 30)) + "\r\n"
    assert [list(one.segments()) for one in messages(wrapped)] == [
        list(one.segments()) for one in messages(whole(message(DECLARATION)))
    ]


@pytest.mark.parametrize(
    ("syntax", "raw", "text"),
    [("UNOC:3", b"\xe9", "é"), ("UNOE:3", b"\xd4", "д"), ("UNOW:4", "ế".encode(), "ế"), ("UNOY:4", "ế".encode(), "ế")],
)
def test_character_sets(syntax: str, raw: bytes, text: str) -> None:
    content = whole(message("FTX+AAA+++@"), syntax=syntax).encode().replace(b"@", raw)
    [one] = messages(content)
    segment = list(one.segments())[1]
    assert isinstance(segment, Segment)
    assert segment.part(4) == text


def test_a_lost_character_is_shown_in_free_text_and_refused_in_codes() -> None:
    free = decoded(b"FTX+AAA+++CAF\xc9", 3, Signs(), "ascii")
    assert isinstance(free, Segment)
    assert free.part(4) == "CAF\ufffd"
    coded = decoded(b"LOC+9+\xc9", 3, Signs(), "ascii")
    assert isinstance(coded, Fault)
    assert (coded.code, coded.segment) == ("21", 3)


def test_repetition_is_a_sign_in_version_four_only() -> None:
    three, four = (
        list(messages(whole(message("FTX+A*B"), syntax=syntax))[0].segments())[1] for syntax in ("UNOC:3", "UNOC:4")
    )
    assert isinstance(three, Segment)
    assert isinstance(four, Segment)
    assert (three.elements[1], three.repeated) == (["A*B"], False)
    assert (four.elements[1], four.repeated) == (["A"], True)


@pytest.mark.parametrize(
    ("old", "new", "code", "segment"),
    [
        ("UNT+9+1", "UNT+8+1", "29", 10),
        ("UNT+9+1", "UNT+9+2", "28", 10),
        ("UNT+9+1", "UNT++", "28", 10),
        ("UNT+9+1'", "", "13", 10),
        ("UNZ+1+R1", "UNZ+2+R1", "29", 11),
        ("UNZ+1+R1", "UNZ+1+R2", "28", 11),
        ("UNZ+1+R1'", "", "13", 10),
        ("UNH+1+CUSDEC:D:99B:UN", "UNH+1", "13", 2),
        ("UNH+1+CUSDEC", "UNH++CUSDEC", "13", 2),
        ("UNH+1+CUSDEC:D:99B:UN'", "", "33", 2),
        ("UNB+UNOC:3", "UNB+UNOX:3", "2", 1),
        ("UNB+UNOC:3", "UNB+UNOC:9", "2", 1),
        ("+SENDER+", "++", "13", 1),
        ("260105:0812+R1", "260105:0812", "13", 1),
        ("UNB+", "FTX+", "33", 1),
        ("UNB+UNOC:3+SENDER+RECIPIENT+260105:0812+R1'", "", "33", 1),
    ],
)
def test_envelope_faults(old: str, new: str, code: str, segment: int) -> None:
    text = whole(message(DECLARATION))
    assert old in text
    found = refusals(text.replace(old, new))
    assert (found[0].fault.code, found[0].fault.segment) == (code, segment)
    assert f"segment {segment}" in found[0].told()


def test_a_refused_interchange_is_one_row_and_the_next_is_read() -> None:
    bad = whole(*(message(DECLARATION, reference=str(n)) for n in range(1, 4)), syntax="UNOX:3")
    good = whole(message(DECLARATION))
    assert [refusal.fault.code for refusal in refusals(bad + good)] == ["2"]
    assert len(messages(bad + good)) == 1


def test_a_broken_message_costs_itself() -> None:
    text = whole(*(message(DECLARATION, reference=str(n)) for n in range(1, 4)))
    found = refusals(text.replace("UNT+9+2", "UNT+7+2"))
    assert [(refusal.fault.code, refusal.reference, refusal.first) for refusal in found] == [("29", "2", 11)]
    assert [one.reference for one in messages(text.replace("UNT+9+2", "UNT+7+2"))] == ["1", "3"]


def test_groups_are_counted() -> None:
    text = whole(message(DECLARATION))
    grouped = text.replace("UNH", "UNG+CUSDEC+A+B+260105:0812+G1+UN+D:99B'UNH").replace("UNZ", "UNE+1+G1'UNZ")
    assert refusals(grouped) == []
    assert [refusal.fault.code for refusal in refusals(grouped.replace("UNE+1", "UNE+2"))] == ["29"]
    assert [refusal.fault.code for refusal in refusals(grouped.replace("UNE+1+G1", "UNE+1+G2"))] == ["28"]


def test_references_and_moments_of_unb() -> None:
    came = [one for one, _ in walk(io.BytesIO(whole(message(DECLARATION)).encode())) if isinstance(one, Interchange)]
    assert [(one.reference, one.sender, str(one.sent_at)) for one in came] == [
        ("R1", ["SENDER"], "2026-01-05 08:12:00")
    ]
    four = whole(message(DECLARATION), syntax="UNOW:4").replace("260105:0812", "20260105:0812")
    assert [str(one.sent_at) for one, _ in walk(io.BytesIO(four.encode())) if isinstance(one, Interchange)] == [
        "2026-01-05 08:12:00"
    ]


def test_a_segment_without_an_end_stops_the_reading() -> None:
    class Endless(io.RawIOBase):
        served = 0

        def read(self, size: int = -1) -> bytes:
            self.served += size
            return b"x" * size

    endless = Endless()
    [(came, _)] = list(walk(endless))  # type: ignore[arg-type]
    assert isinstance(came, Refusal)
    assert came.fault.reason == "unsafe"
    assert endless.served < 4 * LONGEST


# What may stand in a component: anything but control characters, at its ends no space (it has no meaning there).
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12).map(str.strip)
ELEMENTS = st.lists(st.lists(TEXTS, min_size=1, max_size=4), max_size=5)


@given(ELEMENTS, st.sampled_from([Signs(), Signs(repetition="*"), Signs("!", "#", ",", "\\", "", "~")]))
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(elements: list[list[str]], signs: Signs) -> None:
    text = text_of([["FTX"], *elements], signs)
    [found] = list(Scanner(io.BytesIO(text.encode()))) if signs.terminator == "'" else [None]
    raw = found if isinstance(found, bytes) else text[:-1].encode()
    segment = decoded(raw, 1, signs, "utf-8")
    assert isinstance(segment, Segment)
    for e, expected in enumerate(elements, 1):
        assert [segment.part(e, c) for c in range(1, len(expected) + 1)] == expected


@given(st.lists(ELEMENTS, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_pydifact_reads_the_same(segments: list[list[list[str]]]) -> None:
    """pydifact as the oracle, for what it reads well (decision 0005): no UNA, no line end, nothing cut off."""
    parser = pytest.importorskip("pydifact.parser", reason="pydifact is not installed: NOT compared")
    text = "UNB+UNOW:4+A+B+C+D'" + "".join(text_of([["FTX"], *elements], Signs()) for elements in segments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [list(segment.elements) for segment in parser.Parser().parse(text)]
    ours = []
    for raw in Scanner(io.BytesIO(text.encode())):
        assert isinstance(raw, bytes)
        segment = decoded(raw, 1, Signs(), "utf-8")
        assert isinstance(segment, Segment)
        # pydifact writes one component as a text, and leaves out empty ones at the end.
        trimmed = [
            parts[: max((i for i, part in enumerate(parts, 1) if part), default=0)] for parts in segment.elements[1:]
        ]
        ours.append([parts[0] if len(parts) == 1 else parts or "" for parts in trimmed])
    assert ours == [[element if element else "" for element in elements] for elements in theirs]
