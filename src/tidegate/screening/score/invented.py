"""Made-up people and companies of Viet Nam: nobody is named here, a name is drawn part by part."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tidegate.screening.names.vietnamese_people import families, givens, middles

__all__ = ["Company", "Person", "company", "person"]

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
    middle = _drawn(middles(sex), draw)
    if draw.random() < 0.15:
        middle = f"{middle} {_drawn(middles(sex), draw)}"
    return Person(_drawn(families(), draw), "" if draw.random() < 0.05 else middle, _drawn(givens(sex), draw), sex)


def _drawn(shares: dict[str, float], draw: Random) -> str:
    return draw.choices(list(shares), list(shares.values()))[0].title()


def company(draw: Random) -> Company:
    """A company whose own name is two or three auspicious syllables, as most are."""
    proper = " ".join(draw.sample(PROPER.split(), draw.choice((2, 2, 2, 3))))
    return Company(draw.choice(LEGAL), draw.choice((*TRADES, "")), proper)
