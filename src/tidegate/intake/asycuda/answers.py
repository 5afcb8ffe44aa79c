"""Answering SADs: a small XML that carries registration, lane and what is wrong with the data.

UNCTAD publishes no schema of an answer to a SAD, so this one is Tidegate's own: names of elements are those of the SAD
where it has them. It never says why a lane was chosen, for that would tell a declarant what is looked for.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from lxml import etree

from tidegate.intake.asycuda import identity
from tidegate.intake.asycuda.documents import add, file_names, put, save
from tidegate.intake.reasons import reason

__all__ = ["LANES", "answer"]

LANES: dict[str, tuple[str, str]] = {
    "green": ("released without control", "thông quan, không kiểm tra"),
    "yellow": ("documents are to be checked", "kiểm tra hồ sơ"),
    "red": ("documents and goods are to be checked", "kiểm tra hồ sơ và kiểm tra thực tế hàng hóa"),
    "blue": ("released, to be audited afterwards", "thông quan, kiểm tra sau thông quan"),
}
"""What each channel of a decision means for the declarant, in English and Vietnamese."""

_SHOWN = 200  # characters of a value that is told


def answer(
    decisions: pl.DataFrame, lines: pl.DataFrame, rejected: pl.DataFrame, folder: Path, made_at: datetime
) -> list[Path]:
    """Write an answer for each decision, and one for each file with rejected rows; return the files.

    `decisions` and `lines` as in decisions.parquet and lines.parquet, of SADs only; `rejected` as REJECTED_SCHEMA;
    `made_at` in UTC. A rejected row is not known by its declaration, so its answer names file and line instead.
    """
    by_number = {str(part["declaration_id"][0]): part for part in lines.partition_by("declaration_id")}
    numbers = [str(number) for number in decisions["declaration_id"]]
    written = []
    for decision, path in zip(decisions.iter_rows(named=True), file_names(folder, "answer", numbers), strict=True):
        of_it = by_number.get(str(decision["declaration_id"]))
        written.append(save(_decided(decision, of_it, made_at), path))
    files = rejected.partition_by("file", maintain_order=True)
    names = [Path(str(rows["file"][0])).stem for rows in files]
    for rows, path in zip(files, file_names(folder, "errors", names), strict=True):
        written.append(save(_refused(rows, made_at), path))
    return written


def _root(made_at: datetime) -> etree._Element:
    root = etree.Element("SAD_answer")
    root.append(etree.Comment(" Tidegate's own form: UNCTAD publishes no schema of an answer to a SAD. "))
    add(root, "Made_at", made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return root


def _decided(decision: dict[str, Any], lines: pl.DataFrame | None, made_at: datetime) -> etree._Element:
    first = lines.row(0, named=True) if lines is not None and lines.height else {}
    number, office, lodged_on = (decision[name] for name in ("declaration_id", "office", "lodged_on"))
    serial, count = identity.parts(str(number), office, lodged_on)
    if count == identity.draft(first.get("declarant_id") or "", first.get("message_id") or ""):
        count = ""  # not registered yet: the declarant knows it by his reference
    root = _root(made_at)
    put(root, "Identification/Office_segment/Customs_clearance_office_code", office)
    put(root, "Identification/Registration/Serial_number", serial or None)
    put(root, "Identification/Registration/Number", count or None)
    put(root, "Identification/Registration/Date", str(lodged_on) if lodged_on is not None and count else None)
    put(root, "Declarant/Declarant_code", first.get("declarant_id"))
    put(root, "Declarant/Reference/Number", first.get("message_id"))
    channel = str(decision["channel"])
    lane = etree.SubElement(root, "Selectivity")
    add(lane, "Lane", channel.upper())
    _told(lane, *LANES[channel])
    warnings = etree.SubElement(root, "Warnings")
    for line in lines.sort("item_number").iter_rows(named=True) if lines is not None else ():
        for code in (line.get("flags") or "").split():
            warning = etree.SubElement(warnings, "Warning")
            add(warning, "Item_Number", str(line["item_number"]))
            _reason(warning, code)
    return root


def _refused(rows: pl.DataFrame, made_at: datetime) -> etree._Element:
    root = _root(made_at)
    add(root, "File", Path(str(rows["file"][0])).name)
    errors = etree.SubElement(root, "Errors")
    for row in rows.iter_rows(named=True):
        error = etree.SubElement(errors, "Error")
        add(error, "Line", str(row["row"]))
        add(error, "Field", row["field"])
        add(error, "Value", row["value"][:_SHOWN] if row["value"] is not None else None)
        _reason(error, row["reason"])
    return root


def _reason(parent: etree._Element, code: str) -> None:
    add(parent, "Reason", code)
    try:
        _told(parent, reason(code), reason(code, "vi"))
    except KeyError:  # a flag that came with the line from elsewhere
        _told(parent, code, code)


def _told(parent: etree._Element, english: str, vietnamese: str) -> None:
    for language, text in (("en", english), ("vi", vietnamese)):
        add(parent, "Text", text)
        parent[-1].set("{http://www.w3.org/XML/1998/namespace}lang", language)
