"""BAPLIE, the bay plan: one bill row a container on board, with its mass and ports."""

# Tables that are read down their columns stay one row a line.
# ruff: noqa: E501

from __future__ import annotations

from tidegate.intake.edifact.came import Came, Row, sound
from tidegate.intake.edifact.envelope import Message
from tidegate.intake.edifact.places import Place, Places, plain
from tidegate.intake.raw import ROW

__all__ = ["PLACES", "read"]

# Places after the user manuals of SMDG for 1.5 and 2.x (D.95B) and 3.x (D.13B).
# fmt: off
PLACES = Places("BAPLIE", (
    Place("manifest_id", "plan", "BGM++*"),
    Place("message_version", "plan", "BGM++:*"),
    Place("message_function", "plan", "BGM+++*", "function"),
    Place("voyage", "plan", "TDT+20+*"),
    Place("transport_mode", "plan", "TDT+20++*"),
    Place("carrier_id", "plan", "TDT+20++++*:(172):(20)"),
    Place("transport_id", "plan", "TDT+20+++++++*:(146):()"),
    Place("transport_id", "plan", "TDT+20+++++++:::*"),
    Place("arrived_on", "plan", "DTM+132:*", "day"),
    Place("arrived_on", "plan", "DTM+178:*", "day"),
    Place("loading_port", "cell", "LOC+9+*:(139):(6)"),
    Place("unloading_port", "cell", "LOC+11|12+*:(139):(6)"),
    Place("gross_mass_kg", "cell", "MEA+AAE|VGM+VGM+(KGM):*", "mass"),
    Place("gross_mass_kg", "cell", "MEA+VGM+~+(KGM):*", "mass"),
    Place("gross_mass_kg", "cell", "MEA+WT+~|G|AAB|AAD+(KGM):*", "mass"),
    Place("gross_mass_kg", "cell", "MEA+AAE+G|AAB|AAD|AET+(KGM):*", "mass"),
    Place("bill_id", "cell", "RFF+BM:*", "bill"),
    Place("container_id", "cell", "EQD+(CN)+*:():()"),
    Place("carrier_id", "cell", "NAD+CA|CF+*:(172):(20)"),
    Place("seals", "cell", "SEL+*", "list"),
    Place("description", "cell", "FTX+AAA+++*", "words"),
))
# fmt: on

Values = dict[str, tuple[int, str]]


def read(message: Message) -> Came:
    """Read the containers of a bay plan. Raises DamagedError.

    Some plans begin a container with its stowage place (LOC+147) and name the equipment behind it, some the other way
    round: what comes first in the message begins each. Further equipment in one place is a row of its own, without mass.
    """
    came, header = Came(), Values()
    cells: list[tuple[int, Values]] = []
    opener = ""
    for segment in sound(message):
        here = (
            "LOC" if segment.tag == "LOC" and segment.part(1) == "147" else segment.tag if segment.tag == "EQD" else ""
        )
        opener = opener or here
        if here and here == opener:
            cells.append((segment.number, {}))
        elif here == "EQD" and "container_id" in cells[-1][1]:
            ports: Values = {
                name: cells[-1][1][name] for name in ("loading_port", "unloading_port") if name in cells[-1][1]
            }
            cells.append((segment.number, ports))
        if here == "LOC":
            came.unread["BAPLIE/cell/LOC+147"] += 1
        else:
            PLACES.take("cell" if cells else "plan", segment, cells[-1][1] if cells else header, came.unread)
    shared = plain(header)
    shared.setdefault("manifest_id", message.name)
    for number, values in cells:
        row: Row = {**shared, **plain(values), ROW: number}
        came.bills.append(row)
    return came
