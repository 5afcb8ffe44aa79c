"""tidegate inspect: what files are, what they hold, how good their data is, and what is wrong with them."""

# ruff: noqa: E501 - the list of texts is read down its columns

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import polars as pl
from cyclopts import Parameter
from rich.console import Console

from tidegate.cli.sources import in_language, received_on
from tidegate.cli.tables import plain
from tidegate.errors import TidegateError
from tidegate.intake import CARGO_KINDS, Inspected, Intake, Mapping, Tolerance, inspect, joined, meet, reason
from tidegate.intake.amendments import FAULTS
from tidegate.intake.wco import validate

__all__ = ["inspect_command"]

WIDTH = 180  # characters of a line where there is no terminal to ask
SHOWN = 10  # rows of a table, without --all

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "file": ("File", "Tệp"),
    "kind": ("Kind", "Loại"),
    "messages": ("Messages", "Thông điệp"),
    "items": ("Items", "Dòng hàng"),
    "bills": ("Bills", "Vận đơn"),
    "answers": ("Answers", "Phản hồi"),
    "rejected": ("Rejected", "Bị loại"),
    "flagged": ("Flagged", "Có cờ"),
    "broken": ("cannot be read", "không đọc được"),
    "total": ("{files:,} file(s), {read:,} items read = {kept:,} kept + {rejected:,} rejected + {superseded:,} superseded + {cancelled:,} cancelled.", "{files:,} tệp, đã đọc {read:,} dòng hàng = {kept:,} được nhận + {rejected:,} bị loại + {superseded:,} bị thay thế + {cancelled:,} bị hủy."),
    "amended": ("Of these, {amended:,} were made of others by amendments.", "Trong đó {amended:,} dòng hàng được tạo từ dòng trước theo thông điệp sửa đổi."),
    "amendments": ("Amendments that could not be applied in whole", "Sửa đổi chưa áp dụng được toàn bộ"),
    "declaration": ("Declaration", "Tờ khai"),
    "problems": ("First problems", "Các lỗi đầu tiên"),
    "row": ("Row", "Dòng"),
    "field": ("Field", "Trường"),
    "value": ("Value", "Giá trị"),
    "reason": ("Reason", "Lý do"),
    "quality": ("Data quality: faults by sender and field, the most first", "Chất lượng dữ liệu: lỗi theo bên gửi và trường, nhiều nhất trước"),
    "sender": ("Sender", "Bên gửi"),
    "month": ("Month", "Tháng"),
    "lines": ("Lines", "Dòng hàng"),
    "missing": ("Missing", "Thiếu"),
    "invalid": ("Invalid", "Không hợp lệ"),
    "contradictory": ("Contradictory", "Mâu thuẫn"),
    "out_of_range": ("Out of range", "Ngoài phạm vi"),
    "rate": ("A line", "Mỗi dòng"),
    "change": ("Change", "Thay đổi"),
    "unread": ("Not understood, the most frequent first", "Nội dung chưa được hiểu, nhiều nhất trước"),
    "path": ("Path", "Đường dẫn"),
    "times": ("Times", "Số lần"),
    "answered": ("Answers by kind", "Phản hồi theo loại"),
    "cargo": ("Manifests and declarations", "Bản lược khai và tờ khai"),
    "consignments": ("Consignments", "Lô hàng"),
    "schema": ("By the schemas", "Theo lược đồ"),
    "valid": ("{valid:,} of {all:,} XML file(s) are valid.", "{valid:,} trên {all:,} tệp XML hợp lệ."),
    "more": ("... and {n:,} more; --all shows them.", "... và {n:,} dòng nữa; dùng --all để xem hết."),
}
# fmt: on


class Page:
    """What is printed, in one language; tables are cut after `most` rows."""

    def __init__(self, language: str, most: int) -> None:
        self.number = 1 if language == "vi" else 0
        self.language = language
        self.most = most
        self.console = Console(highlight=False, soft_wrap=True)
        if not self.console.is_terminal:
            self.console = Console(highlight=False, soft_wrap=True, width=WIDTH)

    def text(self, name: str, **numbers: int) -> str:
        """A text of TEXTS."""
        return TEXTS[name][self.number].format(**numbers)

    def say(self, text: str) -> None:
        """One line, as it is."""
        self.console.print(text, markup=False)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], left: int) -> None:
        """A table with a title; nothing where it has no rows."""
        if not rows:
            return
        self.say("")
        cells = [["" if cell is None else str(cell).replace("[", r"\[") for cell in row] for row in rows[: self.most]]
        heads = [self.text(name) for name in columns]
        self.console.print(plain(heads, cells, title=self.text(title) if title else "", left=left))
        if len(rows) > self.most:
            self.say(self.text("more", n=len(rows) - self.most))


