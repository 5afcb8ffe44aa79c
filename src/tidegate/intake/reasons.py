"""Why a row is rejected, and what is flagged on a row that is kept; each in English and Vietnamese."""

# Tables that are read down their columns stay one row a line.
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FLAGS", "REJECTIONS", "Reason", "reason"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and what it says to an officer; it is told together with the field and the value it is about."""

    code: str
    text: str
    text_vi: str


# fmt: off
REJECTIONS: tuple[Reason, ...] = (
    Reason("columns", "the row has more or fewer fields than the header", "số trường của dòng không khớp với dòng tiêu đề"),
    Reason("header", "the header line again, in the middle of the file", "dòng tiêu đề bị lặp lại giữa tệp"),
    Reason("json", "the line is not a JSON object", "dòng không phải là một đối tượng JSON hợp lệ"),
    Reason("nul", "the row holds a NUL character: the file was damaged on its way", "dòng có ký tự NUL: tệp bị hỏng khi truyền"),
    Reason("missing", "a required field is empty", "thiếu thông tin bắt buộc"),
    Reason("not_number", "not a number", "không phải là số"),
    Reason("not_whole", "not a whole number, or too large", "không phải là số nguyên hoặc quá lớn"),
    Reason("not_date", "not a date in any of the expected forms", "không phải là ngày theo định dạng quy định"),
    Reason("not_flag", "neither yes nor no", "không xác định được là có hay không"),
    Reason("unknown_code", "a code that the mapping does not know and is told to reject", "mã không có trong bảng chuyển đổi và bị từ chối theo quy định của bảng"),
    Reason("mangled", "a number that a spreadsheet shortened, such as 1.0E+11: the declaration cannot be told any more", "số tờ khai bị bảng tính rút gọn thành dạng số mũ như 1.0E+11, không còn xác định được tờ khai"),
    Reason("too_long", "a text longer than 32,767 characters", "văn bản dài quá 32.767 ký tự"),
    Reason("hs_digits", "an HS code that is not made of digits", "mã HS có ký tự không phải chữ số"),
    Reason("hs_length", "an HS code with fewer than 6 or more than 12 digits", "mã HS có ít hơn 6 hoặc nhiều hơn 12 chữ số"),
    Reason("hs_chapter", "an HS code in a chapter that does not exist", "mã HS thuộc chương không tồn tại"),
    Reason("impossible_date", "a day before 1950 or after 2100", "ngày trước năm 1950 hoặc sau năm 2100"),
    Reason("negative", "a negative mass, value, rate or count", "trọng lượng, trị giá, thuế suất hoặc số lượng âm"),
    Reason("below_one", "an item number below 1", "số thứ tự dòng hàng nhỏ hơn 1"),
    Reason("above_one", "a probability above 1", "xác suất lớn hơn 1"),
    Reason("message", "the message is broken and cannot be read", "thông điệp bị lỗi, không đọc được"),
    Reason("unsafe", "the message is refused for safety: entities, a DTD, or more depth or size than any real one has", "thông điệp bị từ chối vì lý do an toàn: có thực thể, DTD hoặc vượt quá độ sâu, dung lượng cho phép"),
    Reason("repeated", "the same declaration and item number with the same content came before; the first is kept", "dòng hàng trùng hoàn toàn với một dòng đã nhận trước; giữ lại dòng đầu tiên"),
    Reason("contradicts", "the same declaration and item number with other content came before; the first is kept", "trùng số tờ khai và số thứ tự dòng hàng nhưng khác nội dung với dòng đã nhận trước; giữ lại dòng đầu tiên"),
)

FLAGS: tuple[Reason, ...] = (
    Reason("hs_missing", "no commodity code (HS) is given", "không khai mã HS"),
    Reason("hs_not_in_edition", "the HS code is not in the 2022 nomenclature", "mã HS không có trong Danh mục HS 2022"),
    Reason("origin_unknown", "the country of origin is not an ISO 3166 code", "mã nước xuất xứ không có trong ISO 3166"),
    Reason("dispatch_unknown", "the country of dispatch is not an ISO 3166 code", "mã nước xuất khẩu không có trong ISO 3166"),
    Reason("transit_unknown", "the country of transit is not an ISO 3166 code", "mã nước quá cảnh không có trong ISO 3166"),
    Reason("currency_unknown", "the currency is not an ISO 4217 code", "mã đồng tiền không có trong ISO 4217"),
    Reason("currency_other", "the value is in another currency than the one of this node", "trị giá khai bằng đồng tiền khác với đồng tiền của hệ thống"),
    Reason("container_form", "a container number is not written as ISO 6346 has it", "số hiệu container không đúng định dạng ISO 6346"),
    Reason("container_digit", "the check digit of a container number is wrong", "số kiểm tra của số hiệu container không đúng"),
    Reason("loading_port_form", "the place of loading is not written as a UN/LOCODE", "mã cảng xếp hàng không đúng định dạng UN/LOCODE"),
    Reason("unloading_port_form", "the place of unloading is not written as a UN/LOCODE", "mã cảng dỡ hàng không đúng định dạng UN/LOCODE"),
    Reason("mode_unknown", "the mode of transport is not one of UN/ECE Recommendation 19", "phương thức vận chuyển không có trong Khuyến nghị 19 của UN/ECE"),
    Reason("incoterm_unknown", "the terms of delivery are not an Incoterms code", "điều kiện giao hàng không phải là mã Incoterms"),
    Reason("net_over_gross", "the net mass is greater than the gross mass", "trọng lượng tịnh lớn hơn trọng lượng cả bì"),
    Reason("mass_zero", "the net mass is zero", "trọng lượng tịnh bằng không"),
    Reason("value_missing", "no customs value is given", "không khai trị giá hải quan"),
    Reason("value_zero", "the customs value is zero", "trị giá hải quan bằng không"),
    Reason("packages_rounded", "the number of packages had decimals and was rounded", "số kiện có phần thập phân và đã được làm tròn"),
    Reason("before_registration", "the declaration was lodged before the importer was registered", "ngày đăng ký tờ khai trước ngày thành lập doanh nghiệp"),
    Reason("tax_code_digit", "the importer's tax code has a wrong form or check digit", "mã số thuế người nhập khẩu sai định dạng hoặc sai số kiểm tra"),
    Reason("code_unknown", "a code that the mapping does not know was kept as it is", "mã không có trong bảng chuyển đổi, được giữ nguyên"),
    Reason("message_time", "the message says when it was made in no way that is understood", "không đọc được thời điểm gửi của thông điệp"),
    Reason("amendment_not_applied", "an amendment could not be applied in whole: what stands here may not be what is declared now", "có sửa đổi chưa áp dụng được toàn bộ: nội dung ở đây có thể không còn đúng với khai báo hiện tại"),
    Reason("text_damaged", "a text holds the sign for a character that was lost", "văn bản có ký tự bị mất khi chuyển mã"),
)
# fmt: on

_BY_CODE = {entry.code: entry for entry in (*REJECTIONS, *FLAGS)}


def reason(code: str, language: str = "en") -> str:
    """What a code of either list says, in "en" or "vi"."""
    entry = _BY_CODE[code]
    return entry.text_vi if language == "vi" else entry.text
