"""The settings of a mapping file, as one list: its reader, its messages and its page in the docs go by it."""

# A table that is read down its columns stays one row a line.
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SETTINGS", "UNITS", "Setting"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a mapping file; `key` is <...> where the file's author chooses it."""

    section: str
    key: str
    value: str
    meaning: str


# fmt: off
SETTINGS: tuple[Setting, ...] = (
    Setting("", "title", "text", "what the mapping is for"),
    Setting("csv", "encoding", "text", "encoding of CSV files, as Python names it; found out where the file's first bytes tell, else utf-8"),
    Setting("csv", "delimiter", "one character", "found out from the header where it is not given: comma, semicolon, tab or bar"),
    Setting("csv", "decimal_comma", "true or false", "numbers in texts have a comma before the decimals"),
    Setting("csv", "thousands", "one character", "the sign between groups of three digits in texts"),
    Setting("csv", "null", "list of texts", "texts that mean: not given"),
    Setting("rename", "<field>", "column", "the column of the file that holds a field"),
    Setting("extra", "<name>", "column, or { column, type }", "an extra column under a name of your own, with a type: text, number, whole, date or flag"),
    Setting("constants", "<field>", "value", "a value for rows where the file gives none"),
    Setting("units", "<field>", "factor or unit", "a number to multiply with, or the name of a unit that the file uses"),
    Setting("codes", "<field>.values", "table", "what each code of the file becomes"),
    Setting("codes", "<field>.standard", "alpha-3, numeric or name", "how the file writes countries"),
    Setting("codes", "<field>.unknown", "keep, flag, empty or reject", "what happens to a code that is not in the table; keep by default"),
    Setting("dates", "<field>", "format, or list of them", "how dates are written, in the signs of strftime; `all` for every date"),
    Setting("split", "<column>.by", "text", "the sign that separates the parts of one column"),
    Setting("split", "<column>.into", "list of names", "the fields or extra columns that the parts become; an empty name drops a part"),
    Setting("pad", "<field>", "digits", "a code that lost its leading zeros gets them back, up to this width"),
    Setting("finding", "illicit", "column", "whether something unlawful was found; a row without a value has no finding"),
    Setting("finding", "offence", "column", "kind of offence"),
    Setting("finding", "revenue", "column", "duty and fines recovered"),
    Setting("finding", "found_on", "column", "day from which the result was known"),
    Setting("finding", "delay_days", "days", "where there is no such column: the days from lodging to the result"),
    Setting("finding", "selected_by", "column", "what had it opened"),
    Setting("finding", "probability", "column", "known probability of selection"),
    Setting("finding", "level", "line or declaration", "what a row's finding is about; line by default"),
    Setting("checks", "tax_code", '"VN"', "importer_id is a Vietnamese tax code and its check digit is to be checked"),
    Setting("checks", "currency", "code", "the one currency of this node; other ones are flagged"),
)
# fmt: on

# Units that a file may use, by the unit of the field, and the factor from one to the other.
UNITS: dict[str, dict[str, float]] = {
    "kg": {"t": 1000.0, "g": 0.001, "lb": 0.45359237},
    "%": {"fraction": 100.0, "permille": 0.1},
    "currency": {"thousand": 1e3, "million": 1e6},
}
