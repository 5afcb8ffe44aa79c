"""Train the scorer of names: word table, cross-validation, model. The same data give the same files.

python scripts/train_screening.py ../shared/data/lists
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

import numpy as np
import polars as pl

from tidegate.screening.entry import Kind
from tidegate.screening.names import analyse
from tidegate.screening.score.evaluation import chosen_elsewhere, evaluate, tied
from tidegate.screening.score.invented import company, person
from tidegate.screening.score.learning import SHARES, cross_validate, labelled, learn, matrix
from tidegate.screening.score.pairs import Pair

HOUSE = Path(__file__).parents[1] / "src/tidegate/screening/score"

# A word goes into the table if so many names bear it; less could point to somebody.
LEAST_BEARERS = 5
# The probability from which on a hit is shown; docs/screening.md says what it costs.
THRESHOLD = 0.9


def main(folder: Path) -> None:
    pairs = labelled(folder)
    table = count_bearers(populations(folder, pairs))
    write_bearers(table)
    inputs = matrix(pairs, table)
    study = cross_validate(pairs, inputs, SHARES)
    report = evaluate(pairs, study.scores)
    sets = np.array([pair.set for pair in pairs])
    chosen = chosen_elsewhere(pairs, study.scores)
    with pl.Config(tbl_rows=60, tbl_cols=12, float_precision=3, tbl_hide_dataframe_shape=True, tbl_width_chars=140):
        print(report)
        print(
            evaluate(pairs, study.scores, chosen)
            .filter(pl.col("script") == "all")
            .select("set", "precision", "recall", "f1")
        )
    by_how(pairs, study.scores)
    print(f"ties among the 1,000 highest: {tied(study.scores, 1000):.3f}")
    model = learn(pairs, inputs, SHARES, study, THRESHOLD)
    rows = report.filter(pl.col("script") == "all").to_dicts()
    model.card.update(
        trained_on={name: int((sets == name).sum()) for name in dict.fromkeys(sets.tolist())},
        cross_validated=[{k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()} for row in rows],
    )
    (HOUSE / "model.json").write_text(model.write(), encoding="utf-8")


def by_how(pairs: list[Pair], scores: np.ndarray) -> None:
    """What becomes of each kind of generated pair at 0.5."""
    counts: dict[tuple[str, bool, str], list[bool]] = {}
    for pair, score in zip(pairs, scores, strict=True):
        if pair.set in ("vietnamese", "companies"):
            counts.setdefault((pair.set, pair.same, pair.how), []).append(score >= 0.5)
    for (name, same, how), called in sorted(counts.items()):
        print(
            f"{name:12} {'same ' if same else 'other'} {how:30} called the same {np.mean(called):.3f} of {len(called)}"
        )


def populations(folder: Path, pairs: list[Pair]) -> list[tuple[Kind, Iterable[str]]]:
    """Names among which words are counted, each population for itself."""
    draw = Random(3)
    nobody = pl.read_csv(folder / "screening_nobody.csv", infer_schema=False)["full_name"].to_list()
    with (folder / "ofac_sdn.csv").open(encoding="latin-1", newline="") as file:
        listed = [row for row in csv.reader(file) if len(row) > 2]
    scripts: dict[str, list[str]] = {}
    for name in nobody:
        scripts.setdefault(analyse(name, Kind.PERSON).script, []).append(name)
    un = {
        name for pair in pairs if pair.set.startswith("un_") and pair.kind is Kind.PERSON for name in (pair.a, pair.b)
    }
    firms = {row[1] for row in listed if row[2].strip() == "-0-"} | {
        name for pair in pairs if pair.kind is not Kind.PERSON and pair.set != "companies" for name in (pair.a, pair.b)
    }
    return [
        (Kind.PERSON, [str(person(draw)) for _ in range(20_000)]),
        (Kind.COMPANY, [str(company(draw)) for _ in range(5_000)]),
        (Kind.PERSON, {row[1] for row in listed if row[2].strip() == "individual"} | un),
        (Kind.COMPANY, firms),
        *((Kind.PERSON, names) for _, names in sorted(scripts.items()) if len(names) >= 1000),
    ]


def count_bearers(groups: list[tuple[Kind, Iterable[str]]]) -> dict[str, float]:
    """Words and how many of 10,000 names bear each, in the population where it is most frequent."""
    table: dict[str, float] = {}
    for kind, names in groups:
        counts: Counter[str] = Counter()
        total = 0
        for name in names:
            total += 1
            counts.update({word.latin for word in analyse(name, kind).words if word.latin})
        for word, count in counts.items():
            if count >= LEAST_BEARERS:
                table[word] = max(table.get(word, 0.0), round(count / total * 10_000, 1))
    return dict(sorted(table.items()))


def write_bearers(table: dict[str, float]) -> None:
    head = "# Words, and how many of 10,000 names bear each where it is most frequent; by scripts/train_screening.py\n"
    rows = "".join(f"{word} {share:g}\n" for word, share in table.items())
    (HOUSE / "bearers.txt").write_text(head + rows, encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
