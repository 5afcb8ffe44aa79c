"""Measures of the node for Prometheus.

Each process of the node writes its counts into files of its own in DATA/metrics (PROMETHEUS_MULTIPROC_DIR); whoever is
asked adds them all up. What the database knows (places of work that wait) is asked there, when it is asked.
"""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from tidegate.console.api.models import Delivery, Hook, Outbox
from tidegate.console.register.models import InForce, Task

__all__ = ["decided", "measure", "measures"]

BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")

CALLS = Counter("tidegate_api_calls", "Calls of systems by route and status", ("method", "route", "status"))
SECONDS = Histogram("tidegate_api_seconds", "Seconds until a call was answered", ("route",), buckets=BUCKETS)
DECISIONS = Counter("tidegate_api_decisions", "Decisions that were answered, by channel", ("channel",))


def measure(method: str, route: str, status: int, seconds: float) -> None:
    """Count a call. What has no route counts as one, so that nobody makes up series."""
    CALLS.labels(method if method in METHODS else "other", route or "none", str(status)).inc()
    SECONDS.labels(route or "none").observe(seconds)


def decided(channel: str) -> None:
    """Count a decision that a system got."""
    DECISIONS.labels(channel).inc()


def measures(request: HttpRequest) -> HttpResponse:
    """All measures, in the text format of Prometheus."""
    counted = CollectorRegistry()
    MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(counted) + generate_latest(_standing()), content_type=CONTENT_TYPE_LATEST)


def _standing() -> CollectorRegistry:
    """What waits now, by the database."""
    told = CollectorRegistry()
    tasks = Gauge("tidegate_tasks_open", "Tasks that are not done, by state", ("state",), registry=told)
    for state, number in (
        Task.objects.exclude(state="done").order_by("state").values_list("state").annotate(number=Count("pk"))
    ):
        tasks.labels(state).set(number)
    hooks = Gauge("tidegate_webhook_waiting", "Deliveries that wait, by webhook", ("hook",), registry=told)
    waiting = Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING))
    for pk, number in Hook.objects.filter(closed_at=None).order_by("pk").values_list("pk").annotate(number=waiting):
        hooks.labels(str(pk)).set(number)
    Gauge("tidegate_outbox", "Decisions without a place in the order yet", registry=told).set(Outbox.objects.count())
    in_force = InForce.objects.filter(pk=1).values_list("edition_id", flat=True).first()
    Gauge("tidegate_edition", "Number of the edition in force; 0: none", registry=told).set(in_force or 0)
    return told
