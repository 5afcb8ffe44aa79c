"""Responses and notices to rows of the table of answers: a row for each statement, the response's own data in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from tidegate.intake.wco.lines import NAME, moment
from tidegate.intake.wco.pointers import named
from tidegate.intake.wco.rules import Row
from tidegate.intake.wco.tree import Harvest, local

__all__ = ["KINDS", "asked", "notice", "replies", "versions"]

# Function codes of responses, as the UK's declaration service uses them (DMSACC, DMSRCV and so on, in this order).
KINDS: dict[str, str] = {
    "01": "accepted", "02": "registered", "03": "rejected", "05": "control", "06": "control", "07": "amended",
    "08": "released", "09": "cleared", "10": "invalidated", "11": "other", "13": "tax", "14": "tax", "15": "tax",
    "16": "other", "17": "other", "18": "other", "50": "query", "51": "query",
}  # fmt: skip
# Elements of a response that are read by name; whatever else holds text becomes a row that names its path.
_OWN = {"FunctionCode", "FunctionalReferenceID", "IssueDateTime"}
# The treasury's bank account stands in every bill of tax, and is about no declaration.
_UNSAID = {"Bank"}
_STATEMENTS = {"Error", "AdditionalInformation", "Amendment", "Status"}
_REASONS = ("ValidationCode", "ChangeReasonCode", "NameCode", "StatementCode", "StatementTypeCode")
_TEXTS = ("Description", "StatementDescription")
_IDENTITY = {
    "FunctionalReferenceID",
    "ID",
    "AcceptanceDateTime",
    "RejectionDateTime",
    "CancellationDateTime",
    "VersionID",
}
_LONGEST = 2000  # characters of what an answer says


def replies(response: etree._Element) -> Iterator[Row]:
    """Rows of ANSWER_SCHEMA, as texts, for a Response."""
    code = _text(response, "FunctionCode").zfill(2)
    declaration = next(response.iterchildren("{*}Declaration"), None)
    head = _head(
        # As with declarations: the declarant's own reference where there is no number yet.
        declaration_id=_text(declaration, "ID") or _text(declaration, "FunctionalReferenceID"),
        reference=_text(declaration, "FunctionalReferenceID"),
        kind=KINDS.get(code, "other"),
        code=code,
        issued_at=moment(_text(response, "IssueDateTime/{*}DateTimeString") or _text(response, "IssueDateTime")),
        message_id=_text(response, "FunctionalReferenceID"),
    )
    said = [_statement(child) for child in response if local(child) in _STATEMENTS]
    said += [
        {"pointer": f"Response/{path}", "text": text}
        for child in response
        if local(child) not in _OWN | _STATEMENTS | _UNSAID | {"Declaration"}
        for path, text in _leaves(child)
    ]
    for child in declaration if declaration is not None else ():
        name = local(child)
        if name in _IDENTITY:
            continue
        if name == "GoodsShipment":
            said += _goods(child)
        else:
            said += [{"pointer": f"Declaration/{path}", "text": text} for path, text in _leaves(child)]
    dates = [child for child in (() if declaration is None else declaration) if local(child).endswith("DateTime")]
    days = "; ".join(f"{local(child)}: {moment(''.join(child.itertext()).strip())}" for child in dates)
    said += [_given(text=days)]
    for statement in [one for one in said if one] or [{}]:
        yield head | statement


def notice(message: etree._Element) -> Iterator[Row]:
    """One row for a movement, arrival or query of a consignment: kind other, its code, what else it says as text."""
    said = dict(_leaves(message))
    plain = {path.rpartition("/")[2]: text for path, text in said.items()}
    used = {"entryNumber", "ucr", "masterUCR", "inventoryConsignmentReference", "messageCode", "movementReference"}
    head = _head(
        declaration_id=plain.get("entryNumber", ""),
        reference=plain.get("ucr") or plain.get("masterUCR") or plain.get("inventoryConsignmentReference", ""),
        kind="other",
        code=plain.get("messageCode") or local(message),
        issued_at=plain.get("goodsArrivalDateTime") or plain.get("goodsDepartureDateTime", ""),
        message_id=plain.get("movementReference", ""),
    )
    text = "; ".join(f"{name}: {value}" for name, value in plain.items() if name not in used)
    yield head | _given(reason=plain.get("irc", ""), text=text)


def versions(details: etree._Element) -> Iterator[Row]:
    """One row for each version that a report on a declaration names."""
    for declaration in details.iterchildren("{*}Declaration"):
        if not _text(declaration, "VersionID"):
            continue  # the declaration itself, in part: it came as a message of its own
        head = _head(
            declaration_id=_text(declaration, "ID"),
            reference=_text(declaration, "LRN"),
            kind="other",
            code="version",
            issued_at=moment(_text(declaration, "CreatedDateTime/{*}DateTimeString")),
        )
        yield head | _given(text=f"version {_text(declaration, 'VersionID')}")


def asked(head: Row, declaration: Harvest, partial: Iterable[tuple[int, Row]]) -> Iterator[Row]:
    """Rows for what a declarant's message asks for besides new lines: changes with their reasons, or a cancellation."""
    kind = {"amendment": "amended", "cancellation": "cancelled"}.get(head.get("message_function", ""), "other")
    own = _head(
        declaration_id=head.get("declaration_id", ""),
        reference=head.get("message_id", ""),
        kind=kind,
        code=head.get("declaration_type", ""),
        issued_at=head.get("message_sent_at", ""),
        message_id=head.get("message_id", ""),
    )
    # A statement says by its pointer which amendment it explains: 42A|1|/06A|2| is the second.
    words = {
        one["Pointer"].rpartition("06A|")[2].split("|")[0]: one.get("StatementDescription", "")
        for one in declaration.pointed
    }
    rows = [
        _given(
            reason=change.get("ChangeReasonCode", ""),
            pointer=named(change["Pointer"]) if "Pointer" in change else "",
            text=words.get(str(number), ""),
        )
        for number, change in enumerate(declaration.changes, 1)
    ]
    for _, item in partial:
        values = "; ".join(f"{column}={text}" for column, text in item.items() if column != "item_number")
        place = f"Declaration/GoodsShipment/GovernmentAgencyGoodsItem[{item.get('item_number', '')}]"
        rows.append(_given(pointer=place, text=values))
    told = {"message_format", "message_function", "message_id", "declaration_id", "lodged_on", "message_sent_at"}
    values = "; ".join(f"{column}={text}" for column, text in declaration.head.items() if column not in told)
    rows.append(_given(pointer="Declaration", text=values))
    for row in rows:
        yield own | row


