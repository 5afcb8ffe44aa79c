"""Tables of the interface: keys, stored answers, the order of decisions, webhooks and what they were sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models import User
from tidegate.console.register.scope import Scoped

__all__ = ["Answer", "Delivery", "Hook", "Key", "Outbox", "Place"]


class Bounded(models.Model):
    """Which offices something is about: those named, or all of them."""

    offices = ArrayField(models.CharField(max_length=35), default=list)
    everywhere = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def office_codes(self) -> list[str] | None:
        """Codes of its offices; None: all. As of a user, so that `visible_to` takes it."""
        return None if self.everywhere else list(self.offices)


class Key(Bounded):
    """A key of another system. Only a hash of it is kept: it has 256 bits of chance, so that a plain one will do."""

    system = models.CharField(max_length=60)  # the sender of what comes in by it
    prefix = models.CharField(max_length=12, unique=True)  # begins the key; may be shown and logged
    hash = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=20))
    rate = models.PositiveIntegerField(default=200)  # calls a second in each process
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)  # to the minute

    class Meta:
        ordering = ("system", "-made_at")

    def __str__(self) -> str:
        return f"{self.system} ({self.prefix})"

    @property
    def actor(self) -> str:
        """How it stands in the audit trail."""
        return f"system:{self.system}"


class Answer(models.Model):
    """What was answered to a request with an Idempotency-Key, kept in the transaction of the act itself."""

    key = models.ForeignKey(Key, models.CASCADE)
    name = models.CharField(max_length=128)
    request = models.BinaryField(max_length=32)  # hash of method, address, content type and body
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "name"], name="answer_once"),)
        indexes = (models.Index(fields=["made_at"], name="answer_made"),)


class Outbox(models.Model):
    """Decisions that have no place in the order yet; a trigger writes them in the transaction of the decision."""

    decision_id = models.BigIntegerField(primary_key=True)


class Place(models.Model):
    """The place of a decision in the order in which systems read them; given once the decision is there to be seen."""

    position = models.BigAutoField(primary_key=True)
    decision_id = models.BigIntegerField(unique=True)
    office = models.CharField(max_length=35, blank=True)

    objects = Scoped.as_manager()


class Hook(Bounded):
    """A webhook: where the decisions of some offices are sent."""

    name = models.CharField(max_length=60)
    address = models.URLField(max_length=500)
    nonce = models.CharField(max_length=44)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True)
    closed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row, of the receiver as a whole
    rest_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def fresh_nonce() -> str:
        return secrets.token_urlsafe(32)

    @property
    def secret(self) -> str:
        """The secret that signs: made of the node's own secret, so that a copy of the database does not hold it."""
        made = hmac.digest(settings.SECRET_KEY.encode(), f"webhook {self.nonce}".encode(), hashlib.sha256)
        return "tidehook_" + base64.urlsafe_b64encode(made).rstrip(b"=").decode()


class Delivery(models.Model):
    """One decision on its way to one webhook. What it says is made of the decision when it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("delivered")

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries")
    position = models.BigIntegerField()  # of the decision in the order; the receiver's `id` for it
    decision_id = models.BigIntegerField()
    number = models.CharField(max_length=70)  # of the declaration, in all its versions: they are sent in order
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)  # of the last answer
    fault = models.CharField(max_length=200, blank=True)  # why the last attempt failed
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["hook", "position"], name="delivery_once"),)
        indexes = (
            models.Index(
                fields=["hook", "number", "position"],
                condition=models.Q(state="waiting"),
                name="delivery_waiting",
            ),
        )
