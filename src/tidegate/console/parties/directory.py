"""The directory of names: made from what declarations name, searched by words in any script and by number.

Words are those of the screener: Latin letters, without marks and without company forms, so that "den hong" finds
"CÔNG TY TNHH Đèn Hồng", and "xiaoming" 小明. PostgreSQL's own text search holds them; no extension is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from tidegate.console.parties.kinds import KIND_OF, KINDS, Kind
from tidegate.console.parties.models import Directory, Name
from tidegate.console.register.models import Subject, User
from tidegate.console.register.settled import settled
from tidegate.screening.names import analyse, analyse_all

__all__ = ["Entry", "Found", "gather", "search"]

LINE = 0x6E61_6D65  # the advisory lock behind which the directory is written
PART = 100_000  # subjects that are taken in at once
LONGEST = 300  # letters of a name that are kept
MOST = 200  # names that are looked at for one search
SHOWN = 50  # parties that a search shows
LEAST = 6  # letters of a number from which on its beginning is enough, for what has no name

GROUPED = """
SELECT role, key, office, left(name, %s), count(*), min(lodged_on), max(lodged_on) FROM register_subject
WHERE id > %s AND id <= %s AND name <> '' AND role = ANY(%s) GROUP BY 1, 2, 3, 4
"""
KEEP = """
INSERT INTO parties_name (role, key, office, name, declarations, first_on, last_on, words)
SELECT role, key, office, name, declarations, first_on, last_on, to_tsvector('simple', words) FROM unnest(
  %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::date[], %s::date[], %s::text[]
) AS t (role, key, office, name, declarations, first_on, last_on, words)
ON CONFLICT (role, key, office, name) DO UPDATE SET declarations = parties_name.declarations + excluded.declarations,
  first_on = least(parties_name.first_on, excluded.first_on), last_on = greatest(parties_name.last_on, excluded.last_on)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A party that was found. `declarations`: how many name it so, null where nobody counted."""

    kind: Kind
    key: str
    name: str
    declarations: int | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """`more`: there are more than are shown, so that one more word helps."""

    entries: list[Entry]
    more: bool = False


def gather() -> int:
    """Take into the directory what came in since the last time; returns the number of subjects. Raises NodeError."""
    end, count = settled(Subject), 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINE])
            held, _ = Directory.objects.get_or_create(pk=1)
            upto = min(end, held.upto + PART)
            if upto <= held.upto:
                return count
            cursor.execute(GROUPED, [LONGEST, held.upto, upto, [kind.role for kind in KINDS if kind.named]])
            rows = cursor.fetchall()
            if rows:
                names = analyse_all(row[3] for row in rows)
                words = [" ".join(word.latin for word in name.words) for name in names]
                cursor.execute(KEEP, [*map(list, zip(*rows, strict=True)), words])
            count += upto - held.upto
            held.upto = upto
            held.save()


def search(said: str, user: User) -> Found:
    """Parties of this number or name that the user may see, those named most often first."""
    said = " ".join(said.replace("\0", " ").split())[:LONGEST]
    if not said:
        return Found([])
    entries = {(one.kind.role, one.key): one for one in _by_number(said, user)}
    names = _by_words(said, user)
    for one in _entries(names):
        known = entries.get((one.kind.role, one.key))
        if known is None or (one.declarations or 0) > (known.declarations or 0):
            entries[(one.kind.role, one.key)] = one
    ranked = sorted(entries.values(), key=lambda one: (one.key.casefold() != said.casefold(), -(one.declarations or 0)))
    return Found(ranked[:SHOWN], len(ranked) > SHOWN or len(names) >= MOST)


def _by_words(said: str, user: User) -> list[Name]:
    words = [word.latin for word in analyse(said).words]
    if not words:
        return []
    # The last word may still be being typed; the beginning of a number fits too many others.
    last = words[-1] if words[-1].isdigit() or len(words[-1]) < 2 else f"{words[-1]}:*"
    query = " & ".join([*words[:-1], last])
    found = Name.objects.visible_to(user).extra(where=["words @@ to_tsquery('simple', %s)"], params=[query])
    # Of a word that begins so the planner knows nothing, takes it for frequent, and would read the whole table, or
    # an index that does not help. What is left is the index of words.
    with transaction.atomic(), connection.cursor() as cursor:
        _let(cursor, "off")
        names = list(found[:MOST])
        _let(cursor, "on")
    return names


def _let(cursor: Any, state: str) -> None:
    for way in ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan"):
        cursor.execute(f"SET LOCAL {way} TO {state}")


def _by_number(said: str, user: User) -> list[Entry]:
    number = said.replace(" ", "")
    entries = _entries(Name.objects.visible_to(user).filter(key__startswith=number)[:SHOWN]) if len(number) > 3 else []
    for kind in KINDS:
        named = Subject.objects.visible_to(user).filter(role=kind.role)
        last = None
        for key in dict.fromkeys((said, number, number.upper(), said.casefold())):
            last = last or named.filter(key=key).order_by("-lodged_on").values("key", "name", "lodged_on").first()
        if last:
            entries.append(Entry(kind, last["key"], last["name"], None, last["lodged_on"]))
        elif not kind.named and len(number) >= LEAST:
            near = named.filter(key__gte=number.upper(), key__lt=number.upper() + "\U0010ffff").order_by("key")
            keys = dict.fromkeys(near.values_list("key", flat=True)[:MOST])
            entries.extend(Entry(kind, key, "", None, None) for key in keys if key.startswith(number.upper()))
    return entries


def _entries(rows: Iterable[Any]) -> list[Entry]:
    """Names of parties as one entry each: the name that most declarations bear."""
    by_party: dict[tuple[str, str], list[Name]] = {}
    for row in rows:
        by_party.setdefault((row.role, row.key), []).append(row)
    return [
        Entry(
            KIND_OF[role],
            key,
            max(named, key=lambda one: (one.declarations, one.last_on)).name,
            sum(one.declarations for one in named),
            max(one.last_on for one in named),
        )
        for (role, key), named in by_party.items()
    ]
