"""Candidates among 200,000 names: recall in the top 50, and queries a CPU-second.

    python bench/screening_candidates.py                   both lists: mixed and Vietnamese
    python bench/screening_candidates.py --queries 4096    a short run

The mixed list holds the people of `screening_nobody.csv`, OFAC, the UN list and made-up Vietnamese up to 200,000
names; the other one made-up Vietnamese only. Queries are listed names, changed in one of eight ways; names of the
UN list under which a record is also known are asked with that name left out of the list, and shown apart. Lists come
from ../shared/data; without them only the Vietnamese one is run. Times are of the CPU.
"""

from __future__ import annotations

import argparse
import csv
import resource
import statistics
import time
import unicodedata
from pathlib import Path

import numpy as np
from lxml import etree

from tidegate.screening.candidates import Candidates
from tidegate.screening.names.script import UNSPACED, script_of
from tidegate.screening.names.vietnamese import plain
from tidegate.screening.names.vietnamese_people import people
from tidegate.screening.names.vietnamese_typing import telex, vni

LISTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "lists"
WARM, RUN = 4_096, 2_048  # queries before the first that is timed, and in each run
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = {
    "arabic": "ابتجحدرسعفقكلمنهوي", "cyrillic": "абвгдежзиклмнопрстуфхцчшыя", "greek": "αβγδεζηθικλμνοπρστυφχψω",
    "thai": "กขคงจชดตถทนบปพมยรลวสหอ", "other": "कगचजतदनपबमयरलवसह",
}  # fmt: skip


def mixed(count: int) -> tuple[list[list[str]], list[str], list[tuple[str, int]]]:
    """Entries with their names; the name of each that queries are made of; aliases of the UN left out, with record."""
    entries: list[list[str]] = []
    left_out: list[tuple[str, int]] = []
    rng = np.random.default_rng(3)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for record in etree.parse(str(LISTS / "un_consolidated.xml"), parser).getroot().iter("INDIVIDUAL", "ENTITY"):
        parts = [record.findtext(tag) or "" for tag in ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")]
        names = [" ".join(" ".join(parts).split())]
        good = [alias for alias in record if alias.tag.endswith("_ALIAS") and alias.findtext("QUALITY") == "Good"]
        names += [alias.findtext("ALIAS_NAME") or "" for alias in good]
        names += [name.text or "" for name in record.iter("NAME_ORIGINAL_SCRIPT")]
        names = [name for name in dict.fromkeys(name.strip() for name in names) if name]
        if len(names) > 2 and rng.random() < 0.5:
            left_out.append((names.pop(int(rng.integers(1, len(names)))), len(entries)))
        entries.append(names)
    with (
        open(LISTS / "ofac_alt.csv", encoding="latin-1") as alt,
        open(LISTS / "ofac_sdn.csv", encoding="latin-1") as sdn,
    ):
        aliases: dict[str, list[str]] = {}
        for row in csv.reader(alt):
            aliases.setdefault(row[0], []).extend(row[3:4])
        entries += [[row[1], *aliases.get(row[0], [])] for row in csv.reader(sdn) if len(row) > 3]
    with open(LISTS / "screening_nobody.csv", encoding="utf-8") as file:
        nobody = list(csv.reader(file))[1:]
    entries += [[row[0]] for row in nobody]
    entries += [[name] for name, _ in people(20_000, 11)]
    listed = sum(map(len, entries))
    # People who do not exist twice over: the given name of one, the family name of another in the same alphabet.
    alike: dict[str, list[int]] = {}
    for at, row in enumerate(nobody):
        alike.setdefault(unicodedata.name(row[3][:1] or "a").split()[0], []).append(at)
    for rows in alike.values():
        others = rng.permutation(np.repeat(rows, 3))
        share = round((count - listed) * len(rows) / len(nobody))
        for one, other in list(zip(np.repeat(rows, 3), others, strict=True))[:share]:
            first, middle = nobody[one][1], nobody[one][2] if rng.random() < 0.5 else ""
            entries.append([" ".join(f"{first} {middle} {nobody[other][3]}".split())])
    return entries, [names[0] for names in entries], left_out


def typo(word: str, rng: np.random.Generator) -> str:
    """One letter more, less or other, or two exchanged; a new letter is one of the word's own alphabet."""
    at = int(rng.integers(0, max(len(word) - 1, 1)))
    alphabet = (
        LETTERS if word[at : at + 1].isascii() or script_of(word[at]) == "latin" else ALPHABETS[script_of(word[at])]
    )
    letter = alphabet[int(rng.integers(len(alphabet)))]
    kind = int(rng.integers(4))
    if kind == 0:
        return word[:at] + letter + word[at:]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + letter + word[at + 1 :]
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


def changed(name: str, way: str, rng: np.random.Generator) -> str:
    words = name.split()
    if way in ("typo", "two typos", "joined") and script_of(words[0][0]) in UNSPACED:
        return name  # no letters, and no blank that anybody would have to write
    if way == "no marks":
        return plain("".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)))
    if way == "telex":
        return telex(name.lower())
    if way == "vni":
        return vni(name.lower())
    if way in ("typo", "two typos"):
        for at in rng.permutation(len(words))[: 1 if way == "typo" else 2]:
            words[at] = typo(words[at], rng)
    if way == "order":
        words = [words[at] for at in rng.permutation(len(words))]
    if way == "joined" and len(words) > 1:
        at = int(rng.integers(0, len(words) - 1))
        words[at : at + 2] = [words[at] + words[at + 1]]
    if way == "initial" and len(words) > 2:
        at = int(rng.integers(1, len(words) - 1))
        words[at] = words[at][0]
    if way == "left out" and len(words) > 3:
        del words[int(rng.integers(0, len(words)))]
    return " ".join(words)


