"""The line table, what one goods item of a declaration is, and the codes that its fields are written in."""

from tidegate.trade import containers, countries, currencies, hs, s10, taxcode, transport
from tidegate.trade.fields import (
    FINDING_FIELDS,
    FINDING_SCHEMA,
    LINE_FIELDS,
    LINE_SCHEMA,
    Field,
    conform,
)
from tidegate.trade.messages import (
    ANSWER_FIELDS,
    ANSWER_SCHEMA,
    BILL_FIELDS,
    BILL_SCHEMA,
    MESSAGE_FIELDS,
    MESSAGE_SCHEMA,
)

__all__ = [
    "ANSWER_FIELDS",
    "ANSWER_SCHEMA",
    "BILL_FIELDS",
    "BILL_SCHEMA",
    "FINDING_FIELDS",
    "FINDING_SCHEMA",
    "LINE_FIELDS",
    "LINE_SCHEMA",
    "MESSAGE_FIELDS",
    "MESSAGE_SCHEMA",
    "Field",
    "conform",
    "containers",
    "countries",
    "currencies",
    "hs",
    "s10",
    "taxcode",
    "transport",
]