def inspect_command(
    *paths: Path,
    schema: Path | None = None,
    from_: Annotated[str, Parameter(name="--from")] = "",
    mapping: Path | None = None,
    received: str | None = None,
    language: str = "en",
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
) -> int:
    """Say what files are, what they hold, how good their data is, and what is wrong with them.

    Each file is looked at by itself; a broken one says so, and the next one follows. Exit status 1 when something is
    rejected, broken or not valid.

    Parameters
    ----------
    paths:
        Files, folders or patterns: tables and messages of any format.
    schema:
        Folder with XML schemas (XSD) that WCO messages are held against.
    from_:
        The format of the files, where it is not to be found out.
    mapping:
        Mapping file (TOML) for tables.
    received:
        Day on which messages count as lodged that do not say so, as 2026-01-31; today without it.
    language:
        en or vi.
    all_:
        Show every row of every table, not the first ten.
    """
    page = Page(in_language(language), 1 << 60 if all_ else SHOWN)
    loaded = Mapping.load(mapping) if mapping else None
    seen = list(inspect(list(paths), loaded, received=received_on(received), form=from_))
    _files(page, seen)
    parts = [one.came for one in seen if one.came is not None]
    wrong = any(one.error for one in seen)
    if parts:
        whole = joined(parts)
        wrong |= bool(whole.rejected.height)
        _contents(page, seen, whole)
    if schema is not None:
        wrong |= _validity(page, seen, schema)
    return 1 if wrong else 0


def _files(page: Page, seen: Sequence[Inspected]) -> None:
    rows = []
    for one in seen:
        came = one.came
        counts = (
            [None] * 6
            if came is None
            else [one.messages, came.read, came.bills.height, came.answers.height, came.rejected.height, came.flagged]
        )
        kind = one.what or one.form or page.text("broken")
        rows.append([one.path, kind, *(None if count is None else f"{count:,}" for count in counts)])
    most, page.most = page.most, len(rows)
    page.table("", ("file", "kind", "messages", "items", "bills", "answers", "rejected", "flagged"), rows, 2)
    page.most = most
    for one in seen:
        if one.error:
            page.say(f"  {one.error}")
        elif note := one.note(page.language):
            page.say(f"  {one.path}: {note}.")


def _contents(page: Page, seen: Sequence[Inspected], whole: Intake) -> None:
    counts = {"superseded": 0, "cancelled": 0, **whole.counts, "files": len(seen)}
    page.say("")
    page.say(page.text("total", **counts))
    if "amended" in counts:
        page.say(page.text("amended", **counts))
    problems = [
        [file, f"{row:,}", field, value, reason(code, page.language)]
        for file, row, field, value, code in whole.rejected.rows()
    ]
    page.table("problems", ("file", "row", "field", "value", "reason"), problems, 5)
    why = {fault.code: (fault.text, fault.text_vi)[page.number] for fault in FAULTS}
    unapplied = [
        [file, f"{row:,}", number, places, "; ".join(why[code] for code in faults.split())]
        for file, row, number, faults, places in whole.amendments.drop_nulls("faults")
        .select("file", "row", "declaration_id", "faults", "places")
        .rows()
    ]
    page.table("amendments", ("file", "row", "declaration", "path", "reason"), unapplied, 5)
    quality = whole.quality.with_columns(
        pl.col("month").dt.strftime("%Y-%m"),
        pl.col("rate").round(3),
        pl.col("change").map_elements(lambda change: f"{change:+.3f}", return_dtype=pl.String),
    ).select(
        "sender", "field", "month", "lines", "missing", "invalid", "contradictory", "out_of_range", "rate", "change"
    )
    page.table("quality", quality.columns, quality.rows(), 3)
    unread = [[form, path, f"{times:,}"] for (form, path), times in Counter(whole.unread).most_common()]
    page.table("unread", ("kind", "path", "times"), unread, 2)
    answered = whole.answers["kind"].value_counts(sort=True)
    page.table("answered", ("kind", "answers"), answered.rows(), 1)
    if whole.lines.height and whole.bills.height:
        _, report = meet(whole.lines, whole.bills, Tolerance())
        found = dict(report["kind"].value_counts().iter_rows())
        said = [
            [kind.text_vi if page.number else kind.text, found[kind.code]] for kind in CARGO_KINDS if kind.code in found
        ]
        page.table("cargo", ("kind", "consignments"), said, 1)


def _validity(page: Page, seen: Sequence[Inspected], schema: Path) -> bool:
    """Hold WCO messages against the schemas; whether one of them is not valid."""
    problems, valid, count = [], 0, 0
    for one in seen:
        if one.form != "wco":
            continue
        count += 1
        try:
            found = validate(one.path, schema)
        except TidegateError as error:
            if not schema.is_dir():
                raise
            found = [(0, str(error))]
        valid += not found
        problems += [[one.path, f"{row:,}", what] for row, what in found]
    page.say("")
    page.say(page.text("valid", valid=valid, all=count))
    page.table("schema", ("file", "row", "reason"), problems, 3)
    return bool(problems)
