"""The declarative lists of fields, of a line and of a finding: docs, checks, labels and the profile language read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from tidegate.errors import InputError

__all__ = ["FINDING_FIELDS", "FINDING_SCHEMA", "LINE_FIELDS", "LINE_SCHEMA", "Field", "conform"]

# polars.DataType classes are their own metaclass instances; Any keeps mypy out of that.
DType = Any


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table.

    `unit` is empty for texts and flags; `wco` is the WCO Data Model element id where there is one
    (as annotated in the 3.6 schemas). A `required` field must have a column, and no usable row may leave it null, unless
    it is `blankable`: then such a row is kept with a flag.
    """

    name: str
    dtype: DType
    meaning: str
    label: str
    label_vi: str
    unit: str = ""
    wco: str = ""
    required: bool = False
    blankable: bool = False


TEXT, DATE, NUMBER, WHOLE, FLAG = pl.String, pl.Date, pl.Float64, pl.Int32, pl.Boolean

# fmt: off
LINE_FIELDS: tuple[Field, ...] = (
    Field("declaration_id", TEXT, "number of the declaration, unique in the node", "Declaration", "Số tờ khai", required=True),
    Field("item_number", WHOLE, "number of the goods item within its declaration, from 1", "Item", "Số thứ tự dòng hàng", wco="006", required=True),
    Field("lodged_on", DATE, "day on which the declaration was accepted", "Lodged on", "Ngày đăng ký", wco="023", required=True),
    Field("office", TEXT, "customs office of declaration", "Office", "Chi cục hải quan", wco="065"),
    Field("procedure", TEXT, "customs procedure or declaration type, in the administration's code", "Procedure", "Mã loại hình", wco="166"),
    Field("importer_id", TEXT, "identity of the importer; in Vietnam the tax code (MST)", "Importer", "Mã người nhập khẩu", wco="R038"),
    Field("importer_name", TEXT, "name of the importer", "Importer name", "Tên người nhập khẩu", wco="R037"),
    Field("importer_address", TEXT, "address of the importer or consignee, as written", "Importer address", "Địa chỉ người nhập khẩu"),
    Field("importer_registered_on", DATE, "day on which the importing company was registered", "Importer registered on", "Ngày thành lập doanh nghiệp"),
    Field("importer_trusted", FLAG, "whether the importer is an authorised economic operator (AEO) in force", "Authorised importer", "Doanh nghiệp ưu tiên"),
    Field("exporter_id", TEXT, "identity of the foreign supplier, where known", "Supplier", "Mã người xuất khẩu", wco="R032"),
    Field("exporter_name", TEXT, "name of the foreign supplier", "Supplier name", "Tên người xuất khẩu", wco="R031"),
    Field("declarant_id", TEXT, "identity of the declarant or customs broker", "Declarant", "Mã đại lý hải quan", wco="R123"),
    Field("declarant_name", TEXT, "name of the declarant or customs broker", "Declarant name", "Tên đại lý hải quan", wco="R124"),
    Field("carrier_id", TEXT, "identity of the carrier", "Carrier", "Mã hãng vận chuyển", wco="R012"),
    Field("hs_code", TEXT, "commodity code, digits only: HS6 first, national digits after", "HS code", "Mã HS", wco="145", required=True, blankable=True),
    Field("description", TEXT, "goods description, as declared", "Description", "Mô tả hàng hóa", wco="137"),
    Field("origin_country", TEXT, "country of origin, ISO 3166-1 alpha-2", "Origin", "Nước xuất xứ", wco="063"),
    Field("dispatch_country", TEXT, "country of export or dispatch, ISO 3166-1 alpha-2", "Dispatch", "Nước xuất khẩu", wco="062"),
    Field("transit_country", TEXT, "country of transhipment on the way, ISO 3166-1 alpha-2", "Transit", "Nước quá cảnh", wco="064"),
    Field("loading_port", TEXT, "place of loading, UN/LOCODE", "Loading port", "Cảng xếp hàng", wco="L010"),
    Field("unloading_port", TEXT, "place of unloading, UN/LOCODE", "Unloading port", "Cảng dỡ hàng"),
    Field("transport_mode", TEXT, "mode at the border, UN/ECE Recommendation 19: 1 sea, 2 rail, 3 road, 4 air, 5 post", "Mode", "Phương thức vận chuyển", wco="T022"),
    Field("transport_id", TEXT, "vessel (IMO number), flight or vehicle", "Means of transport", "Phương tiện vận chuyển", wco="T005"),
    Field("container_ids", TEXT, "container numbers (ISO 6346), one space between two", "Containers", "Số hiệu container", wco="159"),
    Field("packages", WHOLE, "number of packages of the line", "Packages", "Số kiện", unit="packages", wco="144"),
    Field("package_type", TEXT, "kind of packages, UN/ECE Recommendation 21", "Package type", "Loại kiện", wco="141"),
    Field("quantity", NUMBER, "quantity in the supplementary unit", "Quantity", "Lượng", unit="quantity_unit", wco="130"),
    Field("quantity_unit", TEXT, "supplementary unit, UN/ECE Recommendation 20", "Unit", "Đơn vị tính"),
    Field("gross_mass_kg", NUMBER, "gross mass of the line", "Gross mass", "Trọng lượng cả bì", unit="kg", wco="126"),
    Field("net_mass_kg", NUMBER, "net mass of the line", "Net mass", "Trọng lượng tịnh", unit="kg", wco="128"),
    Field("customs_value", NUMBER, "customs value of the line", "Customs value", "Trị giá hải quan", unit="currency", wco="108"),
    Field("currency", TEXT, "currency of the customs value, ISO 4217; one for a whole node", "Currency", "Đồng tiền", wco="135"),
    Field("incoterm", TEXT, "terms of delivery, Incoterms code", "Incoterm", "Điều kiện giao hàng", wco="090"),
    Field("duty_rate", NUMBER, "ad valorem duty rate claimed; 8.0 means 8%", "Duty rate", "Thuế suất", unit="%", wco="115"),
    Field("preference", TEXT, "preference or duty regime claimed, in the administration's code", "Preference", "Mã biểu thuế ưu đãi", wco="164"),
    Field("documents", TEXT, "codes of supporting documents, one space between two", "Documents", "Chứng từ kèm theo", wco="D006"),
    Field("flags", TEXT, "what intake found odd but usable, codes with one space between two", "Data flags", "Cờ chất lượng dữ liệu"),
)

