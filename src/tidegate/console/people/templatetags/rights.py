"""Roles and scopes in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from tidegate.console.api.scopes import Scope
from tidegate.console.roles import Role

__all__ = ["register"]

register = template.Library()


@register.filter
def label(one: Role | Scope) -> str:
    """What a role or scope is called."""
    return one.label_vi if get_language() == "vi" else one.label
