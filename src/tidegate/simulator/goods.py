"""The goods that the simulated trade brings in: heading, wording, price, packing, modes and origins, one row each."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GOODS", "GOOD_INDEX", "SECTORS", "Good"]


@dataclass(frozen=True, slots=True)
class Good:
    """One good: `usd_kg` is the median unit price, `spread` the deviation of its logarithm, `mfn` a duty in percent."""

    hs6: str
    sector: str
    vi: str
    en: str
    usd_kg: float
    spread: float
    mfn: float
    unit: str
    unit_kg: float
    package: str
    package_kg: float
    modes: str
    origins: tuple[tuple[str, float], ...]
    weight: float


# hs6 | sector | Vietnamese | English | USD/kg | spread | MFN % | unit:kg | package:kg | modes, the usual one first |
# origins with their shares | weight. Round figures that give the order of magnitude, not statistics.
TABLE = """
850440|electronics|Bộ nguồn chuyển đổi|Power supply unit|24|.50|0|H87:.4|CT:12|145|CN:70 KR:10 JP:6 TW:6 TH:5 DE:3|9
853400|electronics|Tấm mạch in chưa gắn linh kiện|Bare printed circuit board|38|.60|0|H87:.05|CT:9|14|CN:60 KR:18 TW:12 JP:10|8
854231|electronics|Mạch tích hợp xử lý|Processor integrated circuit|950|.80|0|H87:.004|CT:5|4|KR:40 TW:25 CN:15 MY:10 US:6 JP:4|9
854232|electronics|Mạch tích hợp bộ nhớ|Memory integrated circuit|1100|.70|0|H87:.003|CT:5|4|KR:70 TW:12 CN:10 SG:8|9
854239|electronics|Mạch điện tử tích hợp khác|Other integrated circuit|620|.80|0|H87:.003|CT:5|4|KR:35 CN:25 TW:20 MY:10 JP:10|7
852990|electronics|Bộ phận của máy thu hình|Parts of receivers and cameras|45|.60|3|H87:.08|CT:10|14|CN:55 KR:30 JP:8 TH:7|7
851762|electronics|Thiết bị định tuyến mạng|Network router|85|.60|0|H87:.6|CT:9|415|CN:62 TW:12 MY:9 US:9 TH:8|5
851713|electronics|Điện thoại thông minh|Smartphone|420|.40|0|H87:.3|CT:8|45|CN:82 KR:10 IN:8|4
851779|electronics|Bộ phận của điện thoại|Telephone parts|130|.60|0|H87:.03|CT:8|415|CN:58 KR:34 JP:8|9
852852|electronics|Màn hình máy tính|Computer monitor|17|.40|5|H87:5|CT:7|1|CN:85 TW:6 KR:5 MY:4|4
847130|electronics|Máy tính xách tay|Laptop computer|230|.40|0|H87:2|CT:12|415|CN:90 TW:6 JP:4|5
847170|electronics|Ổ lưu trữ dữ liệu|Storage unit|160|.60|0|H87:.4|CT:9|45|TH:35 CN:35 PH:20 MY:10|4
850760|electronics|Pin ion liti|Lithium-ion battery|21|.45|5|H87:.2|CT:14|15|CN:78 KR:15 JP:7|6
850431|electronics|Máy biến áp nhỏ|Small transformer|14|.50|15|H87:.3|CT:14|1|CN:76 JP:9 KR:8 TH:7|3
853690|electronics|Đầu nối điện|Electrical connector|42|.65|5|H87:.02|CT:9|14|CN:52 JP:18 KR:15 DE:8 TW:7|6
854442|electronics|Dây cáp điện có đầu nối|Cable with connectors|13|.50|10|KGM:1|CT:15|15|CN:72 KR:10 TH:10 JP:8|6
851822|electronics|Loa thùng|Loudspeaker box|11|.50|15|H87:2|CT:13|15|CN:88 MY:7 ID:5|3
851830|electronics|Tai nghe|Headphones|48|.80|10|H87:.12|CT:8|45|CN:88 KR:5 MY:4 US:3|4
852589|electronics|Máy ghi hình giám sát|Surveillance camera|74|.70|5|H87:.4|CT:9|145|CN:82 TH:8 KR:6 TW:4|4
850990|electronics|Bộ phận thiết bị gia dụng|Parts of domestic appliances|9|.50|15|KGM:1|CT:13|1|CN:88 TH:12|2
851660|electronics|Nồi cơm điện và lò nướng|Rice cooker and oven|8|.45|20|H87:3.5|CT:9|1|CN:70 TH:18 MY:6 KR:6|3
841510|machinery|Máy điều hòa không khí|Air conditioner|7.5|.35|25|H87:35|CT:38|1|TH:55 CN:33 MY:12|4
841810|machinery|Tủ lạnh kết hợp|Combined refrigerator|5.4|.30|25|H87:75|CT:80|1|TH:52 CN:35 KR:8 ID:5|3
845011|machinery|Máy giặt tự động|Automatic washing machine|5.2|.30|25|H87:65|CT:68|1|TH:48 CN:42 KR:10|3
841430|machinery|Máy nén dùng cho lạnh|Refrigeration compressor|7.8|.35|3|H87:11|PX:300|1|CN:50 TH:28 KR:12 JP:10|3
841381|machinery|Bơm chất lỏng|Liquid pump|16|.60|10|H87:12|PK:40|14|CN:46 JP:18 DE:16 IT:12 KR:8|3
848180|machinery|Van công nghiệp|Industrial valve|19|.65|5|H87:3|PK:25|14|CN:48 JP:14 KR:14 DE:14 IT:10|5
848210|machinery|Ổ bi|Ball bearing|11|.60|3|KGM:1|CT:20|14|CN:52 JP:28 DE:10 KR:10|4
847989|machinery|Máy cơ khí chức năng riêng|Machine with individual function|42|.80|0|H87:400|CS:450|14|CN:48 KR:20 JP:17 DE:10 TW:5|6
844399|machinery|Bộ phận máy in|Printer parts|31|.60|0|H87:.5|CT:12|14|CN:56 JP:16 TH:14 PH:14|4
844332|machinery|Máy in nối mạng|Network printer|15|.40|0|H87:9|CT:11|1|CN:56 TH:20 PH:16 JP:8|3
846694|machinery|Bộ phận máy gia công kim loại|Parts of metal-working machines|24|.70|0|KGM:1|CS:90|14|CN:52 TW:18 JP:18 KR:12|3
847710|machinery|Máy ép phun nhựa|Injection-moulding machine|11|.45|0|H87:6000|CS:6100|1|CN:58 JP:18 TW:14 KR:10|2
848071|machinery|Khuôn ép nhựa|Injection mould|26|.60|5|H87:420|CS:430|14|CN:56 KR:26 JP:12 TW:6|4
842952|machinery|Máy đào bánh xích|Crawler excavator|4.3|.45|0|H87:19000|VN:19000|1|JP:48 KR:26 CN:26|2
845230|machinery|Kim máy khâu|Sewing machine needle|140|.60|5|KGM:1|CT:6|4|DE:35 CN:33 JP:22 IN:10|1
845229|machinery|Máy khâu công nghiệp|Industrial sewing machine|17|.50|0|H87:32|CS:36|1|CN:68 JP:22 TW:10|2
853710|machinery|Tủ điều khiển điện|Control panel|44|.70|10|H87:14|CS:35|14|CN:50 KR:16 JP:14 DE:14 US:6|4
850152|machinery|Động cơ điện xoay chiều|AC electric motor|9.5|.45|5|H87:22|CS:60|1|CN:62 JP:14 TW:12 DE:12|3
903289|optics|Thiết bị điều chỉnh tự động|Automatic regulating instrument|115|.80|0|H87:.7|CT:8|4|CN:40 JP:25 DE:20 US:15|3
901380|optics|Thiết bị quang học khác|Other optical device|60|.70|0|H87:.2|CT:8|41|CN:60 KR:30 JP:10|3
901890|optics|Dụng cụ y tế|Medical instrument|120|.90|0|H87:.3|CT:8|4|CN:30 US:22 DE:20 JP:16 KR:12|4
901839|optics|Ống thông y tế|Catheter|88|.70|0|H87:.05|CT:7|41|CN:32 US:22 JP:18 MY:18 DE:10|3
902789|optics|Máy phân tích lý hóa|Instrument for chemical analysis|280|.80|0|H87:9|CS:14|4|DE:28 US:27 JP:25 CN:20|2
900410|optics|Kính râm|Sunglasses|62|.90|20|H87:.04|CT:7|45|CN:78 IT:16 KR:6|2
910211|optics|Đồng hồ đeo tay|Wrist-watch|240|1.0|20|H87:.1|CT:5|45|CN:55 JP:25 CH:20|2
520100|textile|Bông thiên nhiên|Raw cotton|1.9|.18|0|TNE:1000|BL:220|1|US:36 BR:30 AU:22 IN:12|6
520512|textile|Sợi bông chải thô|Cotton yarn|3.1|.25|5|KGM:1|CT:45|1|CN:48 IN:32 PK:12 ID:8|4
540247|textile|Sợi polyester đơn|Polyester filament yarn|1.7|.25|3|KGM:1|CT:30|1|CN:70 TW:16 MY:7 TH:7|4
540752|textile|Vải dệt polyester nhuộm|Dyed polyester fabric|6.2|.45|12|MTR:.22|RO:28|13|CN:72 KR:14 TW:14|8
600622|textile|Vải dệt kim bông nhuộm|Dyed cotton knit fabric|8.4|.40|12|KGM:1|RO:25|13|CN:70 KR:16 TW:14|7
551219|textile|Vải sợi polyester staple|Polyester staple fabric|6.8|.45|12|MTR:.2|RO:26|1|CN:76 TW:12 KR:12|3
590320|textile|Vải tráng polyurethan|Polyurethane coated fabric|7.9|.45|12|MTR:.35|RO:30|13|CN:74 KR:14 TW:12|4
580710|textile|Nhãn dệt|Woven label|18|.60|12|KGM:1|CT:10|14|CN:70 HK:20 KR:10|2
960719|textile|Khóa kéo|Slide fastener|14|.45|20|KGM:1|CT:18|1|CN:66 JP:20 KR:14|2
610910|apparel|Áo phông bông|Cotton T-shirt|16|.70|20|H87:.18|CT:14|135|CN:62 BD:14 TH:9 KR:8 IN:7|4
620342|apparel|Quần vải bông nam|Men's cotton trousers|19|.65|20|H87:.5|CT:16|13|CN:64 BD:20 KH:8 TH:8|3
620462|apparel|Quần vải bông nữ|Women's cotton trousers|20|.65|20|H87:.45|CT:16|135|CN:70 BD:14 KH:8 KR:8|3
611030|apparel|Áo len sợi nhân tạo|Man-made fibre pullover|17|.65|20|H87:.35|CT:15|135|CN:78 BD:12 KR:10|3
621210|apparel|Áo nịt ngực|Brassiere|34|.65|20|H87:.1|CT:9|15|CN:78 TH:12 LK:10|2
420221|apparel|Túi xách da|Leather handbag|78|1.0|20|H87:.7|CT:9|145|CN:60 IT:22 KR:10 FR:8|3
420222|apparel|Túi xách nhựa hoặc vải|Handbag of plastics or textile|15|.80|20|H87:.5|CT:11|15|CN:88 KH:6 KR:6|3
640399|footwear|Giày mũ da|Leather footwear|30|.80|30|NPR:.9|CT:11|14|CN:60 IT:18 ID:12 TH:10|3
640419|footwear|Giày mũ vải|Textile footwear|15|.60|30|NPR:.7|CT:12|135|CN:74 ID:14 KH:12|3
640411|footwear|Giày thể thao|Sports footwear|27|.60|30|NPR:.7|CT:11|145|CN:60 ID:26 TH:8 KR:6|4
640690|footwear|Bộ phận giày dép|Parts of footwear|8.5|.55|15|KGM:1|CT:18|13|CN:72 KR:12 TW:10 TH:6|5
640219|footwear|Giày đế cao su khác|Sports footwear of rubber or plastics|13|.6|30|NPR:.6|CT:12|13|CN:90 ID:10|1
410792|footwear|Da thuộc đã cắt|Finished leather|17|.45|5|MTK:1|PX:350|1|IT:26 BR:20 TH:18 CN:20 KR:16|4
720839|steel|Thép cuộn cán nóng mỏng|Hot-rolled coil under 3 mm|.58|.14|0|TNE:1000|CL:18000|1|CN:72 JP:14 IN:8 TW:6|7
720838|steel|Thép cuộn cán nóng 3 đến 4,75 mm|Hot-rolled coil 3 to 4.75 mm|.57|.14|0|TNE:1000|CL:18000|1|CN:70 JP:16 KR:8 IN:6|4
720917|steel|Thép cán nguội|Cold-rolled coil|.69|.15|7|TNE:1000|CL:15000|1|CN:55 JP:20 KR:15 TW:10|4
721049|steel|Thép mạ kẽm|Galvanised steel|.82|.16|10|TNE:1000|CL:9000|1|CN:66 KR:22 TW:12|5
721070|steel|Thép phủ màu|Colour-coated steel|.98|.18|10|TNE:1000|CL:8000|1|CN:66 KR:22 MY:12|3
721633|steel|Thép hình chữ H|H-section of steel|.66|.14|10|TNE:1000|BE:3000|1|CN:66 KR:16 TH:10 MY:8|3
721933|steel|Thép không gỉ cán nguội|Cold-rolled stainless steel|2.4|.20|0|TNE:1000|CL:6000|1|CN:56 ID:20 KR:14 TW:10|4
722530|steel|Thép hợp kim cuộn|Alloy steel coil|.71|.16|0|TNE:1000|CL:18000|1|CN:70 JP:18 KR:12|4
730419|steel|Ống dẫn dầu|Line pipe|1.5|.25|5|TNE:1000|BE:2000|1|CN:72 JP:16 KR:12|2
730890|steel|Kết cấu thép|Steel structure|1.9|.45|10|TNE:1000|BE:1500|1|CN:78 KR:14 TH:8|4
731815|steel|Bu lông và vít|Bolts and screws|3.8|.55|12|KGM:1|CT:24|14|CN:64 TW:16 JP:12 KR:8|5
731210|steel|Dây cáp thép|Steel wire rope|1.6|.30|5|KGM:1|RL:900|1|CN:74 KR:14 MY:6 TH:6|2
720449|steel|Phế liệu thép|Ferrous scrap|.38|.16|0|TNE:1000|VO:1|1|JP:48 US:20 AU:14 HK:10 SG:8|4
740811|metal|Dây đồng tinh luyện|Refined copper wire|9.1|.12|2|TNE:1000|CL:2500|1|KR:36 TH:24 MY:20 CN:20|3
740311|metal|Đồng catot|Copper cathode|8.8|.08|0|TNE:1000|BE:2500|1|JP:30 AU:26 KR:24 CL:20|2
760110|metal|Nhôm chưa gia công|Unwrought aluminium|2.4|.10|0|TNE:1000|BE:1000|1|AU:30 MY:28 IN:24 AE:18|4
760421|metal|Nhôm định hình rỗng|Hollow aluminium profile|3.3|.22|10|KGM:1|BE:500|1|CN:72 MY:12 TH:10 ID:6|3
760612|metal|Nhôm tấm hợp kim|Aluminium alloy sheet|3.5|.22|3|KGM:1|PX:900|1|CN:64 KR:14 TH:12 JP:10|3
831110|metal|Que hàn có vỏ bọc|Coated welding electrode|1.6|.30|15|KGM:1|CT:20|1|CN:60 MY:16 TH:14 KR:10|2
830210|metal|Bản lề|Hinge|5.2|.50|20|KGM:1|CT:22|1|CN:82 DE:8 TW:10|3
820559|metal|Dụng cụ cầm tay|Hand tools|8.8|.65|10|KGM:1|CT:20|15|CN:78 TW:10 DE:6 JP:6|3
390120|plastics|Polyetylen tỷ trọng cao|High-density polyethylene|1.15|.12|0|TNE:1000|BG:25|1|SA:28 TH:22 KR:16 AE:12 CN:12 SG:10|7
390210|plastics|Polypropylen|Polypropylene|1.2|.12|3|TNE:1000|BG:25|1|CN:28 KR:22 SA:20 TH:16 SG:14|7
390330|plastics|Nhựa ABS|ABS copolymer|1.9|.18|3|TNE:1000|BG:25|1|TW:28 KR:28 CN:24 MY:12 TH:8|4
390740|plastics|Nhựa polycacbonat|Polycarbonate|2.9|.20|0|TNE:1000|BG:25|1|KR:30 TH:26 CN:24 TW:20|3
390761|plastics|Nhựa PET|Polyethylene terephthalate|1.1|.14|3|TNE:1000|BG:1000|1|CN:58 TW:18 KR:14 TH:10|3
391510|plastics|Phế liệu nhựa polyetylen|Polyethylene waste|.34|.30|0|TNE:1000|BL:600|1|JP:40 US:24 DE:18 KR:18|3
391590|plastics|Phế liệu nhựa khác|Other plastic waste|.36|.32|0|TNE:1000|BL:600|1|JP:38 US:26 DE:18 TH:18|2
391990|plastics|Băng dính và tấm tự dính|Self-adhesive sheet|9.5|.60|10|KGM:1|RO:20|14|CN:56 KR:22 JP:14 TW:8|5
392020|plastics|Màng BOPP|BOPP film|2.0|.18|6|KGM:1|RO:420|1|CN:54 TH:16 MY:16 ID:14|4
392062|plastics|Màng PET|PET film|3.4|.35|6|KGM:1|RO:400|1|CN:58 KR:24 TH:10 JP:8|3
392321|plastics|Túi nhựa|Polyethylene bag|2.9|.40|15|KGM:1|CT:18|1|CN:70 TH:20 KR:10|3
392410|plastics|Đồ dùng nhà bếp bằng nhựa|Plastic kitchenware|4.3|.60|22|KGM:1|CT:12|135|CN:82 TH:12 KR:6|3
392690|plastics|Sản phẩm nhựa khác|Other articles of plastics|9.5|.75|12|KGM:1|CT:12|145|CN:66 KR:18 JP:10 TH:6|8
401110|plastics|Lốp ô tô con|Car tyre|4.2|.30|25|H87:9|NE:9|1|CN:46 TH:34 ID:12 JP:8|3
401120|plastics|Lốp xe tải|Truck tyre|3.3|.25|20|H87:52|NE:52|1|CN:68 TH:26 JP:6|2
400122|plastics|Cao su tự nhiên kỹ thuật|Technically specified natural rubber|1.6|.14|3|TNE:1000|PX:1200|31|KH:62 TH:20 ID:10 LA:8|4
280700|chemicals|Axit sunphuric|Sulphuric acid|.12|.25|5|TNE:1000|VL:1|1|CN:48 KR:34 JP:18|1
281511|chemicals|Xút rắn|Solid sodium hydroxide|.55|.22|5|TNE:1000|BG:25|1|CN:76 TW:14 IN:10|2
290511|chemicals|Metanol|Methanol|.38|.16|0|TNE:1000|VL:1|1|MY:36 SA:26 ID:20 BN:18|2
290544|chemicals|Sorbitol|Sorbitol|.85|.18|0|KGM:1|DR:275|1|CN:48 IN:34 ID:18|2
292242|chemicals|Bột ngọt MSG|Monosodium glutamate|1.25|.16|15|KGM:1|BG:25|1|CN:64 ID:26 MY:10|3
294190|chemicals|Nguyên liệu kháng sinh|Antibiotic in bulk|85|.80|0|KGM:1|DR:25|41|CN:62 IN:30 IT:8|2
293624|chemicals|Vitamin B5|Vitamin B5|11|.45|0|KGM:1|CT:25|14|CN:82 DE:18|1
310210|chemicals|Phân urê|Urea|.36|.14|6|TNE:1000|BG:50|1|ID:32 MY:28 RU:20 CN:20|3
310420|chemicals|Phân kali clorua|Potassium chloride|.34|.14|0|TNE:1000|BG:50|13|RU:30 CA:26 LA:26 BY:18|3
310530|chemicals|Phân DAP|Diammonium phosphate|.58|.12|6|TNE:1000|BG:50|1|CN:72 KR:16 RU:12|2
320611|chemicals|Bột màu titan dioxit|Titanium dioxide pigment|2.4|.18|0|KGM:1|BG:25|1|CN:62 AU:16 TW:12 DE:10|3
320890|chemicals|Sơn và vecni|Paint and varnish|6.5|.60|12|KGM:1|DR:20|1|CN:36 KR:26 TH:16 JP:12 MY:10|3
350691|chemicals|Keo dán|Adhesive|6.8|.60|10|KGM:1|DR:22|1|CN:46 KR:18 JP:14 TW:12 DE:10|4
380893|chemicals|Thuốc trừ cỏ|Herbicide|5.2|.50|0|KGM:1|DR:200|1|CN:72 IN:16 DE:12|3
380891|chemicals|Thuốc trừ sâu|Insecticide|8.1|.60|0|KGM:1|DR:200|1|CN:58 IN:26 JP:16|3
382499|chemicals|Chế phẩm hóa học khác|Other chemical preparation|5.8|.80|3|KGM:1|DR:180|1|CN:42 KR:22 JP:16 DE:10 TW:10|4
300490|pharma|Thuốc thành phẩm|Medicament in doses|105|.90|2|KGM:1|CT:10|41|IN:36 FR:22 DE:20 KR:12 US:10|6
300215|pharma|Sản phẩm miễn dịch|Immunological product|1500|.90|0|KGM:1|CT:6|4|DE:34 US:26 CH:24 FR:16|2
300241|pharma|Vắc xin người|Vaccine for human medicine|1300|.60|0|KGM:1|CT:8|4|FR:36 IN:34 US:18 KR:12|1
210690|food|Thực phẩm bổ sung|Food supplement|14|.90|15|KGM:1|CT:12|145|US:30 KR:20 AU:18 TH:16 CN:16|5
190110|food|Sữa công thức trẻ em|Infant formula|11|.30|10|KGM:1|CT:12|1|NZ:26 AU:18 IE:18 NL:20 KR:18|3
040210|food|Sữa bột gầy|Skimmed milk powder|2.9|.14|3|TNE:1000|BG:25|1|NZ:44 US:30 AU:16 DE:10|4
040221|food|Sữa bột nguyên kem|Whole milk powder|3.8|.14|3|TNE:1000|BG:25|1|NZ:70 AU:20 NL:10|2
170199|food|Đường tinh luyện|Refined sugar|.58|.12|40|TNE:1000|BG:50|13|TH:58 MY:12 KH:10 LA:10 ID:10|3
180631|food|Sô cô la có nhân|Filled chocolate|7.2|.50|30|KGM:1|CT:8|1|MY:36 ID:22 BE:22 IT:20|2
190531|food|Bánh quy ngọt|Sweet biscuits|3.2|.45|30|KGM:1|CT:7|1|ID:40 MY:28 TH:20 KR:12|3
190230|food|Mì ăn liền|Instant noodles|3.0|.40|30|KGM:1|CT:6|1|KR:56 TH:26 ID:18|2
230400|grain|Khô dầu đậu tương|Soya-bean meal|.46|.10|0|TNE:1000|VO:1|1|AR:60 BR:28 US:12|4
100590|grain|Ngô hạt|Maize|.26|.10|2|TNE:1000|VO:1|1|AR:46 BR:40 LA:14|5
100199|grain|Lúa mì|Wheat|.29|.12|0|TNE:1000|VO:1|1|AU:44 BR:20 UA:20 US:16|4
120190|grain|Đậu tương|Soya beans|.53|.10|0|TNE:1000|VO:1|1|BR:54 US:36 CA:10|4
080131|grain|Hạt điều thô|Raw cashew nuts in shell|1.3|.20|0|TNE:1000|BG:80|1|CI:32 KH:26 NG:16 GH:14 TZ:12|4
080211|grain|Hạnh nhân chưa bóc vỏ|Almonds in shell|4.6|.20|10|KGM:1|BG:23|1|US:78 AU:22|1
090111|grain|Cà phê nhân|Green coffee|3.1|.22|15|KGM:1|BG:60|13|LA:44 ID:30 BR:16 UG:10|2
140490|grain|Vỏ hạt và nguyên liệu thực vật|Shells and vegetable materials|.25|.45|3|TNE:1000|BG:40|1|ID:36 NG:24 KH:20 CI:20|1
080810|produce|Táo tươi|Fresh apples|1.5|.25|10|KGM:1|CT:18|13|CN:40 US:24 NZ:22 FR:14|4
080610|produce|Nho tươi|Fresh grapes|2.6|.28|10|KGM:1|CT:9|14|US:28 AU:26 PE:18 CL:14 ZA:14|3
080510|produce|Cam tươi|Fresh oranges|1.1|.25|20|KGM:1|CT:16|1|AU:38 US:28 EG:20 ZA:14|3
080390|produce|Chuối tươi|Fresh bananas|.7|.30|25|KGM:1|CT:14|1|PH:40 EC:26 LA:34|1
080430|produce|Dứa tươi|Fresh pineapples|.8|.30|30|KGM:1|CT:12|1|PH:50 TH:30 CR:20|1
080440|produce|Bơ tươi|Fresh avocados|2.4|.28|15|KGM:1|CT:6|14|AU:40 PE:30 CO:16 MX:14|1
081050|produce|Kiwi tươi|Fresh kiwifruit|2.8|.25|7|KGM:1|CT:10|1|NZ:68 CN:16 IT:16|2
080929|produce|Anh đào tươi|Fresh cherries|7.5|.35|10|KGM:1|CT:5|4|US:36 CL:34 CA:16 NZ:14|2
070320|produce|Tỏi|Garlic|1.1|.30|20|KGM:1|BG:20|31|CN:94 IN:6|3
070190|produce|Khoai tây|Potatoes|.5|.30|20|KGM:1|BG:25|31|CN:82 AU:10 DE:8|2
070310|produce|Hành tây|Onions|.5|.32|15|KGM:1|BG:25|13|CN:58 IN:30 NL:12|2
120991|produce|Hạt giống rau|Vegetable seed|60|.9|0|KGM:1|CT:15|4|TH:36 JP:26 CN:22 NL:16|1
020714|meat|Chân và cánh gà đông lạnh|Frozen chicken cuts|1.4|.25|20|KGM:1|CT:15|1|US:36 BR:26 KR:20 PL:18|4
020230|meat|Thịt trâu bò đông lạnh không xương|Frozen boneless bovine meat|4.4|.28|14|KGM:1|CT:20|1|IN:50 AU:26 US:16 CA:8|4
020329|meat|Thịt lợn đông lạnh|Frozen pork|2.4|.22|15|KGM:1|CT:20|1|BR:32 RU:26 DE:20 US:22|3
030617|seafood|Tôm đông lạnh|Frozen shrimps|6.9|.25|10|KGM:1|CT:12|1|IN:50 EC:36 ID:14|4
030389|seafood|Cá đông lạnh|Frozen fish|2.0|.40|10|KGM:1|CT:18|1|CN:26 NO:18 JP:24 ID:18 TW:14|4
030342|seafood|Cá ngừ vây vàng|Yellowfin tuna, frozen|2.3|.22|10|KGM:1|CT:25|1|TW:30 ID:26 KR:22 PH:22|3
050800|seafood|Vỏ nhuyễn thể|Shells of molluscs|1.1|.60|5|KGM:1|BG:30|1|ID:46 PH:34 NG:20|1
440399|timber|Gỗ tròn khác|Other wood in the rough|.55|.30|0|MTQ:850|VO:1|1|CM:34 CG:18 LA:16 PG:16 MY:16|3
440349|timber|Gỗ tròn nhiệt đới|Tropical wood in the rough|.62|.30|0|MTQ:850|VO:1|1|CM:34 CD:16 GA:14 MY:20 PG:16|3
440729|timber|Gỗ xẻ nhiệt đới|Sawn tropical wood|.95|.30|0|MTQ:800|BE:900|13|CM:26 LA:24 GA:18 KH:12 MY:20|3
440791|timber|Gỗ sồi xẻ|Sawn oak|.98|.20|0|MTQ:750|BE:1100|1|US:70 DE:16 FR:14|3
441114|timber|Ván sợi MDF dày|Medium density fibreboard|.46|.20|5|MTQ:720|PX:1400|1|TH:46 CN:30 MY:14 ID:10|3
441233|timber|Gỗ dán|Plywood|.68|.22|5|MTQ:600|PX:1000|1|CN:82 ID:10 MY:8|3
940360|furniture|Đồ nội thất gỗ khác|Wooden furniture|3.4|.50|20|H87:22|CT:24|1|CN:78 MY:12 IT:10|3
940161|furniture|Ghế khung gỗ bọc đệm|Upholstered wooden seat|4.1|.50|20|H87:18|CT:20|1|CN:82 MY:8 IT:10|3
940320|furniture|Đồ nội thất kim loại|Metal furniture|2.9|.45|20|H87:16|CT:18|1|CN:90 KR:5 TH:5|3
940511|furniture|Đèn LED trần|LED ceiling lamp|9.8|.60|20|H87:.8|CT:10|15|CN:92 KR:4 TH:4|3
940542|furniture|Đèn LED chiếu điểm|LED spotlight|11|.60|10|H87:.5|CT:10|15|CN:92 KR:8|2
691110|furniture|Đồ sứ bàn ăn|Porcelain tableware|1.9|.60|30|KGM:1|CT:18|1|CN:84 JP:8 TH:8|2
690721|furniture|Gạch men|Ceramic tile|.38|.30|30|MTK:20|PX:1200|13|CN:80 IN:14 IT:6|3
700529|furniture|Kính nổi|Float glass|.46|.22|30|MTK:12|CS:2000|1|CN:56 MY:24 ID:20|2
480255|paper|Giấy in|Uncoated printing paper|.98|.16|20|TNE:1000|PX:600|1|ID:46 TH:28 CN:26|3
480524|paper|Giấy làm bao bì|Testliner|.45|.16|15|TNE:1000|RO:1500|1|TH:34 TW:26 CN:22 ID:18|4
481019|paper|Giấy tráng|Coated paper|.95|.18|10|TNE:1000|PX:700|1|CN:46 KR:26 JP:14 ID:14|3
470321|paper|Bột giấy gỗ mềm|Softwood pulp|.78|.12|0|TNE:1000|BL:250|1|CA:38 CL:32 US:30|2
470710|paper|Giấy phế liệu|Recovered paper|.2|.18|0|TNE:1000|BL:900|1|US:38 JP:34 AU:16 NL:12|3
481910|paper|Hộp giấy sóng|Corrugated box|1.3|.35|15|KGM:1|PX:300|13|CN:74 TH:16 KR:10|2
870323|vehicles|Ô tô con 1.500 đến 3.000 cc|Car 1,500 to 3,000 cc|10|.35|64|H87:1550|VN:1550|1|TH:36 ID:34 JP:14 DE:10 US:6|4
870322|vehicles|Ô tô con 1.000 đến 1.500 cc|Car 1,000 to 1,500 cc|8.2|.25|70|H87:1150|VN:1150|1|ID:56 TH:38 IN:6|3
870421|vehicles|Xe tải dưới 5 tấn|Truck under 5 tonnes|8.0|.25|50|H87:2000|VN:2000|1|TH:72 CN:20 KR:8|3
870829|vehicles|Bộ phận thân xe|Car body parts|9.2|.55|15|KGM:1|CT:25|14|TH:36 CN:28 KR:20 JP:16|5
870840|vehicles|Hộp số|Gear box|12|.40|5|H87:60|PX:250|1|JP:32 CN:26 TH:22 KR:20|3
870899|vehicles|Phụ tùng ô tô khác|Other motor vehicle parts|10|.60|15|KGM:1|CT:20|14|CN:34 TH:28 KR:20 JP:18|5
871410|vehicles|Phụ tùng mô tô|Motorcycle parts|6.5|.55|25|KGM:1|CT:20|13|CN:52 TH:26 ID:12 JP:10|4
871200|vehicles|Xe đạp|Bicycle|9.0|.70|35|H87:14|CT:17|1|CN:84 TW:16|2
330499|cosmetics|Chế phẩm chăm sóc da|Skin care preparation|26|.90|20|KGM:1|CT:9|145|KR:40 FR:18 JP:14 CN:16 TH:12|5
330300|cosmetics|Nước hoa|Perfume|58|.80|18|KGM:1|CT:8|14|FR:54 IT:16 AE:16 CN:14|2
330510|cosmetics|Dầu gội|Shampoo|3.6|.60|15|KGM:1|CT:11|1|TH:66 CN:16 KR:10 JP:8|3
340130|cosmetics|Sữa rửa mặt|Skin cleansing preparation|8.5|.70|27|KGM:1|CT:10|15|TH:36 KR:32 CN:18 JP:14|3
330420|cosmetics|Mỹ phẩm trang điểm mắt|Eye make-up|45|.90|22|KGM:1|CT:7|45|KR:40 CN:34 FR:26|2
950300|toys|Đồ chơi trẻ em|Toys|8.6|.75|10|KGM:1|CT:9|135|CN:92 TH:4 JP:4|5
950450|toys|Máy chơi trò chơi điện tử|Video game console|82|.50|0|H87:3|CT:10|45|CN:84 JP:16|1
950691|toys|Dụng cụ thể dục|Exercise equipment|3.2|.50|5|KGM:1|CT:35|1|CN:88 TW:12|2
392640|toys|Đồ trang trí bằng nhựa|Plastic ornaments|7.0|.80|20|KGM:1|CT:10|135|CN:94 KR:6|2
711790|toys|Đồ trang sức giả|Imitation jewellery|28|1.0|25|KGM:1|CT:6|45|CN:88 KR:12|2
851310|toys|Đèn pin|Torch|12|.60|5|H87:.2|CT:10|15|CN:96 TW:4|1
732393|toys|Đồ bếp bằng thép không gỉ|Stainless steel kitchenware|7.4|.60|20|KGM:1|CT:13|15|CN:78 KR:12 IN:10|3
961900|toys|Tã giấy|Disposable nappies|3.4|.30|15|KGM:1|CT:14|15|CN:36 JP:26 TH:22 KR:16|3
220830|beverages|Rượu whisky|Whisky|13|.60|45|LTR:.95|CT:9|1|GB:62 US:14 JP:12 SG:12|3
220421|beverages|Rượu vang chai|Bottled wine|5.4|.60|50|LTR:1|CT:8|1|FR:34 CL:26 IT:22 AU:18|3
220300|beverages|Bia|Beer|1.2|.35|35|LTR:1|CT:8|1|NL:36 BE:26 DE:22 MX:16|2
220210|beverages|Nước ngọt|Soft drink|.95|.40|35|LTR:1|CT:9|1|TH:50 KR:26 MY:24|2
240220|beverages|Thuốc lá điếu|Cigarettes|19|.50|135|KGM:1|CT:12|1|SG:60 JP:26 KR:14|1
240411|beverages|Sản phẩm thuốc lá làm nóng|Heated tobacco product|95|.40|50|KGM:1|CT:9|4|JP:50 IT:30 KR:20|1
271012|energy|Xăng động cơ|Motor spirit|.82|.10|8|TNE:1000|VL:1|1|KR:50 SG:36 MY:14|2
271019|energy|Dầu nhờn và dầu khác|Lubricating and other oils|1.6|.45|5|KGM:1|DR:190|1|SG:40 KR:30 MY:18 JP:12|4
271112|energy|Propan hóa lỏng|Liquefied propane|.6|.10|2|TNE:1000|VL:1|1|CN:24 AE:30 SA:26 QA:20|1
270119|energy|Than đá khác|Other coal|.11|.20|3|TNE:1000|VO:1|1|ID:48 AU:38 LA:14|3
854143|energy|Tấm pin mặt trời|Photovoltaic module|6.5|.25|0|H87:27|PX:900|1|CN:88 MY:6 KR:6|3
850164|energy|Máy phát điện lớn|Large generator|14|.45|0|H87:30000|CS:30000|1|CN:46 DE:22 JP:18 IT:14|1
"""  # noqa: E501


def parse(row: str) -> Good:
    """Return the good that one row of the table describes."""
    hs6, sector, vi, en, price, spread, mfn, unit, package, modes, origins, weight = row.split("|")
    unit_code, unit_kg = unit.split(":")
    package_code, package_kg = package.split(":")
    shares = [share.split(":") for share in origins.split()]
    return Good(
        hs6=hs6,
        sector=sector,
        vi=vi,
        en=en,
        usd_kg=float(price),
        spread=float(spread),
        mfn=float(mfn),
        unit=unit_code,
        unit_kg=float(unit_kg),
        package=package_code,
        package_kg=float(package_kg),
        modes=modes,
        origins=tuple((country, float(share)) for country, share in shares),
        weight=float(weight),
    )


GOODS: tuple[Good, ...] = tuple(parse(row) for row in TABLE.strip().splitlines())
GOOD_INDEX: dict[str, int] = {good.hs6: index for index, good in enumerate(GOODS)}
SECTORS: tuple[str, ...] = (*dict.fromkeys(good.sector for good in GOODS), "parcel")
