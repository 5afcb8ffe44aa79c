"""The audit trail: each entry carries the hash of the one before."""

from __future__ import annotations

from django.db import models

__all__ = ["AuditEntry"]


class AuditEntry(models.Model):
    """Who did what to what, and when. `number` has no gaps; `hash` is over all other columns and `before`."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)  # a user's name, "system:NAME" of a key, or "node"
    act = models.CharField(max_length=60)  # a code such as task.claim
    subject = models.CharField(max_length=140)  # such as declaration:26VN0001
    detail = models.JSONField(default=dict)
    before = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = (
            models.Index(fields=["subject"], name="audit_subject"),
            models.Index(fields=["actor", "-number"], name="audit_actor"),
            models.Index(fields=["act", "-number"], name="audit_act"),
            models.Index(fields=["at"], name="audit_at"),
        )
