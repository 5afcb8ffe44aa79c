"""Tables of this screen: what one officer proposes and another puts in force, and orders that hold at once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models import Edition, User
from tidegate.console.register.scope import Scoped

__all__ = ["Order", "Proposal"]


class Proposal(models.Model):
    """A policy or a model that is to come into force. Who made it never decides it."""

    class Kind(models.TextChoices):
        POLICY = "policy", _("Policy")
        MODEL = "model", _("Model")

    class State(models.TextChoices):
        OPEN = "open", _("waiting for another's decision")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("sent back")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    content = models.TextField()  # the policy as TOML, or the name of a folder DATA/models/NAME (empty: none)
    before = models.TextField()  # what was in force when it was written
    office = models.CharField(max_length=35, blank=True)  # of a policy: whose rules it changes; empty: the default
    why = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    comment = models.TextField(blank=True)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True)

    objects = Scoped.as_manager()

    class Meta:
        indexes = (models.Index(fields=["kind", "state", "-made_at"], name="proposal_open"),)


class Order(models.Model):
    """An emergency order: a profile that selects all it hits, in force at once, for days, confirmed by a second.

    While `edition` is null it is being put in force; its row without an edition counts for nothing.
    """

    when = models.TextField()  # the condition
    channel = models.CharField(max_length=6)
    office = models.CharField(max_length=35, blank=True)  # empty: everywhere
    reason = models.TextField()
    ends = models.DateField()  # last day
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirm_by = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_why = models.TextField(blank=True)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True)

    objects = Scoped.as_manager()

    class Meta:
        indexes = (models.Index(fields=["ended_at"], name="order_running"),)

    @property
    def profile(self) -> str:
        """Its number in the book."""
        return f"EMERGENCY-{self.pk}"
