"""The book that the officers of the simulated administration have written: good, stale and useless profiles alike."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
import sqlglot
from sqlglot import exp

from tidegate.trade import LINE_SCHEMA

__all__ = ["BOOK", "Written", "book_toml", "running"]


@dataclass(frozen=True, slots=True)
class Written:
    """One profile as it was written. `starts` and `ends` count days from the first day of the simulation."""

    id: str
    channel: str
    rate: float
    starts: int
    ends: int
    owner: str
    level: str
    title: str
    title_vi: str
    when: str
    instruction: str
    instruction_vi: str


# id | channel | rate | starts:ends (days from the first) | owner | level
# title | Vietnamese title
# condition
# instruction | the same in Vietnamese
TABLE = """
VN-VAL-001|yellow|.8|-120:700|hq.valuation|national
T-shirts and trousers by road far below the usual price|Áo phông, quần vải qua đường bộ giá thấp bất thường
substr(hs_code, 1, 4) IN ('6109', '6203', '6204', '6110') AND transport_mode = '3' AND customs_value / net_mass_kg < 9
Ask for contract and proof of payment.|Yêu cầu hợp đồng và chứng từ thanh toán.

VN-VAL-002|yellow|.9|-200:500|hq.valuation|national
Skin care from Korea by air at a low price|Mỹ phẩm Hàn Quốc đường hàng không khai giá thấp
hs_code LIKE '3304%' AND origin_country = 'KR' AND transport_mode = '4' AND customs_value / net_mass_kg < 14
Compare with retail prices of the brand.|So với giá bán lẻ của nhãn hàng.

VN-VAL-003|yellow|.6|-90:600|hq.valuation|national
Furniture and lamps from China, low price|Đồ nội thất, đèn từ Trung Quốc khai giá thấp
(hs_code LIKE '9403%' OR hs_code LIKE '9405%') AND origin_country = 'CN' AND customs_value / net_mass_kg < 1.9
Consult the price database.|Tra cứu cơ sở dữ liệu giá.

VN-VAL-004|yellow|.9|-365:60|south.valuation|national
Tyres below 2.5 USD a kilogram|Lốp xe khai dưới 2,5 USD/kg
hs_code LIKE '4011%' AND customs_value / net_mass_kg < 2.5
Compare with the maker's price list.|So với bảng giá của nhà sản xuất.

VN-VAL-005|yellow|.9|-30:400|hq.valuation|national
Spirits through Singapore|Rượu mạnh qua Singapore
hs_code LIKE '2208%' AND dispatch_country = 'SG' AND customs_value / net_mass_kg < 9
Ask for the excise stamps plan and the invoice of the producer.|Yêu cầu kế hoạch dán tem và hóa đơn của nhà sản xuất.

VN-VAL-006|yellow|.6|-60:600|hq.valuation|national
Car parts from Thailand, low price|Phụ tùng ô tô từ Thái Lan khai giá thấp
substr(hs_code, 1, 4) = '8708' AND origin_country = 'TH' AND customs_value / net_mass_kg < 5
Compare part numbers with the dealer list.|Đối chiếu mã phụ tùng với danh mục của đại lý.

VN-VAL-007|yellow|.3|-300:500|hq.valuation|national
Round values of some size|Trị giá tròn số, lô lớn
customs_value IN (20000, 25000, 30000, 40000, 50000, 60000, 80000, 100000)
Ask how the value was reached.|Hỏi cách xác định trị giá.

VN-VAL-008|blue|.05|-300:700|hq.audit|national
Large consignments delivered ex works|Lô hàng lớn giao tại xưởng
incoterm = 'EXW' AND customs_value > 50000
Check that freight and insurance were added.|Kiểm tra đã cộng cước vận tải và bảo hiểm.

VN-VAL-009|yellow|.6|-40:500|north.valuation|03CC
Kitchenware of steel below 4 USD a kilogram|Đồ bếp bằng thép dưới 4 USD/kg
hs_code LIKE '732393%' AND customs_value / net_mass_kg < 4
Weigh one carton in ten.|Cân một trong mười thùng.

VN-VAL-010|yellow|.5|-250:-20|hq.valuation|national
Phones below 150 USD (old campaign)|Điện thoại dưới 150 USD (chuyên đề cũ)
hs_code LIKE '851713%' AND customs_value / quantity < 150
Campaign ended.|Chuyên đề đã kết thúc.

