"""Who is on the list? The score beside nomenklatura's logic-v2, rapidfuzz and trigrams, on the same pairs, in one run.

    make bench-screening

Ours is cross-validated: nobody in a tested pair was learned from. The peers learn nothing; each gets the threshold that
is best for it on the other folds, and so does ours. Needs ../shared/data/lists.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import numpy as np
import polars as pl
from anyascii import anyascii
from rapidfuzz import fuzz
from sklearn.feature_extraction.text import TfidfVectorizer

from tidegate.screening import Entry, Kind, Party
from tidegate.screening.candidates import Candidates
from tidegate.screening.lists.known import source_of
from tidegate.screening.lists.places import code
from tidegate.screening.lists.source import Heading
from tidegate.screening.score import Pair, Scorer, evaluate
from tidegate.screening.score.evaluation import chosen_elsewhere
from tidegate.screening.score.learning import DIRECTIONS, SHARES, cross_validate, labelled, learn, matrix
from tidegate.screening.score.model import Model
from tidegate.screening.score.rarity import bearers

DATA = Path(__file__).resolve().parents[2] / "shared/data/lists"
# Sets of pairs that are made from the UN's list; what is to be shown on it must not be learned from them.
FROM_UN = ("un_alias", "un_xscript", "yente_un")
TOP = 20
# What a learner would do that may take any feature for or against.
FREE = (0,) * len(DIRECTIONS)
SHOW = ("set", "script", "same", "precision", "recall", "f1", "average_precision")
Score = Callable[[str, Sequence[str], Kind], float]


def logic_v2() -> Score | None:
    """nomenklatura's matcher on entities that have a name alone; None, loudly, where it is not installed."""
    try:
        from followthemoney import EntityProxy
        from nomenklatura.matching import LogicV2, ScoringConfig
    except ImportError as error:
        print(f"logic-v2 is NOT COMPARED: {error}", file=sys.stderr)
        return None
    config = ScoringConfig.defaults()
    # What it knows of an entity is kept by its id.
    number = count()

    def score(a: str, names: Sequence[str], kind: Kind) -> float:
        schema = {Kind.PERSON: "Person", Kind.VESSEL: "Vessel"}.get(kind, "Organization")
        made = [
            EntityProxy.from_dict(
                {"id": f"{which}{next(number)}", "schema": schema, "properties": {"name": list(texts)}}
            )
            for which, texts in (("a", [a]), ("b", names))
        ]
        return float(LogicV2.compare(made[0], made[1], config).score)

    return score


def wratio(a: str, names: Sequence[str], kind: Kind) -> float:
    return max(fuzz.WRatio(anyascii(a).lower(), anyascii(name).lower()) for name in names) / 100


def trigrams(pairs: Sequence[Pair]) -> Score:
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), preprocessor=lambda text: anyascii(text).lower())
    vectors.fit([text for pair in pairs for text in (pair.a, pair.b)])

    def score(a: str, names: Sequence[str], kind: Kind) -> float:
        return float((vectors.transform(names) @ vectors.transform([a]).T).max())

    return score


def main() -> None:
    if not DATA.is_dir():
        print("bench/screening.py is SKIPPED: NOTHING was measured. ../shared/data/lists is not here.", file=sys.stderr)
        return
    pl.Config.set_tbl_rows(80).set_tbl_cols(12).set_tbl_hide_dataframe_shape(True).set_float_precision(3)
    pl.Config.set_tbl_hide_column_data_types(True).set_tbl_width_chars(140)
    pairs = labelled(DATA)
    inputs = matrix(pairs, bearers())
    study = cross_validate(pairs, inputs, SHARES)
    print("Ours, cross-validated, called the same from 0.5 on:")
    print(evaluate(pairs, study.scores).filter(pl.col("script").is_in(["all", "arabic"])))
    free = cross_validate(pairs, inputs, SHARES, FREE)
    peers = {"logic-v2": logic_v2(), "WRatio on ASCII": wratio, "trigrams": trigrams(pairs)}
    scores = {"tidegate": study.scores, "free of directions": free.scores}
    for name, score in peers.items():
        if score is not None:
            start = time.process_time()
            scores[name] = np.array([score(pair.a, [pair.b], pair.kind) for pair in pairs])
            print(f"{name}: {len(pairs) / (time.process_time() - start):,.0f} pairs a CPU-second")
    tables = [
        evaluate(pairs, found, chosen_elsewhere(pairs, found)).with_columns(by=pl.lit(name))
        for name, found in scores.items()
    ]
    print("Each at the threshold that is best on the other folds:")
    shown = pl.concat(tables).filter((pl.col("script") == "all") | (pl.col("set") == "un_xscript"))
    print(shown.select("by", *SHOW).sort("set", "script", maintain_order=True))

    entries = un_entries()
    apart = np.array([pair.set not in FROM_UN for pair in pairs])
    others = [pair for pair, kept in zip(pairs, apart, strict=True) if kept]
    of_others = inputs[apart]
    blind = learn(others, of_others, SHARES, cross_validate(others, of_others, SHARES), Model.shipped().threshold)
    as_used(pairs, entries, blind, {name: score for name, score in peers.items() if score is not None})
    unbound = learn(pairs, inputs, SHARES, free, Model.shipped().threshold, FREE)
    for title, model in (
        ("as shipped", Model.shipped()),
        ("learned without any pair of the UN", blind),
        ("free of directions", unbound),
    ):
        for known in (True, False):
            screened(f"{title}; {'names, births, countries' if known else 'names alone'}", model, entries, known)


