"""What may have a declaration opened: the four sources of a probability, with the words an officer reads."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SOURCES", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """One source of a probability. `sentence` takes {share}, its part of the probability, already as text."""

    name: str
    label: str
    label_vi: str
    sentence: str
    sentence_vi: str


SOURCES: tuple[Source, ...] = (
    Source(
        "profile",
        "Risk profile",
        "Hồ sơ rủi ro",
        "Selected by a risk profile in force; it gives {share} of the probability.",
        "Được lựa chọn theo hồ sơ rủi ro đang có hiệu lực; hồ sơ này chiếm {share} xác suất lựa chọn.",
    ),
    Source(
        "model",
        "Risk model",
        "Mô hình đánh giá rủi ro",
        "Selected for its risk score; the model gives {share} of the probability.",
        "Được lựa chọn do điểm rủi ro cao; mô hình đánh giá rủi ro chiếm {share} xác suất lựa chọn.",
    ),
    Source(
        "exploration",
        "Exploration",
        "Lựa chọn thăm dò",
        "Selected because the model is unsure of such declarations; exploration gives {share} of the probability.",
        "Được lựa chọn vì mô hình chưa đủ thông tin về loại tờ khai này; thăm dò chiếm {share} xác suất lựa chọn.",
    ),
    Source(
        "draw",
        "Random draw",
        "Lựa chọn ngẫu nhiên",
        "Selected by the random draw, which leaves nobody out; it gives {share} of the probability.",
        "Được lựa chọn ngẫu nhiên để đánh giá sự tuân thủ; lựa chọn ngẫu nhiên chiếm {share} xác suất lựa chọn.",
    ),
)
"""In the order in which a tie is settled when the main source is named."""
