"""Amendments that say only what changes: applied to the version before them, or told where that cannot be done."""
# ruff: noqa: E501 - the list of faults is read down its columns

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tidegate.intake.known import BY_NAME
from tidegate.intake.mapping import Mapping
from tidegate.intake.plan import lines_plan
from tidegate.intake.quality import FIELD_OF_FLAG
from tidegate.intake.raw import CHANGE_SCHEMA, ROW, Raw, refused
from tidegate.intake.reasons import Reason
from tidegate.intake.sift import sift
from tidegate.trade import MESSAGE_SCHEMA, conform
from tidegate.trade.spreadsheets import write_sheet
from tidegate.trade.versions import IDENTITY, is_cancellation, ordered

__all__ = ["AMENDMENTS_SCHEMA", "FAULTS", "NOT_APPLIED", "amended", "amendments", "write_amendments"]

NOT_APPLIED = "amendment_not_applied"  # the flag

# Why something of an amendment could not be applied.
# fmt: off
FAULTS: tuple[Reason, ...] = (
    Reason("unknown", "the declaration that it changes is not known here", "chưa nhận được tờ khai mà thông điệp này sửa đổi"),
    Reason("cancelled", "the declaration had been cancelled", "tờ khai đã bị hủy trước đó"),
    Reason("place", "it points at a place that nobody reads", "trỏ tới vị trí không được đọc"),
    Reason("item", "it points at an item that the declaration does not have", "trỏ tới dòng hàng không có trong tờ khai"),
    Reason("value", "it names no new value that can be used", "không nêu giá trị mới sử dụng được"),
    Reason("several", "it points at one of several, and the lines do not tell which", "trỏ tới một trong nhiều mục mà dòng hàng không phân biệt được"),
    Reason("order", "another amendment changes the same to something else, and neither says which is the later", "một sửa đổi khác thay đổi cùng nội dung nhưng không rõ thông điệp nào gửi sau"),
    Reason("many", "it points at more than any real amendment does; the rest is not read", "trỏ tới quá nhiều vị trí; phần còn lại không được đọc"),
)
# fmt: on

# What `amended` is given: CHANGE_SCHEMA and the file of each.
AMENDMENTS_SCHEMA: dict[str, pl.DataType] = {
    **CHANGE_SCHEMA,
    "file": pl.String(),
    "faults": pl.String(),
    "places": pl.String(),
}

_KEYS = ["declaration_id", *IDENTITY]
_TIES = ("message_id", "message_format", "message_version")
# Flags that need the mapping of the file: they stay unless their field is amended.
_OF_MAPPING = ("currency_other", "tax_code_digit", "code_unknown", "text_damaged")
# What a change says that its lines do not.
_ASKED = {"number", *AMENDMENTS_SCHEMA} - MESSAGE_SCHEMA.keys()
_SHOWN = 500  # characters of places
Line = dict[str, Any]
Row = dict[str, str]
Faults = list[tuple[str, str]]  # (code, place)
Told = dict[int, Faults]  # by the number of the change


@dataclass(frozen=True, slots=True)
class _Version:
    """What amendments that stand at one place made: `rows` as texts, each with the line `before` it ({}: none)."""

    rows: list[Row]
    before: list[Line]
    said: Line
    asked: list[int]
    missing: bool


def amendments(changes: pl.DataFrame, file: str) -> pl.DataFrame:
    """AMENDMENTS_SCHEMA for what came in a file, before anything is applied."""
    nothing = (pl.lit(None, pl.String).alias(name) for name in ("faults", "places"))
    return changes.with_columns(pl.lit(file).alias("file"), *nothing).select(AMENDMENTS_SCHEMA.keys())