def _statement(element: etree._Element) -> Row:
    """An error, a piece of information, an amendment or a status: its codes, its words, the path it points at."""
    said = {local(child): (child.text or "").strip() for child in element}
    steps = "/".join(
        "|".join(_text(step, name) for name in ("DocumentSectionCode", "SequenceNumeric", "TagID"))
        for step in element.iterchildren("{*}Pointer")
    )
    words = [said.pop(name) for name in _TEXTS if said.get(name)]
    reason = next((said.pop(name) for name in _REASONS if said.get(name)), "")
    words += [
        f"{path}: {moment(text)}"
        for child in element
        if local(child) not in ("Pointer", *_TEXTS)
        for path, text in _leaves(child)
        if text != reason
    ]
    return _given(reason=reason, pointer=named(steps) if steps else "", text="; ".join(words))


def _goods(shipment: etree._Element) -> list[Row]:
    """What a response says of goods: a row for each tax of each item, one for whatever else."""
    made, others = [], []
    for child in shipment:
        if local(child) != "GovernmentAgencyGoodsItem":
            others += [f"{path}: {text}" for path, text in _leaves(child)]
            continue
        place = f"Declaration/GoodsShipment/GovernmentAgencyGoodsItem[{_text(child, 'SequenceNumeric')}]"
        taxes = list(child.iterfind("{*}Commodity/{*}DutyTaxFee"))
        for tax in taxes:
            leaves = list(_leaves(tax))
            words = "; ".join(
                f"{path.partition('/')[2]}: {text}" for path, text in leaves if not path.endswith("/TypeCode")
            )
            made.append(_given(pointer=f"{place}/Commodity/DutyTaxFee", reason=_text(tax, "TypeCode"), text=words))
        rest = [
            f"{p.partition('/')[2]}: {t}" for p, t in _leaves(child) if "/DutyTaxFee/" not in p and "SequenceN" not in p
        ]
        made += [_given(pointer=place, text="; ".join(rest))] if rest else []
    return made + ([_given(pointer="Declaration/GoodsShipment", text="; ".join(others))] if others else [])


def _leaves(element: etree._Element, above: str = "") -> Iterator[tuple[str, str]]:
    """(path from this element, text and its unit) of every leaf that says something."""
    path = f"{above}/{local(element)}" if above else local(element)
    text = (element.text or "").strip()
    if text and not len(element):
        unit = element.get("currencyID") or element.get("unitCode") or ""
        yield path.removesuffix("/DateTimeString"), f"{text} {unit}".strip()
    for child in element:
        yield from _leaves(child, path)


def _text(element: etree._Element | None, path: str) -> str:
    return "" if element is None else (element.findtext("{*}" + path) or "").strip()


def _head(**said: str) -> Row:
    return {"message_format": NAME} | _given(**said)


def _given(**said: str) -> Row:
    return {name: text[:_LONGEST] for name, text in said.items() if text}
