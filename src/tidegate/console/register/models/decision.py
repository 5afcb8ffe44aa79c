"""Decisions: the engine's, and what officers made of it. One of them is current."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models.declaration import Declaration
from tidegate.console.register.models.edition import Edition
from tidegate.console.register.models.people import User
from tidegate.console.register.scope import Scoped

__all__ = ["Channel", "Decision"]


class Channel(models.TextChoices):
    GREEN = "green", _("Green")
    YELLOW = "yellow", _("Yellow")
    RED = "red", _("Red")
    BLUE = "blue", _("Blue")


class Decision(models.Model):
    """What was decided about a declaration, by the engine (`officer` null) or by an officer, who gives a reason.

    `record` is the row of decisions.parquet (docs/assessment.md) less what has a column here; reasons as told there.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="decisions")
    current = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    lodged_on = models.DateField()
    office = models.CharField(max_length=35, blank=True)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    score = models.FloatField(null=True)
    probability = models.FloatField()  # of not being green, known before the draw
    targeted_by = models.CharField(max_length=12, blank=True)  # profile, model, exploration, draw
    drawn = models.BooleanField(default=False)
    hits = ArrayField(models.CharField(max_length=80), default=list)
    reasons = models.JSONField(default=list)
    record = models.JSONField(default=dict)
    # Nobody asks by it, and what was in force is never deleted: the database need not look for it each time.
    edition = models.ForeignKey(Edition, models.DO_NOTHING, null=True, db_index=False, db_constraint=False)
    officer = models.ForeignKey(User, models.PROTECT, null=True, db_index=False)
    act = models.CharField(max_length=12, blank=True)  # of an officer: release, inspect, documents, ask, change
    note = models.TextField(blank=True)  # the officer's reason

    objects = Scoped.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["declaration"], condition=models.Q(current=True), name="decision_current"),
        )
        indexes = (
            BrinIndex(fields=["made_at"], name="decision_made"),
            models.Index(fields=["lodged_on", "office", "channel"], name="decision_day"),
            GinIndex(fields=["hits"], name="decision_hits"),
            models.Index(fields=["officer"], condition=models.Q(officer__isnull=False), name="decision_officer"),
        )
