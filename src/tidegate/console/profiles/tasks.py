"""What is done in the background: the table of the last ninety days, simulations, shadow hits."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tidegate.console.clock import now
from tidegate.console.deciding import engine_of
from tidegate.console.profiles import history, shadow
from tidegate.console.profiles.models import Simulation
from tidegate.console.profiles.simulation import hashed, simulate
from tidegate.console.register import trail
from tidegate.errors import TidegateError

__all__ = ["ask_for_history", "follow_shadow", "make_history", "run_simulation"]


@app.periodic(cron="15 0 * * *")  # type: ignore[untyped-decorator]
@app.task(name="profiles.make_history", pass_context=False)  # type: ignore[untyped-decorator]
def make_history(timestamp: int = 0) -> None:
    """Make the table of the last ninety days, where it is not there yet."""
    history.make()


@app.periodic(cron="*/2 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="profiles.follow_shadow", queueing_lock="profiles.follow_shadow")  # type: ignore[untyped-decorator]
def follow_shadow(timestamp: int = 0) -> None:
    """Match versions in shadow with what came in."""
    shadow.follow()


@app.task(name="profiles.run_simulation")  # type: ignore[untyped-decorator]
def run_simulation(number: int) -> None:
    """Replay a draft, and keep the report, or why there is none."""
    asked = Simulation.objects.select_related("version", "edition").get(pk=number)
    if asked.state != Simulation.State.WAITING:
        return
    try:
        history.make()
        held = history.known()
        assert held is not None
        profile = asked.version.in_book()
        report = simulate(profile, held, engine_of(asked.edition), history.findings_of(held.table))
    except TidegateError as error:
        asked.state, asked.wrong = Simulation.State.FAILED, str(error)
    else:
        asked.state, asked.report, asked.report_hash = Simulation.State.DONE, report, hashed(report)
        asked.text_hash = report["text_hash"]
    asked.done_at = now()
    with transaction.atomic():
        asked.save()
        trail.write("profile.simulate", asked.version.subject, "node", report=asked.report_hash, state=asked.state)


def ask_for_history() -> None:
    """Have the table made soon; asked twice, it is made once."""
    try:
        with transaction.atomic():
            make_history.configure(queueing_lock="profiles.make_history").defer()
    except AlreadyEnqueued:
        pass
