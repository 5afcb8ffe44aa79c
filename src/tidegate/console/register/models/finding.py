"""Findings: what an officer found, nothing included. Models and the yardstick learn from them."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from tidegate.console.register.models.declaration import Declaration
from tidegate.console.register.models.people import User
from tidegate.console.register.scope import Scoped

__all__ = ["Finding"]


class Finding(models.Model):
    """What was found in a line, or in the whole declaration (`item_number` null): FINDING_SCHEMA, and who says it."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="findings")
    item_number = models.PositiveIntegerField(null=True)
    found_on = models.DateField()
    illicit = models.BooleanField()
    offence = models.CharField(max_length=40, blank=True)
    revenue = models.FloatField(default=0)  # recovered, in the declaration's currency
    quantity = models.FloatField(null=True)
    quantity_unit = models.CharField(max_length=10, blank=True)
    value = models.FloatField(null=True)
    note = models.TextField(blank=True)
    office = models.CharField(max_length=35, blank=True)
    officer = models.ForeignKey(User, models.PROTECT, null=True)
    sender = models.CharField(max_length=100, blank=True)  # the system that reported it, where no officer did
    made_at = models.DateTimeField()

    objects = Scoped.as_manager()

    class Meta:
        indexes = (BrinIndex(fields=["found_on"], name="finding_day"),)
