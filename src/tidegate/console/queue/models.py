"""Filters that an officer keeps for himself, shown as tabs."""

from __future__ import annotations

from django.conf import settings
from django.db import models

__all__ = ["SavedFilter"]


class SavedFilter(models.Model):
    """A name, and the filters as they stand in the address (filters.Filters.query)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=40)
    query = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["user", "name"], name="savedfilter_once"),)

    def __str__(self) -> str:
        return self.name
