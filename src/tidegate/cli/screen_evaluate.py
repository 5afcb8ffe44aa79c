"""tidegate screen evaluate: what the scores of names are worth on labelled pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tidegate.cli.screen_lists import chance
from tidegate.cli.screen_texts import Speech
from tidegate.errors import InputError
from tidegate.screening import Entry, Party
from tidegate.screening.score import Pair, Scorer, read_pairs
from tidegate.screening.score import evaluate as table_of

__all__ = ["evaluate"]

COLUMNS = ("set", "script", "pairs", "alike", "precision", "recall", "f1", "average_precision", "calibration")


def evaluate(*pairs: Path, threshold: float | None = None, language: str = "en") -> None:
    """Say what the scores of names are worth on labelled pairs, by set and script.

    Parameters
    ----------
    pairs:
        CSV files with name1, name2, is_match, or TSV files with a, b, y, and set; schema says Person or Company.
    threshold:
        The probability from which on two names are called the same; the model's own without it.
    language:
        en or vi.
    """
    speech = Speech(language)
    least = chance(threshold)
    if not pairs:
        raise InputError("no file of pairs was named.", hint="Write: tidegate screen evaluate PAIRS.csv")
    labelled = [pair for path in pairs for pair in read_pairs(path)]
    if not labelled:
        raise InputError("there is no pair.", where=", ".join(map(str, pairs)), hint="Name a file with pairs in it.")
    scorer = Scorer()
    if least is None:
        least = scorer.threshold
    speech.say("evaluated", n=len(labelled), threshold=least)
    if learned := sorted({pair.set for pair in labelled} & set(scorer.model.card.get("trained_on", ()))):
        speech.say("trained", sets=", ".join(learned))
    speech.tell()
    rows = table_of(labelled, scores(scorer, labelled), least).rows()
    speech.table(COLUMNS, [_cells(*row) for row in rows], 2)


def _cells(name: str, script: str, pairs: int, same: int, *measures: float) -> list[str]:
    # Where no pair is the same there is nothing to find: only the calibration says something.
    told = [f"{number:.3f}" if same or place == len(measures) - 1 else "–" for place, number in enumerate(measures)]
    return [name, script, f"{pairs:,}", f"{same:,}", *told]


def scores(scorer: Scorer, pairs: list[Pair]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The probability of each pair: the first name as a party, the second as an entry of a list."""
    parties = scorer.parties([Party(pair.a, pair.kind) for pair in pairs])
    listed = scorer.listed([Entry("", "", pair.kind, (pair.b,)) for pair in pairs])
    rows = np.arange(len(pairs))
    return np.asarray(scorer.score(parties, listed, rows, rows).probability, np.float64)
