"""The main figures of an effect in words, in English and Vietnamese: what an officer reads first."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from tidegate.yardstick.decay import VERDICTS

__all__ = ["in_words"]

LANGUAGES: tuple[str, ...] = ("en", "vi")

SOURCE_LABELS: dict[str, tuple[str, str]] = {
    "profile": ("Profiles", "Hồ sơ rủi ro"),
    "model": ("Model", "Mô hình"),
    "exploration": ("Exploration", "Thăm dò"),
    "draw": ("Random draw", "Lựa chọn ngẫu nhiên"),
}

# fmt: off
SENTENCES: dict[str, tuple[str, str]] = {
    "counts": (
        "{declarations} declarations: {selected} selected, {opened} opened and reported on, {pending} pending.",
        "{declarations} tờ khai: {selected} được chọn kiểm tra, {opened} đã có kết quả, {pending} chờ kết quả.",
    ),
    "rate": (
        "Fraud rate of all trade: {rate} (95%: {low} to {high}).",
        "Tỷ lệ vi phạm ước tính của toàn bộ tờ khai: {rate} (95%: {low} đến {high}).",
    ),
    "missed": (
        "Missed in what was not selected: {number} declarations (95%: {low} to {high}).",
        "Bỏ lọt trong số không được chọn: {number} tờ khai (95%: {low} đến {high}).",
    ),
    "revenue": (
        "Revenue missed with them: {number} (95%: {low} to {high}).",
        "Số thuế thất thu tương ứng: {number} (95%: {low} đến {high}).",
    ),
    "source": (
        "{label}: found {found} in {opened} opened, {only} of them only by it; rate {rate} (95%: {low} to {high}).",
        "{label}: phát hiện {found} trên {opened} tờ khai đã kiểm tra, trong đó {only} chỉ nhờ nguồn này; "
        "tỷ lệ {rate} (95%: {low} đến {high}).",
    ),
    "officer": (
        "Opened by officers' own choice, in no estimate: {opened}, found in {found}.",
        "Công chức tự chọn kiểm tra, không đưa vào ước tính: {opened} tờ khai, phát hiện vi phạm {found}.",
    ),
    "exempt": (
        "Exempt from selection, in no estimate: {exempt}.",
        "Được miễn lựa chọn kiểm tra, không đưa vào ước tính: {exempt} tờ khai.",
    ),
    "retire": (
        "To retire: {profile} ({verdict}). {reason}",
        "Đề nghị dừng: {profile} ({verdict}). {reason}",
    ),
    "detection": (
        "Found is what an opening finds; what inspectors overlook is in no figure.",
        "Số phát hiện là những gì kiểm tra tìm ra; phần kiểm tra bỏ sót không nằm trong số liệu nào.",
    ),
    "unknown": ("not known", "chưa rõ"),
}
# fmt: on


def in_words(tables: Mapping[str, pl.DataFrame], counts: Mapping[str, int], language: str = "en") -> str:
    """Sentences for the tables and counts of an Effect, one a line. ValueError for a language that is not there."""
    if language not in LANGUAGES:
        raise ValueError(f"no words in {language!r}: choose {' or '.join(LANGUAGES)}")
    side = LANGUAGES.index(language)

    def say(key: str, **values: str) -> str:
        return SENTENCES[key][side].format(**values)

    def whole(value: float | None) -> str:
        return SENTENCES["unknown"][side] if value is None else _local(f"{value:,.0f}", side)

    def percent(value: float | None) -> str:
        return SENTENCES["unknown"][side] if value is None else _local(f"{100 * value:.1f}%", side)

    rate = tables["rate"].row(0, named=True)
    lost = tables["missed"].row(0, named=True)
    hand = tables["by_hand"].row(0, named=True)
    lines = [
        say("counts", **{name: whole(value) for name, value in counts.items()}),
        say("rate", rate=percent(rate["estimate"]), low=percent(rate["low"]), high=percent(rate["high"])),
    ]
    for key, name in (("missed", "number"), ("revenue", "revenue")):
        low, high = lost[f"{name}_low"], lost[f"{name}_high"]
        lines.append(say(key, number=whole(lost[name]), low=whole(low), high=whole(high)))
    for row in tables["sources"].filter(pl.col("opened") > 0).iter_rows(named=True):
        figures = {name: whole(row[name]) for name in ("found", "opened", "only")}
        shares = {name: percent(row[name]) for name in ("rate", "low", "high")}
        lines.append(say("source", label=SOURCE_LABELS[row["source"]][side], **figures, **shares))
    if hand["opened"]:
        lines.append(say("officer", opened=whole(hand["opened"]), found=whole(hand["found"])))
    if counts["exempt"]:
        lines.append(say("exempt", exempt=whole(counts["exempt"])))
    for row in tables["verdicts"].filter("retire").iter_rows(named=True):
        reason = row[("reason", "reason_vi")[side]]
        lines.append(say("retire", profile=row["profile"], verdict=VERDICTS[row["verdict"]][side], reason=reason))
    lines.append(say("detection"))
    return "\n".join(lines) + "\n"


def _local(figure: str, side: int) -> str:
    """Vietnamese writes a comma before the decimals and points between the thousands."""
    return figure.translate(str.maketrans(",.", ".,")) if side else figure
