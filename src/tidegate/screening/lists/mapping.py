"""The mapping of a national list: which column of a CSV file holds what, as TOML beside it under the same name."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tidegate.errors import ListError
from tidegate.screening.entry import Kind
from tidegate.screening.lists.days import ORDERS
from tidegate.screening.lists.opening import settings

__all__ = ["FIELDS", "IDENTIFIERS", "ListMapping"]

# What a column may hold, besides numbers.
FIELDS = (
    *("source_id", "kind", "name", "alias", "born", "country", "sex", "address", "owner", "purpose", "level"),
    *("listed_on", "changed_on", "expires", "remarks", "document_country"),
)
# Types of numbers (Identifier).
IDENTIFIERS = (
    *("passport", "identity_card", "tax", "registration", "imo", "mmsi", "call_sign", "vin", "plate", "container"),
    *("phone", "email", "other"),
)
_KEYS = {
    **dict.fromkeys(("kind", "encoding", "delimiter", "dates", "split", "country"), str),
    **dict.fromkeys(("columns", "identifiers", "kinds"), dict),
}


@dataclass(frozen=True, slots=True)
class ListMapping:
    """A mapping. `columns` and `identifiers`: field or type of number -> columns; `kinds`: a value as the list writes
    it -> kind; `kind` where all records are of one; `dates`: what of "03/04/2026" stands first ("day", "month");
    `split`: what stands between several values of a cell; `country`: who gave numbers that do not say so.
    """

    columns: Mapping[str, tuple[str, ...]]
    identifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: Kind | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    dates: str = "day"
    split: str = ""
    country: str = ""

    @classmethod
    def load(cls, path: Path) -> ListMapping:
        """Read a mapping. Raises ListError with the key at fault."""
        data = settings(path)
        for key, value in data.items():
            if key not in _KEYS or not isinstance(value, _KEYS[key]):
                raise _fault(path, key, f"Keys are {', '.join(_KEYS)}.")
        columns = _columns(path, "columns", data.get("columns", {}), FIELDS)
        identifiers = _columns(path, "identifiers", data.get("identifiers", {}), IDENTIFIERS)
        if not columns.get("name") and not identifiers:
            raise _fault(path, "columns", "Name the column of the name, or those of numbers under [identifiers].")
        kind = _kind(path, "kind", data["kind"]) if "kind" in data else None
        kinds = {said.strip().lower(): _kind(path, "kinds", one) for said, one in data.get("kinds", {}).items()}
        if kind is None and "kind" not in columns:
            raise _fault(path, "kind", 'Say what the records are, such as kind = "person", or which column says it.')
        if len(data.get("delimiter", ",")) != 1 or data.get("delimiter", ",") in '\r\n"':
            raise _fault(path, "delimiter", 'It is one character, such as ";".')
        if data.get("dates", "day") not in ORDERS:
            raise _fault(path, "dates", f"It is one of {', '.join(ORDERS)}.")
        return cls(
            columns,
            identifiers,
            kind,
            kinds,
            _encoding(path, data.get("encoding", "utf-8-sig")),
            data.get("delimiter", ","),
            data.get("dates", "day"),
            data.get("split", ""),
            data.get("country", ""),
        )

    @property
    def named(self) -> list[str]:
        """All columns that the mapping names."""
        return [name for group in (self.columns, self.identifiers) for names in group.values() for name in names]


def _columns(path: Path, key: str, data: dict[str, Any], known: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, said in data.items():
        texts = said if isinstance(said, list) else [said]
        if name not in known or not all(isinstance(text, str) and text for text in texts):
            raise _fault(path, f"{key}.{name}", f"Known are {', '.join(known)}; each is a column or a list of them.")
        found[name] = tuple(texts)
    return found


def _kind(path: Path, key: str, said: object) -> Kind:
    if said not in list(Kind):
        raise _fault(path, key, f"Kinds are {', '.join(Kind)}.")
    return Kind(str(said))


def _encoding(path: Path, said: str) -> str:
    try:
        name = codecs.lookup(said).name
        "".encode(name)
    except (LookupError, ValueError) as error:
        raise _fault(path, "encoding", 'Python knows it as "windows-1258", for example.') from error
    return "utf-8-sig" if name == "utf-8" else name


def _fault(path: Path, key: str, hint: str) -> ListError:
    return ListError(f"the mapping says something unknown at {key[:80]!r}.", where=str(path), hint=hint)