VN-VAL-011|yellow|.9|0:365|hq.valuation|national
Unit price far below the heading and origin|Đơn giá thấp xa so với nhóm hàng và xuất xứ
unit_price_z_hs6_origin_180d < -2.2 AND duty_rate >= 10
Consult the price database and ask for payment records.|Tra cứu cơ sở dữ liệu giá và yêu cầu chứng từ thanh toán.

VN-VAL-012|yellow|.6|0:365|hq.valuation|national
Less than half the usual price, by a newcomer|Giá dưới nửa mức thông thường, doanh nghiệp mới
unit_price_ratio_hs6_origin_180d < 0.5 AND importer_lines_365d < 10
Visit the company.|Đến kiểm tra tại doanh nghiệp.

VN-VAL-013|yellow|.5|-100:200|south.valuation|02CI
Sunglasses and watches at the price of toys|Kính, đồng hồ khai giá như đồ chơi
substr(hs_code, 1, 4) IN ('9004', '9102') AND customs_value / net_mass_kg < 40
Look for brands.|Tìm nhãn hiệu.

VN-VAL-014|yellow|1|-500:500|hq.valuation|national
Caviar below 100 USD a kilogram|Trứng cá tầm dưới 100 USD/kg
hs_code LIKE '160431%' AND customs_value / net_mass_kg < 100
Compare with auction prices.|So với giá đấu giá.

VN-VAL-015|yellow|.4|-200:500|hq.valuation|national
Dutiable cartons from China below three dollars a kilogram|Hàng có thuế đóng thùng từ Trung Quốc dưới 3 USD/kg
duty_rate >= 20 AND package_type = 'CT' AND origin_country = 'CN' AND customs_value / net_mass_kg < 3
Compare with the price database of the heading.|So với cơ sở dữ liệu giá của nhóm hàng.

VN-VAL-016|yellow|.15|-200:500|hq.valuation|national
Goods for sale with duty, sent from a third country|Hàng kinh doanh có thuế gửi từ nước thứ ba
procedure = 'A11' AND duty_rate >= 10 AND dispatch_country <> origin_country AND customs_value > 2000
Ask for the invoice of the producer.|Yêu cầu hóa đơn của nhà sản xuất.

VN-HS-001|red|.6|-200:400|hq.tariff|national
Handbags declared as other articles of plastics|Túi xách khai là sản phẩm nhựa khác
hs_code LIKE '392690%' AND origin_country = 'CN' AND customs_value / net_mass_kg > 13
Open one carton in five.|Mở một trong năm thùng.

VN-HS-002|red|.8|-150:300|hq.tariff|national
Steel structures that weigh like kitchenware|Kết cấu thép đóng thùng như đồ bếp
hs_code LIKE '7308%' AND net_mass_kg / packages < 60 AND customs_value / net_mass_kg > 3.5
Look for household articles.|Tìm đồ gia dụng.

VN-HS-003|red|.6|-100:500|north.tariff|national
Shoe parts by road at the price of shoes|Bộ phận giày đường bộ giá như giày thành phẩm
hs_code LIKE '640690%' AND transport_mode = '3' AND customs_value / net_mass_kg > 14
Count pairs.|Đếm số đôi.

VN-HS-004|yellow|.4|-60:500|hq.tariff|national
Alloy steel from China, duty free|Thép hợp kim Trung Quốc thuế 0%
hs_code LIKE '7225%' AND origin_country = 'CN' AND duty_rate = 0
Take a sample for boron and chromium.|Lấy mẫu phân tích bo và crom.

VN-HS-005|yellow|.5|-60:90|hq.tariff|national
Body parts from Thailand in small cartons|Bộ phận thân xe đóng thùng nhỏ
hs_code LIKE '870829%' AND net_mass_kg / packages < 18
Look for motorcycle parts.|Tìm phụ tùng xe máy.

VN-HS-006|yellow|.05|-300:600|hq.tariff|national
Machines with an individual function|Máy có chức năng riêng biệt
hs_code LIKE '847989%'
Read the catalogue.|Đọc tài liệu kỹ thuật (catalogue).

VN-HS-007|yellow|.05|-300:600|hq.tariff|national
Chemical preparations not elsewhere specified|Chế phẩm hóa học chưa được chi tiết
hs_code LIKE '382499%' AND duty_rate <= 3
Ask for the composition.|Yêu cầu bản thành phần.

VN-HS-008|red|.5|-20:365|south.tariff|02CI
Vague wording at a high value|Mô tả chung chung, trị giá cao
(description LIKE '%các loại%' OR description LIKE 'Phụ kiện%') AND customs_value > 8000
Open and describe.|Mở kiểm tra và mô tả lại hàng.

