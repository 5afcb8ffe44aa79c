"""The line table: what one goods item of a declaration is, field by field."""

from tidegate.trade.fields import (
    FINDING_FIELDS,
    FINDING_SCHEMA,
    LINE_FIELDS,
    LINE_SCHEMA,
    Field,
    conform,
)

__all__ = ["FINDING_FIELDS", "FINDING_SCHEMA", "LINE_FIELDS", "LINE_SCHEMA", "Field", "conform"]
