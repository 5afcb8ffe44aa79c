"""How fast messages come in: WCO declarations a second, and lines of CSV with a mapping, against named peers.

    python bench/messages.py [--declarations 20000] [--lines 1000000] [--only xml,csv]

Run it with the interpreter of the bench environment (bench/requirements.lock). The messages are made up here: one
declaration that nobody lodged, its values altered from one to the next. Every case runs in a process of its own. A peer
that is not installed is named, and no comparison with it is made. A ratio is Tidegate's rate divided by the peer's.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from intake import write as write_lines
from tidegate import intake

SCHEMAS = Path(__file__).parents[2] / "shared" / "data" / "wco-dm" / "xsd" / "public/api/conf/1.0/schemas"

SINGLE = 1000  # declarations that are also written each into a file of its own

# Made up, of the shape and size of an import declaration; {0} is altered from one to the next.
HEAD = """<md:MetaData xmlns:md="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2" xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"
 xmlns:p1="urn:wco:datamodel:WCO:Declaration_DS:DMS:2">
<md:WCODataModelVersionCode>3.6</md:WCODataModelVersionCode><md:WCOTypeName>DEC</md:WCOTypeName>
<Declaration><AcceptanceDateTime><p1:DateTimeString formatCode="304">20260105101500Z</p1:DateTimeString>
</AcceptanceDateTime><FunctionCode>9</FunctionCode><FunctionalReferenceID>MADE-UP-{0:09d}</FunctionalReferenceID>
<TypeCode>IMA</TypeCode><DeclarationOfficeID>XX000{1}</DeclarationOfficeID>
<InvoiceAmount currencyID="EUR">{2}.50</InvoiceAmount><TotalPackageQuantity>40</TotalPackageQuantity>
<AdditionalDocument><CategoryCode>1</CategoryCode><ID>MADEUP{1}</ID><TypeCode>DAN</TypeCode></AdditionalDocument>
<AuthorisationHolder><ID>XX{0:09d}</ID><CategoryCode>DPO</CategoryCode></AuthorisationHolder>
<BorderTransportMeans><RegistrationNationalityCode>PA</RegistrationNationalityCode><ModeCode>1</ModeCode>
</BorderTransportMeans><Declarant><ID>XX10000{1}</ID></Declarant>
<Exporter><Name>Made-up Exports {1}</Name><Address><CityName>Sampleton</CityName><CountryCode>US</CountryCode>
<Line>{1} Sample Street</Line><PostcodeID>00{1}</PostcodeID></Address></Exporter>
<GoodsShipment><TransactionNatureCode>1</TransactionNatureCode><Consignment><ContainerCode>1</ContainerCode>
<ArrivalTransportMeans><ID>900{1}</ID><IdentificationTypeCode>10</IdentificationTypeCode></ArrivalTransportMeans>
<GoodsLocation><Name>MADEUPLOC</Name><TypeCode>A</TypeCode><Address><TypeCode>U</TypeCode>
<CountryCode>XX</CountryCode></Address></GoodsLocation><TransportEquipment><SequenceNumeric>1</SequenceNumeric>
<ID>TGAU{1}0000</ID></TransportEquipment></Consignment><Destination><CountryCode>XX</CountryCode></Destination>
<ExportCountry><ID>US</ID></ExportCountry>
"""
ITEM = """<GovernmentAgencyGoodsItem><SequenceNumeric>{3}</SequenceNumeric>
<StatisticalValueAmount currencyID="EUR">{2}</StatisticalValueAmount>
<AdditionalDocument><CategoryCode>N</CategoryCode><ID>INV/{0}</ID><TypeCode>935</TypeCode>
<LPCOExemptionCode>AC</LPCOExemptionCode></AdditionalDocument>
<AdditionalDocument><CategoryCode>C</CategoryCode><ID>XXDPO{1}</ID><TypeCode>506</TypeCode></AdditionalDocument>
<AdditionalInformation><StatementCode>00500</StatementCode><StatementDescription>IMPORTER</StatementDescription>
</AdditionalInformation><Commodity><Description>Made-up goods, sample {1}, for measuring</Description>
<Classification><ID>4602191{3}</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>
<Classification><ID>00</ID><IdentificationTypeCode>TRC</IdentificationTypeCode></Classification>
<DutyTaxFee><DutyRegimeCode>100</DutyRegimeCode><TypeCode>A00</TypeCode><Payment><MethodCode>E</MethodCode></Payment>
</DutyTaxFee><DutyTaxFee><TypeCode>B00</TypeCode><Payment><MethodCode>E</MethodCode></Payment></DutyTaxFee>
<GoodsMeasure><GrossMassMeasure>{2}.4</GrossMassMeasure><NetNetWeightMeasure>{2}.1</NetNetWeightMeasure>
<TariffQuantity>100</TariffQuantity></GoodsMeasure><InvoiceLine><ItemChargeAmount currencyID="EUR">{2}.25
</ItemChargeAmount></InvoiceLine></Commodity><CustomsValuation><MethodCode>1</MethodCode></CustomsValuation>
<GovernmentProcedure><CurrentCode>40</CurrentCode><PreviousCode>00</PreviousCode></GovernmentProcedure>
<GovernmentProcedure><CurrentCode>000</CurrentCode></GovernmentProcedure>
<Origin><CountryCode>US</CountryCode><TypeCode>1</TypeCode></Origin><Packaging><SequenceNumeric>1</SequenceNumeric>
<MarksNumbersID>BX{0}</MarksNumbersID><QuantityQuantity>20</QuantityQuantity><TypeCode>BX</TypeCode></Packaging>
<PreviousDocument><CategoryCode>Z</CategoryCode><ID>XX{0:09d}-A</ID><TypeCode>355</TypeCode>
<LineNumeric>1</LineNumeric></PreviousDocument><ValuationAdjustment><AdditionCode>0000</AdditionCode>
</ValuationAdjustment></GovernmentAgencyGoodsItem>
"""
TAIL = """<Importer><ID>XX20{1}</ID></Importer><PreviousDocument><CategoryCode>Y</CategoryCode><ID>MADEUP{0}</ID>
<TypeCode>DCR</TypeCode></PreviousDocument><TradeTerms><ConditionCode>CIF</ConditionCode>
<LocationID>XXSMP</LocationID></TradeTerms></GoodsShipment><ObligationGuarantee><ID>MADEUP</ID>
<SecurityDetailsCode>0</SecurityDetailsCode></ObligationGuarantee></Declaration></md:MetaData>
"""


def declaration(number: int) -> str:
    """A made-up declaration with one item, every tenth with two: the mean of real samples is 1.07."""
    values = (number, 1000 + number % 9000, 100 + number * 7919 % 90_000)
    second = ITEM.format(*values, 2) if number % 10 == 0 else ""
    return HEAD.format(*values) + ITEM.format(*values, 1) + second + TAIL.format(*values)


def write_messages(folder: Path, count: int) -> None:
    """Write the same declarations in one file, and the first of them in files of their own."""
    with (folder / "batch.xml").open("w") as file:
        file.write("<batch>\n")
        file.writelines(declaration(number) for number in range(count))
        file.write("</batch>\n")
    (folder / "single").mkdir()
    for number in range(min(count, SINGLE)):
        (folder / "single" / f"{number}.xml").write_text(declaration(number))


def tidegate_batch(folder: Path) -> int:
    """All declarations out of one file, through the whole of intake."""
    return _declarations(folder / "batch.xml")


def tidegate_single(folder: Path) -> int:
    """Each declaration out of a file of its own."""
    return _declarations(folder / "single")


def _declarations(path: Path) -> int:
    came = intake.read(path, received=date(2026, 1, 5))
    if came.rejected.height:
        raise SystemExit(f"rows were rejected: {came.counts}")
    return came.lines["declaration_id"].n_unique()


def xmlschema_decode(folder: Path) -> int:
    """xmlschema decodes a declaration into dictionaries, validating on the way: its way to read. A sample of them."""
    import xmlschema

    schema = xmlschema.XMLSchema(SCHEMAS / "customs" / "wrapper_submit.xsd")
    files = sorted((folder / "single").iterdir())[:400]
    started = time.perf_counter()
    for file in files:
        schema.to_dict(str(file), validation="lax")
    decode.seconds = time.perf_counter() - started  # type: ignore[attr-defined]
    return len(files)


def decode() -> None:
    """Holds the seconds of a peer without its start-up."""


def tidegate_csv(folder: Path) -> int:
    """CSV with a mapping, checked."""
    return intake.read(folder / "lines.csv", intake.Mapping.load(folder / "mapping.toml")).counts["kept"]


def pandas_csv(folder: Path) -> int:
    """The nearest that pandas does: read, rename, scale, parse days and numbers; no checks, no flags, no rejected."""
    import pandas as pd

    mapping = intake.Mapping.load(folder / "mapping.toml")
    names = {column: field for field, column in mapping.rename.items()}
    table = pd.read_csv(folder / "lines.csv", dtype=str).rename(columns=names)
    table["lodged_on"] = pd.to_datetime(table["lodged_on"], format="%d/%m/%Y", errors="coerce")
    for column in ("gross_mass_kg", "net_mass_kg", "customs_value", "duty_rate", "packages", "item_number"):
        table[column] = pd.to_numeric(table[column], errors="coerce")
    table["gross_mass_kg"] *= 1000
    for column in table.select_dtypes("str").columns:
        table[column] = table[column].str.strip()
    return len(table)


# Key -> what it is, what it counts, which peer it needs, and what does it.
CASES: dict[str, tuple[str, str, str, Callable[[Path], int]]] = {
    "xml": ("Tidegate, WCO XML, one file", "declarations", "", tidegate_batch),
    "xml-single": ("Tidegate, WCO XML, one file each", "declarations", "", tidegate_single),
    "xml-peer": ("xmlschema, to dictionaries", "declarations", "xmlschema", xmlschema_decode),
    "csv": ("Tidegate, CSV, mapped and checked", "lines", "", tidegate_csv),
    "csv-peer": ("pandas, CSV, renamed and parsed", "lines", "pandas", pandas_csv),
}


def run(key: str, folder: Path) -> dict[str, float]:
    """Run one case in this process."""
    started = time.perf_counter()
    count = CASES[key][3](folder)
    seconds = getattr(decode, "seconds", time.perf_counter() - started)
    # A second process that reads is done by now, and counts: its CPU and its memory.
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu, peak = sum(one.ru_utime + one.ru_stime for one in used), sum(one.ru_maxrss for one in used) / 1024
    return {"count": count, "seconds": seconds, "cpu": cpu, "peak": peak}


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--declarations", type=int, default=20_000)
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--only", default="xml,csv", help="xml, csv or both")
    options.add_argument("--case", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.case:
        print(json.dumps(run(chosen.case, chosen.folder)))
        return
    versions = [
        f"{name} {importlib.metadata.version(name)}"
        for name in ("polars", "lxml", "xmlschema", "pandas")
        if importlib.util.find_spec(name)
    ]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(versions)}")
    wanted = chosen.only.split(",")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "xml" in wanted:
            write_messages(folder, chosen.declarations)
        if "csv" in wanted:
            write_lines(folder, chosen.lines)
        print(
            f"{'case':<36}{'what':>14}{'count':>11}{'seconds':>9}{'CPU s':>8}{'a second':>11}{'peak MB':>9}{'ratio':>8}"
        )
        rates: dict[str, float] = {}
        for key, (title, what, peer, _) in CASES.items():
            if key.split("-")[0] not in wanted:
                continue
            if peer and importlib.util.find_spec(peer) is None:
                print(f"{title:<36}{peer} is NOT installed here: NO comparison was made")
                continue
            if key == "xml-peer" and not SCHEMAS.is_dir():
                print(f"{title:<36}the schemas are not there: NO comparison was made")
                continue
            command = [sys.executable, __file__, "--case", key, "--folder", str(folder)]
            done = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
            rates[key] = done["count"] / done["seconds"]
            ratio = f"{rates[key.split('-')[0]] / rates[key]:.1f}" if peer else ""
            print(
                f"{title:<36}{what:>14}{done['count']:>11,}{done['seconds']:>9.2f}{done['cpu']:>8.2f}{rates[key]:>11,.0f}"
                f"{done['peak']:>9.0f}{ratio:>8}"
            )


if __name__ == "__main__":
    main()
