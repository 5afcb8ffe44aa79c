"""National lists: a CSV file of any columns, with its mapping beside it under the same name (TOML)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tidegate.errors import ListError
from tidegate.screening.entry import LEVELS, Kind
from tidegate.screening.lists.mapping import ListMapping
from tidegate.screening.lists.opening import cells
from tidegate.screening.lists.record import Reading, Record, clean
from tidegate.screening.lists.source import Heading, Loaded, Source

__all__ = ["SOURCE"]

ENDINGS = (".csv", ".tsv")


def _detect(head: bytes, name: str) -> bool:
    path = Path(name)
    return path.suffix.lower() in ENDINGS and path.stem != "lists" and path.with_suffix(".toml").is_file()


def _read(files: Sequence[Path], heading: Heading) -> Loaded:
    reading = Reading(heading)
    for path in files:
        mapping = ListMapping.load(path.with_suffix(".toml"))
        rows = cells(path, mapping.encoding, mapping.delimiter)
        names = [clean(name) for name in next(rows)[1]]
        if missing := [name for name in mapping.named if name not in names]:
            what = f"there is no column {missing[0]!r}."
            raise ListError(what, where=str(path), hint=f"Its columns are {', '.join(names)[:300]}.")
        last = (0, len(names))
        for line, row in rows:
            last = line, len(row)
            if len(row) != len(names):
                reading.fault(path, f"line {line}", "unreadable")
                continue
            _add(reading, path, line, dict(zip(names, row, strict=True)), mapping)
        if last[1] < len(names):
            what = f"the last row has {last[1]} of {len(names)} cells: the file is cut off."
            raise ListError(what, where=f"{path}, line {last[0]}", hint="Fetch or write the list again.")
    return reading.loaded()


def _add(reading: Reading, path: Path, line: int, row: dict[str, str], mapping: ListMapping) -> None:
    def all_of(columns: Sequence[str]) -> list[str]:
        texts = [row[column] for column in columns]
        if mapping.split:
            texts = [part for text in texts for part in text.split(mapping.split)]
        return [text.strip() for text in texts if text.strip()]

    def one_of(field: str) -> str:
        return " ".join(row[column].strip() for column in mapping.columns.get(field, ()) if row[column].strip())

    record = reading.record(path, one_of("source_id"), f"line {line}")
    # Family name and given name may stand in two columns; aliases are one each.
    record.name(one_of("name"))
    record.name(*all_of(mapping.columns.get("alias", ())))
    for text in all_of(mapping.columns.get("born", ())):
        record.born(text, mapping.dates)
    for text in all_of(mapping.columns.get("country", ())):
        record.country(text)
    for text in all_of(mapping.columns.get("address", ())):
        record.address(text)
    giver = one_of("document_country") or mapping.country
    for kind, columns in mapping.identifiers.items():
        for text in all_of(columns):
            record.identifier(kind, text, giver)
    record.gender(one_of("sex"))
    record.owner = one_of("owner") or record.owner
    record.purpose = one_of("purpose") or record.purpose
    record.listed_on = record.day(one_of("listed_on"), mapping.dates)
    record.changed_on = record.day(one_of("changed_on"), mapping.dates)
    record.expires = record.day(one_of("expires"), mapping.dates)
    record.remark(one_of("remarks"))
    _level(record, one_of("level").lower())
    if (kind_of := _kind(mapping, one_of("kind").lower())) is None:
        record.fault("unknown_kind", one_of("kind"))
        return
    if kind_of is Kind.ADDRESS and not record.names:
        record.name(*record.addresses)
    record.entry(kind_of)


def _kind(mapping: ListMapping, said: str) -> Kind | None:
    if said in mapping.kinds:
        return mapping.kinds[said]
    return Kind(said) if said in list(Kind) else mapping.kind if not said else None


def _level(record: Record, said: str) -> None:
    if not said:
        return
    if said not in LEVELS:
        record.fault("unknown_level", said)
    record.raise_level(said if said in LEVELS else "restricted")


SOURCE = Source("mapped", "CSV with a mapping", "CSV kèm tệp ánh xạ", _detect, _read)