VN-HS-009|yellow|.6|-400:-100|hq.tariff|national
Old codes of electronic cigarettes|Mã cũ của thuốc lá điện tử
hs_code LIKE '854370%'
Replaced by heading 8543 40 in 2022.|Đã thay bằng mã 8543 40 từ năm 2022.

VN-HS-010|yellow|.5|0:365|hq.tariff|national
First time in this heading, and dear for it|Lần đầu nhập nhóm này, đơn giá cao bất thường
importer_new_hs4 AND unit_price_ratio_hs6_origin_180d > 2
Ask for catalogue and sample.|Yêu cầu catalogue và mẫu hàng.

VN-ORI-001|yellow|.9|-200:365|hq.origin|national
Galvanised steel from Malaysia, shipped from China|Thép mạ xuất xứ Malaysia, xếp hàng tại Trung Quốc
hs_code LIKE '7210%' AND origin_country = 'MY' AND dispatch_country <> 'MY'
Ask for the mill certificate and the through bill.|Yêu cầu chứng chỉ của nhà máy và vận đơn chở suốt.

VN-ORI-002|yellow|.6|-200:200|hq.origin|national
Aluminium profiles from Thailand|Nhôm định hình xuất xứ Thái Lan
hs_code LIKE '7604%' AND origin_country = 'TH'
Verify the certificate of origin with the issuer.|Xác minh C/O với cơ quan cấp.

VN-ORI-003|yellow|.9|-200:500|hq.origin|national
Cane sugar from Cambodia|Đường mía xuất xứ Campuchia
hs_code LIKE '1701%' AND origin_country = 'KH'
Ask for the season's production of the mill.|Yêu cầu sản lượng trong vụ của nhà máy đường.

VN-ORI-004|yellow|.6|-200:500|hq.origin|national
Film of polypropylene from Indonesia through Singapore|Màng BOPP Indonesia qua Singapore
hs_code LIKE '392020%' AND origin_country = 'ID' AND dispatch_country = 'SG'
Check the non-manipulation certificate.|Kiểm tra chứng nhận không thay đổi xuất xứ.

VN-ORI-005|yellow|.9|30:365|hq.origin|national
Monosodium glutamate from a country without a plant|Bột ngọt từ nước không có nhà máy
hs_code LIKE '292242%' AND origin_country NOT IN ('CN', 'ID', 'TH', 'JP')
Ask for the certificate of analysis.|Yêu cầu giấy chứng nhận phân tích.

VN-ORI-006|yellow|.3|-300:500|hq.origin|national
ASEAN preference, shipped from outside ASEAN|Ưu đãi ATIGA nhưng gửi từ ngoài ASEAN
preference = 'B04' AND dispatch_country NOT IN ('TH', 'MY', 'ID', 'SG', 'PH', 'KH', 'LA', 'BN')
Check direct consignment.|Kiểm tra quy định vận chuyển trực tiếp.

VN-ORI-007|yellow|1|-300:500|hq.origin|national
Preference claimed without a certificate of origin|Hưởng ưu đãi nhưng không có C/O
preference <> 'B01' AND documents NOT LIKE '%861%'
Refuse the preference.|Từ chối ưu đãi.

VN-ORI-008|yellow|.8|0:365|hq.origin|national
New supplier, origin other than place of dispatch, preference|Nhà cung cấp mới, xuất xứ khác nước gửi, có ưu đãi
importer_new_supplier AND origin_differs_dispatch AND preference <> 'B01'
Verify the certificate of origin.|Xác minh C/O.

VN-ORI-009|yellow|.6|-700:-60|hq.origin|national
Steel from Korea that may be Chinese|Thép Hàn Quốc nghi của Trung Quốc
hs_code LIKE '7208%' AND origin_country = 'KR'
Review ended; no finding in a year.|Đã rà soát xong; một năm không phát hiện gì.

VN-TIMBER-001|red|1|-100:365|hq.wildlife|national
Logs from Central Africa through a third port|Gỗ tròn Trung Phi qua cảng thứ ba
hs_code LIKE '4403%' AND origin_country IN ('CM', 'CG', 'CD', 'GA') AND dispatch_country <> origin_country
Saw one log in ten; look for hollow logs.|Cưa một trong mười cây gỗ; tìm gỗ rỗng ruột.

