"""How often names are borne in Viet Nam: families, middle and given names by sex; and people who do not exist."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tidegate.screening.names.vietnamese import FAMILIES

__all__ = ["FAMILY_SHARES", "families", "givens", "middles", "people"]

# Percent of the population. Facts: Lê Trung Hoa, "Họ và tên người Việt Nam" (2005); Hoàng and Huỳnh, Vũ and Võ are
# counted together there, and halved here. All other families share the rest, by their rank.
FAMILY_SHARES = {
    "nguyễn": 38.4, "trần": 11.0, "lê": 9.5, "phạm": 7.1, "hoàng": 2.6, "huỳnh": 2.5, "phan": 4.5, "vũ": 2.0, "võ": 1.9,
    "đặng": 2.1, "bùi": 2.0, "đỗ": 1.4, "hồ": 1.3, "ngô": 1.3, "dương": 1.0, "lý": 0.5,
}  # fmt: skip

# Middle and given names, the most frequent first; a name's share falls with its rank.
MIDDLE = {
    "m": """văn đức hữu quang minh thanh xuân ngọc đình công quốc hoàng trọng tiến thành duy bá mạnh gia anh hồng thế
        bảo phước tuấn nhật viết chí hải đăng khắc phú tấn việt thái trung vĩnh huy thiên danh hùng kim như khánh lê""",
    "f": """thị ngọc thanh thu kim phương minh bích hồng mỹ thùy quỳnh như khánh hoài lan diễm mai thúy tuyết bảo cẩm
        hải hà xuân ánh kiều yến tú trúc tường vân linh huyền diệu gia hoàng ái an nhật thảo trà uyên""",
}
GIVEN = {
    "m": """hùng tuấn dũng minh anh huy nam long sơn hải thành cường đức hiếu trung bình quang thắng hoàng phong tùng
        kiên việt khánh phúc tài đạt lâm hòa tâm toàn thịnh vinh khoa bảo nhân thiện vũ quân hưng dương tiến thái an
        đông duy khang nghĩa linh giang hậu lộc công trí tú tân phương mạnh quý thanh bắc tình ngọc cảnh chiến chung
        chính danh điệp định doanh đăng hà hạnh hiển hiệp hoan học huân hợp kha khải khôi khương kỳ lợi luân lương
        lực mẫn năm nhật ninh phát phi phước quốc quyết quyền sang sáng sinh sĩ tấn thạch thân thi thọ thuận thụy thuật
        tín tính tố trọng trường tư tường tưởng uy văn viễn viên vĩnh vương xuân ý ân bách bằng cao châu chương cơ cung
        diễn điền đoàn đồng ga giáp hào hoạt huấn khiêm kiệt lãm lập liêm lĩnh mão nhu pháp phú sự tập thông triết triều
        trình tuyên từ vượng xứng yên""",
    "f": """hương lan linh thảo trang hà hoa phương nga mai anh thủy hằng hạnh huyền ngọc nhung oanh thu yến vân tuyết
        dung hiền loan liên ly my nhi như quỳnh tâm thanh thúy trinh tú uyên xuân ánh châu chi diệp diễm giang hậu hòa
        hoài hồng huệ khánh kiều lệ lý minh mỹ ngân nguyệt nhàn phượng quyên sen sương thắm thoa thơ thơm thương tiên
        trâm trúc tươi tuyến vi vy vinh xinh ý ái an ân bảo bích bình cúc cầm dương duyên đào điệp đoan gấm gái hân hải
        hảo hoàn hợi hợp huê khuyên kim lam lành lài lê liễu luyến lụa lựu mận mẫn miên mơ mùi na nết nở nụ phấn phúc
        quế quý sâm song tình tố thái thêu thìn thoan thục thư thùy thuyên toan trà triều tuất tuyền tứ út viên xoan
        yên""",
}
SAME = 0.9  # exponent of the fall with rank; the first of 150 names has some 5%, as counts of pupils show


@cache
def families() -> dict[str, float]:
    """Every family name that is known, and the share of people who bear it; they add up to 1."""
    rest = [family for family in FAMILIES if family not in FAMILY_SHARES]
    tail = _falling(len(rest), 5.0, 1.0) * (100 - sum(FAMILY_SHARES.values()))
    shares = np.concatenate([list(FAMILY_SHARES.values()), tail])
    return dict(zip([*FAMILY_SHARES, *rest], (shares / shares.sum()).tolist(), strict=True))


@cache
def middles(sex: str) -> dict[str, float]:
    """Middle names of a sex ("f", "m") and their shares, which add up to 1."""
    names = MIDDLE[sex].split()
    # "thị" and "văn" stand apart: nearly every second woman and every third man bears them.
    apart = 0.45 if sex == "f" else 0.33
    return dict(zip(names, [apart, *(_falling(len(names) - 1) * (1 - apart)).tolist()], strict=True))


@cache
def givens(sex: str) -> dict[str, float]:
    """Given names of a sex ("f", "m") and their shares, which add up to 1."""
    names = GIVEN[sex].split()
    return dict(zip(names, _falling(len(names)).tolist(), strict=True))


def people(count: int, seed: int) -> list[tuple[str, str]]:
    """`count` names of people who do not exist, each with its sex ("f", "m"); the same for the same seed.

    Family, one middle name (two for a third of them) and given name, each drawn by its share.
    """
    rng = np.random.default_rng(seed)
    borne = rng.choice(list(families()), count, p=list(families().values()))
    women = rng.random(count) < 0.5
    names: list[tuple[str, str]] = [("", "")] * count
    for sex, rows in (("f", np.flatnonzero(women)), ("m", np.flatnonzero(~women))):
        middle, given = middles(sex), givens(sex)
        firsts = rng.choice(list(middle), len(rows), p=list(middle.values()))
        others = list(middle)[1:]
        seconds = np.where(rng.random(len(rows)) < 1 / 3, rng.choice(others, len(rows), p=_falling(len(others))), "")
        last = rng.choice(list(given), len(rows), p=list(given.values()))
        for row, *parts in zip(rows, borne[rows], firsts, seconds, last, strict=True):
            names[row] = (" ".join(part for part in parts if part).title(), sex)
    return names


def _falling(count: int, offset: float = 3.0, exponent: float = SAME) -> NDArray[np.float64]:
    """Shares that fall with the rank and add up to 1."""
    weights = (np.arange(count) + offset) ** -exponent
    return np.asarray(weights / weights.sum())
