"""The list of commands, and the one place where an error becomes a line on standard error and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError
from rich.console import Console

from tidegate import __version__
from tidegate.errors import TidegateError

__all__ = ["COMMANDS", "app", "main"]

# Commands are named by import path, so that `tidegate --help` does not wait for LightGBM to load.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("simulate", "tidegate.cli.simulate:simulate", "Write a lifelike trade whose truth is known."),
    ("open", "tidegate.cli.open:open_command", "Open what was selected in a simulated trade, as its officers would."),
    (
        "inspect",
        "tidegate.cli.inspect:inspect_command",
        "Say what files are, what they hold, and how good their data is.",
    ),
    ("convert", "tidegate.cli.convert:convert", "Read tables and messages of any format; write another."),
    ("train", "tidegate.cli.train:train", "Learn from findings; write a model folder with its card."),
    ("assess", "tidegate.cli.assess:assess", "Decide for every declaration, with reasons; write the report."),
    ("answer", "tidegate.cli.answer:answer", "Answer each declaration in the format in which it came."),
    ("explain", "tidegate.cli.explain:explain", "Say why one declaration was decided as it was."),
    ("replay", "tidegate.cli.replay:replay", "Compute all decisions again and compare them bit for bit."),
    ("effect", "tidegate.cli.effect:effect", "Estimate what is true of all trade, and what each profile contributes."),
    (
        "backtest",
        "tidegate.cli.backtest:backtest",
        "Compare strategies month by month on a trade whose truth is known.",
    ),
    ("demo", "tidegate.cli.demo:demo", "Simulate, train, assess and report, in one go."),
    ("serve", "tidegate.cli.serve:serve", "Start the console and its interface for systems, with all they need."),
    ("backup", "tidegate.cli.backup:backup", "Write a node to one file, while it runs."),
    ("restore", "tidegate.cli.backup:restore", "Make a node of what `tidegate backup` wrote."),
    ("audit check", "tidegate.cli.audit:check", "Check the audit trail of a node, and what is sealed in it."),
    ("audit head", "tidegate.cli.audit:head", "Print the hash that shows later that nothing was cut off."),
    ("profiles check", "tidegate.cli.profiles:check", "Check a book: every error at once, with its place."),
    ("profiles try", "tidegate.cli.profiles:attempt", "Say what each profile of a book would do on past lines."),
    ("draw commit", "tidegate.cli.draw:commit", "Print the hash to publish before a day begins."),
    ("draw reveal", "tidegate.cli.draw:reveal", "Print the keys of days that are over, for everybody's check."),
    ("draw verify", "tidegate.cli.draw:verify", "Check a draw against the published hashes."),
    ("screen", "tidegate.cli.screen:app", "Hold names, or one party, against all lists."),
    ("screen clear", "tidegate.cli.screen_clear:clear", "Remember that a party is not the entry it resembles."),
    ("screen evaluate", "tidegate.cli.screen_evaluate:evaluate", "Say what scores of names are worth on pairs."),
    ("counters update", "tidegate.cli.counters:update", "Add lines and findings to a counters file, in place."),
)

GROUPS = {
    "audit": "Check the audit trail of a node.",
    "profiles": "Check and try books of profiles.",
    "draw": "Publish and check the random draw.",
    "counters": "Keep the file of daily counters.",
}

app = App(
    name="tidegate",
    help="Tidegate, the open risk and intelligence node of a customs administration.",
    version=__version__,
    version_flags=["--version"],
)


def _register() -> None:
    groups = {name: App(name=name, help=text) for name, text in GROUPS.items()}
    for group in groups.values():
        app.command(group)
    for name, path, text in COMMANDS:
        *group_name, command = name.split()
        if group_name == ["screen"]:
            continue  # a command by itself too, it registers those below it
        parent = groups[group_name[0]] if group_name else app
        parent.command(path, name=command, help=text)


_register()


def main(tokens: Sequence[str] | None = None) -> None:
    """Run one command and leave with its status: 0 done, 1 done but something differs, 2 could not be done."""
    stderr = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        status = app(tokens, exit_on_error=False, error_console=stderr, result_action="return_value")
    except CycloptsError:
        sys.exit(2)
    except TidegateError as error:
        stderr.print(f"tidegate: {error}", markup=False)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)
