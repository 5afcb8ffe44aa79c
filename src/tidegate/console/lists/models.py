"""Changes of lists that were proposed, and what became of them; how much of the trade a version would have matched."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models import Edition, User

__all__ = ["Overlap", "Proposal"]


class Proposal(models.Model):
    """Another version of one list, or an officer's "not the same". One officer proposes, another activates."""

    class Kind(models.TextChoices):
        VERSION = "version", _("new version")
        CLEARANCE = "clearance", _("not the same")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for another officer")
        ACTIVE = "active", _("activated")
        REFUSED = "refused", _("refused")

    kind = models.CharField(max_length=9, choices=Kind.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    list = models.CharField(max_length=64)
    why = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="list_proposals")
    proposed_at = models.DateTimeField()
    files = models.CharField(max_length=64, blank=True)  # folder DATA/proposed/NAME, which never changes
    base = models.CharField(
        max_length=64, blank=True
    )  # version of the list that it was compared with; empty: a new list
    version = models.CharField(max_length=64, blank=True)  # of what is proposed
    heading = models.JSONField(default=dict)  # owner and level of the list as a whole, where they were said
    clearance = models.JSONField(null=True)  # columns of screening.Clearance, days as ISO text
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="list_decisions")
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="list_proposals")

    class Meta:
        indexes = (models.Index(fields=["state", "-proposed_at"], name="list_proposal_state"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="list_four_eyes",
            ),
        )


class Overlap(models.Model):
    """How many declarations of the `days` before `day` one version of a list would have matched."""

    list = models.CharField(max_length=64)
    version = models.CharField(max_length=64)
    day = models.DateField()
    days = models.PositiveIntegerField()
    seen = models.PositiveIntegerField()  # declarations that were looked at
    matched = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["list", "version", "day"], name="list_overlap_once"),)
