"""CUSRES, the customs response: what an administration says about a declaration, and each error that it found."""

from __future__ import annotations

from tidegate.intake.edifact.came import Came, Row, sound
from tidegate.intake.edifact.envelope import Message
from tidegate.intake.edifact.moments import moment
from tidegate.intake.edifact.places import Place, Places, plain

__all__ = ["INDICATORS", "PLACES", "read"]

# Data element 7365, processing indicator, as D.99B has it: what each says, as a kind of answer.
INDICATORS: dict[str, str] = {
    "1": "accepted", "2": "rejected", "3": "rejected", "4": "released", "5": "control", "6": "query", "7": "control",
    "8": "released", "9": "accepted", "10": "query", "12": "rejected", "13": "rejected", "14": "rejected",
    "15": "amended", "16": "rejected", "17": "accepted",
}  # fmt: skip
# Data element 4343, response type.
_RESPONSES = {"AP": "accepted", "AB": "accepted", "AC": "accepted", "AI": "accepted", "CA": "accepted",
              "RE": "rejected", "NA": "rejected"}  # fmt: skip

# fmt: off
PLACES = Places("CUSRES", (
    Place("response", "response", "BGM++++*"),
    Place("issued_at", "response", "DTM+137:*:(204)"),
    Place("issued_at", "response", "DTM+9|58:*:()"),
    Place("reason", "response", "FTX+(AAO)++*::(ZZZ)"),
    Place("text", "response", "FTX+(AAO)+++*", "words"),
    Place("code", "response", "GIS+*:():()"),
    Place("code", "response", "GEI+(4)+*:():()"),
    Place("declaration_id", "response", "RFF+ABT:*"),
    Place("declaration_id", "response", "BGM++*"),
    Place("reference", "response", "RFF+ABE:*"),
    Place("reference", "response", "RFF+ABO|ACW:*"),
    Place("bill", "response", "RFF+BM:*"),
    Place("manifest", "response", "RFF+AFB:*"),
    Place("section", "error", "ERP+*"),
    Place("field", "error", "ERP+:*"),
    Place("item", "error", "ERP+::*"),
    Place("code", "error", "ERC+*:():()"),
    Place("reason", "error", "FTX+(AAO)++*::(ZZZ)"),
    Place("text", "error", "FTX+(AAO)+++*", "words"),
))
# fmt: on


def read(message: Message) -> Came:
    """Read one response: a row for what it says of the whole, and one for each error (ERC). Raises DamagedError."""
    came = Came()
    header: dict[str, tuple[int, str]] = {}
    errors: list[dict[str, tuple[int, str]]] = []
    pointed: dict[str, tuple[int, str]] = {}
    level = "response"
    for segment in sound(message):
        if segment.tag == "ERP":
            level, pointed = "error", {}
            PLACES.take(level, segment, pointed, came.unread)
            continue
        if segment.tag == "ERC":
            level = "error"
            errors.append(dict(pointed))
        elif level == "error" and segment.tag not in ("FTX", "RFF", "LOC"):
            level = "response"
        PLACES.take(level, segment, errors[-1] if level == "error" and errors else header, came.unread)
    said = plain(header)
    kind = INDICATORS.get(said.get("code", "")) or _RESPONSES.get(said.get("response", ""))
    shared: Row = {
        "declaration_id": said.get("declaration_id"),
        # An answer to a manifest is about a bill of it.
        "reference": said.get("bill") or said.get("reference") or said.get("manifest"),
        "kind": kind or ("rejected" if errors else "other"),
        "code": said.get("code") or said.get("response"),
        "issued_at": moment(said.get("issued_at", "")) or message.interchange.sent_at,
    }
    came.answers.append({**shared, "reason": said.get("reason"), "text": said.get("text")})
    for error in map(plain, errors):
        pointer = "/".join(error[name] for name in ("section", "field", "item") if error.get(name))
        reason = error.get("reason") or error.get("code")
        came.answers.append({**shared, "pointer": pointer, "reason": reason, "text": error.get("text")})
    return came
