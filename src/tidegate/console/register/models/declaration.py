"""What came in: the message as received, the declaration in each version, its lines, and who and what it names."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from tidegate.console.register.scope import Scoped

__all__ = ["Declaration", "Line", "Message", "Subject", "Withdrawal"]


class Message(models.Model):
    """A message as it was received, to the letter (gzip), and its hash. One message may hold many declarations."""

    received_at = models.DateTimeField()
    sender = models.CharField(max_length=100, blank=True)  # the system whose key brought it
    format = models.CharField(max_length=20)  # a name of intake.known.BY_NAME
    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveBigIntegerField()  # bytes, before compression
    body = models.BinaryField()
    # How good its data was, in rows: what an entry of `faults` says is field, reason (a code of intake) and count.
    read = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)

    class Meta:
        indexes = (
            BrinIndex(fields=["received_at"], name="message_received"),
            models.Index(fields=["sha256"], name="message_hash"),
        )


class Declaration(models.Model):
    """One version of a declaration. Of all versions of a number the latest is current; the others stay."""

    number = models.CharField(max_length=70)  # declaration_id of the line table
    version = models.PositiveIntegerField(default=1)
    current = models.BooleanField(default=True)
    cancelled = models.BooleanField(default=False)
    message = models.ForeignKey(Message, models.PROTECT, null=True, db_constraint=False)  # as of Line
    received_at = models.DateTimeField()
    lodged_on = models.DateField()
    office = models.CharField(max_length=35, blank=True)
    procedure = models.CharField(max_length=35, blank=True)
    importer_id = models.CharField(max_length=70, blank=True)
    importer_name = models.TextField(blank=True)
    line_count = models.PositiveIntegerField()
    customs_value = models.FloatField(default=0)  # in `currency`
    duty_at_stake = models.FloatField(default=0)  # in `currency`
    currency = models.CharField(max_length=3, blank=True)

    objects = Scoped.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["number", "version"], name="declaration_version"),
            models.UniqueConstraint(fields=["number"], condition=models.Q(current=True), name="declaration_current"),
        )
        indexes = (
            BrinIndex(fields=["lodged_on"], name="declaration_lodged"),
            models.Index(fields=["office", "-lodged_on"], name="declaration_office"),
        )

    def __str__(self) -> str:
        return self.number


class Line(models.Model):
    """A goods item. What is searched has a column; `fields` holds every field of the line table that has a value.

    Indicators are not kept: windows end before the line's own day, so that they can be worked out again at any time.
    """

    # Written with it, by the dozen, and never alone: the database need not look whether it is there (decision 0011).
    declaration = models.ForeignKey(
        Declaration, models.CASCADE, related_name="lines", db_constraint=False, db_index=False
    )
    item_number = models.PositiveIntegerField()
    hs_code = models.CharField(max_length=12, blank=True)
    origin_country = models.CharField(max_length=2, blank=True)
    fields = models.JSONField()  # name to value; dates as ISO text

    class Meta:
        constraints = (models.UniqueConstraint(fields=["declaration", "item_number"], name="line_item"),)


class Withdrawal(models.Model):
    """A message that took a declaration back. It stays: what came before it, and arrives later, is taken back too."""

    number = models.CharField(max_length=70)
    message = models.ForeignKey(Message, models.PROTECT)
    fields = models.JSONField()  # its row of the line table, as Line.fields
    withdrawn_at = models.DateTimeField()  # when it was sent; where it does not say so, received
    late = models.BooleanField(default=False)  # the inspection was announced by then
    party = models.CharField(max_length=70, blank=True)  # importer, else declarant, of what was taken back

    class Meta:
        indexes = (
            models.Index(fields=["number"], name="withdrawal_number"),
            models.Index(fields=["party", "withdrawn_at"], condition=models.Q(late=True), name="withdrawal_late"),
        )


class Subject(models.Model):
    """A party, vessel, container or number that a declaration names, a row each: its history is one index away."""

    declaration = models.ForeignKey(
        Declaration, models.CASCADE, related_name="subjects", db_constraint=False, db_index=False
    )  # as of Line
    role = models.CharField(max_length=20)  # one of parties.kinds.KINDS
    key = models.CharField(max_length=140)  # its number; without one its name, folded
    name = models.TextField(blank=True)
    lodged_on = models.DateField()
    office = models.CharField(max_length=35, blank=True)

    objects = Scoped.as_manager()

    class Meta:
        indexes = (models.Index(fields=["role", "key", "-lodged_on"], name="subject_key"),)
        constraints = (models.UniqueConstraint(fields=["declaration", "role", "key"], name="subject_once"),)
