"""The one list of what the audit trail tells: each act in a sentence, in English and Vietnamese.

Whoever writes an entry (`trail.write("code", ...)`) adds its sentence here; a test holds every code of the tree
against this list. In braces stand `actor`, `subject` (the part behind its colon) and keys of the entry's detail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.console.register.models import AuditEntry

__all__ = ["ACTS", "ACT_OF", "Act", "said", "who"]


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
        "{actor} asked to cancel declaration {subject}: {why}.", "{actor} đề nghị hủy tờ khai {subject}: {why}."),
    Act("user.make", "User made", "Tạo người dùng",
        "{actor} made user {subject}.", "{actor} tạo người dùng {subject}."),
    Act("user.change", "User changed", "Sửa người dùng",
        "{actor} changed user {subject}: {changed}.", "{actor} sửa người dùng {subject}: {changed}."),
    Act("user.invite", "User invited", "Mời người dùng",
        "{actor} made an invitation for user {subject}.", "{actor} tạo lời mời cho người dùng {subject}."),
    Act("user.password", "Password set", "Đặt mật khẩu",
        "{actor} set the password of user {subject}.", "{actor} đặt mật khẩu cho người dùng {subject}."),
    Act("user.close", "Account closed", "Đóng tài khoản",
        "{actor} closed the account of {subject}.", "{actor} đóng tài khoản {subject}."),
    Act("user.open", "Account opened", "Mở tài khoản",
        "{actor} opened the account of {subject}.", "{actor} mở tài khoản {subject}."),
    Act("user.factor", "Second factor removed", "Gỡ xác thực lớp thứ hai",
        "{actor} removed the second factor of {subject}.", "{actor} gỡ xác thực lớp thứ hai của {subject}."),
    Act("office.make", "Office made", "Thêm đơn vị",
        "{actor} added office {subject}.", "{actor} thêm đơn vị {subject}."),
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
    Act("task.assign.named", "Inspector chosen by name", "Chỉ định công chức kiểm tra",
        "{actor} chose the inspector of declaration {subject} by name: {inspector}.",
        "{actor} chỉ định công chức kiểm tra tờ khai {subject}: {inspector}."),
    Act("declaration.amend", "Declaration amended", "Sửa tờ khai",
        "{actor} amended declaration {subject}: version {version}, channel {channel}.",
        "{actor} sửa tờ khai {subject}: phiên bản {version}, luồng {channel}."),
    Act("quality.ask", "Data quality asked for", "Yêu cầu số liệu chất lượng",
        "{actor} had the data quality of {subject} worked out for {days} days.",
        "{actor} yêu cầu tính chất lượng dữ liệu của {subject} trong {days} ngày."),
    Act("profile.write", "Profile written", "Soạn hồ sơ rủi ro",
        "{actor} wrote profile {subject} (text {text}).", "{actor} soạn hồ sơ {subject} (bản {text})."),
    Act("profile.ask_simulation", "Simulation asked for", "Yêu cầu chạy thử",
        "{actor} had profile {subject} simulated.", "{actor} yêu cầu chạy thử hồ sơ {subject}."),
    Act("profile.submit", "Profile submitted", "Trình duyệt hồ sơ",
        "{actor} submitted profile {subject} for approval.", "{actor} trình duyệt hồ sơ {subject}."),
    Act("profile.take_back", "Profile taken back", "Rút hồ sơ đang trình",
        "{actor} took profile {subject} back from approval.", "{actor} rút hồ sơ {subject} đang trình duyệt."),
    Act("profile.send_back", "Profile sent back", "Trả lại hồ sơ",
        "{actor} sent profile {subject} back: {comment}.", "{actor} trả lại hồ sơ {subject}: {comment}."),
    Act("profile.retire", "Profile retired", "Ngừng áp dụng hồ sơ",
        "{actor} retired profile {subject}: {comment}.", "{actor} ngừng áp dụng hồ sơ {subject}: {comment}."),
    Act("profile.discard", "Profile discarded", "Bỏ bản nháp hồ sơ",
        "{actor} discarded the draft of profile {subject}.", "{actor} bỏ bản nháp hồ sơ {subject}."),
    Act("profile.to_shadow", "Profile in shadow", "Cho hồ sơ chạy bóng",
        "{actor} let profile {subject} run in shadow, by edition {edition}: {comment}.",
        "{actor} cho hồ sơ {subject} chạy bóng, theo phiên bản {edition}: {comment}."),
    Act("profile.to_force", "Profile put in force", "Đưa hồ sơ vào áp dụng",
        "{actor} put profile {subject} in force, by edition {edition}: {comment}.",
        "{actor} đưa hồ sơ {subject} vào áp dụng, theo phiên bản {edition}: {comment}."),
    Act("policy.propose", "Policy proposed", "Đề nghị chính sách lựa chọn",
        "{actor} proposed another selection policy: {why}.", "{actor} đề nghị chính sách lựa chọn mới: {why}."),
    Act("policy.approve", "Policy approved", "Duyệt chính sách lựa chọn",
        "{actor} approved the selection policy of {proposed_by}: edition {edition}.",
        "{actor} duyệt chính sách lựa chọn của {proposed_by}: phiên bản {edition}."),
    Act("policy.refused", "Policy sent back", "Trả lại chính sách lựa chọn",
        "{actor} sent the proposed selection policy back: {comment}.",
        "{actor} trả lại chính sách lựa chọn được đề nghị: {comment}."),
    Act("policy.withdrawn", "Proposed policy withdrawn", "Rút đề nghị chính sách",
        "{actor} withdrew the proposed selection policy.", "{actor} rút đề nghị chính sách lựa chọn."),
    Act("model.train", "Model training asked for", "Yêu cầu huấn luyện mô hình",
        "{actor} had a model trained on what was known until {until}.",
        "{actor} yêu cầu huấn luyện mô hình với dữ liệu đến {until}."),
    Act("model.trained", "Model trained", "Huấn luyện xong mô hình",
        "{actor} trained model {model} ({fault}).", "{actor} huấn luyện mô hình {model} ({fault})."),
    Act("model.propose", "Model proposed", "Đề nghị áp dụng mô hình",
        "{actor} proposed another model: {why}.", "{actor} đề nghị áp dụng mô hình mới: {why}."),
    Act("model.approve", "Model approved", "Duyệt mô hình",
        "{actor} approved the model that {proposed_by} proposed: edition {edition}.",
        "{actor} duyệt mô hình do {proposed_by} đề nghị: phiên bản {edition}."),
    Act("model.refused", "Model sent back", "Trả lại đề nghị mô hình",
        "{actor} sent the proposed model back: {comment}.", "{actor} trả lại mô hình được đề nghị: {comment}."),
    Act("model.withdrawn", "Proposed model withdrawn", "Rút đề nghị mô hình",
        "{actor} withdrew the proposed model.", "{actor} rút đề nghị mô hình."),
    Act("order.give", "Emergency order given", "Ra lệnh khẩn cấp",
        "{actor} gave emergency order {subject}: {reason}; channel {channel}, until {ends}.",
        "{actor} ra lệnh khẩn cấp {subject}: {reason}; luồng {channel}, đến {ends}."),
    Act("order.confirm", "Emergency order confirmed", "Xác nhận lệnh khẩn cấp",
        "{actor} confirmed emergency order {subject} of {given_by}.",
        "{actor} xác nhận lệnh khẩn cấp {subject} của {given_by}."),
    Act("order.end", "Emergency order ended", "Kết thúc lệnh khẩn cấp",
        "{actor} ended emergency order {subject}: {why}.", "{actor} kết thúc lệnh khẩn cấp {subject}: {why}."),
    Act("lists.propose", "List change proposed", "Đề nghị sửa danh sách",
        "{actor} proposed a change of list {subject}.", "{actor} đề nghị sửa danh sách {subject}."),
    Act("lists.activate", "List change activated", "Áp dụng danh sách mới",
        "{actor} activated a change of list {subject}: {comment}.",
        "{actor} áp dụng thay đổi của danh sách {subject}: {comment}."),
    Act("lists.refuse", "List change refused", "Từ chối sửa danh sách",
        "{actor} refused a change of list {subject}: {comment}.",
        "{actor} từ chối thay đổi của danh sách {subject}: {comment}."),
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
NODE, NODE_VI = "The node", "Hệ thống"  # the actor "node"
ACT_OF = {one.code: one for one in ACTS}


class _Told(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def who(actor: str, language: str | None) -> str:
    """Who did it, as a sentence names him: the node itself has a name in each language."""
    return (NODE_VI if language == "vi" else NODE) if actor == "node" else actor


def said(entry: AuditEntry, language: str | None) -> str:
    """The sentence of an entry. Of an act that is not in the list (any more), its code and subject."""
    act = ACT_OF.get(entry.act)
    if act is None:
        return f"{entry.actor}: {entry.act} {entry.subject}"
    told = _Told({key: _plain(value) for key, value in entry.detail.items()})
    told |= {"actor": who(entry.actor, language), "subject": entry.subject.partition(":")[2] or entry.subject}
    return (act.text_vi if language == "vi" else act.text).format_map(told)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_plain(one)} {name}" for name, one in value.items())
        return _plain(value["count"]) if "count" in value else pairs or "–"
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "–"
    return "–" if value in (None, "") else str(value)
