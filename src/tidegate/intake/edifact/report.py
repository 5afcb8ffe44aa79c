"""CONTRL, the syntax report: what became of an interchange and its messages, down to the element at fault."""

from __future__ import annotations

from tidegate.intake.edifact.came import Came, Row, sound
from tidegate.intake.edifact.envelope import Message
from tidegate.intake.edifact.places import Place, Places, plain

__all__ = ["ACTIONS", "ERRORS", "PLACES", "read"]

# Data element 0083.
ACTIONS: dict[str, tuple[str, str]] = {
    "4": ("rejected", "this level and all below it are rejected"),
    "7": ("accepted", "this level is acknowledged, and below it what is not rejected"),
    "8": ("accepted", "the interchange was received"),
}

# Data element 0085, syntax error: in English and Vietnamese. These are the ones that Tidegate writes, and their kin.
ERRORS: dict[str, tuple[str, str]] = {
    "2": ("syntax version or character set not supported", "phiên bản cú pháp hoặc bộ ký tự không được hỗ trợ"),
    "7": ("not for this recipient", "không đúng bên nhận"),
    "12": ("invalid value", "giá trị không hợp lệ"),
    "13": ("missing", "thiếu thông tin"),
    "14": ("value not supported here", "giá trị không được hỗ trợ ở vị trí này"),
    "15": ("not supported here", "không được hỗ trợ ở vị trí này"),
    "16": ("too many parts", "quá nhiều thành phần"),
    "17": ("no agreement", "chưa có thỏa thuận trao đổi"),
    "18": ("unspecified error", "lỗi không xác định"),
    "19": ("invalid decimal notation", "ký hiệu thập phân không hợp lệ"),
    "20": ("not allowed as a service character", "không được dùng làm ký tự điều khiển"),
    "21": ("invalid characters", "có ký tự không hợp lệ"),
    "22": ("invalid service characters", "ký tự điều khiển không hợp lệ"),
    "23": ("unknown sender", "không rõ bên gửi"),
    "26": ("duplicate", "bị trùng lặp"),
    "28": ("references do not match", "số tham chiếu không khớp"),
    "29": ("the count does not match", "số đếm không khớp"),
    "32": ("lower level empty", "cấp dưới không có nội dung"),
    "33": ("outside of a message", "nằm ngoài thông điệp"),
    "35": ("too many repetitions", "lặp lại quá nhiều lần"),
    "37": ("wrong type of characters", "sai kiểu ký tự"),
    "39": ("too long", "quá dài"),
    "40": ("too short", "quá ngắn"),
}

# UCI and UCM: 0083 action, 0085 error, 0013 service segment, S011 position. UCS: 0096 position, 0085. UCD: 0085, S011.
# fmt: off
PLACES = Places("CONTRL", (
    Place("reference", "interchange", "UCI+*"),
    Place("sender", "interchange", "UCI++*:():()"),
    Place("recipient", "interchange", "UCI+++*:():()"),
    Place("action", "interchange", "UCI++++*"),
    Place("error", "interchange", "UCI+++++*"),
    Place("tag", "interchange", "UCI++++++*"),
    Place("element", "interchange", "UCI+++++++*"),
    Place("component", "interchange", "UCI+++++++:*"),
    Place("reference", "message", "UCM+*"),
    Place("type", "message", "UCM++*:():():():()"),
    Place("action", "message", "UCM+++*"),
    Place("error", "message", "UCM++++*"),
    Place("tag", "message", "UCM+++++*"),
    Place("element", "message", "UCM++++++*"),
    Place("component", "message", "UCM++++++:*"),
    Place("segment", "segment", "UCS+*"),
    Place("error", "segment", "UCS++*"),
    Place("error", "element", "UCD+*"),
    Place("element", "element", "UCD++*"),
    Place("component", "element", "UCD++:*"),
))
# fmt: on

_LEVELS = {"UCI": "interchange", "UCM": "message", "UCS": "segment", "UCD": "element"}


def read(message: Message) -> Came:
    """Read one report: a row for each interchange, message, segment and element that it names. Raises DamagedError."""
    came = Came()
    above: dict[str, dict[str, str]] = {}
    for segment in sound(message):
        level = _LEVELS.get(segment.tag, "report")
        values: dict[str, tuple[int, str]] = {}
        PLACES.take(level, segment, values, came.unread)
        if level == "report":
            continue
        above[level] = plain(values)
        if level == "interchange":
            above = {level: above[level]}
        elif level == "message":
            above.pop("segment", None)
        came.answers.append(_answer(level, above, message))
    return came


def _answer(level: str, above: dict[str, dict[str, str]], message: Message) -> Row:
    said = above[level]
    names = [above[name].get("reference", "") for name in ("interchange", "message") if name in above]
    action = said.get("action", "4")
    place = {**above.get("segment", {}), **said} if level == "element" else said
    pointer = " ".join(
        f"{name} {place[name]}" for name in ("tag", "segment", "element", "component") if place.get(name)
    )
    error = said.get("error", "")
    return {
        "reference": "/".join(name for name in names if name),
        "kind": ACTIONS.get(action, ("other", ""))[0],
        "code": action,
        "issued_at": message.interchange.sent_at,
        "pointer": pointer,
        "reason": error,
        "text": ERRORS.get(error, ("", ""))[0] or ACTIONS.get(action, ("", ""))[1],
    }
