"""The app of the interface."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["ApiConfig"]


class ApiConfig(AppConfig):
    name = "tidegate.console.api"
    label = "api"

    def ready(self) -> None:
        from tidegate.console.api.delivery import connect

        connect()
