"""The list of all indicators, to be read aloud."""
# ruff: noqa: E501 - the list is read down its columns

from __future__ import annotations

import numpy as np

from tidegate.indicators.batch import Batch, Floats, fixed
from tidegate.indicators.families import age, as_it_is, hit_rate, idle, novelty, price_ratio_to, price_z, share, volume
from tidegate.indicators.indicator import FLAG, NUMBER, Indicator
from tidegate.indicators.keys import digest
from tidegate.indicators.needs import Since, Sum
from tidegate.indicators.settings import Settings

__all__ = ["INDICATORS"]


def _unit_price(lines: Batch, _: Settings) -> Floats:
    return np.where(lines.net_kg > 0, lines.value / lines.net_kg, np.nan)


def _mass_per_package(lines: Batch, _: Settings) -> Floats:
    mass = np.where(np.isnan(lines.gross_kg), lines.net_kg, lines.gross_kg)
    return np.where(lines.packages > 0, mass / lines.packages, np.nan)


def _value_per_package(lines: Batch, _: Settings) -> Floats:
    return np.where(lines.packages > 0, lines.value / lines.packages, np.nan)


def _net_to_gross(lines: Batch, _: Settings) -> Floats:
    return np.where(lines.gross_kg > 0, lines.net_kg / lines.gross_kg, np.nan)


def _duty_at_stake(lines: Batch, _: Settings) -> Floats:
    return lines.value * lines.duty_rate / 100.0


def _duty_rate_gap(lines: Batch, _: Settings, rates: Floats, rated: Floats) -> Floats:
    return rates / rated - lines.duty_rate


def _trailing_zeros(lines: Batch, _: Settings) -> Floats:
    hundredths = fixed(lines.value, 100)
    zeros = np.count_nonzero(hundredths % _TENS[:, None] == 0, axis=0)
    return np.where(hundredths > 0, zeros, np.nan)


_TENS = 10 ** np.arange(3, 16)


def _origin_differs(lines: Batch, _: Settings) -> Floats:
    origin, dispatch = lines.text("origin"), lines.text("dispatch")
    return np.where((origin == 0) | (dispatch == 0), np.nan, origin != dispatch)


def _third_country(lines: Batch, _: Settings) -> Floats:
    origin, dispatch, transit = lines.text("origin"), lines.text("dispatch"), lines.text("transit")
    third = (transit != 0) & (transit != origin) & (transit != dispatch)
    return np.where((origin == 0) | (dispatch == 0), np.nan, third)


def _company_age(lines: Batch, _: Settings, first: Floats, seen: Floats) -> Floats:
    registered = lines.day - lines.registered
    since_first = np.where(seen == 0, 0.0, first)
    return np.where(registered >= 0, registered, since_first)


def _surge(_lines: Batch, _settings: Settings, month: Floats, year: Floats) -> Floats:
    return month / (year * (30.0 / 365.0))


def _novelties(_lines: Batch, _settings: Settings, importer: Floats, *seen: Floats) -> Floats:
    total = np.zeros(importer.shape)
    for lines in seen:
        total += lines == 0
    return np.where(np.isnan(importer), np.nan, total)


def _de_minimis(lines: Batch, settings: Settings) -> Floats:
    limit = np.full(len(lines), np.nan)
    for currency, value in settings.de_minimis.items():
        limit[lines.currency == digest(currency)] = value
    return limit


def _de_minimis_gap(lines: Batch, settings: Settings) -> Floats:
    limit = _de_minimis(lines, settings)
    value = lines.declaration_value
    return np.where((value > 0) & (value <= limit), (limit - value) / limit, np.nan)


def _de_minimis_week(lines: Batch, settings: Settings, week: Floats) -> Floats:
    return (week + lines.declaration_value) / _de_minimis(lines, settings)


def _error_rate(
    _: Batch, settings: Settings, sent: Floats, flagged: Floats, all_sent: Floats, all_flagged: Floats
) -> Floats:
    weight = settings.prior_lines
    return (flagged + weight * (all_flagged / all_sent)) / (sent + weight)


