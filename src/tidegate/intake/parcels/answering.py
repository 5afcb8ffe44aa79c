"""Answering: what customs says to the post about each parcel. It tells what to do, and not what made customs look."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from tidegate.intake.parcels.faults import FAULTS, untold
from tidegate.intake.parcels.rows import NAME
from tidegate.intake.parcels.schema import expected
from tidegate.trade import s10

__all__ = ["FILE", "TEXTS", "UNCODED", "answer"]

FILE = "parcel-answers.ndjson"

# Of each channel: the answer, its reason, and what it says in English and Vietnamese.
TEXTS: dict[str, tuple[str, str, str, str]] = {
    "green": ("release", "", "Released.", "Được thông quan."),
    "blue": (
        "release",
        "",
        "Released; customs may audit it later.",
        "Được thông quan; hải quan có thể kiểm tra sau thông quan.",
    ),
    "yellow": (
        "hold",
        "documents",
        "Hold: customs asks for the invoice, proof of payment or permits.",
        "Tạm giữ: hải quan yêu cầu hóa đơn, chứng từ thanh toán hoặc giấy phép.",
    ),
    "red": (
        "hold",
        "examination",
        "Hold and present to customs: the parcel will be examined.",
        "Tạm giữ và xuất trình cho hải quan: bưu gửi sẽ được kiểm tra thực tế.",
    ),
}
_MORE = (
    "More data needed: correct the fields named and send again.",
    "Cần bổ sung dữ liệu: sửa các trường được nêu rồi gửi lại.",
)
UNCODED = (
    "More data needed: hold until the HS code of the goods is sent, as an amendment with a higher version.",
    "Cần bổ sung dữ liệu: tạm giữ đến khi có mã HS của hàng hóa, gửi bằng bản sửa đổi với số phiên bản cao hơn.",
)
# The form CN 23 asks for the HS number "for commercial items only": of these it is not asked for.
_NOT_COMMERCIAL = ("gift", "documents")
_TWICE = (
    "Sent before with other content: send a change as an amendment, with a higher version.",
    "Đã gửi trước đó với nội dung khác: gửi thay đổi dưới dạng bản sửa đổi, với số phiên bản cao hơn.",
)


def answer(
    decisions: pl.DataFrame, lines: pl.DataFrame, rejected: pl.DataFrame, folder: Path, made_at: datetime
) -> list[Path]:
    """Write one answer (answer.schema.json) a line to parcel-answers.ndjson in a folder, and return that file.

    `decisions`: declaration_id and channel; `lines`: those decided, with declaration_id, message_id, message_version;
    `rejected`: REJECTED_SCHEMA. `made_at` is in UTC. A rejected parcel has no decision: it is answered with the fields
    that are missing or wrong, as far as the 200 characters that intake keeps of them tell. A parcel of commercial goods
    without an HS code is decided, and not released before the code is there; one that is held is told so as well. What
    was merely sent twice is answered once. Nothing to answer, no file.
    """
    if "message_format" in lines.columns:
        lines = lines.filter((pl.col("message_format") == NAME).fill_null(True))
    issued = f"{made_at.replace(tzinfo=None, microsecond=0).isoformat()}Z"
    texts = [
        json.dumps({**said, "issued_at": issued}, ensure_ascii=False)
        for said in (*_decided(decisions, lines), *_rejected(rejected))
    ]
    if not texts:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    path, part = folder / FILE, folder / f"{FILE}.part"
    part.write_text("\n".join(texts) + "\n", encoding="utf-8", newline="\n")
    os.replace(part, path)
    return [path]


def _decided(decisions: pl.DataFrame, lines: pl.DataFrame) -> Iterator[dict[str, Any]]:
    known = [name for name in ("message_id", "message_version") if name in lines.columns]
    parcels = lines.select("declaration_id", *known).unique("declaration_id", keep="last")
    uncoded = _uncoded(lines)
    for row in decisions.join(parcels, on="declaration_id", how="inner", maintain_order="left").iter_rows(named=True):
        what, why, text, text_vi = TEXTS[row["channel"]]
        said = {"item_id": row["declaration_id"], "answer": what, "channel": row["channel"]}
        said |= {"reason": why} if why else {}
        said |= {"reference": row["message_id"]} if row.get("message_id") else {}
        said |= {"version": row["message_version"]} if row.get("message_version") else {}
        fields = [_field(f"/pieces/{place}/hs_code", "missing") for place in uncoded.get(row["declaration_id"], ())]
        if fields and what == "release":
            del said["channel"]
            yield said | _more(row["declaration_id"], "data", UNCODED, fields)
        else:
            yield {**said, **({"fields": fields} if fields else {}), "text": text, "text_vi": text_vi}


def _uncoded(lines: pl.DataFrame) -> dict[str, list[int]]:
    """By parcel, the places of the pieces that need an HS code and have none; a line is a piece, in the same order."""
    if "hs_code" not in lines.columns:
        return {}
    category = pl.col("parcel_category") if "parcel_category" in lines.columns else pl.lit(None, pl.String)
    missing = lines.select(
        "declaration_id",
        pl.int_range(pl.len()).over("declaration_id").alias("place"),
        (pl.col("hs_code").is_null() & ~category.is_in(_NOT_COMMERCIAL).fill_null(False)).alias("asked"),
    )
    return dict(missing.filter("asked").group_by("declaration_id", maintain_order=True).agg("place").rows())


def _rejected(rejected: pl.DataFrame) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for file, row, field, value, reason in rejected.select("file", "row", "field", "value", "reason").iter_rows():
        place = {"file": Path(file).name, "row": row}
        told = untold(value or "") if reason in ("message", "unsafe") else None
        if told is not None:
            item, faults = told
            fields = [_field(pointer, code) for pointer, code in faults]
            yield _more(item or None, "data", _MORE, fields) | place
        elif reason == "contradicts" and field == "item_number":
            item = (value or "").rpartition("/")[0]
            if item not in seen and s10.valid(pl.Series([item]))[0]:
                seen.add(item)
                yield _more(item, "contradiction", _TWICE, []) | place


def _more(item: str | None, why: str, text: tuple[str, str], fields: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "item_id": item,
        "answer": "more_data",
        "reason": why,
        "fields": fields,
        "text": text[0],
        "text_vi": text[1],
    }


def _field(pointer: str, code: str) -> dict[str, str]:
    text, text_vi = FAULTS[code]
    said = {"pointer": pointer, "fault": code, "text": text, "text_vi": text_vi}
    return said | ({"expected": what} if (what := expected(pointer)) else {})
