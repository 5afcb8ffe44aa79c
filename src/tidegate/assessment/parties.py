"""Parties of lines held against lists: possible matches, and the flags that on_list(...) looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tidegate.profiles import screened
from tidegate.screening import WITHHELD, Identifier, Match, Party, Screener, counts

__all__ = [
    "GOODS",
    "MATCH",
    "ROLES",
    "Held",
    "Role",
    "fields",
    "hold",
    "screened_schema",
    "told_goods",
    "told_parties",
]


@dataclass(frozen=True, slots=True)
class Role:
    """One party or thing of a line. `field`: where it is named; `numbers`: columns and the type of number they hold;
    `modes`: of a means of transport, the modes in which its number is of that type ("": none is given)."""

    field: str
    label: str
    label_vi: str
    numbers: tuple[tuple[str, str], ...] = ()
    address: str = ""
    named: bool = True
    modes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that say who or what it is."""
        also = (name for name, _ in self.numbers)
        place = (self.address,) if self.address else ()
        return tuple(dict.fromkeys((self.field, *also, *place, *(("transport_mode",) if self.modes else ()))))

    def party(self, row: Mapping[str, Any]) -> Party:
        """What a row says of it."""
        if self.modes and (row.get("transport_mode") or "") not in self.modes:
            return Party()
        numbers = tuple(
            Identifier(kind, number, "VN" if kind == "tax" else "")
            for name, kind in self.numbers
            for number in (row.get(name) or "").split(" " if name == "container_ids" else "\0")
            if number
        )
        name = (row.get(self.field) or "") if self.named else ""
        return Party(name, identifiers=numbers, address=(row.get(self.address) or "") if self.address else "")


# A line's parties and things in the order in which they are told.
ROLES = (
    Role("importer_name", "importer", "người nhập khẩu", (("importer_id", "tax"),), "importer_address"),
    Role("exporter_name", "supplier", "người xuất khẩu", (("exporter_id", "registration"),)),
    Role("declarant_name", "declarant", "đại lý hải quan", (("declarant_id", "tax"),)),
    Role("transport_id", "vessel", "tàu", (("transport_id", "imo"),), named=False, modes=("", "1")),
    Role("transport_id", "vehicle", "phương tiện", (("transport_id", "plate"),), named=False, modes=("2", "3")),
    Role("container_ids", "container", "công-te-nơ", (("container_ids", "container"),), named=False),
)
GOODS = Role("description", "goods", "hàng hóa", named=False)

# One row a possible match of a line: an entry that not everybody may know is withheld, but for its list and number.
MATCH = pl.Schema(
    {
        "line": pl.Int64,
        "field": pl.String,
        "list": pl.String,
        "source_id": pl.String,
        "owner": pl.String,
        "how": pl.String,
        "probability": pl.Float64,
        "declared": pl.String,
        "listed": pl.String,
        "text": pl.String,
        "text_vi": pl.String,
    }
)
TOLD = 4  # reasons of a match that are told


@dataclass(frozen=True, slots=True)
class Held:
    """`matches`: MATCH, sorted by line, the likeliest first; `flags`: a column for each field and list that may match,
    true where a party of the line may be on the list, null where the line names none."""

    matches: pl.DataFrame
    flags: pl.DataFrame


def screened_schema(screener: Screener | None) -> dict[str, Any]:
    """The columns of `Held.flags`."""
    names = screener.lists.by_name if screener else ()
    return {screened(field, name): pl.Boolean for field in fields() for name in names}


def fields() -> tuple[str, ...]:
    """The fields that name somebody or something, in the order in which they are told."""
    return tuple(dict.fromkeys([*(role.field for role in ROLES), GOODS.field]))


