"""The consolidated list of the United Nations Security Council, as XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from tidegate.errors import ListError
from tidegate.screening.entry import Kind
from tidegate.screening.lists.opening import LARGEST_TREE, content
from tidegate.screening.lists.record import Reading, Record
from tidegate.screening.lists.source import Heading, Loaded, Source

__all__ = ["SOURCE", "document_number"]

KINDS = {"INDIVIDUAL": Kind.PERSON, "ENTITY": Kind.COMPANY}
_ROOT = re.compile(rb"<CONSOLIDATED_LIST[\s>]")
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^<>]*encoding\s*=\s*["']([^"']*)""")
_BLANK = {"", "na", "n/a", "-"}
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_PLACE = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")
# A number in capitals and digits, alone or in front of words; and one behind words that say what it is.
_NUMBER = re.compile(r"([A-Z0-9 /.-]{0,40}\d[A-Z0-9/.-]*)(?=[\s,;(]|$)")
_CALLED = re.compile(r"(?i:number|no|n°|passport)[.:°]*\s*:?\s*([A-Z0-9][A-Z0-9 /.-]{0,40}\d[A-Z0-9/.-]*)")
# What a document is, by a word of how the list calls it, in the languages that it uses; the first that fits counts.
DOCUMENTS = (
    ("passport", "passport"),
    ("passeport", "passport"),
    ("pasaporte", "passport"),
    ("identi", "identity_card"),
    ("tax", "tax"),
    ("", "other"),
)


def _detect(head: bytes, name: str) -> bool:
    return _ROOT.search(head) is not None


def _read(files: Sequence[Path], heading: Heading) -> Loaded:
    reading = Reading(heading)
    for path in files:
        for number, element in enumerate(_records(path), start=1):
            place = f"{str(element.tag).lower()} {number}"
            record = reading.record(path, _text(element, "REFERENCE_NUMBER") or _text(element, "DATAID"), place)
            _fill(record, element)
            record.entry(KINDS[str(element.tag)])
    return reading.loaded()


def _records(path: Path) -> Iterator[etree._Element]:
    """Yield the records of a file, each emptied when the next one is asked for."""
    head = content(path, LARGEST_TREE)[: 1 << 16]
    start = _ROOT.search(head)
    if start is None:
        hint = "Fetch the list in XML."
        raise ListError("the root of the XML is not CONSOLIDATED_LIST.", where=str(path), hint=hint)
    if b"<!DOCTYPE" in head[: start.start()]:
        raise _doctype(path)
    declared = _ENCODING.match(head)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        what = f"its XML is declared as {declared[1].decode('ascii', 'replace')[:40]!r}."
        raise ListError(what, where=str(path), hint="Fetch the list again: it is published in UTF-8.")
    try:
        walk = etree.iterparse(
            path,
            events=("end",),
            tag=tuple(KINDS),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            huge_tree=False,
        )
        for _, element in walk:
            if element.getroottree().docinfo.internalDTD is not None:
                raise _doctype(path)
            yield element
            element.clear()
        if walk.root is None or walk.root.tag != "CONSOLIDATED_LIST":
            raise ListError("the root of the XML is not CONSOLIDATED_LIST.", where=str(path), hint="Fetch it again.")
    except etree.XMLSyntaxError as error:
        what = f"the XML is damaged or cut off: {error.msg}."
        raise ListError(what, where=str(path), hint="Fetch the list again.") from error


def _doctype(path: Path) -> ListError:
    what = "it has a DOCTYPE, which can name entities and other files: the list has none."
    return ListError(what, where=str(path), hint="Fetch the list again from its owner.")


def _text(element: etree._Element, path: str) -> str:
    text = str(element.findtext(path) or "").strip()
    return "" if text.lower() in _BLANK else text


def _fill(record: Record, element: etree._Element) -> None:
    whole = " ".join(filter(None, (_text(element, tag) for tag in _NAMES)))
    # One name of a company may be several, one behind the other.
    record.name(*whole.split(";"), _text(element, "NAME_ORIGINAL_SCRIPT"))
    weak = []
    for alias in [*element.iterfind("INDIVIDUAL_ALIAS"), *element.iterfind("ENTITY_ALIAS")]:
        name = _text(alias, "ALIAS_NAME")
        if _text(alias, "QUALITY").lower() == "low":
            weak.append(name)
        else:
            record.name(*name.split(";"))
        record.born(_text(alias, "DATE_OF_BIRTH"))
    for nationality in element.iterfind("NATIONALITY/VALUE"):
        record.country(_text(nationality, "."))
    for birth in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        _birth(record, birth)
    for paper in element.iterfind("INDIVIDUAL_DOCUMENT"):
        _document(record, paper)
    for place in [*element.iterfind("INDIVIDUAL_ADDRESS"), *element.iterfind("ENTITY_ADDRESS")]:
        record.address(*(_text(place, tag) for tag in _PLACE))
        record.country(_text(place, "COUNTRY"))
    said = re.search(r"Gender: (male|female)\b", _text(element, "COMMENTS1"))
    record.gender(_text(element, "GENDER") or (said[1] if said else ""))
    record.listed_on = record.day(_text(element, "LISTED_ON"))
    changes = [record.day(_text(value, ".")) for value in element.iterfind("LAST_DAY_UPDATED/VALUE")]
    record.changed_on = max((change for change in changes if change), default=None)
    if programme := _text(element, "UN_LIST_TYPE"):
        record.purpose = record.purpose or f"United Nations sanctions: {programme}"
    if weak := [name for name in weak if name]:
        record.remark(f"Aliases of low quality: {'; '.join(weak)}.")
    record.remark(_text(element, "COMMENTS1"))


def _birth(record: Record, birth: etree._Element) -> None:
    kind = _text(birth, "TYPE_OF_DATE").upper()
    if kind == "BETWEEN":
        first, last = _text(birth, "FROM_YEAR"), _text(birth, "TO_YEAR")
        record.born(f"{first} to {last}" if first and last else first or last)
        return
    said = _text(birth, "DATE") or _text(birth, "YEAR")
    if said and kind == "APPROXIMATELY":
        # A day of which only the year is meant.
        record.born(f"circa {said}")
    else:
        record.born(said)


def _document(record: Record, paper: etree._Element) -> None:
    called = " ".join((_text(paper, "TYPE_OF_DOCUMENT"), _text(paper, "TYPE_OF_DOCUMENT2"))).lower()
    kind = next(kind for word, kind in DOCUMENTS if word in called)
    country = _text(paper, "ISSUING_COUNTRY") or _text(paper, "COUNTRY_OF_ISSUE")
    record.identifier(kind, document_number(_text(paper, "NUMBER")), country)


def document_number(said: str) -> str:
    """Return the number in what the list says of a document: "Diplomatic Passport no. D0001" and "D0001 (expired)"."""
    found = _NUMBER.match(said) or _CALLED.search(said)
    return found[1] if found else said


SOURCE = Source(
    "un",
    "UN Security Council consolidated list",
    "Danh sách trừng phạt hợp nhất của Hội đồng Bảo an Liên hợp quốc",
    _detect,
    _read,
    owner="United Nations Security Council",
)
