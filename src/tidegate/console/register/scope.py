"""What a user sees of a table with an office in it."""

from __future__ import annotations

from typing import Self

from django.db import models

from tidegate.console.register.models.people import User

__all__ = ["Scoped"]


class Scoped(models.QuerySet):
    """Rows of the offices that a user sees. Every page and every key reads through it."""

    def visible_to(self, user: User) -> Self:
        return self if user.office_codes is None else self.filter(office__in=user.office_codes)
