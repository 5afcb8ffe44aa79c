"""Public notices of INTERPOL, as the JSON of its web service: pages of notices, and single notices in detail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tidegate.errors import ListError
from tidegate.screening.entry import Kind
from tidegate.screening.lists.opening import document
from tidegate.screening.lists.record import Reading, Record
from tidegate.screening.lists.source import Heading, Loaded, Source

__all__ = ["SOURCE"]

_PAGE = re.compile(rb'"_embedded"\s*:\s*\{\s*"notices"\s*:')
_DETAIL = re.compile(rb'^\s*\{.*"entity_id"\s*:', re.DOTALL)
_PAGE_NUMBER = re.compile(r"(?i)[-_. ]*(?:page)?[-_. ]*\d+$")


def _detect(head: bytes, name: str) -> bool:
    return _PAGE.search(head) is not None or _DETAIL.match(head) is not None


def _belongs(stem: str) -> str:
    return _PAGE_NUMBER.sub("", stem) or "interpol"


def _read(files: Sequence[Path], heading: Heading) -> Loaded:
    reading = Reading(heading)
    notices: dict[str, tuple[Path, dict[str, Any]]] = {}
    total = 0
    for path in files:
        found, said = _notices(path)
        total = max(total, said)
        for place, notice in enumerate(found, start=1):
            number = notice.get("entity_id") if isinstance(notice, dict) else None
            if not isinstance(notice, dict) or not isinstance(number, str) or not number.strip():
                reading.fault(path, f"notice {place}", "unreadable")
                continue
            # A notice in detail says more than the page that it stands on; either may come first.
            earlier = notices.get(number, (path, {}))[1]
            said_here = {key: value for key, value in notice.items() if value not in (None, "", [])}
            notices[number] = path, {**earlier, **said_here}
    if total > len(notices):
        reading.fault(files[0], f"total {total}", "not_all_here", str(len(notices)))
    for number, (path, notice) in notices.items():
        record = reading.record(path, number)
        _fill(record, notice)
        record.entry(Kind.PERSON)
    return reading.loaded()


def _notices(path: Path) -> tuple[list[Any], int]:
    """Return the notices of a file, and how many the service says that there are."""
    page = document(path)
    if isinstance(page, dict) and "entity_id" in page:
        return [page], 0
    embedded = page.get("_embedded") if isinstance(page, dict) else None
    notices = embedded.get("notices") if isinstance(embedded, dict) else None
    if not isinstance(notices, list):
        hint = "Save the pages of the web service as they are."
        raise ListError("it is no page of notices: _embedded.notices is missing.", where=str(path), hint=hint)
    total = page.get("total")
    return notices, total if isinstance(total, int) else 0


def _fill(record: Record, notice: dict[str, Any]) -> None:
    record.name(" ".join(filter(None, (_text(notice, "forename"), _text(notice, "name")))))
    record.born(_text(notice, "date_of_birth"))
    record.gender(_text(notice, "sex_id"))
    for nationality in _texts(notice.get("nationalities")):
        record.country(nationality)
    charges = []
    for warrant in _objects(notice.get("arrest_warrants")):
        if charge := _text(warrant, "charge_translation") or _text(warrant, "charge"):
            charges.append(charge)
        if issuer := _text(warrant, "issuing_country_id"):
            record.remark(f"Warrant issued by {record.code(issuer) or issuer[:10]}.")
    record.purpose = "; ".join(dict.fromkeys(charges))[:500] or record.purpose
    if place := _text(notice, "place_of_birth"):
        record.remark(f"Born in {place}.")
    record.remark(_text(notice, "distinguishing_marks"))


def _text(of: dict[str, Any], key: str) -> str:
    value = of.get(key)
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


SOURCE = Source(
    "interpol",
    "INTERPOL public notices",
    "Thông báo công khai của INTERPOL",
    _detect,
    _read,
    owner="INTERPOL",
    purpose="public notice",
    belongs=_belongs,
)