FINDING_FIELDS: tuple[Field, ...] = (
    Field("declaration_id", TEXT, "number of the declaration that was opened", "Declaration", "Số tờ khai", required=True),
    Field("item_number", WHOLE, "line that the finding is about; null: the whole declaration", "Item", "Số thứ tự dòng hàng"),
    Field("found_on", DATE, "day from which the result was known; nothing before that day may use it", "Found on", "Ngày có kết quả", required=True),
    Field("illicit", FLAG, "whether something unlawful was found; false is a finding too", "Illicit", "Có vi phạm", required=True),
    Field("offence", TEXT, "kind of offence, in the administration's code", "Offence", "Loại vi phạm"),
    Field("revenue", NUMBER, "duty and fines recovered", "Revenue recovered", "Số thuế truy thu", unit="currency"),
    Field("selected_by", TEXT, "what had it opened: draw, profile, model, officer", "Selected by", "Nguồn lựa chọn"),
    Field("probability", NUMBER, "known probability with which the declaration was selected; null: not known, as when an officer chose it", "Selection probability", "Xác suất lựa chọn", unit="0 to 1"),
)
# fmt: on

LINE_SCHEMA: dict[str, DType] = {field.name: field.dtype for field in LINE_FIELDS}
FINDING_SCHEMA: dict[str, DType] = {field.name: field.dtype for field in FINDING_FIELDS}


def conform(frame: pl.DataFrame, fields: tuple[Field, ...] = LINE_FIELDS) -> pl.DataFrame:
    """Return `frame` with every field of the list present, typed and in order; extra columns follow as they are.

    An absent optional field becomes null. Raises InputError when a required field is absent, or a
    value does not fit its type (intake is the place where such rows are rejected one by one).
    """
    missing = [field.name for field in fields if field.required and field.name not in frame.columns]
    if missing:
        raise InputError(
            f"required column(s) missing: {', '.join(missing)}.",
            hint="Name them in a mapping file ([rename]).",
        )
    names = {field.name for field in fields}
    columns = [
        pl.col(field.name).cast(field.dtype)
        if field.name in frame.columns
        else pl.lit(None, field.dtype).alias(field.name)
        for field in fields
    ]
    try:
        return frame.select(*columns, *(name for name in frame.columns if name not in names))
    except pl.exceptions.InvalidOperationError as error:
        raise InputError(f"a value does not fit its field: {error}", hint="Read the file through intake.") from error