# fmt: off
INDICATORS: tuple[Indicator, ...] = (
    # How much
    volume("importer", "lines", 7),
    volume("importer", "lines", 30),
    volume("importer", "lines", 180),
    volume("importer", "lines", 365),
    volume("importer", "declarations", 30),
    volume("importer", "declarations", 365),
    volume("importer", "value", 30),
    volume("importer", "value", 365),
    volume("importer", "mass_kg", 365),
    volume("address", "lines", 30),
    volume("address", "lines", 365),
    volume("declarant", "lines", 30),
    volume("declarant", "lines", 365),
    volume("exporter", "lines", 30),
    volume("exporter", "lines", 365),
    volume("carrier", "lines", 365),
    volume("office", "lines", 30),
    volume("hs6_origin", "lines", 30),
    volume("hs6_origin", "lines", 180),
    volume("importer_hs4", "lines", 365),
    volume("importer_hs6", "lines", 365),
    volume("exporter_hs6", "lines", 365),
    volume("route", "lines", 365),
    Indicator(
        "importer_surge_30d", NUMBER, "ratio",
        "Importer: lines of 30 days against the year", "Người nhập khẩu: số dòng hàng 30 ngày so với cả năm",
        "importer {importer_id}: {value} times as many lines in the last 30 days as in a usual month of the year",
        "người nhập khẩu {importer_id}: số dòng hàng trong 30 ngày gần nhất gấp {value} lần mức bình quân tháng trong năm",
        "not known: importer; or no line of the importer in 365 days", "không rõ: người nhập khẩu; hoặc không có dòng hàng nào của người nhập khẩu trong 365 ngày",
        (Sum("lines", "importer", 30), Sum("lines", "importer", 365)), _surge,
    ),
    # What was found
    volume("importer", "opened", 365),
    volume("importer", "found", 365),
    volume("declarant", "opened", 365),
    volume("exporter", "opened", 365),
    volume("hs6_origin", "opened", 365),
    hit_rate("importer"),
    hit_rate("address"),
    hit_rate("declarant"),
    hit_rate("exporter"),
    hit_rate("carrier"),
    hit_rate("office"),
    hit_rate("origin"),
    hit_rate("hs4"),
    hit_rate("hs6"),
    hit_rate("hs6_origin"),
    hit_rate("importer_hs4"),
    hit_rate("importer_origin"),
    hit_rate("exporter_origin"),
    hit_rate("declarant_office"),
    hit_rate("route"),
    Indicator(
        "importer_last_result_days", NUMBER, "days",
        "Importer: days since the last result", "Người nhập khẩu: số ngày kể từ kết quả kiểm tra gần nhất",
        "importer {importer_id}: the last result of an inspection came {value} {day/days} before",
        "người nhập khẩu {importer_id}: kết quả kiểm tra gần nhất cách đây {value} ngày",
        "not known: importer; or never opened before", "không rõ: người nhập khẩu; hoặc chưa từng bị kiểm tra",
        (Since("last", "importer", "findings"),), as_it_is,
    ),
    # How long known
    Indicator(
        "importer_age_days", NUMBER, "days",
        "Age of the company", "Tuổi của doanh nghiệp",
        "importer {importer_id}: {value} {day/days} since the company was registered or, where that is not known, first seen",
        "người nhập khẩu {importer_id}: {value} ngày kể từ ngày thành lập hoặc, nếu không rõ, kể từ tờ khai đầu tiên",
        "not known: importer, and no day of registration", "không rõ người nhập khẩu và không có ngày thành lập",
        (Since("first", "importer"), Sum("lines", "importer")), _company_age,
    ),
    Indicator(
        "importer_days_seen", NUMBER, "days",
        "Importer: days with declarations", "Người nhập khẩu: số ngày có tờ khai",
        "importer {importer_id}: declared on {value} different {day/days} before", "người nhập khẩu {importer_id}: đã khai báo vào {value} ngày khác nhau trước đó",
        "not known: importer", "không rõ: người nhập khẩu",
        (Sum("days", "importer"),), as_it_is,
    ),
    age("address"),
    age("declarant"),
    age("exporter"),
    idle("importer"),
    idle("exporter"),
    idle("importer_hs4"),
    # What is new
    novelty("importer_new", "importer"),
    novelty("importer_new_hs4", "importer_hs4"),
    novelty("importer_new_hs6", "importer_hs6"),
    novelty("importer_new_supplier", "importer_exporter"),
    novelty("importer_new_origin", "importer_origin"),
    novelty("importer_new_declarant", "importer_declarant"),
    novelty("importer_new_route", "importer_route"),
    novelty("supplier_new", "exporter"),
    novelty("supplier_new_hs6", "exporter_hs6"),
    novelty("supplier_new_origin", "exporter_origin"),
    novelty("route_new", "route"),
    novelty("passage_new", "passage"),
    novelty("hs6_origin_new", "hs6_origin"),
    Indicator(
        "importer_novelties", NUMBER, "novelties",
        "Importer: number of things done for the first time", "Người nhập khẩu: số yếu tố mới",
        "importer {importer_id}: {value} of heading, supplier, origin, declarant and route {is/are} new",
        "người nhập khẩu {importer_id}: {value} yếu tố mới trong số nhóm HS, người xuất khẩu, xuất xứ, đại lý và tuyến",
        "not known: importer", "không rõ: người nhập khẩu",
        tuple(Sum("lines", key) for key in ("importer", "importer_hs4", "importer_exporter", "importer_origin", "importer_declarant", "importer_route")), _novelties,
    ),
    # Who with whom
    share("importer_hs4_share", "importer_hs4", "importer"),
    share("importer_origin_share", "importer_origin", "importer"),
    share("importer_supplier_share", "importer_exporter", "importer"),
    share("importer_declarant_share", "importer_declarant", "importer"),
    share("importer_route_share", "importer_route", "importer"),
    share("declarant_importer_share", "importer_declarant", "declarant"),
    share("supplier_importer_share", "importer_exporter", "exporter"),
    share("origin_passage_share", "passage", "origin"),
    # What it costs
    Indicator(
        "unit_price", NUMBER, "currency per kg",
        "Unit price", "Đơn giá",
        "unit price is {value} a kg", "đơn giá {value} mỗi kg",
        "value not known, or net mass not above 0", "không rõ trị giá, hoặc trọng lượng tịnh không lớn hơn 0",
        (), _unit_price,
    ),
    volume("hs6_origin", "prices", 180),
    price_z("hs6_origin", 180),
    price_ratio_to("hs6_origin", 180),
    price_z("hs6", 180),
    price_ratio_to("hs6", 180),
    price_z("importer_hs6", 365),
    price_ratio_to("importer_hs6", 365),
    Indicator(
        "value_per_package", NUMBER, "currency per package",
        "Value of a package", "Trị giá mỗi kiện",
        "value is {value} a package", "trị giá {value} mỗi kiện",
        "value or number of packages not known", "không rõ trị giá hoặc số kiện",
        (), _value_per_package,
    ),
    Indicator(
        "value_trailing_zeros", NUMBER, "digits",
        "Roundness of the value", "Độ tròn của trị giá",
        "customs value ends in {value} {zero/zeros}", "trị giá hải quan tận cùng bằng {value} chữ số 0",
        "value not known or 0", "không rõ trị giá, hoặc trị giá bằng 0",
        (), _trailing_zeros,
    ),
    # What is at stake
    Indicator(
        "duty_at_stake", NUMBER, "currency",
        "Duty at stake", "Tiền thuế liên quan",
        "duty at stake is {value}", "số tiền thuế liên quan là {value}",
        "value or duty rate not known", "không rõ trị giá hoặc thuế suất",
        (), _duty_at_stake,
    ),
    Indicator(
        "duty_rate_gap_hs4_365d", NUMBER, "percentage points",
        "Duty rate below the mean of the heading", "Thuế suất thấp hơn bình quân của nhóm",
        "duty rate lies {value} points below the mean of heading {hs4} over 365 days", "thuế suất thấp hơn {value} điểm phần trăm so với bình quân của nhóm {hs4} trong 365 ngày",
        "duty rate or heading not known; or no rate under the heading in 365 days", "không rõ thuế suất hoặc nhóm HS; hoặc nhóm không có thuế suất nào trong 365 ngày",
        (Sum("duty_rates", "hs4", 365), Sum("rated_lines", "hs4", 365)), _duty_rate_gap,
    ),
    # How it is packed and weighed
    Indicator(
        "mass_per_package_kg", NUMBER, "kg",
        "Mass of a package", "Trọng lượng mỗi kiện",
        "a package weighs {value} kg", "mỗi kiện nặng {value} kg",
        "mass (gross, or else net) or number of packages not known", "không rõ trọng lượng (cả bì, hoặc tịnh) hoặc số kiện",
        (), _mass_per_package,
    ),
    Indicator(
        "net_to_gross", NUMBER, "share",
        "Net mass in gross mass", "Trọng lượng tịnh trên cả bì",
        "net mass is {value} of gross mass", "trọng lượng tịnh bằng {value} trọng lượng cả bì",
        "net mass not known, or gross mass not above 0", "không rõ trọng lượng tịnh, hoặc trọng lượng cả bì không lớn hơn 0",
        (), _net_to_gross,
    ),
    # Which way it came
    Indicator(
        "origin_differs_dispatch", FLAG, "",
        "Origin is not the country of dispatch", "Xuất xứ khác nước xuất khẩu",
        "goods from {origin_country} are dispatched from {dispatch_country}", "hàng xuất xứ {origin_country} nhưng xuất khẩu từ {dispatch_country}",
        "origin or dispatch country not known", "không rõ nước xuất xứ hoặc nước xuất khẩu",
        (), _origin_differs,
        "goods are dispatched from their country of origin, {origin_country}", "hàng xuất khẩu từ chính nước xuất xứ {origin_country}",
    ),
    Indicator(
        "transit_third_country", FLAG, "",
        "Transit through a third country", "Quá cảnh qua nước thứ ba",
        "goods from {origin_country} pass through {transit_country}, neither origin nor dispatch", "hàng xuất xứ {origin_country} quá cảnh qua {transit_country}, không phải nước xuất xứ hay nước xuất khẩu",
        "origin or dispatch country not known", "không rõ nước xuất xứ hoặc nước xuất khẩu",
        (), _third_country,
        "no transit through a third country", "không quá cảnh qua nước thứ ba",
    ),
    # Whether it is split
    Indicator(
        "declaration_lines", NUMBER, "lines",
        "Lines in the declaration", "Số dòng hàng của tờ khai",
        "the declaration has {value} {line/lines}", "tờ khai có {value} dòng hàng",
        "never", "không bao giờ",
        (), lambda lines, _settings: lines.declaration_lines, whole_declaration=True,
    ),
    Indicator(
        "declaration_value", NUMBER, "currency",
        "Value of the declaration", "Trị giá của tờ khai",
        "customs value of the whole declaration is {value}", "tổng trị giá hải quan của tờ khai là {value}",
        "value of a line not known", "không rõ trị giá của một dòng hàng",
        (), lambda lines, _settings: lines.declaration_value, whole_declaration=True,
    ),
    Indicator(
        "de_minimis_gap", NUMBER, "share",
        "Below the duty-free value by", "Thấp hơn ngưỡng miễn thuế",
        "value of the declaration lies {value} below the duty-free value", "trị giá tờ khai thấp hơn ngưỡng miễn thuế {value}",
        "value of the declaration not known, 0 or above the duty-free value; or none set for its currency", "không rõ trị giá tờ khai, bằng 0 hoặc vượt ngưỡng miễn thuế; hoặc đồng tiền không có ngưỡng",
        (), _de_minimis_gap, whole_declaration=True,
    ),
    volume("importer", "declarations", 7),
    volume("importer", "value", 7),
    volume("address", "lines", 7),
    volume("address", "declarations", 7),
    volume("address", "value", 7),
    Indicator(
        "importer_de_minimis_week", NUMBER, "ratio",
        "Importer: a week's value over the duty-free value", "Người nhập khẩu: trị giá một tuần so với ngưỡng miễn thuế",
        "importer {importer_id}: this declaration and the 7 days before come to {value} times the duty-free value",
        "người nhập khẩu {importer_id}: tờ khai này và 7 ngày trước đó bằng {value} lần ngưỡng miễn thuế",
        "importer or value of the declaration not known; or no duty-free value set for its currency", "không rõ người nhập khẩu hoặc trị giá tờ khai; hoặc đồng tiền không có ngưỡng",
        (Sum("value", "importer", 7),), _de_minimis_week, whole_declaration=True,
    ),
    Indicator(
        "address_de_minimis_week", NUMBER, "ratio",
        "Address: a week's value over the duty-free value", "Địa chỉ: trị giá một tuần so với ngưỡng miễn thuế",
        "the address {importer_address}: this declaration and the 7 days before come to {value} times the duty-free value",
        "địa chỉ {importer_address}: tờ khai này và 7 ngày trước đó bằng {value} lần ngưỡng miễn thuế",
        "address or value of the declaration not known; or no duty-free value set for its currency", "không rõ địa chỉ hoặc trị giá tờ khai; hoặc đồng tiền không có ngưỡng",
        (Sum("value", "address", 7),), _de_minimis_week, whole_declaration=True,
    ),
    # How good the data is
    Indicator(
        "sender_error_rate_30d", NUMBER, "share",
        "Sender: lines with a data flag, 30 days", "Bên gửi: tỷ lệ dòng hàng có lỗi dữ liệu, 30 ngày",
        "sender {sender}: {value} of lines with a data flag over 30 days (smoothed)",
        "bên gửi {sender}: {value} số dòng hàng có lỗi dữ liệu trong 30 ngày (đã làm trơn)",
        "not known: sender and declarant; or no line at all in 30 days", "không rõ bên gửi và đại lý hải quan; hoặc không có dòng hàng nào trong 30 ngày",
        (Sum("sent", "sender", 30), Sum("flagged", "sender", 30), Sum("sent", "overall", 30), Sum("flagged", "overall", 30)), _error_rate,
    ),
)
# fmt: on
