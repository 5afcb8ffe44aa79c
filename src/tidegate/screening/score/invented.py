"""Made-up people and companies: the parts that Vietnamese names are put together from, each as often as it is borne.

Shares of family names after Lê Trung Hoa, "Họ và tên người Việt Nam" (2005), rounded; the order of given names follows
what is commonly reported of births since 1960. Nobody is named here: a name is drawn part by part.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

__all__ = ["Company", "Person", "company", "person"]

# Family name, and how many of 1,000 bear it.
FAMILIES = (
    ("Nguyễn", 384), ("Trần", 121), ("Lê", 95), ("Phạm", 70), ("Hoàng", 30), ("Huỳnh", 21), ("Phan", 45), ("Vũ", 22),
    ("Võ", 17), ("Đặng", 21), ("Bùi", 20), ("Đỗ", 14), ("Hồ", 13), ("Ngô", 13), ("Dương", 10), ("Lý", 5), ("Đào", 5),
    ("Đinh", 5), ("Trịnh", 5), ("Đoàn", 4), ("Lương", 4), ("Mai", 4), ("Trương", 7), ("Lâm", 4), ("Hà", 4), ("Cao", 4),
    ("Phùng", 3), ("Tô", 2), ("Tạ", 2), ("Châu", 2), ("Quách", 2), ("Thái", 2), ("Chu", 2), ("Kiều", 1), ("Tăng", 1),
    ("Vương", 2), ("La", 1), ("Nghiêm", 1), ("Bạch", 1), ("Triệu", 1), ("Tống", 1), ("Lưu", 2), ("Mạc", 1), ("Từ", 1),
    ("Giang", 1), ("Hứa", 1), ("Khổng", 1), ("Thạch", 1), ("Sơn", 1), ("Kim", 1),
)  # fmt: skip
MIDDLES = {
    "m": "Văn Văn Văn Văn Hữu Đức Minh Quang Thanh Xuân Ngọc Đình Công Quốc Hoàng Anh Trọng Tuấn Duy Bá Viết Thế Mạnh",
    "f": "Thị Thị Thị Thị Thị Ngọc Thu Kim Thanh Minh Hồng Bích Phương Mai Thúy Quỳnh Như Diệu Mỹ Hoài Lan Khánh Tuyết",
}
GIVEN = {
    "m": "Hùng Dũng Tuấn Minh Nam Sơn Hải Long Thắng Cường Hưng Đức Anh Quang Thành Tùng Trung Hiếu Hoàng Huy Khoa "
    "Phúc Tâm Việt Bình Kiên Lâm Toàn Trường Vinh Đạt Duy Khánh Khôi Lộc Mạnh Nghĩa Nhân Phong Phương Quân Quốc Sang "
    "Tài Tân Thái Thịnh Tiến Trí Trọng Tú Tuệ Vũ Xuân Đông Giang Hậu Hòa Hoài Học Hợp Khang Kỳ Lợi Luân Lực Nguyên "
    "Nhật Ninh Phát Phước Quý Quyền Sỹ Tấn Thạch Thiện Thọ Thông "
    "Thuận Thức Tín Tính Toản Tráng Triều Trực Tường Uy Vịnh Vượng",
    "f": "Lan Hương Hoa Mai Hà Linh Thảo Trang Hạnh Hằng Hiền Hồng Huệ Hường Huyền Lệ Liên Loan Ly Mỹ Nga Ngân Ngọc "
    "Nguyệt Nhung Nhi Như Oanh Phương Phượng Quyên Quỳnh Sen Tâm Thắm Thanh Thơm Thu Thúy Thủy Thương Tiên Trâm Trinh "
    "Trúc Tuyết Tươi Uyên Vân Vy Xuân Yến An Ánh Bích Châu Chi Cúc Dung Diễm Diệp Diệu Duyên Đào Điệp Giang Hân Hiên "
    "Khánh Khuê Kiều Lam Lài Lành Lựu Mến Mơ Miên Nhàn Nữ Phấn Phụng Sương Thi Thoa Tình Trà Vui Xoan Yên",
}

LEGAL = ("Công ty TNHH", "Công ty Cổ phần", "Công ty TNHH Một thành viên", "Doanh nghiệp tư nhân")
# The same in English, as such firms write themselves abroad.
LEGAL_ABROAD = {
    "Công ty TNHH": ("Co., Ltd", "Company Limited", "LLC"),
    "Công ty Cổ phần": ("JSC", "Joint Stock Company", "Corp."),
    "Công ty TNHH Một thành viên": ("Co., Ltd", "One Member Co., Ltd"),
    "Doanh nghiệp tư nhân": ("Private Enterprise",),
}
TRADES = (
    "Thương mại", "Xuất nhập khẩu", "Thương mại và Dịch vụ", "Sản xuất và Thương mại", "Vận tải", "Xây dựng",
    "Thủy sản", "Dệt may", "Điện tử", "Gỗ", "Thực phẩm", "Hóa chất", "Cơ khí", "Bao bì", "Nông sản",
)  # fmt: skip
PROPER = (
    "An Bảo Bình Cát Châu Cường Đại Đạt Đông Đức Gia Hà Hải Hạnh Hiệp Hoàng Hòa Hồng Hưng Khang Khánh Kim Lâm Lộc Long "
    "Lợi Mai Minh Mỹ Nam Nghĩa Ngọc Nhật Phát Phong Phú Phúc Phương Quang Quốc Sơn Tài Tân Tâm Tây Thái Thành Thanh "
    "Thịnh Thuận Tiến Tín Toàn Trí Trung Trường Tuấn Việt Vinh Vĩnh Xuân Yên"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person."""

    family: str
    middle: str
    given: str
    sex: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.family, self.middle, self.given) if part)


@dataclass(frozen=True, slots=True)
class Company:
    """A made-up company: its form, its trade (or none) and its own name."""

    form: str
    trade: str
    proper: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.form, self.trade, self.proper) if part)


def person(draw: Random) -> Person:
    """A person whose name is drawn part by part, as often as each part is borne."""
    sex = draw.choice("mf")
    family = draw.choices([name for name, _ in FAMILIES], [share for _, share in FAMILIES])[0]
    middle = draw.choice(MIDDLES[sex].split())
    if draw.random() < 0.15:
        middle = f"{middle} {draw.choice(MIDDLES[sex].split())}"
    given = GIVEN[sex].split()
    # The first are borne most: one over the square root of the rank.
    chosen = draw.choices(given, [1 / (rank + 1) ** 0.5 for rank in range(len(given))])[0]
    return Person(family, "" if draw.random() < 0.05 else middle, chosen, sex)


def company(draw: Random) -> Company:
    """A company whose own name is two or three auspicious syllables, as most are."""
    proper = " ".join(draw.sample(PROPER.split(), draw.choice((2, 2, 2, 3))))
    return Company(draw.choice(LEGAL), draw.choice((*TRADES, "")), proper)
