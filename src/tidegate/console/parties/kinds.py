"""The one list of who and what declarations name: the roles of `Subject`, what each is called and screened as."""

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

    @property
    def screened(self) -> bool:
        """Whether lists can say anything of it."""
        return self.named or bool(self.number)


KINDS = (
    Kind("importer", _("Importer"), _("Importers"), "importer_id", "tax", named=True),
    Kind("exporter", _("Supplier"), _("Suppliers"), "exporter_id", "registration", named=True),
    Kind("declarant", _("Broker"), _("Brokers"), "declarant_id", "tax", named=True),
    Kind("carrier", _("Carrier"), _("Carriers"), "carrier_id"),
    Kind("transport", _("Means of transport"), _("Means of transport"), "transport_id", "imo", second=True),
    Kind("container", _("Container"), _("Containers"), "container_ids", "container", second=True),
    Kind("bill", _("Bill"), _("Bills"), "bill_id", second=True),
    Kind("document", _("Document number"), _("Document numbers"), "documents"),
    Kind("parcels", _("Linked parcels"), _("Linked parcels"), "linked_to"),
    Kind("address", _("Address"), _("Addresses"), "importer_address", named=True, second=True),
)
KIND_OF = {one.role: one for one in KINDS}
