"""Amending: what an amendment asks for is applied to the lines before it.

Only what it points at is changed, and only where the lines tell it apart: the rest is said, never guessed.
"""

from __future__ import annotations

import json

from tidegate.intake.formats import Amended
from tidegate.intake.wco.asking import Change, class_above
from tidegate.intake.wco.lines import VALUES, moment, whole_line
from tidegate.intake.wco.paths import ANSWERS, ITEM, PATHS, Path
from tidegate.intake.wco.rules import RULES, Row
from tidegate.intake.wco.tree import mass_kg

__all__ = ["amend"]

_PATHS: dict[str, Path] = {path.path.removesuffix("/DateTimeString"): path for path in PATHS}
# What a message says of itself is about the amendment, not about what it amends.
_OWN = {"message_id", "message_function", "message_sent_at", "message_version", "declaration_id", "item_number"}
_HEAD = frozenset(
    column for path in PATHS if not path.path.startswith(ITEM) for column in path.to.split() if column != ANSWERS
)
_MEANS = ("arrival_transport_id", "departure_transport_id")


def amend(rows: list[Row], text: str) -> Amended:
    """Apply what `asking.asked` wrote to the lines of one declaration, as texts. See Format.amend."""
    said = json.loads(text)
    made = Amended([dict(row) for row in rows], [], {})
    if said["more"]:
        made.faults.append(("many", ""))
    if not said["changes"]:
        made.faults.append(("value", ""))
    together: dict[tuple[str, str, str], list[Change]] = {}
    for change in said["changes"]:
        path = change.get("path", "")
        if path == ITEM:
            _added(made, change, said["items"])
        elif path in _PATHS:
            above = class_above(path)
            group = (change["item"], above or path, change.get("class", "") if above else "")
            together.setdefault(group, []).append(change)
        else:
            made.faults.append(("place", change["place"]))
    numbers: dict[str, list[Row]] = {}
    for row in made.rows:
        numbers.setdefault(row.get("item_number", ""), []).append(row)
    for (item, cls, key), changes in together.items():
        path = changes[0]["path"]
        of = numbers.get(item, []) if path.startswith(f"{ITEM}/") else made.rows
        fault = "item" if not of else _applied(of, cls, changes, said["classes"].get(key, {}), made)
        if fault:
            made.faults.extend((fault, change["place"]) for change in changes)
    return made


def _applied(of: list[Row], above: str, changes: list[Change], context: dict[str, str], made: Amended) -> str:
    """Apply changes of one leaf, or of one occurrence of a class, to the rows that they are about; else say why not."""
    columns = [name for change in changes for name in _PATHS[change["path"]].to.split() if name != ANSWERS]
    if not columns or _OWN.issuperset(columns):
        return ""  # nothing that the lines keep
    if any(not change.get("value") for change in changes):
        return "value"
    new = _of_class(of[0], above, changes, context) if above in RULES else _of_leaf(of[0], changes[-1])
    if isinstance(new, str):
        return new
    # What the header says is in each line; a line that says otherwise may have it from its own item.
    if any(row.get(name) != of[0].get(name) for row in of for name in new):
        return "several"
    for row in of:
        _set(row, new)
        for name, value in new.items():
            made.touched[row.get("item_number", ""), name] = value
    return ""


def _of_leaf(row: Row, change: Change) -> Row | str:
    """The new values of the columns of a leaf that stands by itself."""
    path, text, unit = _PATHS[change["path"]], change["value"], change["unit"]
    columns = path.to.split()
    if path.how == "moment":
        text = moment(text)
        return {columns[0]: text[:10] if columns[0] == "lodged_on" else text}
    if path.how == "mass":
        known = mass_kg(text, unit)
        return {columns[0]: known} if known is not None else "value"
    if path.how == "all" and " " in row.get(columns[0], ""):
        return "several"
    return {columns[0]: text, columns[1]: unit} if path.how == "amount" and unit else {columns[0]: text}


def _of_class(row: Row, above: str, changes: list[Change], context: dict[str, str]) -> Row | str:
    """The new values of the columns of a class, of which one occurrence changes."""
    rule = RULES[above]
    leaves = {change["path"][len(above) + 1 :]: change for change in changes}
    new: Row = {}
    if above.endswith("/Address"):
        # An address is kept as one text: it can only be written anew, from its street and town.
        if not {"Line", "CityName"} <= leaves.keys():
            return "several"
        rule.read(new, context)
        return new
    # Sequence numbers count the occurrences anew in each message.
    before = [{part: text for part, text in one.items() if part != "SequenceNumeric"} for one in rule.write(row)]
    again: Row = {}
    for one in before:
        rule.read(again, one)
    if any(again.get(name, "") != row.get(name, "") for name in rule.columns):
        return "several"  # the columns do not hold the occurrences apart
    # The one that is meant has all that the message says of it and does not point at.
    same = {
        part: text
        for part, text in context.items()
        if part.rstrip("@") not in leaves and part != "SequenceNumeric" and any(part in one for one in before)
    }
    meant = [one for one in before if all(one.get(part) == text for part, text in same.items())]
    if len(meant) != 1:
        number = changes[0].get("number", "")
        if not same and len(before) == 1 and number in ("", "1"):
            meant = before
        else:
            return "several"
    for leaf, change in leaves.items():
        meant[0][leaf] = change["value"]
        if change["unit"] or f"{leaf}@" in meant[0]:
            meant[0][f"{leaf}@"] = change["unit"]
    for one in before:
        rule.read(new, one)
    return {name: new.get(name, "") for name in rule.columns if new.get(name, "") != row.get(name, "")}


def _set(row: Row, new: Row) -> None:
    """Set columns, and those that reading derives from them."""
    basis = row.get("value_basis", "")
    means = next((name for name in _MEANS if name in new and row.get("transport_id") == row.get(name)), "")
    row.update(new)
    if means:
        row["transport_id"] = new[means]
    order = [name for name, _, _ in VALUES]
    for at, (name, value, currency) in enumerate(VALUES):
        if value in new or currency in new:
            if basis not in order or at <= order.index(basis):
                row["customs_value"], row["value_basis"] = row.get(value, ""), name
                row["currency"] = row.get(currency, "") or row.get("currency", "")
            break


def _added(made: Amended, change: Change, items: list[Row]) -> None:
    """A whole item that the declaration did not have."""
    number = change["item"]
    whole = next((item for item in items if item.get("item_number") == number and "hs_code" in item), None)
    if whole is None:
        made.faults.append(("value", change["place"]))
    elif any(row.get("item_number") == number for row in made.rows):
        made.faults.append(("several", change["place"]))
    else:
        first = made.rows[0]
        common: Row = {
            name: first[name]
            for name in first
            if (name in _HEAD or name == "transport_id") and all(row.get(name) == first[name] for row in made.rows)
        }
        kept: Row = {name: first[name] for name in ("declaration_id", "lodged_on", "message_format") if name in first}
        row = whole_line(common | kept, whole)
        made.rows.append(row)
        made.touched.update({(number, name): value for name, value in row.items()})