def amended(lines: pl.DataFrame, changes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (the lines, and those of the versions that `changes` make; the changes with what became of them).

    `lines`: of all versions, and the rows of cancellations; `changes`: AMENDMENTS_SCHEMA. Each amendment makes a
    version of its own of the lines that stand before it (see trade.versions): what it points at is changed, the rest
    stays as it was; lines carry the flag NOT_APPLIED if something of it could not be applied. Of what is not known, or
    was cancelled, there is no version. `faults` has the codes of FAULTS, `places` where they are. What an earlier call
    made is made anew.
    """
    if not changes.height:
        return lines, changes
    changes = changes.unique([*_KEYS, "asked"], keep="first", maintain_order=True)
    if not {"declaration_id", *IDENTITY} <= set(lines.columns):
        return lines, changes.with_columns(pl.lit("unknown").alias("faults"))
    lines = lines.join(changes.select(_KEYS).unique(), on=_KEYS, how="anti", nulls_equal=True, maintain_order="left")
    concerned = lines.filter(pl.col("declaration_id").is_in(changes["declaration_id"].unique().implode()))
    versions = concerned.partition_by(_KEYS, as_dict=True)
    asked: dict[tuple[Any, ...], list[Line]] = {}
    for number, change in enumerate(changes.iter_rows(named=True)):
        asked.setdefault(tuple(change[name] for name in _KEYS), []).append({**change, "number": number})
    messages = pl.concat([concerned.select(_KEYS), changes.select(_KEYS)], how="vertical_relaxed").unique()
    told: Told = {}
    made: list[_Version] = []
    for _, of_one in ordered(messages, "declaration_id", _TIES).group_by("declaration_id", maintain_order=True):
        made += _walk(of_one, versions, asked, told)
    tables = _typed(made, lines.schema, told)
    what = [told.get(number, []) for number in range(changes.height)]
    changes = changes.with_columns(
        pl.Series("faults", [" ".join(dict.fromkeys(code for code, _ in one)) or None for one in what], pl.String),
        pl.Series(
            "places", ["; ".join(place for _, place in one if place)[:_SHOWN] or None for one in what], pl.String
        ),
    )
    return (pl.concat([lines, *tables], how="diagonal_relaxed") if tables else lines), changes


def _walk(
    messages: pl.DataFrame,
    versions: dict[tuple[Any, ...], pl.DataFrame],
    asked: dict[tuple[Any, ...], list[Line]],
    told: Told,
) -> Iterator[_Version]:
    """The versions that amendments of one declaration make, in order."""
    rows: list[Row] = []
    before: list[Line] = []
    missing, gone = False, False
    loose: dict[tuple[str, str], str] = {}  # what amendments without a version or time set: their order is not known
    cancelling = messages.select(is_cancellation()).to_series()
    for message, cancels in zip(messages.select(_KEYS).iter_rows(), cancelling, strict=True):
        if cancels:
            rows, before, gone = [], [], True
        elif message not in asked:
            before = versions[message].sort("item_number").to_dicts()
            rows = [_texts(line) for line in before]
            missing, gone, loose = False, False, {}
        else:
            about = dict(zip(_KEYS, message, strict=True))
            # Whoever says neither a version nor a time stands behind all others, in no order.
            placed = about["message_version"] is not None or about["message_sent_at"] is not None
            for change in asked[message]:
                form = BY_NAME.get(change["message_format"])
                if not rows or form is None or form.amend is None:
                    told[change["number"]] = [("cancelled" if gone else "unknown", "")]
                    continue
                done = form.amend(rows, change["asked"])
                faults = list(done.faults)
                both = sorted(key for key, value in done.touched.items() if loose.get(key, value) != value)
                if both:
                    faults.append(("order", "; ".join(f"{column} [{item}]" for item, column in both)))
                loose |= done.touched
                told[change["number"]] = faults
                missing |= bool(faults)
                known = [*before, *({} for _ in range(len(done.rows) - len(before)))]
                rows = [_unflagged(row, done.touched) for row in done.rows]
                before = known
            if placed:
                loose = {}
            said = {name: value for name, value in asked[message][0].items() if name not in _ASKED}
            yield _Version(rows, before, said, [change["number"] for change in asked[message]], missing)


def _unflagged(row: Row, touched: dict[tuple[str, str], str]) -> Row:
    """The row with those flags that only its file's mapping tells, and that are about nothing that was touched."""
    item = row.get("item_number", "")
    kept = [
        flag
        for flag in row.get("flags", "").split()
        if flag in _OF_MAPPING and (item, FIELD_OF_FLAG.get(flag, "")) not in touched
    ]
    return {**row, "flags": " ".join(kept)}


def _texts(line: Line) -> Row:
    return {name: text for name, value in line.items() if (text := _text(value))}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _typed(made: list[_Version], schema: pl.Schema, told: Told) -> list[pl.DataFrame]:
    """The lines of the versions, as intake types and checks them.

    A line that cannot be used so is as it was before; that is told, and the version carries the flag.
    """
    tables = []
    by_form: dict[str, list[int]] = {}
    for number, version in enumerate(made):
        by_form.setdefault(version.said["message_format"], []).append(number)
    for name, numbers in by_form.items():
        columns = BY_NAME[name].columns
        places = [(number, at) for number in numbers for at in range(len(made[number].rows))]
        texts = {
            column: [
                _text(made[n].said[column]) or None
                if column in MESSAGE_SCHEMA
                else made[n].rows[at].get(column) or None
                for n, at in places
            ]
            for column in columns
        }
        table = pl.DataFrame(texts, schema=dict.fromkeys(columns, pl.String)).with_row_index(ROW)
        raw = Raw(table.cast({ROW: pl.Int64}), refused([]), 0)
        sifted, unusable = sift(raw, lines_plan(list(columns), Mapping(), name), Mapping(), name)
        broken: set[int] = set()
        back: list[Line] = []
        for row, field, value in unusable.select(ROW, "field", "value").iter_rows():
            number, at = places[row]
            version = made[number]
            broken.add(number)
            for change in version.asked:
                told.setdefault(change, []).append(
                    ("value", f"{field} {value or ''} [{version.rows[at].get('item_number')}]")
                )
            if version.before[at]:
                back.append({**version.before[at], **version.said, ROW: row})
        if back:
            old = pl.DataFrame(back, schema={**schema, ROW: pl.Int64()}, orient="row")
            sifted = pl.concat([sifted, old], how="diagonal_relaxed").sort(ROW)
        flagged = [row for row, (number, _) in enumerate(places) if made[number].missing or number in broken]
        # Whoever keeps several readings apart marks their changes, and finds the mark on the lines.
        marks = [column for column in made[numbers[0]].said if column not in MESSAGE_SCHEMA]
        of = [made[places[row][0]].said for row in sifted[ROW]]
        marked = sifted.with_columns(pl.Series(mark, [said[mark] for said in of]) for mark in marks)
        tables.append(conform(_flagged(marked, flagged).drop(ROW)))
    return tables


def _flagged(lines: pl.DataFrame, numbers: list[int]) -> pl.DataFrame:
    """The lines, with the flag on those of these numbers and on none other."""
    others = pl.col("flags").str.split(" ").list.set_difference([NOT_APPLIED]).list.join(" ").replace("", None)
    mine = pl.concat_str(others, pl.lit(NOT_APPLIED), separator=" ", ignore_nulls=True)
    return lines.with_columns(pl.when(pl.col(ROW).is_in(numbers)).then(mine).otherwise(others).alias("flags"))


def write_amendments(changes: pl.DataFrame, path: str | Path, language: str = "en") -> None:
    """Write what became of amendments as CSV, with a column `explanation` in "en" or "vi". All of it, or nothing."""
    texts = {fault.code: fault.text_vi if language == "vi" else fault.text for fault in FAULTS}
    explanation = pl.col("faults").str.split(" ").list.eval(pl.element().replace(texts)).list.join("; ")
    table = changes.drop("asked").with_columns(explanation.alias("explanation"))
    write_sheet(table, path)
