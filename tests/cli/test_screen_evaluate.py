"""tidegate screen evaluate: figures by set and script, with the threshold, and a word where pairs were learned from."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cli import tidegate

HEAD = "name1,name2,is_match,case_group,schema\n"
PAIRS = HEAD + (
    "Nguyễn Thử Nghiệm Hùng,NGUYEN THU NGHIEM HUNG,1,,Person\n"
    "Qwertov Asdf Zxcvenko,Somebody Else Altogether,0,,Person\n"
    "Кверт Асдфов,Kvert Asdfov,true,,Person\n"
)


def test_figures_by_set_and_script(tmp_path: Path) -> None:
    (tmp_path / "made_up.csv").write_text(PAIRS)
    (tmp_path / "others.tsv").write_text("set\tschema\ta\tb\ty\nmade\tPerson\tAsdf One\tQwerty Two\t0\n")
    done = tidegate("screen", "evaluate", tmp_path / "made_up.csv", tmp_path / "others.tsv", "--threshold", "0.5")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0][:2] == ["4", "pairs,"]
    assert "0.50" in done.stdout.splitlines()[0]
    assert "learned" not in done.stdout
    by_set = {tuple(row[:2]): row[2:] for row in rows if len(row) == 9}
    assert by_set["made_up", "all"][:6] == ["3", "2", "1.000", "1.000", "1.000", "1.000"]
    assert by_set["made_up", "cyrillic"][:2] == ["1", "1"]
    assert by_set["made", "all"][:6] == ["1", "0", "–", "–", "–", "–"]


def test_pairs_that_were_learned_from_are_told(tmp_path: Path) -> None:
    (tmp_path / "name_pairs.csv").write_text(PAIRS)
    for language, said in (("en", "The model has learned from pairs of name_pairs"), ("vi", "Mô hình đã học từ")):
        assert said in tidegate("screen", "evaluate", tmp_path / "name_pairs.csv", "--language", language).stdout


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        (None, ["nowhere.csv"], "nowhere.csv"),
        ("", ["pairs.csv"], "cannot be read"),
        (HEAD, ["pairs.csv"], "there is no pair"),
        ("a,b\n1,2\n", ["pairs.csv"], "no columns name1, name2"),
        (HEAD + "A,B,perhaps,,\n", ["pairs.csv"], "row 2, is_match"),
        (None, [], "no file of pairs"),
        (PAIRS, ["pairs.csv", "--threshold", "0"], "no probability"),
    ],
)
def test_a_refusal_says_why(tmp_path: Path, text: str | None, words: list[str], message: str) -> None:
    if text is not None:
        (tmp_path / "pairs.csv").write_text(text)
    done = tidegate("screen", "evaluate", *words, cwd=tmp_path)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr
