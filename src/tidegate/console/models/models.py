"""Tables of this screen: models that were trained here, and pairs of models that were compared."""

from __future__ import annotations

from django.db import models

from tidegate.console.register.models import User

__all__ = ["Comparison", "Training"]


class Training(models.Model):
    """One training: asked for, and what became of it. `name`: folder DATA/models/NAME; `fault`: why there is none."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT)
    until = models.DateField()  # the last day that it learns from
    seed = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=64, blank=True)
    fault = models.TextField(blank=True)


class Comparison(models.Model):
    """Two models (names of folders) on the same days: `figures` of `comparing.compare`, or why there are none."""

    first = models.CharField(max_length=64)
    second = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)
    fault = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["first", "second", "-made_at"], name="comparison_pair"),)
