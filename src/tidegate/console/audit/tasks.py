"""Work in the background: a seal each minute, a look through the trail each night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tidegate.console.audit.checking import check
from tidegate.console.audit.seal import seal

__all__ = ["check_nightly", "seal_minute"]

NIGHTLY = 0.1  # share of the seals whose rows are looked at each night


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(name="audit.seal", queueing_lock="audit.seal", lock="audit.seal")  # type: ignore[untyped-decorator]
def seal_minute(timestamp: int) -> int:
    """Seal what came in."""
    return seal()


@app.periodic(cron="40 3 * * *")  # type: ignore[untyped-decorator]
@app.task(name="audit.check", queueing_lock="audit.check", lock="audit.check")  # type: ignore[untyped-decorator]
def check_nightly(timestamp: int) -> int:
    """Look through the trail; returns the number of breaks."""
    return len(check("node", NIGHTLY).breaks)


@app.task(name="audit.check_now", queueing_lock="audit.check_now")  # type: ignore[untyped-decorator]
def check_now(actor: str) -> int:
    """Look through the whole trail because somebody asked."""
    return len(check(actor).breaks)
