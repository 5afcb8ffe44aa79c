"""Messages that come each as a file: read together they say what each says by itself, and nothing gets lost."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_wco import CLOSE, OPEN, RECEIVED, declaration, item, message
from polars.testing import assert_frame_equal

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake import reading

RESPONSE = "<Response><FunctionCode>03</FunctionCode><Declaration><ID>{0}</ID></Declaration></Response>"
CSV = """declaration_id,item_number,lodged_on,hs_code,description
{0},1,2026-01-01,460219,hay
{0},x,2026-01-01,460219,hay
"""

# Made up; {0} is the number of the file.
KINDS: dict[str, str] = {
    "one item": message(declaration("LRN-{0}")),
    "two items": message(declaration("LRN-{0}", items=item(1) + item(2))),
    "an item that is refused": message(declaration("LRN-{0}", items=item(1) + item(-2))),
    "something unread": message(declaration("LRN-{0}", head="<Whatever>{0}</Whatever>")),
    "no item": message(declaration("LRN-{0}", items="")),
    "a response": OPEN + RESPONSE + CLOSE,
    "the same message again": message(declaration("LRN-same")),
    "broken": message(declaration("LRN-{0}")).replace("</GoodsShipment>", ""),
    "a table": CSV,
}


def write(folder: Path, kinds: list[str]) -> list[Path]:
    """A file for each kind, in this order."""
    made = []
    for number, kind in enumerate(kinds):
        made.append(folder / (f"{number:04d}.csv" if kind == "a table" else f"{number:04d}.xml"))
        made[-1].write_text(KINDS[kind].replace("{0}", f"{number:04d}"), encoding="utf-8")
    return made


@settings(max_examples=25, deadline=None)
@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=12), bundle=st.sampled_from((1, 3, 500)))
def test_files_together_are_the_files_one_by_one(kinds: list[str], bundle: int) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BUNDLE", bundle)
        files = write(Path(name), kinds)
        together = intake.read(files, received=RECEIVED, lenient=True)
        apart = [intake.read(file, received=RECEIVED, lenient=True) for file in files]
    # Across files, the same message again is rejected as such; by itself it is a line.
    again = together.rejected["reason"] == "repeated"
    lines = pl.concat([one.lines for one in apart], how="diagonal").unique(
        ("declaration_id", "item_number"), keep="first", maintain_order=True
    )
    assert_frame_equal(together.lines, lines.select(together.lines.columns))
    assert again.sum() == max(0, kinds.count("the same message again") - 1)
    order = ["file", "row"]
    rejected = pl.concat([one.rejected for one in apart])
    assert_frame_equal(together.rejected.filter(~again).sort(order), rejected.sort(order))
    assert_frame_equal(together.answers, pl.concat([one.answers for one in apart]))
    assert together.unread == sum((one.unread for one in apart), start=type(together.unread)())
    assert together.read == sum(one.read for one in apart)
    assert together.files == {file: form for one in apart for file, form in one.files.items()}


def test_what_was_read_before_a_damaged_file_is_given_out(tmp_path: Path) -> None:
    files = write(tmp_path, ["one item"] * 5)
    packed = gzip.compress(KINDS["one item"].encode() * 2000)
    damaged = tmp_path / "9.xml.gz"
    damaged.write_bytes(packed[: len(packed) // 2] + bytes(64) + packed[len(packed) // 2 + 64 :])
    came: list[str] = []
    parts = intake.batches([*files, damaged], received=RECEIVED, rows=1)
    with pytest.raises(InputError, match="the gzip file is damaged"):
        came.extend(one for part in parts for one in part.lines["declaration_id"])
    assert came == [f"LRN-{number:04d}" for number in range(4)]  # the last one may go on in the next file


def test_progress_goes_up_to_the_end_over_small_files(tmp_path: Path) -> None:
    files = write(tmp_path, ["one item", "a response", "a table", "broken"] * 3)
    told: list[tuple[int, int]] = []
    intake.read(files, received=RECEIVED, progress=lambda done, total: told.append((done, total)))
    total = sum(file.stat().st_size for file in files)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (total, total)
