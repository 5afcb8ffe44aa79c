"""Tables of this screen: every version of every profile, the simulations made of it, what officers did, shadow hits."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models import Clearance, Declaration, Edition, User
from tidegate.console.register.scope import Scoped
from tidegate.profiles import NATIONAL, Book, Profile

__all__ = ["KEYS", "ProfileVersion", "ShadowHit", "Simulation", "State", "Step"]

KEYS = (
    *("id", "title", "title_vi", "when", "channel", "rate", "starts", "ends", "owner", "level"),
    *("instruction", "instruction_vi", "restricted"),
)  # of a book's profile (docs/profiles.md)


class State(models.TextChoices):
    """draft > submitted > sent back (which is written on like a draft), shadow or force > replaced or retired."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("waiting for approval")
    BACK = "back", _("sent back")
    SHADOW = "shadow", _("in shadow")
    FORCE = "force", _("in force")
    REPLACED = "replaced", _("replaced by a later version")
    RETIRED = "retired", _("retired")


WRITABLE = (State.DRAFT, State.BACK)
OPEN = (*WRITABLE, State.SUBMITTED)


class Versions(models.QuerySet):
    """Versions of profiles."""

    def readable_by(self, user: User) -> Self:
        """Those whose text this user may know: not restricted, or with the clearance, or written by the user."""
        if user.clearance >= Clearance.RESTRICTED:
            return self
        mine = self.model.editors.through.objects.filter(user=user).values("profileversion")
        return self.filter(models.Q(restricted=False) | models.Q(pk__in=mine))


class ProfileVersion(models.Model):
    """One version of a profile, with all keys that a book has of it. It changes only while it is a draft or sent back.

    `revision` counts saves, so that two officers who write at once notice each other; `editors` are all who saved it:
    none of them may approve it. `author` is null where it was taken over from a book.
    """

    profile = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    title_vi = models.CharField(max_length=200, blank=True)
    when = models.TextField()
    channel = models.CharField(max_length=6)
    rate = models.FloatField()
    starts = models.DateField()
    ends = models.DateField()
    owner = models.CharField(max_length=100)
    level = models.CharField(max_length=35, default=NATIONAL)
    instruction = models.TextField(blank=True)
    instruction_vi = models.TextField(blank=True)
    restricted = models.BooleanField(default=False)

    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="profiles_written")
    editors = models.ManyToManyField(User, related_name="profiles_edited")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    report = models.ForeignKey("Simulation", models.PROTECT, null=True, related_name="submitted_as")
    approver = models.ForeignKey(User, models.PROTECT, null=True, related_name="profiles_approved")
    approved_at = models.DateTimeField(null=True)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True)  # the one that it came into force with
    shadow_upto = models.BigIntegerField(default=0)  # key of the last declaration that was looked at in shadow

    objects = Versions.as_manager()

    class Meta:
        ordering = ("profile", "-version")
        constraints = (
            models.UniqueConstraint(fields=["profile", "version"], name="profile_version"),
            models.UniqueConstraint(fields=["profile"], condition=models.Q(state__in=OPEN), name="profile_one_open"),
        )
        indexes = (models.Index(fields=["state", "profile"], name="profile_state"),)

    def __str__(self) -> str:
        return f"{self.profile} ({self.version})"

    def said(self) -> dict[str, Any]:
        """What a book says of it."""
        return {"id": self.profile, **{key: getattr(self, key) for key in KEYS if key != "id"}}

    def in_book(self) -> Profile:
        """It as a profile of a book. Raises RefusedBookError."""
        return Profile.from_mapping(self.said(), where=str(self))

    @property
    def text_hash(self) -> str:
        """SHA-256 of what it says, as the library hashes a book of it alone."""
        return Book([self.in_book()]).version

    def readable_by(self, user: User) -> bool:
        return not self.restricted or user.clearance >= Clearance.RESTRICTED or self.editors.filter(pk=user.pk).exists()

    @property
    def writable(self) -> bool:
        return self.state in WRITABLE

    @property
    def subject(self) -> str:
        """How the audit trail names it."""
        return f"profile:{self.profile}/{self.version}"


class Simulation(models.Model):
    """A draft replayed on history. `text_hash`: what was simulated; `report_hash`: SHA-256 of the report."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    version = models.ForeignKey(ProfileVersion, models.CASCADE, related_name="simulations")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    text_hash = models.CharField(max_length=64)
    edition = models.ForeignKey(Edition, models.PROTECT)
    report = models.JSONField(null=True)
    report_hash = models.CharField(max_length=64, blank=True)
    wrong = models.TextField(blank=True)  # why it failed

    class Meta:
        ordering = ("-pk",)


class Step(models.Model):
    """What an officer did with a version, with the comment, which stays out of the audit trail."""

    version = models.ForeignKey(ProfileVersion, models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True)
    act = models.CharField(max_length=12)
    comment = models.TextField(blank=True)
    report_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("pk",)


class ShadowHit(models.Model):
    """A declaration on which a version in shadow fired. It had no part in the decision."""

    version = models.ForeignKey(ProfileVersion, models.CASCADE, related_name="shadow_hits")
    declaration = models.ForeignKey(Declaration, models.CASCADE)
    lodged_on = models.DateField()
    office = models.CharField(max_length=35, blank=True)
    items = models.JSONField(default=list)  # numbers of the goods items

    objects = Scoped.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["version", "declaration"], name="shadow_once"),)
