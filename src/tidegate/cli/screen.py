"""tidegate screen: hold names, or one party, against all lists; what comes out are possible matches."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from tidegate.cli.app import COMMANDS
from tidegate.cli.progress import Bars
from tidegate.cli.screen_file import screen_file, writable
from tidegate.cli.screen_lists import Who, chance, known_level, on_day, serving
from tidegate.cli.screen_names import ENDINGS
from tidegate.cli.screen_texts import Speech
from tidegate.errors import InputError
from tidegate.screening import WITHHELD, Cleared, Match, Screener
from tidegate.screening.crew import Orders
from tidegate.screening.disclosure import known_to
from tidegate.screening.score import VERDICT, VERDICT_VI

__all__ = ["app", "screen"]

# Names of an entry that a table shows.
NAMES = 3
NOBODY = Who()


def screen(
    names: str = "",
    /,
    *,
    lists: Path,
    out: Path | None = None,
    cleared: Path | None = None,
    threshold: float | None = None,
    cache: Path | None = None,
    on: str | None = None,
    level: str = "open",
    top: int = 10,
    language: str = "en",
    replace: bool = False,
    who: Who = NOBODY,
) -> int:
    """Hold names, or one party, against all lists: possible matches with their reasons, to be confirmed.

    Exit status 1 where a list could not be read and its earlier version serves.

    Parameters
    ----------
    names:
        A file (CSV, Parquet, Arrow, NDJSON, or a text with one name a line); or, where there is no such file, a name.
    lists:
        Folder with the lists.
    out:
        File for the matches of a file of names: .csv or .parquet.
    cleared:
        File of what officers found to be not the same, as `tidegate screen clear` writes it.
    threshold:
        The probability from which on a name is a match; the model's own without it.
    cache:
        Folder where lists are kept, so that the version before serves for one that cannot be read.
    on:
        The day on which terms count, as 2026-01-31; today without it.
    level:
        What may be shown: open, official or restricted entries. Others are withheld.
    top:
        How many matches are shown.
    language:
        en or vi.
    replace:
        Write over what is there.
    """
    speech = Speech(language)
    day, least, may_know = on_day(on), chance(threshold), known_level(level)
    if top < 0:
        raise InputError(f"{top} is no number of matches.", where="--top", hint="Write 0 or more.")
    path = file_of(names)
    if path is None:
        party = one_of(names, who).party()
        if out is not None:
            raise InputError("only matches of a file of names are written.", where="--out", hint="Leave it out.")
    else:
        if who != NOBODY:
            option = f"--{next(iter(who.said()))}".replace("_", "-")
            hint = "Leave one of them out: columns of the file say who is meant."
            raise InputError(f"a file of names is there as well: {path.name[:80]}.", where=option, hint=hint)
        if out is not None:
            writable(out, replace)
    known = Cleared.load(cleared) if cleared is not None else Cleared()
    with Bars() as bars:
        with bars.stage(speech.text("loading")):
            served, status = serving(lists, cache, speech)
        counted = {"lists": len(served.by_name), "entries": len(served.entries), "day": day}
        if path is not None:
            speech.say("lists", **counted)
            screen_file(speech, path, Orders(served.by_name, known, day, may_know, least), bars, out, top)
            return status
        with bars.stage(speech.text("holding")):
            matches = Screener(served, known, threshold=least).screen(party, day)
    speech.say("lists", **counted)
    _tell(speech, matches, may_know, top)
    return status


def file_of(names: str) -> Path | None:
    """The file of that name; None where it is a name of somebody. Raises InputError for what was meant to be a file."""
    path = Path(names)
    try:
        there = bool(names) and path.exists()
    except (OSError, ValueError):
        # Longer than a path may be, or with characters that none holds.
        there = False
    if there:
        if path.is_dir():
            raise InputError("this is a folder.", where=names, hint="Name a file; or screen a name with --name.")
        return path
    if names.lower().endswith(ENDINGS):
        raise InputError("there is no such file.", where=names[:200], hint="If somebody is called so, use --name.")
    return None


def one_of(names: str, who: Who) -> Who:
    """The party that is meant, whether its name stands by itself or behind --name. Raises InputError."""
    if names and who.name:
        raise InputError("there are two names.", where="--name", hint="Leave one of them out.")
    return Who(**{**vars(who), "name": names}) if names else who


def _tell(speech: Speech, matches: list[Match], level: str, top: int) -> None:
    """A table of matches, and then each with its reasons."""
    if not matches:
        speech.say("none")
        return
    speech.say("matches", n=len(matches))
    shown = matches[:top]
    speech.tell()
    heads = ("probability", "list", "owner", "entry", "names", "born", "countries", "listed", "until")
    speech.table(heads, [_row(speech, one, level) for one in shown], len(heads))
    for one in shown:
        if known_to(one.entry, level):
            _reasons(speech, one)
    if len(matches) > top:
        speech.tell()
        speech.say("shown", n=len(matches), shown=top)


def _row(speech: Speech, match: Match, level: str) -> list[str]:
    entry = match.entry
    said = [_probable(speech, match), entry.list, entry.owner]
    if not known_to(entry, level):
        return [*said, "", speech.chosen(*WITHHELD), "", "", "", ""]
    names = "; ".join(entry.names[:NAMES])
    if len(entry.names) > NAMES:
        names += " " + speech.text("more", n=len(entry.names) - NAMES)
    days = [str(day or "") for day in (entry.listed_on, entry.expires)]
    return [*said, entry.source_id, names, ", ".join(entry.born), ", ".join(entry.countries), *days]


def _probable(speech: Speech, match: Match) -> str:
    probable = "" if match.probability is None else f"{match.probability:.3f}"
    return probable if match.how == "name" else f"{probable} {speech.text(match.how)}".strip()


def _reasons(speech: Speech, match: Match) -> None:
    """What speaks for a match and against it, heaviest first."""
    entry = match.entry
    speech.tell()
    cells = [
        [f"{one.weight:+.2f}" if one.weight else "", speech.chosen(one.text, one.text_vi)] for one in match.reasons
    ]
    title = f"{entry.list}, {entry.source_id}: {match.listed} ({_probable(speech, match)})"
    speech.table(("adds", "why"), cells, 2, title)
    speech.tell(speech.chosen(VERDICT, VERDICT_VI))


app = App(name="screen", help="Hold names, or one party, against all lists.")
app.default(screen)
for name, path, text in COMMANDS:
    if name.startswith("screen "):
        app.command(path, name=name.removeprefix("screen "), help=text)
