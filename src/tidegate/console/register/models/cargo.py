"""What manifests said: a row each bill and container, as each message had it."""

from __future__ import annotations

from django.db import models

from tidegate.console.register.models.declaration import Message

__all__ = ["Bill"]


class Bill(models.Model):
    """A row of a manifest. Rows never change: of several messages about a bill the library says which counts.

    `number`, `master` and `container` are as they are compared (capitals and digits), empty where there is none;
    a row with neither number nor container takes a whole manifest back.
    """

    message = models.ForeignKey(Message, models.PROTECT)
    manifest = models.CharField(max_length=140, blank=True)
    number = models.CharField(max_length=140, blank=True)
    master = models.CharField(max_length=140, blank=True)
    container = models.CharField(max_length=140, blank=True)
    transport_mode = models.CharField(max_length=10, blank=True)
    unloading_port = models.CharField(max_length=35, blank=True)
    arrived_on = models.DateField(null=True)
    fields = models.JSONField()  # every field of the table of bills that has a value; dates and times as ISO text

    class Meta:
        indexes = (
            models.Index(fields=["number"], condition=~models.Q(number=""), name="bill_number"),
            models.Index(fields=["master"], condition=~models.Q(master=""), name="bill_master"),
            models.Index(fields=["container", "arrived_on"], condition=~models.Q(container=""), name="bill_container"),
            models.Index(fields=["manifest"], name="bill_manifest"),
            models.Index(fields=["unloading_port", "transport_mode", "arrived_on"], name="bill_arrival"),
        )
