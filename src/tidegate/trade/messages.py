"""What messages say besides their lines: about themselves, about cargo (bills), and in answer to declarations."""

from __future__ import annotations

import polars as pl

from tidegate.trade.fields import DType, Field

__all__ = ["ANSWER_FIELDS", "ANSWER_SCHEMA", "BILL_FIELDS", "BILL_SCHEMA", "MESSAGE_FIELDS", "MESSAGE_SCHEMA"]

TEXT, DATE, NUMBER, WHOLE, TIME = pl.String, pl.Date, pl.Float64, pl.Int32, pl.Datetime("us")

# fmt: off
# Extra columns of the lines that came in messages; profiles may use them.
MESSAGE_FIELDS: tuple[Field, ...] = (
    Field("message_format", TEXT, "format in which the line came, as `tidegate inspect` names it", "Message format", "Định dạng thông điệp"),
    Field("message_id", TEXT, "sender's reference of the message", "Message", "Số tham chiếu thông điệp", wco="D026"),
    Field("message_sender", TEXT, "who sent the message: identity of the submitter, else of the declarant", "Sender", "Bên gửi"),
    Field("message_function", TEXT, "original, amendment or cancellation", "Function", "Chức năng thông điệp", wco="017"),
    Field("message_version", WHOLE, "version of the declaration that the message says it is, from 1", "Version", "Phiên bản"),
    Field("message_sent_at", TIME, "when the message says that it was made", "Sent at", "Thời điểm gửi"),
)

# One row a bill of lading (or air waybill, or consignment note) and container: what a carrier says is on board.
BILL_FIELDS: tuple[Field, ...] = (
    Field("manifest_id", TEXT, "number of the manifest: voyage and office, or the carrier's reference", "Manifest", "Số bản lược khai", required=True),
    Field("bill_id", TEXT, "number of the bill of lading or waybill", "Bill", "Số vận đơn"),
    Field("master_bill_id", TEXT, "number of the master bill above a house bill", "Master bill", "Số vận đơn chủ"),
    Field("arrived_on", DATE, "day of arrival, as announced", "Arrival", "Ngày đến"),
    Field("office", TEXT, "customs office of the manifest", "Office", "Chi cục hải quan"),
    Field("carrier_id", TEXT, "identity of the carrier", "Carrier", "Mã hãng vận chuyển", wco="R012"),
    Field("transport_mode", TEXT, "mode, UN/ECE Recommendation 19", "Mode", "Phương thức vận chuyển", wco="T022"),
    Field("transport_id", TEXT, "vessel (IMO number), flight or vehicle", "Means of transport", "Phương tiện vận chuyển", wco="T005"),
    Field("voyage", TEXT, "voyage or flight number", "Voyage", "Số chuyến", wco="149"),
    Field("loading_port", TEXT, "place of loading, UN/LOCODE", "Loading port", "Cảng xếp hàng", wco="L010"),
    Field("unloading_port", TEXT, "place of unloading, UN/LOCODE", "Unloading port", "Cảng dỡ hàng"),
    Field("consignor_name", TEXT, "name of the shipper", "Shipper", "Người gửi hàng"),
    Field("consignee_id", TEXT, "identity of the consignee, where known", "Consignee", "Mã người nhận hàng"),
    Field("consignee_name", TEXT, "name of the consignee", "Consignee name", "Tên người nhận hàng"),
    Field("container_id", TEXT, "container number (ISO 6346)", "Container", "Số hiệu container", wco="159"),
    Field("seals", TEXT, "seal numbers, one space between two", "Seals", "Số chì", wco="165"),
    Field("packages", WHOLE, "number of packages of the bill in this container", "Packages", "Số kiện", unit="packages", wco="144"),
    Field("package_type", TEXT, "kind of packages, UN/ECE Recommendation 21", "Package type", "Loại kiện", wco="141"),
    Field("gross_mass_kg", NUMBER, "gross mass of the bill in this container; where no container has its own, that of the whole bill, on its first row only: rows add up", "Gross mass", "Trọng lượng cả bì", unit="kg", wco="126"),
    Field("description", TEXT, "goods description, as manifested", "Description", "Mô tả hàng hóa", wco="137"),
    Field("message_format", TEXT, "format in which the bill came", "Message format", "Định dạng thông điệp"),
    Field("message_id", TEXT, "sender's reference of the message", "Message", "Số tham chiếu thông điệp"),
    Field("message_sender", TEXT, "who sent the message", "Sender", "Bên gửi"),
    Field("message_version", WHOLE, "version of the manifest that the message says it is, from 1", "Version", "Phiên bản"),
    Field("message_function", TEXT, "original, amendment or cancellation", "Function", "Chức năng thông điệp", wco="017"),
    Field("message_sent_at", TIME, "when the message says that it was made", "Sent at", "Thời điểm gửi"),
)

# One row a statement about a declaration that an administration (or its error message) makes.
ANSWER_FIELDS: tuple[Field, ...] = (
    Field("declaration_id", TEXT, "number of the declaration that is answered", "Declaration", "Số tờ khai"),
    Field("reference", TEXT, "declarant's own reference of what is answered", "Reference", "Số tham chiếu của người khai"),
    Field("kind", TEXT, "accepted, registered, rejected, control, released, tax, cleared, cancelled, amended, invalidated, query or other", "Kind", "Loại phản hồi"),
    Field("code", TEXT, "code of the answer in its own format", "Code", "Mã", wco="017"),
    Field("issued_at", TIME, "when the answer was made", "Issued at", "Thời điểm phản hồi"),
    Field("pointer", TEXT, "path of the field that an error is about", "Pointer", "Trường bị lỗi"),
    Field("reason", TEXT, "code of the error or of the control", "Reason", "Mã lỗi"),
    Field("text", TEXT, "what the answer says in words", "Text", "Nội dung"),
    Field("message_format", TEXT, "format in which the answer came", "Message format", "Định dạng thông điệp"),
    Field("message_id", TEXT, "reference of the answer itself", "Message", "Số tham chiếu thông điệp"),
)
# fmt: on

MESSAGE_SCHEMA: dict[str, DType] = {field.name: field.dtype for field in MESSAGE_FIELDS}
BILL_SCHEMA: dict[str, DType] = {field.name: field.dtype for field in BILL_FIELDS}
ANSWER_SCHEMA: dict[str, DType] = {field.name: field.dtype for field in ANSWER_FIELDS}
