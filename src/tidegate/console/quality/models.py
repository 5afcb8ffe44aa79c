"""Tables of this screen: reports on the quality of what came in, as they were worked out."""

from __future__ import annotations

from django.db import models

__all__ = ["Report"]


class Report(models.Model):
    """The latest report on an office (empty: all) and a period; `figures` as of `figures.figures`."""

    office = models.CharField(max_length=35, blank=True)
    days = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["office", "days"], name="report_once"),)
