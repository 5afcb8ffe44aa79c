"""Fields without blanks at their edges are not stripped: the shortcut says so only where stripping changes nothing."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate import intake
from tidegate.intake import delimited
from tidegate.intake.dialect import Dialect, header
from tidegate.intake.files import Source

BLANKS = " \t\v\f\x85\xa0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000"
# Letters whose last bytes in UTF-8 are those of blanks, signs beside which blanks hide, and blanks.
TEXTS = st.text(st.sampled_from(list('a,;\t"\nạ–“ệ' + BLANKS)), max_size=5)
HEAD = ["declaration_id", "lodged_on", "hs_code", "description", "importer_name"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), delimiter=st.sampled_from(",;\t"))
def test_texts_are_stripped_whatever_the_shortcut_says(
    rows: list[tuple[str, str]], delimiter: str, tmp_path: Path
) -> None:
    out = io.StringIO()
    filled = [[str(i), "2026-01-02", "440799", *row] for i, row in enumerate(rows)]
    # A file that is mostly control characters is taken for a binary one: a long last row keeps it a table.
    filled.append(["last", "2026-01-02", "440799", "x" * 1000, "x"])
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([HEAD, *filled])
    path = tmp_path / "t.csv"
    path.write_bytes(out.getvalue().encode())
    lines = intake.read(path).lines.head(len(rows))
    got = lines.select("description", "importer_name").rows()
    # str.strip also takes the four separators U+001C to U+001F, which no text here has.
    assert [tuple(cell or "" for cell in row) for row in got] == [
        tuple(unicodedata.normalize("NFC", cell).strip() for cell in row) for row in rows
    ]


def test_the_shortcut_is_taken_where_blanks_stand_inside_only(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for text, taken in (
        (b'a,b\n1,"x, y"\n2,a b\n', True),
        (b"a,b\n1, x\n", False),
        (b"a,b\n1,x \n", False),
        (b'a,b\n1," x"\n', False),
        (b'a\tb\n1\t"\t"\n', False),
        ("a,b\n1,x\xa0\n".encode(), False),
        ("a,b\nHuế,mới – “1”\n".encode(), True),
    ):
        path.write_bytes(text)
        (raw,) = delimited.read(Source(path, "csv", len(text)), Dialect())
        assert raw.trimmed == taken, text


def test_a_header_of_one_name_again_and_again_is_told_apart_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b,a,a_2,\n1,2,3,4,5\n")
    assert header(Source(path, "csv", 1), Dialect())[0] == ["a_1", "b", "a_2", "a_2_1", "column_5"]
