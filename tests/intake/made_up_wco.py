"""Made-up messages in WCO Data Model XML for the tests: nobody lodged them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tidegate.intake.files import find
from tidegate.intake.raw import Raw, tabled
from tidegate.intake.wco import FORMAT
from tidegate.trade import ANSWER_SCHEMA

DATA = Path(__file__).resolve().parents[2] / "../shared/data/wco-dm"
SAMPLES, SCHEMAS = DATA / "samples", DATA / "xsd"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/data/wco-dm is not here: NOT tested")
RECEIVED = date(2026, 1, 1)

OPEN = """<md:MetaData xmlns:md="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2" xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"
 xmlns:p1="urn:wco:datamodel:WCO:Declaration_DS:DMS:2">
<md:WCODataModelVersionCode>3.6</md:WCODataModelVersionCode>"""
ITEM = """<GovernmentAgencyGoodsItem>
<SequenceNumeric>{number}</SequenceNumeric>
<Commodity><Description>straw &amp; hay</Description>
<Classification><ID>46021910</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>
<Classification><ID>00</ID><IdentificationTypeCode>TRC</IdentificationTypeCode></Classification>
<GoodsMeasure><GrossMassMeasure unitCode="TNE">1.5</GrossMassMeasure>
<NetNetWeightMeasure>1400</NetNetWeightMeasure></GoodsMeasure>
<InvoiceLine><ItemChargeAmount currencyID="EUR">250.75</ItemChargeAmount></InvoiceLine></Commodity>
<GovernmentProcedure><CurrentCode>40</CurrentCode><PreviousCode>71</PreviousCode></GovernmentProcedure>
<GovernmentProcedure><CurrentCode>000</CurrentCode></GovernmentProcedure>{more}</GovernmentAgencyGoodsItem>"""
CLOSE = "</md:MetaData>"


def item(number: int = 1, more: str = "") -> str:
    """A goods item with `more` behind it."""
    return ITEM.format(number=number, more=more)


def declaration(
    reference: str = "LRN-1", *, head: str = "", shipment: str = "", items: str | None = None, tail: str = ""
) -> str:
    """A declaration without MetaData; `head` stands behind its own elements, `shipment` before its items."""
    return (
        f"<Declaration><FunctionCode>9</FunctionCode><FunctionalReferenceID>{reference}</FunctionalReferenceID>"
        f"<TypeCode>IMA</TypeCode>{head}<GoodsShipment>{shipment}{item() if items is None else items}</GoodsShipment>"
        f"{tail}</Declaration>"
    )


def message(body: str | None = None) -> str:
    """A declaration within MetaData, with its namespaces."""
    return f"{OPEN}{declaration() if body is None else body}{CLOSE}"


def pieces(path: Path, received: date = RECEIVED) -> list[Raw]:
    """What the format reads from a file."""
    source = find(path, [(FORMAT.name, FORMAT.endings, FORMAT.detect)])[0]
    assert source.form == FORMAT.name
    return list(FORMAT.read(source, received))


def table(path: Path, received: date = RECEIVED) -> pl.DataFrame:
    """The lines of a file, as texts."""
    found = [part for piece in pieces(path, received) for part in (piece.table, tabled(piece.rows))]
    return pl.concat(found, how="diagonal")


def answers(path: Path) -> pl.DataFrame:
    """The answers in a file."""
    found = [piece.answers for piece in pieces(path) if piece.answers is not None]
    return pl.concat([pl.DataFrame(schema=ANSWER_SCHEMA), *found])


def refusals(path: Path) -> list[tuple[int, str, str]]:
    """(row, value, reason) of what is refused."""
    return [
        (row["\0row"], row["value"], row["reason"])
        for piece in pieces(path)
        for row in piece.refused.iter_rows(named=True)
    ]


def unread(path: Path) -> dict[str, int]:
    """What nobody read."""
    found: dict[str, int] = {}
    for piece in pieces(path):
        for name, times in piece.unread.items():
            found[name] = found.get(name, 0) + times
    return found


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a file."""
    path.write_text(text, encoding=encoding)
    return path
