"""Where the simulated trade comes from and where it lands: countries, ports, preferences, offices, carriers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CARRIERS",
    "COUNTRIES",
    "COUNTRY_INDEX",
    "MODES",
    "OFFICES",
    "PORTS",
    "PORT_INDEX",
    "PROVINCES",
    "open_offices",
]

# UN/ECE Recommendation 19: sea, rail, road, air, post.
MODES = "12345"


@dataclass(frozen=True, slots=True)
class Country:
    """One partner: its `preference` code, the share of MFN `left` under it, its price level (log), its ports."""

    code: str
    preference: str
    left: float
    price: float
    ports: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Office:
    """One customs office: the modes it sees, its region (N, C, S), the ports it clears and its share of the work."""

    code: str
    modes: str
    region: str
    ports: tuple[str, ...]
    weight: float


# code | preference, share of MFN left | price level | mode:port,port ...
# Preference codes in the style of the tariff codes of VNACCS: B01 is MFN, the others are trade agreements.
PARTNERS = """
CN|B05|.15|-.22|1:CNSHA,CNNGB,CNYTN,CNTAO,CNXMN 2:CNPIN 3:CNPIN,CNDOX 4:CNPVG,CNCAN,CNSZX 5:CNCAN,CNPVG
HK|B23|.20|-.05|1:HKHKG 4:HKHKG 5:HKHKG
TW|||.05|1:TWKHH,TWKEL 4:TWTPE 5:TWTPE
KR|B14|.10|.10|1:KRPUS,KRINC 4:KRICN 5:KRICN
JP|B11|.20|.22|1:JPTYO,JPYOK,JPUKB 4:JPNRT,JPKIX 5:JPNRT
TH|B04|0|-.05|1:THLCH,THBKK 3:THMUK 4:THBKK
MY|B04|0|-.05|1:MYPKG,MYTPP,MYPGU 4:MYKUL
ID|B04|0|-.10|1:IDJKT,IDSUB 4:IDCGK
SG|B04|0|.12|1:SGSIN 4:SGSIN 5:SGSIN
PH|B04|0|-.05|1:PHMNL 4:PHMNL
KH|B04|0|-.12|1:KHKOS 3:KHBVT
LA|B04|0|-.12|3:LASVK,LAVTE
BN|B04|0|0|1:BNMUA
IN|B10|.50|-.12|1:INNSA,INMAA,INMUN 4:INDEL
BD|||-.20|1:BDCGP 4:BDDAC
PK|||-.18|1:PKKHI
LK|||-.05|1:LKCMB 4:LKCMB
AU|B07|0|.15|1:AUMEL,AUSYD 4:AUSYD
NZ|B07|0|.15|1:NZAKL,NZTRG 4:NZAKL
US|||.20|1:USLAX,USLGB,USSEA 4:USLAX,USORD 5:USLAX
CA|B16|.05|.15|1:CAVAN 4:CAYVR
MX|B16|.10|0|1:MXZLO 4:MXMEX
CL|B13|.20|0|1:CLSAI 4:CLSCL
PE|B16|.10|0|1:PECLL 4:PELIM
BR|||0|1:BRSSZ,BRPNG 4:BRGRU
AR|||0|1:ARBUE,ARROS
CO|||-.05|1:COBUN,COCTG
EC|||-.05|1:ECGYE
CR|||0|1:CRCAL
DE|B18|.35|.28|1:DEHAM,DEBRV 4:DEFRA
FR|B18|.35|.32|1:FRLEH 4:FRCDG
IT|B18|.35|.30|1:ITGOA 4:ITMXP
NL|B18|.35|.22|1:NLRTM 4:NLAMS
BE|B18|.35|.22|1:BEANR 4:BEBRU
IE|B18|.35|.25|1:IEDUB
PL|B18|.35|.05|1:PLGDN 4:PLWAW
CH|||.40|4:CHZRH
GB|B20|.35|.28|1:GBFXT 4:GBLHR
NO|||.20|1:NOOSL 4:NOOSL
RU|B15|0|-.10|1:RUVVO
BY|B15|0|-.10|1:LTKLJ
UA|||-.10|1:UAODS
EG|||-.05|1:EGPSD
SA|||0|1:SAJUB,SADMM
AE|||.05|1:AEJEA 4:AEDXB 5:AEDXB
QA|||0|1:QAMES
ZA|||0|1:ZADUR
CM|||-.05|1:CMDLA
CG|||-.05|1:CGPNR
CD|||-.05|1:CDMAT
GA|||-.05|1:GALBV
NG|||-.08|1:NGAPP
CI|||-.05|1:CIABJ
GH|||-.05|1:GHTEM
TZ|||-.05|1:TZDAR
UG|||-.05|1:KEMBA
PG|||-.05|1:PGPOM
"""


def parse(row: str) -> Country:
    """Return the country that one row of the table describes."""
    code, preference, left, price, places = row.split("|")
    ports = {mode: tuple(names.split(",")) for mode, _, names in (place.partition(":") for place in places.split())}
    return Country(code, preference or "B01", float(left or 1), float(price), ports)


COUNTRIES: tuple[Country, ...] = tuple(parse(row) for row in PARTNERS.strip().splitlines())
COUNTRY_INDEX: dict[str, int] = {country.code: index for index, country in enumerate(COUNTRIES)}

# Codes in the style of the offices of Vietnam customs; weights are round figures.
OFFICES: tuple[Office, ...] = (
    Office("03CC", "1", "N", ("VNHPH",), 11),
    Office("03CE", "1", "N", ("VNHPH",), 9),
    Office("03EE", "1", "N", ("VNDVU",), 7),
    Office("01NV", "14", "N", ("VNHPH", "VNHAN"), 5),
    Office("18A3", "14", "N", ("VNHPH", "VNHAN"), 7),
    Office("01B1", "4", "N", ("VNHAN",), 10),
    Office("01DD", "45", "N", ("VNHAN",), 5),
    Office("15BB", "32", "N", ("VNLSN",), 7),
    Office("20BB", "3", "N", ("VNMCI",), 4),
    Office("13BB", "32", "N", ("VNLAO",), 2),
    Office("34CC", "1", "C", ("VNDAD",), 4),
    Office("34AB", "4", "C", ("VNDAD",), 1),
    Office("37CB", "1", "C", ("VNUIH",), 2),
    Office("32BD", "3", "C", ("VNLBO",), 2),
    Office("02CI", "1", "S", ("VNCLI",), 16),
    Office("02CV", "1", "S", ("VNSGN",), 8),
    Office("51CI", "1", "S", ("VNCMT",), 4),
    Office("02B1", "4", "S", ("VNSGN",), 11),
    Office("02DS", "45", "S", ("VNSGN",), 7),
    Office("43NC", "14", "S", ("VNCLI", "VNSGN"), 7),
    Office("47NB", "14", "S", ("VNCLI", "VNSGN"), 6),
    Office("45B1", "3", "S", ("VNMBI",), 3),
)

# An office that is open receives about this many declarations a day; a small trade has few offices.
BUSY = 12
# These are always open: between them they see every mode and region, and one is where a broker is never found out.
ALWAYS = ("02CI", "03CC", "01B1", "02B1", "03EE", "15BB", "02DS")


def open_offices(declarations_a_day: float) -> tuple[Office, ...]:
    """The offices of a trade of this volume, in the order of OFFICES; the busiest of the others open first."""
    others = sorted((office for office in OFFICES if office.code not in ALWAYS), key=lambda office: -office.weight)
    more = max(0, min(len(others), round(declarations_a_day / BUSY) - len(ALWAYS)))
    chosen = {*ALWAYS, *(office.code for office in others[:more])}
    return tuple(office for office in OFFICES if office.code in chosen)


ABROAD = [port for country in COUNTRIES for ports in country.ports.values() for port in ports]
PORTS: tuple[str, ...] = tuple(dict.fromkeys([*ABROAD, *(port for office in OFFICES for port in office.ports)]))
PORT_INDEX: dict[str, int] = {port: index for index, port in enumerate(PORTS)}

# Carriers by mode: SCAC codes at sea, IATA codes in the air, made-up codes for the rest.
CARRIERS: dict[str, tuple[str, ...]] = {
    "1": ("MAEU", "MSCU", "CMDU", "COSU", "EGLV", "ONEY", "YMLU", "HDMU", "OOLU", "WHLC", "SITC", "HLCU"),
    "2": ("RAILVN", "RAILCN"),
    "3": tuple(f"ROAD{number:02d}" for number in range(1, 25)),
    "4": ("VN", "KE", "OZ", "CX", "SQ", "CI", "NH", "QR", "EK", "LD"),
    "5": ("POSTVN", "PARCELA", "PARCELB", "PARCELC"),
}

# Province, its region and the two digits with which its tax codes begin.
PROVINCES: tuple[tuple[str, str, str], ...] = (
    ("Hà Nội", "N", "01"),
    ("Hải Phòng", "N", "02"),
    ("Bắc Ninh", "N", "23"),
    ("Hưng Yên", "N", "09"),
    ("Quảng Ninh", "N", "57"),
    ("Lạng Sơn", "N", "49"),
    ("Đà Nẵng", "C", "04"),
    ("Bình Định", "C", "41"),
    ("Quảng Trị", "C", "32"),
    ("TP Hồ Chí Minh", "S", "03"),
    ("Bình Dương", "S", "37"),
    ("Đồng Nai", "S", "36"),
    ("Long An", "S", "11"),
    ("Tây Ninh", "S", "39"),
)