VN-TIMBER-002|red|.4|-100:365|hq.wildlife|34CC
Sawn tropical wood at Da Nang|Gỗ xẻ nhiệt đới tại Đà Nẵng
hs_code LIKE '4407%' AND origin_country IN ('CM', 'GA', 'NG', 'CG')
Scan every container.|Soi chiếu mọi công-te-nơ.

VN-TIMBER-003|yellow|.2|-100:365|hq.wildlife|national
Wood without an import permit|Gỗ không có giấy phép nhập khẩu
hs_code LIKE '44%' AND documents NOT LIKE '%911%' AND origin_country IN ('CM', 'CG', 'CD', 'GA', 'LA', 'KH')
Ask for the dossier of timber legality.|Yêu cầu hồ sơ nguồn gốc gỗ hợp pháp.

VN-WILD-001|red|.9|-60:200|hq.wildlife|national
Shells of molluscs from West Africa|Vỏ nhuyễn thể từ Tây Phi
hs_code LIKE '0508%' AND origin_country = 'NG'
Empty the bags; look for pangolin scales.|Đổ hết bao; tìm vảy tê tê.

VN-WILD-002|red|.6|-60:500|hq.wildlife|03CC
Cashew from Nigeria at Hai Phong|Hạt điều thô Nigeria tại Hải Phòng
hs_code LIKE '080131%' AND origin_country = 'NG'
Empty ten bags at the back of the container.|Đổ mười bao ở cuối công-te-nơ.

VN-WILD-003|red|1|-900:-200|hq.wildlife|national
Frozen fish from Mozambique|Cá đông lạnh từ Mozambique
hs_code LIKE '0303%' AND origin_country = 'MZ'
Ended.|Đã kết thúc.

VN-DRUG-001|red|.9|-100:365|hq.narcotics|national
Bananas from Ecuador|Chuối từ Ecuador
hs_code LIKE '0803%' AND origin_country = 'EC'
Scan; dog; open the first and last pallets.|Soi chiếu; dùng chó nghiệp vụ; mở pa-lét đầu và cuối.

VN-DRUG-002|red|.8|-100:365|hq.narcotics|national
Coffee from South America through Europe|Cà phê Nam Mỹ qua châu Âu
hs_code LIKE '0901%' AND origin_country IN ('BR', 'CO', 'PE') AND dispatch_country IN ('NL', 'BE', 'DE')
Scan; compare seals.|Soi chiếu; đối chiếu niêm phong.

VN-DRUG-003|red|.5|-100:365|hq.narcotics|national
Fruit from afar by a young company|Trái cây từ xa của doanh nghiệp mới
substr(hs_code, 1, 2) = '08' AND origin_country IN ('EC', 'CO', 'PE', 'CR', 'CL') AND importer_age_days < 365
Scan.|Soi chiếu.

VN-DRUG-004|red|.02|-300:500|hq.narcotics|20BB
Machines by road at Mong Cai|Máy móc qua Móng Cái
substr(hs_code, 1, 2) = '84' AND transport_mode = '3'
Look into cavities.|Kiểm tra các khoang rỗng.

VN-IPR-001|red|.9|-100:250|hq.ipr|national
Sports shoes by air from Hong Kong|Giày thể thao đường hàng không từ Hồng Kông
hs_code LIKE '6404%' AND dispatch_country = 'HK' AND transport_mode = '4'
Look for brands; call the right holder.|Tìm nhãn hiệu; gọi chủ thể quyền.

VN-IPR-002|red|.9|-100:365|hq.ipr|national
Handbags through Hong Kong at a low price|Túi xách qua Hồng Kông giá thấp
hs_code LIKE '4202%' AND dispatch_country = 'HK' AND customs_value / net_mass_kg < 60
Look for brands.|Tìm nhãn hiệu.

VN-IPR-003|red|.5|-100:365|hq.ipr|02B1
Watches from a free zone|Đồng hồ từ khu phi thuế quan
hs_code LIKE '9102%' AND dispatch_country IN ('AE', 'HK')
Look for brands.|Tìm nhãn hiệu.

VN-IPR-004|red|.05|-100:500|hq.ipr|01B1
Headphones by air|Tai nghe đường hàng không
hs_code LIKE '851830%' AND transport_mode = '4'
Look for brands.|Tìm nhãn hiệu.

VN-IPR-005|red|.6|-500:-30|hq.ipr|national
Football shirts for the cup|Áo bóng đá mùa giải
hs_code LIKE '6109%' AND description LIKE '%bóng đá%'
Cup is over.|Giải đấu đã kết thúc.