MIXED = ("no marks", "typo", "order", "joined", "initial", "left out", "as listed")
VIETNAMESE = ("no marks", "telex", "vni", "typo", "order", "joined", "initial", "as listed")


def report(title: str, entries: list[list[str]], names: list[str], ways: tuple[str, ...], count: int,
           left_out: list[tuple[str, int]]) -> None:  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    index = Candidates(entries)
    built = time.process_time() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{title}: {sum(map(len, entries)):,} names of {len(entries):,} entries; built in {built:.1f} CPU-s, "
          f"peak memory {before / 1024:.0f} -> {after / 1024:.0f} MB")  # fmt: skip
    rng = np.random.default_rng(5)
    rows = rng.choice(len(names), count + WARM)
    way_of = rng.integers(0, len(ways), count + WARM)
    queries = [changed(names[row], ways[way], rng) for row, way in zip(rows, way_of, strict=True)]
    index.find(queries[:WARM])
    rows, way_of, queries = rows[WARM:], way_of[WARM:], queries[WARM:]
    hits: list[bool] = []
    speeds: list[float] = []
    # Queries are all different; each run takes some thousand of them.
    for start in range(0, count, RUN):
        part = queries[start : start + RUN]
        begun = time.process_time()
        offsets, found, _ = index.find(part)
        speeds.append(len(part) / (time.process_time() - begun))
        hits.extend(rows[start + q] in found[offsets[q] : offsets[q + 1]] for q in range(len(part)))
    hit = np.array(hits)
    print(f"  recall@50 {hit.mean():.4f}; queries a CPU-second: median {statistics.median(speeds):,.0f}, "
          f"best {max(speeds):,.0f} of {len(speeds)} runs; {len(found) / len(part):.0f} entries a query")  # fmt: skip
    print("  " + "; ".join(f"{way} {hit[way_of == at].mean():.3f}" for at, way in enumerate(ways)))
    if left_out:
        offsets, found, _ = index.find([name for name, _ in left_out])
        hits = [row in found[offsets[q] : offsets[q + 1]] for q, (_, row) in enumerate(left_out)]
        print(f"  names of the UN left out of the list: {np.mean(hits):.3f} of {len(hits)} find their record")


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--queries", type=int, default=20_480)
    options.add_argument("--names", type=int, default=200_000)
    options.add_argument("--only", default="")
    args = options.parse_args()
    if LISTS.exists() and args.only != "vietnamese":
        entries, names, left_out = mixed(args.names)
        report("mixed", entries, names, MIXED, args.queries, left_out)
    if args.only != "mixed":
        names = [name for name, _ in people(args.names, 7)]
        report("Vietnamese", [[name] for name in names], names, VIETNAMESE, args.queries, [])


if __name__ == "__main__":
    main()
