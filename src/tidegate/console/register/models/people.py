"""Offices and users: which offices a user sees, and up to which handling level."""

from __future__ import annotations

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tidegate.console.roles import ROLES, Role

__all__ = ["Clearance", "Office", "User"]


class Office(models.Model):
    """A customs office, by the code that declarations carry."""

    code = models.CharField(max_length=35, primary_key=True)
    name = models.CharField(max_length=200)
    name_vi = models.CharField(max_length=200, blank=True)
    inspectors_daily = models.PositiveIntegerField(default=0)  # inspections that its staff can do a day; 0: not said

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return (self.name_vi if get_language() == "vi" else "") or self.name or self.code


class Clearance(models.IntegerChoices):
    """Handling level up to which a user may know what a list or profile says."""

    OPEN = 0, _("open")
    OFFICIAL = 1, _("official use")
    RESTRICTED = 2, _("restricted")


class User(AbstractUser):
    """A person. Roles are groups; `everywhere` sees all offices, others those of `offices`."""

    offices = models.ManyToManyField(Office, blank=True)
    everywhere = models.BooleanField(default=False)
    clearance = models.PositiveSmallIntegerField(choices=Clearance.choices, default=Clearance.OPEN)
    language = models.CharField(max_length=2, default="vi")

    @cached_property
    def roles(self) -> list[Role]:
        """The roles of this user, in the order of the list."""
        names = set(self.groups.values_list("name", flat=True))
        return [role for role in ROLES if role.name in names]

    @cached_property
    def permissions(self) -> frozenset[str]:
        """Codes of all that the roles may do."""
        return frozenset(code for role in self.roles for code in role.may) if self.is_active else frozenset()

    def may(self, permission: str) -> bool:
        """Whether one of the roles has this permission (a code of roles.PERMISSIONS)."""
        return permission in self.permissions

    @cached_property
    def office_codes(self) -> list[str] | None:
        """Codes of the offices that this user sees; None: all."""
        return None if self.everywhere else list(self.offices.values_list("code", flat=True))
