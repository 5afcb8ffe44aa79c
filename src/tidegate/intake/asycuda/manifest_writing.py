"""Writing bills as cargo manifests of ASYCUDA World (Awmds), one file a manifest; what is read again is the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
from lxml import etree

from tidegate.errors import InputError
from tidegate.intake.asycuda.bill_places import BILL, BOX, GOODS, MANIFEST
from tidegate.intake.asycuda.documents import file_names, put, save
from tidegate.intake.asycuda.numbers import written

__all__ = ["write_bills"]

_IMO = re.compile("[0-9]{7}")
_OF_MANIFEST = ("arrived_on", "office", "carrier_id", "transport_mode", "transport_id", "voyage")
_OF_BILL = (
    *("master_bill_id", "loading_port", "unloading_port", "consignor_name", "consignee_id", "consignee_name"),
    *("package_type", "description"),
)

Bill = dict[str, Any]


def write_bills(bills: pl.DataFrame, folder: Path) -> list[Path]:
    """Write `bills` (BILL_SCHEMA) into `folder`, and return the files. Rows of one bill follow one another.

    Raises InputError where the rows of a manifest or of a bill differ in what an Awmds has once.
    """
    manifests = bills.partition_by("manifest_id", maintain_order=True)
    numbers = [str(manifest["manifest_id"][0]) for manifest in manifests]
    return [
        save(_document(number, manifest), path)
        for number, manifest, path in zip(numbers, manifests, file_names(folder, "awmds", numbers), strict=True)
    ]


def _document(number: str, manifest: pl.DataFrame) -> etree._Element:
    runs = manifest.with_columns(run=pl.col("bill_id").rle_id()).partition_by("run", maintain_order=True)
    first = manifest.row(0, named=True)
    _once(manifest, _OF_MANIFEST, f"manifest {number}")
    root = etree.Element("Awmds")
    general = {
        **{name: _text(first[name]) for name in _OF_MANIFEST},
        "number": number,
        "bills_announced": str(len(runs)),
    }
    if _IMO.fullmatch(general["transport_id"] or ""):
        general["registered"] = general.pop("transport_id")
    for place in MANIFEST:
        if general.get(place.name) is not None:
            put(root, f"General_segment/{place.path}", general[place.name])
    for run in runs:
        _bill(etree.SubElement(root, "Bol_segment"), run)
    return root


def _bill(element: etree._Element, run: pl.DataFrame) -> None:
    first, rows = run.row(0, named=True), run.to_dicts()
    _once(run, _OF_BILL, f"bill {first['bill_id']}")
    if len(rows) > 1 and run["container_id"].null_count():
        what = f"bill {first['bill_id']} has several rows, and one without a container."
        raise InputError(what, hint="Leave one row for a bill without containers.")
    for place in BILL:
        if place.name != "carrier_id" and first.get(place.name) is not None:
            put(element, place.path, first[place.name])
    boxed = first["container_id"] is not None
    for row in rows if boxed else []:
        box = etree.SubElement(element, "ctn_segment")
        seals = (row["seals"] or "").split(" ", 2)
        facts = {**row, **{f"seal_{place}": mark for place, mark in enumerate(seals, 1) if mark}}
        for place in BOX:
            if facts.get(place.name) is not None:
                put(box, place.path, _text(facts[place.name]))
    goods = etree.SubElement(element, "Goods_segment")
    of_all = {name: [row[name] for row in rows if row[name] is not None] for name in ("packages", "gross_mass_kg")}
    facts = {**first, **{name: sum(values) if values else None for name, values in of_all.items()}}
    for place in GOODS:
        if facts.get(place.name) is not None and not (boxed and place.name in ("seals", "container_id")):
            put(goods, place.path, _text(facts[place.name]))


def _once(rows: pl.DataFrame, names: tuple[str, ...], what: str) -> None:
    for name in names:
        if rows[name].n_unique() > 1:
            raise InputError(
                f"the rows of {what} differ in {name}, which an Awmds has once.",
                hint="Write them in another format, or correct them.",
            )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return written(value) if isinstance(value, int | float) else str(value)