VN-POST-001|yellow|.3|-60:365|express.hanoi|01DD
Parcels just below de minimis|Bưu phẩm sát dưới ngưỡng miễn thuế
transport_mode = '5' AND customs_value BETWEEN 34 AND 40
Look for parts of one order.|Tìm các phần của cùng một đơn hàng.

VN-POST-002|yellow|.3|-60:365|express.hcmc|02DS
Parcels just below de minimis, south|Bưu phẩm sát dưới ngưỡng miễn thuế, phía Nam
transport_mode = '5' AND customs_value BETWEEN 34 AND 40 AND origin_country = 'CN'
Look for parts of one order.|Tìm các phần của cùng một đơn hàng.

VN-POST-003|yellow|.8|0:365|hq.ecommerce|national
Many parcels of one buyer in a month|Một người nhận nhiều bưu phẩm trong tháng
transport_mode = '5' AND importer_lines_30d > 5
Add up the orders.|Cộng gộp các đơn hàng.

VN-POST-004|yellow|.6|-60:365|express.hcmc|02DS
Food supplements by post|Thực phẩm chức năng qua bưu chính
transport_mode = '5' AND hs_code LIKE '2106%'
Check the registration.|Kiểm tra giấy đăng ký.

VN-CO-001|yellow|.3|0:365|hq.risk|national
Company younger than half a year with dutiable goods|Doanh nghiệp dưới sáu tháng, hàng có thuế
importer_age_days < 180 AND duty_at_stake > 1000
Visit the address.|Đến kiểm tra địa chỉ.

VN-CO-002|red|1|0:365|hq.risk|national
Importer on the watch list|Doanh nghiệp trong danh sách theo dõi
on_list(importer_id, 'vn-watch')
Open; report to the enforcement department.|Mở kiểm tra; báo đơn vị điều tra chống buôn lậu.

VN-CO-003|red|.7|0:365|hq.risk|national
Address of a company that was caught|Địa chỉ của doanh nghiệp từng vi phạm
on_list(importer_address, 'vn-watch-addresses')
Compare directors and phone numbers.|Đối chiếu giám đốc và số điện thoại.

VN-CO-004|yellow|.5|0:365|hq.risk|national
Supplier on the watch list|Nhà cung cấp trong danh sách theo dõi
on_list(exporter_id, 'vn-watch-suppliers')
Ask for proof of payment.|Yêu cầu chứng từ thanh toán.

VN-CO-005|red|1|0:365|hq.risk|national
Container named in a warning|Container có trong cảnh báo
on_list(container_ids, 'vn-watch-containers')
Scan, then open.|Soi chiếu rồi mở kiểm tra.

VN-CO-010|yellow|1|0:365|hq.risk|national
Importer may be named in a partner's notice|Doanh nghiệp có thể có tên trong cảnh báo của hải quan nước bạn
on_list(importer_name, 'partner-notices')
Confirm with the partner who it is before anything else.|Trước hết xác nhận với hải quan nước bạn đó là ai.

VN-CO-006|yellow|.5|0:365|hq.risk|national
Importer with a record|Doanh nghiệp có tiền sử vi phạm
importer_hit_rate_365d > 0.25 AND importer_lines_365d >= 5
Look at all lines.|Xem mọi dòng hàng.

VN-CO-007|yellow|.2|0:365|hq.risk|national
Broker with a record|Đại lý có tiền sử vi phạm
declarant_hit_rate_365d > 0.15 AND NOT importer_trusted
Look at all lines.|Xem mọi dòng hàng.

VN-CO-008|yellow|.05|-300:600|north.risk|15BB
Pilot check at Huu Nghi|Kiểm tra thí điểm tại Hữu Nghị
transport_mode = '3' AND customs_value > 15000
Rotate teams.|Luân phiên các đội.

VN-CO-009|yellow|.3|0:365|hq.risk|national
New route of a newcomer with vague wording|Tuyến mới, doanh nghiệp mới, mô tả chung chung
importer_new_route AND importer_days_seen < 20 AND regexp_matches(description, '(các loại|hàng khác|không nhãn)')
Open one package in ten.|Mở một trong mười kiện.

VN-FOOD-001|yellow|.3|-100:365|hq.agri|national
Frozen meat without a permit|Thịt đông lạnh không có giấy phép
starts_with(hs_code, '02') AND documents NOT LIKE '%911%'
Ask for the quarantine certificate.|Yêu cầu giấy chứng nhận kiểm dịch.

