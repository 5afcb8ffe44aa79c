"""Checks of the trail: when it was last looked through, and what came of it."""

from __future__ import annotations

from django.db import models

__all__ = ["Check"]


class Check(models.Model):
    """One look through the chain and its seals. `breaks`: (number of the entry, what is wrong), at most 100."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    upto = models.BigIntegerField()  # number of the last entry then
    head = models.CharField(max_length=64)  # its hash
    seals = models.BigIntegerField()
    share = models.FloatField()  # of the seals whose rows were looked at
    breaks = models.JSONField(default=list)
