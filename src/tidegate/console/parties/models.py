"""What only this screen keeps: the directory of names, how far it has come, and officers' notes."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models import Clearance, User
from tidegate.console.register.scope import Scoped

__all__ = ["Directory", "Name", "Note"]


class Name(models.Model):
    """A name that a party was declared by at an office, and between which days. Made from `Subject` (directory.py)."""

    role = models.CharField(max_length=20)
    key = models.CharField(max_length=140)
    name = models.CharField(max_length=300)
    office = models.CharField(max_length=35, blank=True)
    words = SearchVectorField()  # of the name in Latin letters, without the form of its company
    declarations = models.PositiveBigIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()

    objects = Scoped.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["role", "key", "office", "name"], name="name_once"),)
        indexes = (
            GinIndex(fields=["words"], name="name_words"),
            models.Index(fields=["key"], opclasses=["varchar_pattern_ops"], name="name_key"),
        )


class Directory(models.Model):
    """One row (id 1): up to which `Subject` the directory has come."""

    upto = models.BigIntegerField(default=0)


class Note(models.Model):
    """What an officer noted about a party. It is withdrawn, never changed; who withdrew it stays."""

    role = models.CharField(max_length=20)
    key = models.CharField(max_length=140)
    text = models.TextField()
    office = models.CharField(max_length=35, blank=True)  # for whom it is; empty: all offices
    level = models.PositiveSmallIntegerField(choices=Clearance.choices, default=Clearance.OFFICIAL)
    author = models.ForeignKey(User, models.PROTECT, related_name="party_notes", verbose_name=_("Author"))
    made_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["role", "key", "-made_at"], name="note_party"),)