def un_entries() -> list[Entry]:
    path = DATA / "un_consolidated.xml"
    source = source_of(path)
    assert source is not None
    return list(source.read([path], Heading("un")).entries)


def as_used(pairs: Sequence[Pair], entries: Sequence[Entry], model: Model, peers: dict[str, Score]) -> None:
    """An alias against the whole entry less that alias: as screening does it, where a name alone cannot tell."""
    by_name = {name.casefold(): entry for entry in entries for name in entry.names[:1]}
    chosen = [pair for pair in pairs if pair.set == "un_alias" and pair.b.casefold() in by_name]
    rest = []
    for pair in chosen:
        entry = by_name[pair.b.casefold()]
        names = tuple(name for name in entry.names if name.casefold() != pair.a.casefold())
        rest.append(Entry("un", entry.source_id, pair.kind, names))
    scorer, rows = Scorer(model), np.arange(len(chosen))
    parties = scorer.parties([Party(pair.a, pair.kind) for pair in chosen])
    scores = {"tidegate": scorer.score(parties, scorer.listed(rest), rows, rows).probability}
    for name, score in peers.items():
        scores[name] = np.array([score(p.a, e.names, p.kind) for p, e in zip(chosen, rest, strict=True)])
    tables = [
        evaluate(chosen, found, chosen_elsewhere(chosen, found)).with_columns(by=pl.lit(name))
        for name, found in scores.items()
    ]
    print(f"Aliases against the whole entry less the alias ({len(chosen)} pairs; ours learned nothing of the UN):")
    print(pl.concat(tables).filter(pl.col("script") == "all").select("by", *SHOW))


def screened(title: str, model: Model, entries: Sequence[Entry], known: bool) -> None:
    """The UN's list against the listed, as they stand and perturbed, and 50,000 who are not."""
    scorer = Scorer(model)
    listed, index = scorer.listed(entries), Candidates([entry.names for entry in entries])
    found = []
    for name in ("screening_un_plain", "screening_un_perturbed", "screening_nobody"):
        people = parties(DATA / f"{name}.csv", known)
        start = time.process_time()
        offsets, rows, _ = index.find([party.name for party in people], TOP)
        middle = time.process_time()
        party = np.repeat(np.arange(len(people)), np.diff(offsets))
        scored = scorer.score(scorer.parties(people), listed, party, rows)
        best = np.zeros(len(people))
        np.maximum.at(best, party, scored.probability)
        spent = time.process_time() - middle
        found.append(f"{name} {(best >= model.threshold).mean():.4f}")
    print(f"UN list, from {model.threshold} on ({title}): {', '.join(found)}")
    names = int((listed.starts[rows + 1] - listed.starts[rows]).sum())
    print(f"  50,000 names: candidates {middle - start:.1f} CPU-seconds; {len(rows):,} entries with {names:,} names")
    print(f"  scored in {spent:.1f} ({len(rows) / spent:,.0f} entries a CPU-second)")


def parties(path: Path, known: bool) -> list[Party]:
    table = pl.read_csv(path, infer_schema=False).fill_null("")
    columns = table.select("full_name", "date_of_birth", "nationality", "gender").iter_rows()
    if not known:
        return [Party(name, Kind.PERSON) for name, *_ in columns]
    return [
        Party(
            name,
            Kind.PERSON,
            born=born,
            countries=tuple(filter(None, [code(country)])) if country else (),
            sex={"male": "m", "female": "f"}.get(sex, ""),
        )
        for name, born, country, sex in columns
    ]


if __name__ == "__main__":
    main()