VN-FOOD-002|yellow|.05|-100:365|hq.agri|13BB
Garlic and onions by road|Tỏi, hành qua đường bộ
hs_code LIKE '0703%' AND transport_mode = '3'
Weigh the truck.|Cân xe tải.

VN-FOOD-003|red|.05|-100:365|hq.agri|02CI
Shrimps from India|Tôm Ấn Độ
hs_code LIKE '0306%' AND origin_country = 'IN'
Take a sample.|Lấy mẫu.

VN-WASTE-001|red|.15|-100:500|hq.environment|national
Plastic and paper waste|Phế liệu nhựa, giấy
(hs_code LIKE '3915%' OR hs_code LIKE '4707%') AND net_mass_kg > 15000
Open; check for household waste.|Mở kiểm tra; tìm rác sinh hoạt.

VN-WASTE-002|red|.1|-100:500|hq.environment|03EE
Scrap at Dinh Vu|Phế liệu tại Đình Vũ
hs_code LIKE '7204%'
Measure radiation.|Đo phóng xạ.

VN-MASS-001|red|.3|0:365|hq.risk|national
Package far lighter than the heading has|Kiện nhẹ bất thường so với nhóm hàng
mass_per_package_kg < 3 AND transport_mode = '1' AND customs_value > 20000
Weigh.|Cân.

VN-TRUCK-001|yellow|.02|-900:900|north.risk|20BB
Everything at Mong Cai|Toàn bộ hàng tại Móng Cái
office = '20BB'
Written in an earlier year; nobody remembers why.|Viết từ năm trước; không ai còn nhớ vì sao.

VN-MISC-001|yellow|1|-400:800|hq.risk|national
Negative value|Trị giá âm
customs_value < 0
Never fires.|Không bao giờ kích hoạt.

VN-MISC-002|yellow|.01|-400:800|hq.risk|national
Consignments of more than ten lines from China|Lô hàng trên mười dòng từ Trung Quốc
item_number > 10 AND origin_country = 'CN' AND transit_country IS NULL
Look at the last lines.|Xem các dòng cuối.

VN-MISC-003|yellow|.02|-400:800|hq.risk|national
Transhipped through Singapore|Quá cảnh qua Singapore
transit_country = 'SG' AND lower(description) LIKE '%new%' AND length(importer_name) > 40
Compare seals.|Đối chiếu niêm phong.
"""


def parse(block: str) -> Written:
    """Return the profile that one block of the table describes."""
    head, titles, when, instructions = block.split("\n")
    name, channel, rate, term, owner, level = head.split("|")
    starts, ends = term.split(":")
    said = (*titles.split("|"), when, *instructions.split("|"))
    return Written(name, channel, float(rate), int(starts), int(ends), owner, level, *said)


BOOK: tuple[Written, ...] = tuple(parse(block) for block in TABLE.strip().split("\n\n"))


def book_toml(start: date) -> str:
    """Return the book as TOML, with its terms counted from `start`."""
    parts = []
    for profile in BOOK:
        entries = {
            "id": json.dumps(profile.id),
            "title": text(profile.title),
            "title_vi": text(profile.title_vi),
            "when": text(profile.when),
            "channel": json.dumps(profile.channel),
            "rate": repr(profile.rate),
            "starts": (start + timedelta(days=profile.starts)).isoformat(),
            "ends": (start + timedelta(days=profile.ends)).isoformat(),
            "owner": json.dumps(profile.owner),
            "level": json.dumps(profile.level),
            "instruction": text(profile.instruction),
            "instruction_vi": text(profile.instruction_vi),
        }
        parts.append("\n".join(["[[profile]]", *(f"{key} = {value}" for key, value in entries.items())]))
    return "\n\n".join(parts) + "\n"


def text(value: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(value, ensure_ascii=False)


def running() -> list[tuple[Written, pl.Expr]]:
    """Return the profiles that the past regime could run, with their conditions.

    It had no indicators and no lists: a profile that needs more than the fields of a line is left out.
    """
    plain = []
    for profile in BOOK:
        tree = sqlglot.parse_one(profile.when, read="duckdb")
        fields = {column.name for column in tree.find_all(exp.Column)}
        if fields <= set(LINE_SCHEMA) and "on_list" not in profile.when and "regexp_matches" not in profile.when:
            plain.append((profile, pl.sql_expr(profile.when)))
    return plain
