"""What `tidegate screen` says, in English and Vietnamese."""

# ruff: noqa: E501 - the list of texts is read down its columns

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape

from tidegate.cli.sources import in_language
from tidegate.cli.tables import plain

__all__ = ["TEXTS", "Speech"]

WIDTH = 180  # characters of a line where there is no terminal to ask

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "lists": ("{lists} list(s) with {entries:,} entries, on {day}", "{lists} danh sách với {entries:,} bản ghi, ngày {day}"),
    "faults": ("{n:,} fault(s) in records of lists; the first: {first}", "{n:,} lỗi trong bản ghi của các danh sách; lỗi đầu tiên: {first}"),
    "none": ("No match.", "Không có kết quả trùng khớp."),
    "matches": ("Possible matches, to be confirmed with the owner: {n:,}", "Kết quả có thể trùng khớp, cần xác nhận với cơ quan sở hữu danh sách: {n:,}"),
    "shown": ("The likeliest {shown} of {n:,} are shown; --top shows more.", "Hiển thị {shown} trên {n:,} kết quả khả năng cao nhất; dùng --top để xem thêm."),
    "probability": ("Probability", "Xác suất"),
    "list": ("List", "Danh sách"),
    "owner": ("Owner", "Cơ quan sở hữu"),
    "entry": ("Entry", "Bản ghi"),
    "names": ("Names", "Tên"),
    "born": ("Born", "Ngày sinh"),
    "countries": ("Countries", "Quốc gia"),
    "listed": ("Listed", "Ngày đưa vào"),
    "until": ("Until", "Hiệu lực đến"),
    "same": ("the same number", "trùng số"),
    "near": ("a number that is near", "số gần giống"),
    "adds": ("Adds", "Đóng góp"),
    "why": ("Why", "Lý do"),
    "row": ("Row", "Dòng"),
    "name": ("Name", "Tên khai báo"),
    "found": ("Found by", "Tìm thấy theo"),
    "more": ("... and {n:,} more", "... và {n:,} tên khác"),
    "reading": ("Reading names", "Đọc tên"),
    "loading": ("Reading lists", "Đọc danh sách"),
    "holding": ("Screening", "Đối chiếu"),
    "read": ("{read:,} rows read = {screened:,} screened + {nobody:,} without a name or number + {refused:,} that are no rows.", "Đã đọc {read:,} dòng = {screened:,} được đối chiếu + {nobody:,} không có tên hay số + {refused:,} không hợp lệ."),
    "distinct": ("{distinct:,} distinct parties; {matched:,} of them, in {rows:,} rows, have a possible match.", "{distinct:,} đối tượng khác nhau; {matched:,} trong đó, ở {rows:,} dòng, có kết quả có thể trùng khớp."),
    "nobody": ("Rows without a name or number: {rows}", "Dòng không có tên hay số: {rows}"),
    "refused": ("Rows that are no rows of the table: {rows}", "Dòng không đúng cấu trúc bảng: {rows}"),
    "unread": ("{n:,} cell(s) of column {column} not understood, and left out; the first: row {row}, {value!r}", "{n:,} ô của cột {column} không hiểu được và bị bỏ qua; ô đầu tiên: dòng {row}, {value!r}"),
    "by_list": ("By list", "Theo danh sách"),
    "parties": ("Parties", "Đối tượng"),
    "rows": ("Rows", "Số dòng"),
    "likeliest": ("The likeliest, to be confirmed with the owner", "Khả năng cao nhất, cần xác nhận với cơ quan sở hữu danh sách"),
    "written": ("Matches: {path} ({n:,} rows)", "Kết quả: {path} ({n:,} dòng)"),
    "cleared": ("Remembered until {until}: {party} is not {entry} of {list}.", "Đã ghi nhớ đến {until}: {party} không phải là {entry} trong {list}."),
    "before": ("It replaces what {by} decided on {day}.", "Thay cho quyết định của {by} ngày {day}."),
    "set": ("Set", "Bộ"),
    "script": ("Script", "Chữ viết"),
    "pairs": ("Pairs", "Số cặp"),
    "alike": ("Same", "Cùng một"),
    "precision": ("Precision", "Độ chính xác"),
    "recall": ("Recall", "Độ phủ"),
    "f1": ("F1", "F1"),
    "average_precision": ("Average precision", "Độ chính xác trung bình"),
    "calibration": ("Calibration error", "Sai số hiệu chỉnh"),
    "evaluated": ("{n:,} pairs, called the same from a probability of {threshold:.2f} on", "{n:,} cặp, được coi là một từ xác suất {threshold:.2f} trở lên"),
    "trained": ("The model has learned from pairs of {sets}: there its figures are better than it is. docs/screening.md has those of cross-validation.", "Mô hình đã học từ các cặp của {sets}: số liệu ở đó tốt hơn thực tế. Số liệu kiểm định chéo ở docs/screening.md."),
}
# fmt: on


class Speech:
    """What is printed, in one language."""

    def __init__(self, language: str) -> None:
        self.language = in_language(language)
        self.console = _wide(Console(highlight=False, soft_wrap=True))

    def text(self, name: str, **values: object) -> str:
        """A text of TEXTS."""
        return TEXTS[name][self.language == "vi"].format(**values)

    def chosen(self, english: str, vietnamese: str) -> str:
        """Of a sentence in two languages the one that is spoken."""
        return vietnamese if self.language == "vi" else english

    def say(self, name: str, **values: object) -> None:
        """One line of TEXTS."""
        self.tell(self.text(name, **values))

    def tell(self, line: str = "") -> None:
        """One line as it is."""
        self.console.print(line, markup=False)

    def warn(self, line: str) -> None:
        """One line on standard error."""
        Console(stderr=True, highlight=False, soft_wrap=True).print(line, markup=False)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], left: int, title: str = "") -> None:
        """A table whose columns TEXTS names; the first `left` are texts."""
        heads = [self.text(name) for name in columns]
        cells = [[escape(cell) for cell in row] for row in rows]
        self.console.print(plain(heads, cells, title=escape(title), left=left))


def _wide(console: Console) -> Console:
    return console if console.is_terminal else Console(highlight=False, soft_wrap=True, width=WIDTH)
