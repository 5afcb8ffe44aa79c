"""Does the README print what it shows? Makes the demo and runs every `$ command` of both, in a folder of its own.

python scripts/readme_blocks.py

What a block shows has to be printed, line by line, in that order; `...` stands for what is left out. Spaces do not
count. Says what is missing, and ends with 1 if anything is.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "README.vi.md")
WIDTHS = ("80", "200")  # characters: tables are shown as wide as a terminal of one of these makes them
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
DEMO = "tidegate demo demo"


def commands(page: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a page with the lines that it shows; the first block without a command is the demo's."""
    demo = False
    for language, block in BLOCK.findall(page):
        if re.search(r"^\$ ", block, re.MULTILINE):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, shown = part.replace("\\\n", "").partition("\n")
                yield command, shown.splitlines()
        elif not language and not demo and "demo/model" in block:
            demo = True
            yield DEMO, block.splitlines()


def missing(shown: Iterable[str], printed: str) -> list[str]:
    """The lines shown that were not printed, or not in this order."""
    said = [" ".join(line.split()) for line in printed.splitlines()]
    lacking, at = [], 0
    for line in (" ".join(line.split()) for line in shown):
        if line in ("", "..."):
            continue
        if line in said[at:]:
            at = said.index(line, at) + 1
        else:
            lacking.append(line)
    return lacking


def main() -> int:
    """Print a line a command; return 1 if one does not print what is shown."""
    wrong = 0
    printed: dict[tuple[str, str], str] = {}
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "examples").symlink_to(HOUSE / "examples")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

        def run(command: str, width: str) -> str:
            if (command, width) not in printed:
                done = subprocess.run(
                    command.replace(DEMO, f"rm -rf demo && {DEMO}"),
                    shell=True,  # commands of our own pages, as a reader would type them
                    cwd=name,
                    env={**os.environ, "PATH": path, "COLUMNS": width},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                printed[command, width] = done.stdout + done.stderr
            return printed[command, width]

        run(DEMO, WIDTHS[0])
        for page in PAGES:
            for command, shown in commands((HOUSE / page).read_text(encoding="utf-8")):
                widths = WIDTHS[:1] if command == DEMO else WIDTHS
                lacking = min((missing(shown, run(command, width)) for width in widths), key=len)
                print(f"{page}: {command[:90]}: {'as shown' if not lacking else 'NOT as shown'}", flush=True)
                for line in lacking:
                    print(f"    not printed: {line}")
                wrong += bool(lacking)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
