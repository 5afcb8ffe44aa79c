"""The one list of what a party can be: the roles of `Subject`, what each is called, and what it is screened as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

__all__ = ["KINDS", "KIND_OF", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """`role`: as in `Subject`; `field`: the field of a line that reasons name it by; `number`: what its key is to the
    screener (an identifier type; empty: none); `second`: one that ties traders together who share nothing else."""

    role: str
    label: Any
    several: Any
    field: str
    number: str = ""
    named: bool = False
    second: bool = False


KINDS = (
    Kind("importer", _("Importer"), _("Importers"), "importer_id", "tax", named=True),
    Kind("exporter", _("Supplier"), _("Suppliers"), "exporter_id", "registration", named=True),
    Kind("declarant", _("Broker"), _("Brokers"), "declarant_id", "tax", named=True),
    Kind("carrier", _("Carrier"), _("Carriers"), "carrier_id"),
    Kind("transport", _("Means of transport"), _("Means of transport"), "transport_id", "imo", second=True),
    Kind("container", _("Container"), _("Containers"), "container_ids", "container", second=True),
    Kind("address", _("Address"), _("Addresses"), "importer_address", named=True, second=True),
)
KIND_OF = {one.role: one for one in KINDS}
