"""Made-up lists of every source, as bytes: nobody on them exists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[2] / "../shared/data/lists"

UN = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">
  <INDIVIDUALS>
    <INDIVIDUAL>
      <DATAID>1</DATAID><FIRST_NAME>QWERT</FIRST_NAME><SECOND_NAME>ASDFOV</SECOND_NAME>
      <UN_LIST_TYPE>Testland</UN_LIST_TYPE><REFERENCE_NUMBER>XXi.001</REFERENCE_NUMBER>
      <LISTED_ON>2012-12-31</LISTED_ON><GENDER>Male</GENDER><COMMENTS1>Made up.</COMMENTS1>
      <NAME_ORIGINAL_SCRIPT>Кверт Асдфов</NAME_ORIGINAL_SCRIPT>
      <NATIONALITY><VALUE>Korea, Democratic People's Republic of</VALUE><VALUE>Viet Nam</VALUE></NATIONALITY>
      <LAST_DAY_UPDATED><VALUE>2015-01-02</VALUE><VALUE>2016-10-13</VALUE></LAST_DAY_UPDATED>
      <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Qwerty Asdfow</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Zxc</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ADDRESS><STREET>1 Made Up Road</STREET><CITY>Nowhere</CITY>
        <COUNTRY>Viet Nam</COUNTRY></INDIVIDUAL_ADDRESS>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE>
        <FROM_YEAR>1968</FROM_YEAR><TO_YEAR>1970</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-03-04</DATE></INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1980</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Numéro de passeport</TYPE_OF_DOCUMENT><NUMBER>ZZ0000001</NUMBER>
        <ISSUING_COUNTRY>Viet Nam</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>
      <INDIVIDUAL_DOCUMENT/>
    </INDIVIDUAL>
  </INDIVIDUALS>
  <ENTITIES>
    <ENTITY>
      <DATAID>2</DATAID><FIRST_NAME>ASDF TRADING (AT) ; ASDF HANDEL</FIRST_NAME>
      <UN_LIST_TYPE>Testland</UN_LIST_TYPE><REFERENCE_NUMBER>XXe.001</REFERENCE_NUMBER><LISTED_ON>2013-01-01</LISTED_ON>
      <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Asdf Export</ALIAS_NAME></ENTITY_ALIAS>
      <ENTITY_ADDRESS><CITY>Nowhere</CITY><COUNTRY>Iran (Islamic Republic of)</COUNTRY></ENTITY_ADDRESS>
    </ENTITY>
  </ENTITIES>
</CONSOLIDATED_LIST>
"""

_NULLS = "-0- ," * 7
SDN = (
    f'11,"ASDFOV, Qwert","individual","TEST",{_NULLS}"DOB 04 Mar 1971; alt. DOB circa 1975; POB Nowhere; '
    "nationality Burma; Gender Male; Passport ZZ0000002 (Cape Verde) issued 01 Jan 2001; alt. Cedula No. 123456 "
    "(Colombia); a.k.a. 'Q'.\"\r\n"
    '12,"MADE UP STAR","vessel","TEST",-0- ,"XYZ12","Crude Oil Tanker","1","1","Panama",-0- ,'
    '"Vessel Registration Identification IMO 9074729; MMSI 572000000"\r\n'
    f'13,"ASDF, S.A.",-0- ,"TEST",{_NULLS}"Tax ID No. 999-999 (Mexico); Company Number IMO 5055293."\r\n'
    f'14,"ZZ-QQQ","aircraft","TEST",{_NULLS}-0- \r\n\x1a'
)
ALT = '11,901,"aka","ASDFOW, Qwerty",-0- \r\n13,902,"fka","ZXCV S.A.",-0- \r\n\x1a'
ADD = '13,801,"1 Made Up Road","Nowhere","Mexico",-0- \r\n\x1a'


def notice(number: str, **said: Any) -> dict[str, Any]:
    return {
        "entity_id": number,
        "forename": "QWERT",
        "name": "ASDFOV",
        "date_of_birth": "1975/03/12",
        "nationalities": ["VN"],
        **said,
    }


def page(*notices: Any, total: int | None = None) -> str:
    return json.dumps({"total": len(notices) if total is None else total, "_embedded": {"notices": list(notices)}})


INTERPOL = page(notice("2026/1"), notice("2026/2", forename=None, date_of_birth="1980", sex_id="F"))
DETAIL = json.dumps(
    notice(
        "2026/1",
        arrest_warrants=[{"charge": "made-up charge", "issuing_country_id": "AR", "charge_translation": None}],
        place_of_birth="Nowhere",
        sex_id="M",
    )
)


def entity(number: str, schema: str, /, **properties: list[Any]) -> dict[str, Any]:
    return {
        "id": number,
        "schema": schema,
        "properties": properties,
        "datasets": ["made_up"],
        "first_seen": "2024-01-01T00:00:00",
        "last_change": "2025-02-03T04:05:06",
    }


