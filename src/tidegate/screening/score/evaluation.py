"""How well scores tell the same from others: precision, recall, F1, average precision and calibration, set by set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import InputError
from tidegate.screening.entry import Kind
from tidegate.screening.names import analyse_all
from tidegate.screening.score.folds import folds
from tidegate.screening.score.pairs import Pair

__all__ = ["best_threshold", "chosen_elsewhere", "evaluate", "read_pairs", "tied"]

Floats = NDArray[np.float64]

# What a schema of FollowTheMoney is here; any other is taken for a company.
KINDS = {"Person": Kind.PERSON, "Vessel": Kind.VESSEL}
# The columns of the two shapes of file: first name, second name, label; set and kind.
SHAPES = (
    {"a": "a", "b": "b", "same": "y", "set": "set", "kind": "schema", "how": "cat"},
    {"a": "name1", "b": "name2", "same": "is_match", "set": "case_group", "kind": "schema", "how": "category"},
)
YES, NO = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no"})
# Bins of the calibration error.
BINS = 10


def read_pairs(path: str | Path) -> list[Pair]:
    """Labelled pairs from a CSV file (name1, name2, is_match, case_group, schema) or a TSV file (a, b, y, set, schema).

    The set of a CSV pair is the file's stem. InputError: no such file, not such a table, a label that is neither.
    """
    path = Path(path)
    tabs = path.suffix == ".tsv"
    try:
        table = pl.read_csv(
            path, separator="\t" if tabs else ",", quote_char=None if tabs else '"', infer_schema=False
        ).fill_null("")
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0][:200]
        raise InputError(
            f"The pairs cannot be read: {reason}.",
            where=path.name,
            hint="Give a CSV or TSV file, UTF-8, with a header.",
        ) from error
    shape = next((shape for shape in SHAPES if {shape["a"], shape["b"], shape["same"]} <= set(table.columns)), None)
    if shape is None:
        raise InputError(
            "The file has no columns name1, name2, is_match, nor a, b, y.", where=path.name, hint="Name the columns so."
        )
    pairs = []
    for number, row in enumerate(table.iter_rows(named=True), 2):
        label = row[shape["same"]].strip().lower()
        if label not in YES | NO:
            raise InputError(
                f"The label {label[:20]!r} is neither true nor false.",
                where=f"{path.name}, row {number}, {shape['same']}",
                hint="Write 1 or 0, true or false.",
            )
        kind = KINDS.get(row.get(shape["kind"], ""), Kind.COMPANY)
        group = row.get(shape["set"], "") if tabs else path.stem
        pairs.append(Pair(group, kind, row[shape["a"]], row[shape["b"]], label in YES, row.get(shape["how"], "")))
    return pairs


def best_threshold(same: NDArray[np.bool_], scores: Floats) -> float:
    """The score from which on to say "the same" so that F1 is greatest; midway to the next lower score."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(same[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + max(int(same.sum()), 1))
    sorted_scores = scores[order]
    ends = np.append(sorted_scores[1:] != sorted_scores[:-1], True)
    best = int(np.where(ends, f1, -1.0).argmax())
    below = sorted_scores[best + 1] if best + 1 < len(order) else sorted_scores[best]
    return float((sorted_scores[best] + below) / 2)


def chosen_elsewhere(pairs: Sequence[Pair], scores: Floats, count: int = 5) -> Floats:
    """For each pair the threshold that is best for the pairs of its set whose owners are in other folds."""
    same, sets = np.array([pair.same for pair in pairs], bool), np.array([pair.set for pair in pairs], object)
    chosen = np.zeros(len(pairs))
    for name in dict.fromkeys(sets.tolist()):
        of_set = np.flatnonzero(sets == name)
        for learned, tested in folds([pairs[place] for place in of_set.tolist()], count):
            chosen[of_set[tested]] = best_threshold(same[of_set[learned]], scores[of_set[learned]])
    return chosen


def tied(scores: Floats, top: int) -> float:
    """The share of the `top` highest scores that another of them equals: 0 where a queue can be sorted by them."""
    highest = np.sort(scores)[::-1][:top]
    _, counts = np.unique(highest, return_counts=True)
    return float(counts[counts > 1].sum() / max(len(highest), 1))


def average_precision(same: NDArray[np.bool_], scores: Floats) -> float:
    """Mean over the true pairs of the precision at their score; ties count as one."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(same[order])
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    precision, recall = hits[ends] / (ends + 1), hits[ends] / max(int(same.sum()), 1)
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def calibration_error(same: NDArray[np.bool_], scores: Floats) -> float:
    """Mean distance of probability and share of true pairs over ten bins of equal width, weighted by their pairs."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    total = 0.0
    for number in range(BINS):
        inside = bins == number
        if inside.any():
            total += abs(scores[inside].mean() - same[inside].mean()) * inside.sum()
    return total / max(len(scores), 1)


def evaluate(pairs: Sequence[Pair], scores: Floats, threshold: float | Floats = 0.5) -> pl.DataFrame:
    """One row a set, and one a set and script where there are several: what `scores` (one a pair) are worth.

    `threshold`: from which score on a pair is called the same; one for all, or one a pair. Columns: set, script,
    pairs, same, precision, recall, f1 (at the threshold), average_precision, calibration_error.
    """
    same = np.array([pair.same for pair in pairs], bool)
    called = scores >= threshold
    sets = np.array([pair.set for pair in pairs], object)
    scripts = np.array(_scripts(pairs), object)
    rows = []
    for name in dict.fromkeys(sets.tolist()):
        of_set = sets == name
        kinds = sorted(set(scripts[of_set]))
        choices = [("all", of_set)] + [(kind, of_set & (scripts == kind)) for kind in kinds if len(kinds) > 1]
        rows += [_row(name, script, same[chosen], scores[chosen], called[chosen]) for script, chosen in choices]
    return pl.DataFrame(rows, orient="row", schema=COLUMNS)


COLUMNS = {
    "set": pl.String,
    "script": pl.String,
    "pairs": pl.Int64,
    "same": pl.Int64,
    "precision": pl.Float64,
    "recall": pl.Float64,
    "f1": pl.Float64,
    "average_precision": pl.Float64,
    "calibration_error": pl.Float64,
}


def _scripts(pairs: Sequence[Pair]) -> list[str]:
    """The script of each pair: that of the first name which is not Latin."""
    a, b = (analyse_all([getattr(pair, side) for pair in pairs]) for side in ("a", "b"))
    return [one.script if one.script != "latin" else other.script for one, other in zip(a, b, strict=True)]


def _row(
    name: str, script: str, same: NDArray[np.bool_], scores: Floats, called: NDArray[np.bool_]
) -> tuple[object, ...]:
    right = int((same & called).sum())
    precision = right / max(int(called.sum()), 1)
    recall = right / max(int(same.sum()), 1)
    f1 = 2 * right / max(int(called.sum() + same.sum()), 1)
    ranked = average_precision(same, scores), calibration_error(same, scores)
    return name, script, len(same), int(same.sum()), precision, recall, f1, *ranked
