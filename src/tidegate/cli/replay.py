"""tidegate replay: every decision again, compared bit for bit."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from tidegate.assessment import Record
from tidegate.assessment import replay as run
from tidegate.cli.progress import Bars
from tidegate.cli.sources import open_keys
from tidegate.cli.tables import plain
from tidegate.cli.wording import counted

__all__ = ["replay"]

SHOWN = 10


def replay(folder: Path, /, *, keys: Path | None = None) -> int:
    """Compute all decisions again and compare them bit for bit. Exit status 1 when anything differs.

    Parameters
    ----------
    folder:
        Folder that `tidegate assess` wrote.
    keys:
        File with the secret behind the draw; by default the one beside the folder.
    """
    record = Record.open(folder)
    with Bars() as bars:
        result = run(record, open_keys(keys, folder), bars.stage)
    console = Console(highlight=False)
    for name in result.changed:
        console.print(f"CHANGED   {name} is not the file that was written.", markup=False)
    if result.refused:
        console.print(
            f"REFUSED   The decisions cannot be computed again: {result.refused}", markup=False, soft_wrap=True
        )
    if result.differences.height:
        count = result.differences["declaration_id"].n_unique()
        console.print(f"DIFFERS   {count:,} of {counted(result.declarations, 'decision')}.", markup=False)
        console.print(plain(result.differences.columns, result.differences.head(SHOWN).rows(), left=4))
    if result.agrees:
        files = len(record.manifest["files"])
        one = result.declarations == 1
        agree = "The one decision agrees" if one else f"All {result.declarations:,} decisions agree"
        console.print(f"{agree}, bit for bit; all {files} files are as written.")
        return 0
    return 1
