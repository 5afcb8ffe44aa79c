"""Tasks: what an officer has still to do about a declaration that is not green."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models.decision import Channel, Decision
from tidegate.console.register.models.declaration import Declaration
from tidegate.console.register.models.people import User
from tidegate.console.register.scope import Scoped

__all__ = ["Task"]


class Task(models.Model):
    """One a declaration. It repeats what the queue shows, so that a page of it is one index scan.

    Its way: waiting (for a targeting officer) > assigned (to an inspector) > signing (a second signature) > done; or
    asked (the declarant has to answer) and back.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ASKED = "asked", _("asked for information")
        ASSIGNED = "assigned", _("assigned")
        SIGNING = "signing", _("waiting for a second signature")
        DONE = "done", _("done")

    declaration = models.OneToOneField(Declaration, models.CASCADE, related_name="task")
    decision = models.ForeignKey(Decision, models.CASCADE)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    office = models.CharField(max_length=35, blank=True)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="claimed")
    claimed_at = models.DateTimeField(null=True)  # a claim is over some time after it (queue/claims.py)
    inspector = models.ForeignKey(User, models.PROTECT, null=True, related_name="tasks")
    assigned_at = models.DateTimeField(null=True)
    assignment = models.JSONField(null=True)  # how chance chose the inspector, enough to check it
    done_at = models.DateTimeField(null=True)
    # What the queue shows of the declaration and the decision.
    number = models.CharField(max_length=70)
    lodged_on = models.DateField()
    importer_name = models.TextField(blank=True)
    score = models.FloatField(null=True)
    customs_value = models.FloatField(default=0)
    duty_at_stake = models.FloatField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    reasons = models.JSONField(default=list)  # the first three, as in Decision.reasons
    sources = ArrayField(models.CharField(max_length=12), default=list)  # what selected it; list, where one matched
    hits = ArrayField(models.CharField(max_length=80), default=list)

    objects = Scoped.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["office", "state", "due_at"], name="task_queue"),
            models.Index(fields=["inspector", "state"], name="task_inspector"),
            models.Index(
                fields=["inspector", "assigned_at"], condition=~models.Q(inspector=None), name="task_assigned"
            ),
            models.Index(fields=["due_at", "id"], condition=~models.Q(state="done"), name="task_open"),
        )
