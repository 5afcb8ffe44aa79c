"""The one list of kinds of offence that an officer can report; codes are those of findings everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

__all__ = ["BY_CODE", "OFFENCES", "Offence"]


@dataclass(frozen=True, slots=True)
class Offence:
    code: str
    label: str
    label_vi: str

    def told(self) -> str:
        """Its name in the reader's language."""
        return self.label_vi if get_language() == "vi" else self.label


OFFENCES = (
    Offence("undervaluation", "Value declared too low", "Khai thấp trị giá"),
    Offence("overvaluation", "Value declared too high", "Khai cao trị giá"),
    Offence("misclassification", "Wrong commodity code", "Khai sai mã số hàng hóa"),
    Offence("false_origin", "False origin", "Khai sai xuất xứ"),
    Offence("quantity", "Quantity or weight differs", "Sai số lượng, trọng lượng"),
    Offence("description", "Other goods than declared", "Hàng hóa không đúng khai báo"),
    Offence("undeclared", "Undeclared goods", "Hàng hóa không khai báo"),
    Offence("licence", "Licence or certificate missing", "Thiếu giấy phép, giấy chứng nhận"),
    Offence("splitting", "Consignment split below a threshold", "Chia nhỏ lô hàng dưới ngưỡng"),
    Offence("prohibited", "Prohibited goods", "Hàng cấm"),
    Offence("counterfeit", "Counterfeit goods", "Hàng giả, xâm phạm quyền sở hữu trí tuệ"),
    Offence("wildlife", "Wildlife (CITES)", "Động vật, thực vật hoang dã (CITES)"),
    Offence("narcotics", "Drugs and precursors", "Ma túy, tiền chất"),
    Offence("weapons", "Weapons and explosives", "Vũ khí, vật liệu nổ"),
    Offence("dual_use", "Dual-use goods", "Hàng hóa lưỡng dụng"),
    Offence("waste", "Waste", "Phế liệu, chất thải"),
    Offence("other", "Other", "Vi phạm khác"),
)
BY_CODE = {one.code: one for one in OFFENCES}
