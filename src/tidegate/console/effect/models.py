"""Tables of this screen: figures, as they were worked out."""

from __future__ import annotations

from django.db import models

__all__ = ["Measurement"]


class Measurement(models.Model):
    """All figures of an office (empty: of all) and a period, at one moment. The latest is shown; older ones go."""

    office = models.CharField(max_length=35, blank=True)
    days = models.PositiveIntegerField()  # a key of figures.PERIODS; 0: all
    made_at = models.DateTimeField()
    asked_by = models.CharField(max_length=150)
    last_finding = models.BigIntegerField(default=0)  # the highest id that is included
    figures = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=["office", "days", "-made_at"], name="measurement_latest"),)
