"""The one list of what the audit trail tells: each act in a sentence, in English and Vietnamese.

Whoever writes an entry (`trail.write("code", ...)`) adds its sentence here; a test holds every code of the tree
against this list. In braces stand `actor`, `subject` (the part behind its colon) and keys of the entry's detail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.console.register.models import AuditEntry

__all__ = ["ACTS", "ACT_OF", "Act", "said"]


@dataclass(frozen=True, slots=True)
class Act:
    """`label`: what it is called in a filter; `text`: the sentence of an entry."""

    code: str
    label: str
    label_vi: str
    text: str
    text_vi: str


ACTS = (
    Act("edition.activate", "Edition put in force", "Đưa phiên bản vào áp dụng",
        "{actor} put edition {subject} in force ({why}).",
        "{actor} đưa phiên bản {subject} vào áp dụng ({why})."),
    Act("task.claim", "Task claimed", "Nhận việc",
        "{actor} claimed declaration {subject}.", "{actor} nhận xử lý tờ khai {subject}."),
    Act("task.release", "Task given back", "Trả việc",
        "{actor} gave back declaration {subject}, which {claimed_by} had claimed.",
        "{actor} trả lại tờ khai {subject} do {claimed_by} đang nhận."),
    Act("task.take_over", "Task taken over", "Nhận thay",
        "{actor} took declaration {subject} over from {of}.", "{actor} nhận thay tờ khai {subject} của {of}."),
    Act("task.assign", "Inspection assigned", "Phân công kiểm tra",
        "{actor} had an inspector drawn by lot for declaration {subject}: {inspector}.",
        "{actor} cho bốc thăm công chức kiểm tra tờ khai {subject}: {inspector}."),
    Act("task.reassign", "Inspection assigned anew", "Phân công lại",
        "{actor} gave the inspection of declaration {subject} to another inspector: {inspector}.",
        "{actor} chuyển việc kiểm tra tờ khai {subject} cho công chức khác: {inspector}."),
    Act("declaration.release", "Declaration released", "Thông quan",
        "{actor} released declaration {subject} ({before} before): {note}.",
        "{actor} cho thông quan tờ khai {subject} (trước đó: {before}): {note}."),
    Act("declaration.inspect", "Sent to inspection", "Chuyển kiểm tra thực tế",
        "{actor} sent declaration {subject} to physical inspection: {note}.",
        "{actor} chuyển tờ khai {subject} sang kiểm tra thực tế: {note}."),
    Act("declaration.documents", "Documents to be checked", "Kiểm tra hồ sơ",
        "{actor} had the documents of declaration {subject} checked: {note}.",
        "{actor} yêu cầu kiểm tra hồ sơ tờ khai {subject}: {note}."),
    Act("declaration.ask", "Information asked for", "Yêu cầu bổ sung",
        "{actor} asked the declarant of {subject}: {note}.",
        "{actor} yêu cầu người khai tờ khai {subject} bổ sung: {note}."),
    Act("declaration.change", "Channel changed", "Đổi luồng",
        "{actor} changed the channel of declaration {subject} from {before} to {channel}: {note}.",
        "{actor} đổi luồng tờ khai {subject} từ {before} sang {channel}: {note}."),
    Act("declaration.cancel", "Declaration cancelled", "Hủy tờ khai",
        "{actor} cancelled declaration {subject}: {why}.", "{actor} hủy tờ khai {subject}: {why}."),
    Act("finding.record", "Finding reported", "Báo kết quả kiểm tra",
        "{actor} reported a finding on declaration {subject} (line {item_number}).",
        "{actor} báo kết quả kiểm tra tờ khai {subject} (dòng {item_number})."),
    Act("inspection.send", "Inspection recorded", "Ghi kết quả kiểm tra",
        "{actor} recorded the inspection of declaration {subject}: {found} found, nothing on {nothing} line(s).",
        "{actor} ghi kết quả kiểm tra tờ khai {subject}: phát hiện {found}, không có gì ở {nothing} dòng."),
    Act("inspection.sign", "Inspection signed a second time", "Ký xác nhận lần hai",
        "{actor} signed the inspection of declaration {subject}.",
        "{actor} ký xác nhận kết quả kiểm tra tờ khai {subject}."),
    Act("inspection.return", "Inspection sent back", "Trả lại kết quả kiểm tra",
        "{actor} sent back the inspection of {subject}: {comment}; findings taken back: {findings_withdrawn}.",
        "{actor} trả lại kết quả kiểm tra tờ khai {subject}: {comment}; rút {findings_withdrawn} kết quả."),
    Act("key.make", "Key of a system made", "Tạo khóa hệ thống",
        "{actor} made key {subject} for {system}: {scopes}.", "{actor} tạo khóa {subject} cho {system}: {scopes}."),
    Act("key.revoke", "Key of a system revoked", "Thu hồi khóa hệ thống",
        "{actor} revoked key {subject} of {system}.", "{actor} thu hồi khóa {subject} của {system}."),
    Act("cancellation.ask", "Cancellation asked for", "Đề nghị hủy tờ khai",
        "{actor} asked for declaration {subject} to be cancelled: {why}.",
        "{actor} đề nghị hủy tờ khai {subject}: {why}."),
    Act("user.make", "User made", "Tạo người dùng",
        "{actor} made user {subject} with the roles {roles}.",
        "{actor} tạo người dùng {subject} với vai trò {roles}."),
    Act("user.change", "User changed", "Sửa người dùng",
        "{actor} changed user {subject}: {changed}.", "{actor} sửa người dùng {subject}: {changed}."),
    Act("user.invite", "Link for a password made", "Tạo liên kết đặt mật khẩu",
        "{actor} made a new link for the password of {subject}.",
        "{actor} tạo liên kết đặt mật khẩu mới cho {subject}."),
    Act("user.password", "Password chosen by a link", "Đặt mật khẩu qua liên kết",
        "{actor} chose a password by the link.", "{actor} đặt mật khẩu qua liên kết."),
    Act("user.close", "Account closed", "Khóa tài khoản",
        "{actor} closed the account of {subject}.", "{actor} khóa tài khoản của {subject}."),
    Act("user.open", "Account opened again", "Mở lại tài khoản",
        "{actor} opened the account of {subject} again.", "{actor} mở lại tài khoản của {subject}."),
    Act("user.factor", "Second factor forgotten", "Xóa xác thực lớp thứ hai",
        "{actor} had the second factor of {subject} forgotten.",
        "{actor} xóa xác thực lớp thứ hai của {subject}."),
    Act("office.make", "Office made", "Thêm đơn vị",
        "{actor} made office {subject}: {name}.", "{actor} thêm đơn vị {subject}: {name}."),
    Act("office.change", "Office changed", "Sửa đơn vị",
        "{actor} changed office {subject}: {changed}.", "{actor} sửa đơn vị {subject}: {changed}."),
    Act("webhook.open", "Webhook made", "Tạo webhook",
        "{actor} made webhook {subject} ({name}) to {address}.",
        "{actor} tạo webhook {subject} ({name}) gửi tới {address}."),
    Act("webhook.again", "Webhook tried again", "Gửi lại webhook",
        "{actor} had {waiting} deliveries of webhook {subject} ({name}) tried again.",
        "{actor} cho gửi lại {waiting} lượt của webhook {subject} ({name})."),
    Act("webhook.close", "Webhook closed", "Đóng webhook",
        "{actor} closed webhook {subject} ({name}).", "{actor} đóng webhook {subject} ({name})."),
    Act("effect.ask", "Figures asked for", "Yêu cầu số liệu hiệu quả",
        "{actor} had the figures of {subject} worked out for {days} days.",
        "{actor} yêu cầu tính số liệu của {subject} trong {days} ngày."),
    Act("profile.adopt", "Profiles taken over", "Tiếp nhận hồ sơ rủi ro",
        "{actor} took {profiles} profile(s) of edition {subject} into the register.",
        "{actor} đưa {profiles} hồ sơ rủi ro của phiên bản {subject} vào sổ."),
    Act("profile.simulate", "Profile simulated", "Thử hồ sơ rủi ro",
        "{actor} simulated profile {subject}: report {report}.",
        "{actor} chạy thử hồ sơ {subject}: báo cáo {report}."),
    Act("queue.save", "Filter saved", "Lưu bộ lọc",
        "{actor} saved the filter {name}.", "{actor} lưu bộ lọc {name}."),
    Act("queue.forget", "Filter removed", "Xóa bộ lọc",
        "{actor} removed the filter {name}.", "{actor} xóa bộ lọc {name}."),
    Act("seal", "Decisions sealed", "Niêm phong quyết định",
        "{actor} sealed {decisions} decisions, {findings} findings and {messages} messages.",
        "{actor} niêm phong {decisions} quyết định, {findings} kết quả kiểm tra và {messages} thông điệp."),
    Act("audit.check", "Trail checked", "Kiểm tra nhật ký",
        "{actor} checked the trail up to entry {upto}: {broken} break(s).",
        "{actor} kiểm tra nhật ký đến mục {upto}: {broken} chỗ đứt."),
    Act("party.note", "Note on a party", "Ghi chú về đối tượng",
        "{actor} wrote a note on {subject}.",
        "{actor} ghi chú về {subject}."),
    Act("party.note.withdraw", "Note on a party withdrawn", "Rút ghi chú về đối tượng",
        "{actor} withdrew a note on {subject}.",
        "{actor} rút ghi chú về {subject}."),
    Act("node.backup", "Backup made", "Sao lưu",
        "{actor} made a backup of the node ({files} files).",
        "{actor} sao lưu nút ({files} tệp)."),
    Act("node.restore", "Restored from a backup", "Phục hồi từ bản sao lưu",
        "{actor} was restored from the backup of {made_at}.",
        "{actor} được phục hồi từ bản sao lưu lúc {made_at}."),
)  # fmt: skip
ACT_OF = {one.code: one for one in ACTS}


class _Told(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def said(entry: AuditEntry, language: str | None) -> str:
    """The sentence of an entry. Of an act that is not in the list (any more), its code and subject."""
    act = ACT_OF.get(entry.act)
    if act is None:
        return f"{entry.actor}: {entry.act} {entry.subject}"
    told = _Told({key: _plain(value) for key, value in entry.detail.items()})
    told |= {"actor": entry.actor, "subject": entry.subject.partition(":")[2] or entry.subject}
    return (act.text_vi if language == "vi" else act.text).format_map(told)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_plain(one)} {name}" for name, one in value.items())
        return _plain(value["count"]) if "count" in value else pairs or "–"
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "–"
    return "–" if value in (None, "") else str(value)