FTM_ENTITIES = [
    entity("pass-1", "Passport", holder=["q-1"], number=["ZZ0000003"], country=["vn"], type=["Passport"]),
    entity(
        "q-1",
        "Person",
        name=["Qwert Asdfov"],
        alias=["Кверт Асдфов"],
        weakAlias=["Zxc"],
        birthDate=["1971-03"],
        nationality=["vn", "suhh"],
        gender=["male"],
        addressEntity=["addr-1"],
        topics=["sanction"],
    ),
    entity("addr-1", "Address", full=["1 Made Up Road, Nowhere"], country=["vn"]),
    entity("sanc-1", "Sanction", entity=["q-1"], authority=["Made-up Ministry"], listingDate=["2020-05-06"]),
    entity("own-1", "Ownership", owner=["q-1"], asset=["c-1"]),
    entity("c-1", "Company", name=["Asdf Trading"], jurisdiction=["ru"], innCode=["7700000000"]),
    entity("v-1", "Vessel", name=["Made Up Star"], imoNumber=["IMO9074729"], flag=["pa"], callSign=["XYZ12"]),
    entity("a-1", "Airplane", name=["Boeing"], registrationNumber=["ZZ-QQQ"]),
]
FTM = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in FTM_ENTITIES)

MAKER = "identity--00000000-0000-4000-8000-000000000001"
RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"


def stix_object(kind: str, number: int, **said: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--00000000-0000-4000-8000-0000000000{number:02}",
        "created_by_ref": MAKER,
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-02T00:00:00.000Z",
        **said,
    }


def indicator(number: int, pattern: str, **said: Any) -> dict[str, Any]:
    return stix_object(
        "indicator", number, pattern=pattern, pattern_type="stix", valid_from="2026-01-01T00:00:00Z", **said
    )


STIX_OBJECTS = [
    {
        "type": "identity",
        "spec_version": "2.1",
        "id": MAKER,
        "name": "Made-up Customs",
        "identity_class": "organization",
    },
    stix_object("identity", 10, name="Qwert Asdfov", identity_class="individual", object_marking_refs=[RED]),
    indicator(11, "[email-addr:value = 'qwert@example.org']", name="smuggler", valid_until="2026-12-31T00:00:00.000Z"),
    indicator(12, "[x-container:number IN ('MSKU0000019', 'MSKU0000024')]"),
    indicator(13, "[x-travel-document:number = 'ZZ0000004' AND x-travel-document:country = 'VN']"),
    indicator(14, "[x-phone:number = '+84 90 000 0000']", revoked=True),
]


def bundle(*objects: Any) -> str:
    return json.dumps(
        {"objects": list(objects), "id": "bundle--00000000-0000-4000-8000-000000000000", "type": "bundle"}
    )


STIX = bundle(*STIX_OBJECTS)

MAPPED = (
    "Số;Họ;Tên;Tên khác;Ngày sinh;Quốc tịch;Hộ chiếu;Hết hạn;Loại\n"
    "1;Asđf;Văn Qwertê;Asdf Qwerte|Zxcv Qwerte;03/04/1971;Việt Nam;ZZ0000005;31/12/2026;cá nhân\n"
    "2;Công ty Asđf;;;;;;;tổ chức\n"
)
MAPPING = """
delimiter = ";"
split = "|"
country = "VN"
[columns]
source_id = "Số"
name = ["Họ", "Tên"]
alias = "Tên khác"
born = "Ngày sinh"
country = "Quốc tịch"
expires = "Hết hạn"
kind = "Loại"
[identifiers]
passport = "Hộ chiếu"
[kinds]
"cá nhân" = "person"
"tổ chức" = "company"
"""

WATCH = (
    "value,kind,owner,reason,expires\n"
    "9900000016,company,hq.risk,information received,2026-12-31\n"
    "CN-S00012,company,hq.risk,,\n"
    'Asdf Trading,company,hq.risk,"tip, unproven",\n'
    "MSKU0000019,container,,,\n"
    "1 Made Up Road,address,,,\n"
    "ngà voi,phrase,,,\n"
)
WATCH = WATCH.replace("MSKU0000019", "CSQU3054383")  # the example of ISO 6346

# Source -> its files by name: each of them makes one list "sample" (mapped has its mapping beside it).
FILES: dict[str, dict[str, str]] = {
    "un": {"sample.xml": UN},
    "ofac": {"sample_sdn.csv": SDN, "sample_alt.csv": ALT, "sample_add.csv": ADD},
    "interpol": {"sample.json": INTERPOL},
    "ftm": {"sample.jsonl": FTM},
    "stix": {"sample.json": STIX},
    "mapped": {"sample.csv": MAPPED, "sample.toml": MAPPING},
    "watch": {"sample.csv": WATCH},
}


def lay_out(folder: Path, files: dict[str, str | bytes] | dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder
