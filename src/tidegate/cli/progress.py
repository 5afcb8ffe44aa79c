"""Progress on the terminal: one bar a stage, on standard error, so that standard output stays clean for pipes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

__all__ = ["Bars"]


class Bars:
    """Stages of a long job: `with Bars() as bars, bars.stage("Reading lines") as tell: tell(0.5)`.

    `seconds` keeps how long each stage took. Without a terminal, one line a stage is printed instead of a bar.
    """

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.seconds: dict[str, float] = {}
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description:<34}"),
            BarColumn(bar_width=28),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[float], None]]:
        """Run one stage; the yielded function takes the share done, 0 to 1."""
        task = self._progress.add_task(name, total=1.0)
        begun = perf_counter()
        yield lambda share: self._progress.update(task, completed=share)
        self.seconds[name] = round(perf_counter() - begun, 3)
        self._progress.update(task, completed=1.0)
        if not self.console.is_terminal:
            self.console.print(f"{name:<34} {self.seconds[name]:>7.1f} s", markup=False)
