"""Remarks on a book that can be read: profiles that have ended, that can never fire, or that ask for the impossible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.errors import ProfileError
from tidegate.profiles.book import NATIONAL, Book, Profile
from tidegate.profiles.conjunctions import Atom, conjunctions, fixed_ranges
from tidegate.profiles.language import kinds, parse
from tidegate.profiles.program import in_force
from tidegate.profiles.syntax import (
    Column,
    Comparison,
    Condition,
    Kind,
    Like,
    Lower,
    Membership,
    Node,
    OnList,
    StartsWith,
)
from tidegate.profiles.syntax import Literal as Constant
from tidegate.profiles.watchlists import WatchLists

__all__ = ["Remark", "check"]

# Days before its end at which a profile is worth renewing or letting go.
SOON = 30


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at: an `error` has to be put right, a `warning` is probably not what was meant."""

    profile: str
    severity: Literal["error", "warning"]
    text: str
    text_vi: str


def check(book: Book, schema: Mapping[str, Any], lists: WatchLists | None = None, *, today: dt.date) -> list[Remark]:
    """Everything worth saying about a book whose data could be read: refused conditions first, then doubts."""
    lists = lists if lists is not None else WatchLists({})
    known = kinds(schema)
    errors: list[Remark] = []
    doubts: list[Remark] = []
    for profile in book:
        try:
            condition = parse(profile.when, known, lists)
        except ProfileError as error:
            errors.append(Remark(profile.id, "error", f"when {error}", f"Điều kiện không hợp lệ: when {error}"))
            continue
        if profile.level != NATIONAL and "office" not in known:
            text = "its level is an office, but the table has no office."
            errors.append(
                Remark(
                    profile.id, "error", text, "Hồ sơ rủi ro áp dụng cho một chi cục nhưng dữ liệu không có mã chi cục."
                )
            )
        doubts.extend(Remark(profile.id, "warning", *said) for said in _doubts(profile, condition, lists, today))
    return errors + doubts


Said = tuple[str, str]


def _doubts(profile: Profile, condition: Condition, lists: WatchLists, today: dt.date) -> Iterator[Said]:
    if profile.ends < today:
        yield f"ended on {profile.ends}; it never fires.", f"Đã hết hiệu lực ngày {profile.ends}; không còn kích hoạt."
    elif profile.ends <= today + dt.timedelta(SOON):
        yield (
            f"ends on {profile.ends}; renew it or let it go.",
            f"Hết hiệu lực ngày {profile.ends}; cần gia hạn hoặc loại bỏ.",
        )
    if profile.starts > today:
        yield f"starts only on {profile.starts}.", f"Đến ngày {profile.starts} mới có hiệu lực."
    if all(_impossible(conjunction) for conjunction in conjunctions(in_force(profile, condition))):
        yield "no line can ever fit the condition.", "Không dòng hàng nào có thể thỏa mãn điều kiện này."
    seen: set[Said] = set()
    waiting: list[Node] = [condition]
    while waiting:
        part = waiting.pop()
        waiting.extend(part.children())
        for said in _doubts_of_part(part, lists, today):
            if said not in seen:
                seen.add(said)
                yield said


def _impossible(conjunction: tuple[Atom | Condition, ...]) -> bool:
    """Whether bounds on one number, date or flag, or two values of one text, exclude each other."""
    texts: dict[object, set[str]] = {}
    for leaf in conjunction:
        if not isinstance(leaf, Atom):
            continue
        if leaf.source.kind is not Kind.TEXT:
            if not fixed_ranges(leaf.condition):
                return True
            continue
        match leaf.condition:
            case Comparison("=", Column() as column, Constant(str(text))):
                allowed = {text}
            case Membership(Column() as column, items):
                allowed = {str(item) for item in items}
            case _:
                continue
        texts[column] = texts.get(column, allowed) & allowed
        if not texts[column]:
            return True
    return False


def _doubts_of_part(part: Node, lists: WatchLists, today: dt.date) -> Iterator[Said]:
    match part:
        case OnList(_, name):
            last = max(lists.until(name).values(), default=None)
            if last is None:
                yield f"the list {name} is empty.", f"Danh sách {name} không có mục nào."
            elif last < today:
                yield f"every entry of the list {name} has expired.", f"Mọi mục trong danh sách {name} đã hết hạn."
        case (
            Comparison(_, Lower(), Constant(str(text))) | StartsWith(Lower(), Constant(str(text))) | Like(Lower(), text)
        ):
            if text != text.lower():
                yield (
                    f"lower(...) never fits {text!r}: it has capital letters.",
                    f"lower(...) không bao giờ khớp {text!r} vì có chữ hoa.",
                )
        case Membership(Column(name), items):
            for item in items:
                yield from _doubts_of_value(name, str(item), whole=True)
        case Comparison("=", Column(name), Constant(str(text))):
            yield from _doubts_of_value(name, text, whole=True)
        case StartsWith(Column(name), Constant(str(text))):
            yield from _doubts_of_value(name, text, whole=False)


def _doubts_of_value(name: str, text: str, *, whole: bool) -> Iterator[Said]:
    if name == "hs_code" and not (text.isascii() and text.isdigit()):
        yield f"hs_code holds digits only; {text!r} never fits.", f"Mã HS chỉ gồm chữ số; {text!r} không bao giờ khớp."
    elif name == "hs_code" and whole and not 6 <= len(text) <= 12:
        yield (
            f"hs_code has 6 to 12 digits; {text!r} never fits. Write hs_code LIKE '{text}%'.",
            f"Mã HS có từ 6 đến 12 chữ số; {text!r} không bao giờ khớp. Hãy viết hs_code LIKE '{text}%'.",
        )
    elif name.endswith("_country") and whole and not (len(text) == 2 and text.isascii() and text.isupper()):
        yield (
            f"{name} holds two capital letters (ISO 3166); {text!r} never fits.",
            f"{name} là mã nước hai chữ cái in hoa (ISO 3166); {text!r} không bao giờ khớp.",
        )
