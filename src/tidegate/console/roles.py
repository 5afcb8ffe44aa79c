"""Who may do what: the one list of permissions, and the one list of roles. Groups and checks are made from them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PERMISSIONS", "ROLES", "Permission", "Role"]


@dataclass(frozen=True, slots=True)
class Permission:
    code: str
    label: str
    label_vi: str


@dataclass(frozen=True, slots=True)
class Role:
    """`may`: codes of permissions. Which offices a user sees, and which handling levels, is said of the user."""

    name: str
    label: str
    label_vi: str
    may: tuple[str, ...]


PERMISSIONS = (
    Permission("see_queue", "see the queue of the own offices", "xem hàng chờ của đơn vị mình"),
    Permission("see_declaration", "see declarations of the own offices", "xem tờ khai của đơn vị mình"),
    Permission("decide", "release, send to inspection, ask, change the channel", "thông quan, chuyển kiểm tra, yêu cầu bổ sung, đổi luồng"),
    Permission("assign", "assign tasks to inspectors", "phân công kiểm tra"),
    Permission("see_inspections", "see inspections of the own offices", "xem kết quả kiểm tra của đơn vị mình"),
    Permission("inspect", "carry out inspections and record findings", "kiểm tra thực tế và ghi kết quả"),
    Permission("countersign", "sign an inspection a second time", "ký xác nhận lần hai kết quả kiểm tra"),
    Permission("see_profiles", "see profiles", "xem hồ sơ rủi ro"),
    Permission("write_profiles", "write profiles and simulate them", "soạn và thử hồ sơ rủi ro"),
    Permission("approve_profiles", "approve profiles of others", "duyệt hồ sơ rủi ro của người khác"),
    Permission("see_effect", "see what works", "xem hiệu quả"),
    Permission("see_parties", "see parties and their history", "xem đối tượng và lịch sử"),
    Permission("note_parties", "write notes on parties", "ghi chú về đối tượng"),
    Permission("see_lists", "see lists", "xem danh sách theo dõi"),
    Permission("change_lists", "change lists", "sửa danh sách theo dõi"),
    Permission("approve_lists", "activate changes of lists that others proposed", "duyệt thay đổi danh sách do người khác đề nghị"),
    Permission("clear_matches", "propose that a party is not the one on a list", "đề nghị xác nhận đối tượng không phải là người trong danh sách"),
    Permission("see_control", "see selection control", "xem điều hành lựa chọn"),
    Permission("change_control", "change capacities and rates, give emergency orders", "đổi năng lực, tỷ lệ; ra lệnh khẩn cấp"),
    Permission("see_quality", "see data quality", "xem chất lượng dữ liệu"),
    Permission("see_models", "see models", "xem mô hình"),
    Permission("propose_models", "propose a model for force", "đề nghị áp dụng mô hình"),
    Permission("approve_models", "activate models that others proposed", "duyệt mô hình do người khác đề nghị"),
    Permission("see_audit", "see the audit trail", "xem nhật ký kiểm toán"),
    Permission("administer", "manage users, offices and keys", "quản lý người dùng, đơn vị và khóa"),
)  # fmt: skip

SEE_ALL = tuple(one.code for one in PERMISSIONS if one.code.startswith("see_"))

ROLES = (
    Role("targeting", "Targeting officer", "Công chức phân tích rủi ro",
         ("see_queue", "see_declaration", "decide", "see_parties", "note_parties", "see_lists", "clear_matches", "see_quality")),
    Role("inspector", "Inspector", "Công chức kiểm tra", ("see_inspections", "see_declaration", "inspect")),
    Role("author", "Profile author", "Người soạn hồ sơ",
         ("see_declaration", "see_profiles", "write_profiles", "see_effect", "see_parties", "note_parties", "see_lists", "see_quality")),
    Role("approver", "Approver", "Người duyệt",
         ("see_declaration", "see_profiles", "approve_profiles", "see_effect", "see_lists", "approve_lists", "see_models", "approve_models")),
    Role("lists", "List manager", "Người quản lý danh sách", ("see_lists", "change_lists", "clear_matches", "see_parties", "note_parties")),
    Role("supervisor", "Supervisor", "Lãnh đạo",
         ("see_queue", "see_declaration", "decide", "assign", "see_inspections", "countersign", "see_profiles", "see_effect", "see_parties",
          "note_parties", "see_lists", "see_control", "change_control", "see_quality", "see_models", "propose_models")),
    Role("auditor", "Auditor", "Kiểm toán", SEE_ALL),
    Role("administrator", "Administrator", "Quản trị hệ thống", ("administer",)),
    Role("system", "System", "Hệ thống", ()),
)  # fmt: skip
