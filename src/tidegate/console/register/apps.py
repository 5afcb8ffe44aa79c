"""The app of the register."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate

__all__ = ["RegisterConfig"]


class RegisterConfig(AppConfig):
    name = "tidegate.console.register"
    label = "register"

    def ready(self) -> None:
        from tidegate.console.register.groups import make_groups

        post_migrate.connect(make_groups, sender=self)
