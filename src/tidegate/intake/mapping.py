"""The mapping: how the columns of any table become the fields of a line."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path

from tidegate.errors import MappingError
from tidegate.intake.dialect import Dialect
from tidegate.intake.mapping_file import CodeMap, Column, Expected, FindingColumns, Split, sections

__all__ = ["Mapping"]


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the columns of a table become fields. `Mapping()` takes a table whose columns already have their names."""

    title: str = ""
    csv: Dialect = field(default_factory=Dialect)
    rename: Dict[str, str] = field(default_factory=dict)
    extra: Dict[str, Column] = field(default_factory=dict)
    constants: Dict[str, str] = field(default_factory=dict)
    units: Dict[str, float] = field(default_factory=dict)
    codes: Dict[str, CodeMap] = field(default_factory=dict)
    dates: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    split: Dict[str, Split] = field(default_factory=dict)
    pad: Dict[str, int] = field(default_factory=dict)
    finding: FindingColumns | None = None
    expected: Expected = field(default_factory=Expected)
    where: str = "mapping"

    @classmethod
    def load(cls, path: str | Path) -> Mapping:
        """Read a mapping file. Raises MappingError, with the section and key, for whatever it does not know."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise MappingError(f"cannot be read: {error.strerror}.", where=str(path), hint="Check the path.") from error
        except UnicodeDecodeError as error:
            raise MappingError("is not UTF-8 text.", where=str(path), hint="Save it as UTF-8.") from error
        return cls.parse(text, where=str(path))

    @classmethod
    def parse(cls, text: str, *, where: str = "mapping") -> Mapping:
        """Read the text of a mapping file; `where` is its name in messages. Raises MappingError."""
        return cls(**sections(text, where), where=where)