def hold(table: pl.DataFrame, screener: Screener) -> Held:
    """Hold every party of every line against the lists, each distinct one once."""
    found, given = [], {field: pl.Series(field, [False]).new_from_index(0, table.height) for field in fields()}
    for role in ROLES:
        columns = [name for name in role.columns if name in table.columns]
        if not set(columns) - {"transport_mode"}:
            continue
        keys = table.select(columns)
        distinct = keys.unique(maintain_order=True).with_row_index("party")
        parties = [role.party(row) for row in distinct.iter_rows(named=True)]
        some = pl.Series([party != Party() for party in parties], dtype=pl.Boolean)
        whose = keys.with_row_index("line").join(
            distinct, on=columns, nulls_equal=True, how="left", maintain_order="left"
        )
        given[role.field] |= some.gather(whose["party"])
        matches = screener.matches(parties)
        told = told_parties(matches, parties, role, screener)
        found.append(whose.select("line", "party").join(told, on="party").drop("party"))
    found.append(told_goods(table, screener))
    given["description"] = table["description"].is_not_null()
    days = table.select("lodged_on").with_row_index("line")
    every = pl.concat(found).join(days, on="line").filter(counts(pl.col("lodged_on")))
    ranked = every.sort("line", pl.col("probability").fill_null(0.0), descending=[False, True], maintain_order=True)
    matches = ranked.with_columns(pl.col("line").cast(pl.Int64)).select(*MATCH)
    sure = matches.filter(pl.col("probability").is_not_null())
    flags = {}
    for (field, name), rows in sure.group_by("field", "list"):
        hit = np.zeros(table.height, dtype=np.bool_)
        hit[rows["line"].to_numpy()] = True
        flags[screened(str(field), str(name))] = hit
    nothing = np.zeros(table.height, dtype=np.bool_)
    columns_of = [
        pl.select(pl.when(given[field]).then(pl.Series(flags.get(screened(field, name), nothing))))
        .to_series()
        .alias(screened(field, name))
        for field in fields()
        for name in screener.lists.by_name
    ]
    return Held(matches, pl.DataFrame(columns_of))


_UNTOLD = {name: dtype for name, dtype in MATCH.items() if name != "line"}
_TERMS = {"until": pl.Date, "cleared_from": pl.Date, "cleared_until": pl.Date}


def told_parties(matches: pl.DataFrame, parties: list[Party], role: Role, screener: Screener) -> pl.DataFrame:
    """Matches of distinct parties with what is said of them."""
    rows = []
    for party, entry, how, *terms in matches.select("party", "entry", "how", *_TERMS).iter_rows():
        match = screener.told(parties[party], entry, how)
        declared = parties[party].name or " ".join(one.value for one in parties[party].identifiers)
        what = match.entry
        listed, text, text_vi = _sentence(
            match.open, match.listed, what.list, what.owner, [(r.text, r.text_vi) for r in match.reasons], role
        )
        entered = (what.list, _number(match, entry), what.owner, how, match.probability)
        rows.append((party, role.field, *entered, declared, listed, text, text_vi, *terms))
    return pl.DataFrame(rows, {"party": pl.UInt32, **_UNTOLD, **_TERMS}, orient="row")


def told_goods(table: pl.DataFrame, screener: Screener) -> pl.DataFrame:
    """Phrases of the lists in descriptions of goods."""
    rows = []
    for line, entry, phrase in screener.phrases.find(table["description"]).iter_rows():
        match = screener.told(Party(), entry, "same")
        what = match.entry
        listed, text, text_vi = _sentence(
            match.open, phrase, what.list, what.owner, [(r.text, r.text_vi) for r in match.reasons], GOODS
        )
        declared = table.item(line, "description")[:200]
        entered = (what.list, _number(match, entry), what.owner, "same", 1.0)
        rows.append((line, GOODS.field, *entered, declared, listed, text, text_vi, what.expires, None, None))
    return pl.DataFrame(rows, {"line": pl.UInt32, **_UNTOLD, **_TERMS}, orient="row")


def _number(match: Match, place: int) -> str:
    """What tells an entry from others of its list: its number there, or, as numbers may name it, the place it has."""
    return match.entry.source_id if match.open else f"withheld-{place}"


def _sentence(
    is_open: bool, listed: str, name: str, owner: str, why: list[tuple[str, str]], role: Role
) -> tuple[str | None, str, str]:
    """(the listed name or number, where everybody may know it; what an officer reads, in English and Vietnamese)."""
    whose, whose_vi = (owner, owner) if owner else ("the owner", "cơ quan sở hữu danh sách")
    what, what_vi = (f"{listed} ({name})",) * 2 if is_open else WITHHELD
    because = "; ".join(text for text, _ in why[:TOLD]) if is_open else ""
    because_vi = "; ".join(text for _, text in why[:TOLD]) if is_open else ""
    return (
        listed if is_open else None,
        f"{role.label}: possible match with {what}, to be confirmed with {whose}" + (f": {because}" if because else ""),
        f"{role.label_vi}: có thể trùng với {what_vi}, cần xác nhận với {whose_vi}"
        + (f": {because_vi}" if because_vi else ""),
    )
