"""Work that this screen leaves to the worker: figures, nightly and when somebody asks."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tidegate.console.effect.figures import PERIODS, work_out
from tidegate.console.register.models import Office

__all__ = ["nightly", "work_out_figures"]


@app.task(name="effect.work_out", queue="figures", priority=10)  # type: ignore[untyped-decorator]
def work_out_figures(office: str, days: int, by: str) -> None:
    """Work out the figures of an office (empty: of all) and a period."""
    work_out(office, days, by)


@app.periodic(cron="30 2 * * *")  # type: ignore[untyped-decorator]
@app.task(name="effect.nightly", queue="figures", queueing_lock="effect.nightly")  # type: ignore[untyped-decorator]
def nightly(timestamp: int) -> None:
    """Ask anew for all figures of all offices; each is a piece of work of its own."""
    for office in ("", *Office.objects.values_list("code", flat=True)):
        for days in PERIODS:
            work_out_figures.defer(office=office, days=days, by="node")
