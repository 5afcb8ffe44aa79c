"""Both languages are whole: each message in both, each in use, with the same places to fill."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up_run import made_up_run, reason

from tidegate.report import language, write_report
from tidegate.report.language import LANGUAGES, Language, Scale, catalogue


def _texts(message: str | Mapping[str, str]) -> list[str]:
    return [message] if isinstance(message, str) else list(message.values())


def _places(message: str | Mapping[str, str]) -> set[str]:
    return {name for text in _texts(message) for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_message_is_in_every_language_with_the_same_places() -> None:
    for key, message in catalogue().items():
        assert set(message) == set(LANGUAGES), key
        assert _places(message["en"]) == _places(message["vi"]), key
        for text in [*_texts(message["en"]), *_texts(message["vi"])]:
            assert unicodedata.is_normalized("NFC", text), key
            assert text or key == "scale.one"


class Watched(Mapping[str, Any]):
    """A catalogue that remembers what was asked for."""

    def __init__(self) -> None:
        self.messages, self.asked = catalogue(), set[str]()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return self.messages[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.messages)

    def __len__(self) -> int:
        return len(self.messages)

    def __contains__(self, key: object) -> bool:
        return key in self.messages


def test_every_message_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched()
    monkeypatch.setattr(language, "catalogue", lambda: watched)

    def write(decisions: pl.DataFrame, lines: pl.DataFrame, summary: dict[str, Any]) -> None:
        write_report(tmp_path / "r.html", decisions, lines, summary)

    decisions, lines, summary = made_up_run(900, days=45, offices=30)
    write(
        decisions.with_columns(
            probability=pl.when(pl.col("score") < 0.01)
            .then(0.0)
            .when(pl.col("score") < 0.02)
            .then(0.01)
            .otherwise("probability")
        ),
        lines,
        summary,
    )
    write(decisions.clear(), lines.clear(), {})
    write(decisions.with_columns(channel=pl.lit("green"), lodged_on=pl.lit(None, pl.Date)), lines.clear(), {})
    crowd = [reason("profile", f"DEMO-{n}", f"reason {n}", f"lý do {n}", 1.0) for n in range(30)]
    crowded = decisions.head(40).with_columns(
        pl.Series("reasons", [crowd] * 40, dtype=decisions.schema["reasons"]),
        currency=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("USD")).otherwise("currency"),
        importer_name=pl.lit(None, pl.String),
    )
    write(
        crowded,
        lines.with_columns(hs_code=pl.lit(None, pl.String)),
        {**summary, "counts": {"read": 3, "kept": 3, "rejected": 0, "flagged": 0}, "rejections": {}, "flags": {}},
    )
    named = [
        reason("list", f"demo/{n}", f"possible match {n}", f"có thể trùng {n}", n % 2, value=f"Demo {n}")
        for n in range(30)
    ]
    write(
        decisions.head(5).with_columns(pl.Series("reasons", [named] * 5, dtype=decisions.schema["reasons"])),
        lines,
        summary,
    )
    write(*made_up_run(60, days=200, model=False, offices=1))
    write(decisions.head(30).with_columns(reasons=pl.lit([], decisions.schema["reasons"])), lines, summary)
    write(*made_up_run(30, days=1, model=False, book=False))
    write(*made_up_run(60, days=900))
    for divisor in (1e12, 1e9, 1e6, 1e3, 1.0):
        Language("en").unit(Scale.of(divisor), "VND")
    assert set(catalogue()) - watched.asked == set()


def test_plural_forms() -> None:
    english = Language("en")
    assert english.text("glance.lead", n=1, selected="1", all="9") == "1 of 9 declarations is to be checked"
    assert english.text("glance.lead", n=2, selected="2", all="9") == "2 of 9 declarations are to be checked"
    assert Language("vi").text("glance.lead", n=2, selected="2", all="9") == "2 trên 9 tờ khai cần kiểm tra"


@pytest.mark.parametrize(
    ("number", "english", "vietnamese"),
    [
        (0.0, "0", "0"),
        (0.3149, "0.315", "0,315"),
        (12.345, "12.3", "12,3"),
        (1234567.8, "1,234,568", "1.234.568"),
        (15, "15", "15"),
    ],
)
def test_figures(number: float, english: str, vietnamese: str) -> None:
    assert Language("en").figure(number) == english
    assert Language("vi").figure(number) == vietnamese


def test_shares_never_round_something_to_nothing_or_all() -> None:
    english = Language("en")
    assert english.share(0.0) == "0%"
    assert english.share(1.0) == "100%"
    assert english.share(0.0712) == "7.1%"
    assert english.share(0.00001) == "<\u202f0.1%"
    assert english.share(0.99999) == ">\u202f99.9%"
    assert Language("vi").share(0.0712, 2) == "7,12%"
    assert english.share(None) == "–"


def test_money_is_in_one_scale_with_its_unit() -> None:
    scale = Scale.of(2.5e9)
    assert Language("vi").unit(scale, "VND") == "tỷ VND"
    assert Language("en").unit(scale, "VND") == "billion VND"
    assert Language("vi").money(1.2345e12, scale) == "1.234,5"
    assert Language("en").money(1.4e8, scale) == "0.1"
    assert Language("vi").money(4.2e7, scale) == "<\u202f0,1"
    assert Language("en").money(0.0, scale) == "0"
    assert Language("en").money(0.4, Scale.of(12)) == "0"
    assert Language("en").unit(Scale.of(12), "USD") == "USD"


def test_dates_cannot_be_read_the_wrong_way_round() -> None:
    assert Language("vi").day(date(2026, 3, 2)) == "02/03/2026"
    assert Language("en").day(date(2026, 3, 2)) == "2 Mar 2026"
    assert Language("vi").moment(datetime(2026, 3, 2, 8, 5)) == "08:05 02/03/2026"  # noqa: DTZ001
