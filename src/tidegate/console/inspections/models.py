"""Inspections as they were sent, with their photos and seizures. Findings are rows of the register."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models import Finding, Task, User
from tidegate.console.register.scope import Scoped

__all__ = ["Inspection", "Photo", "Seizure"]


class Inspection(models.Model):
    """What one inspector sent about one task. Sent back, it stays, and another takes its place.

    `checks`: code of each item of the checklist to its answer. `results`: one each line, as the form has it, with
    `item_number` (null: what belongs to no line). Neither holds the text of a profile.
    """

    class State(models.TextChoices):
        SIGNING = "signing", _("waiting for a second signature")
        RETURNED = "returned", _("sent back")
        DONE = "done", _("done")

    task = models.ForeignKey(Task, models.PROTECT, related_name="inspections")
    office = models.CharField(max_length=35, blank=True)
    inspector = models.ForeignKey(User, models.PROTECT, related_name="inspections")
    draft_id = models.UUIDField(unique=True)  # made when the page is first opened: the same draft counts once
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    checks = models.JSONField(default=dict)
    results = models.JSONField(default=list)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    signer = models.ForeignKey(User, models.PROTECT, null=True, related_name="countersigned")
    signed_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)  # of the second officer
    findings = models.ManyToManyField(Finding, related_name="inspections")

    objects = Scoped.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["task"], condition=~models.Q(state="returned"), name="inspection_one_in_force"
            ),
            models.CheckConstraint(
                condition=models.Q(signer=None) | ~models.Q(signer=models.F("inspector")), name="inspection_four_eyes"
            ),
        )
        indexes = (
            models.Index(fields=["state", "sent_at"], name="inspection_state"),
            models.Index(fields=["office", "-sent_at"], name="inspection_office"),
        )


class Photo(models.Model):
    """A photo as it is kept (photos.py says where), and the hash of what was sent."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="photos")
    item_number = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    sent_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ("pk",)


class Seizure(models.Model):
    """Goods that were taken into keeping."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="seizures")
    item_number = models.PositiveIntegerField(null=True)
    what = models.CharField(max_length=200)
    quantity = models.FloatField()
    unit = models.CharField(max_length=10, blank=True)
    place = models.CharField(max_length=200)
    record_number = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("pk",)
