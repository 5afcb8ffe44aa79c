"""Editions: everything that decides, as one version. What is in force is one row, the same for all processes."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tidegate.console.register.models.people import User

__all__ = ["Edition", "InForce", "Standing"]


class Edition(models.Model):
    """A book, lists, a model and a policy together. It never changes once it is made."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True)
    why = models.CharField(max_length=200)  # what changed, for the trail
    book = models.TextField(blank=True)  # TOML
    policy = models.TextField()  # TOML
    lists = models.CharField(max_length=64, blank=True)  # folder DATA/lists/NAME, which never changes
    model = models.CharField(max_length=64, blank=True)  # folder DATA/models/NAME
    versions = models.JSONField(default=dict)  # content hashes, as Engine.versions


class InForce(models.Model):
    """One row (id 1): the edition that decides. Whoever decides reads it in the same transaction; a change locks it."""

    edition = models.ForeignKey(Edition, models.PROTECT)
    since = models.DateTimeField()


class Standing(models.Model):
    """How far one office has come on one day (selection.Tally): shared by all processes, locked while one decides."""

    day = models.DateField()
    office = models.CharField(max_length=35, blank=True)
    volume = models.PositiveIntegerField(default=0)
    spent = ArrayField(models.BigIntegerField(), size=3)
    selected = ArrayField(models.BigIntegerField(), size=3)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "office"], name="standing_cell"),)

    @staticmethod
    def cell(day: date, office: str | None) -> tuple[date, str]:
        return day, office or ""
