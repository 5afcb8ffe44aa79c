"""Work that this screen leaves to the worker: reports, nightly and when somebody asks."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tidegate.console.quality.figures import PERIODS, work_out
from tidegate.console.register.models import Office

__all__ = ["nightly", "work_out_report"]


@app.task(name="quality.work_out", queue="figures")  # type: ignore[untyped-decorator]
def work_out_report(office: str, days: int) -> None:
    """Work out the report of an office (empty: of all) and a period."""
    work_out(office, days)


@app.periodic(cron="10 3 * * *")  # type: ignore[untyped-decorator]
@app.task(name="quality.nightly", queue="figures", queueing_lock="quality.nightly")  # type: ignore[untyped-decorator]
def nightly(timestamp: int) -> None:
    """Ask anew for all reports of all offices."""
    for office in ("", *Office.objects.values_list("code", flat=True)):
        for days in PERIODS:
            work_out_report.defer(office=office, days=days)
