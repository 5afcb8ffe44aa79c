"""Groups and permissions in the database, made from the list of roles whenever it is migrated."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from tidegate.console.roles import PERMISSIONS, ROLES

__all__ = ["make_groups"]


def make_groups(**_: Any) -> None:
    """Each role a group with just its permissions; what the list no longer has goes."""
    from tidegate.console.register.models import User

    kind = ContentType.objects.get_for_model(User)
    made = {
        one.code: Permission.objects.update_or_create(
            codename=one.code, content_type=kind, defaults={"name": one.label}
        )[0]
        for one in PERMISSIONS
    }
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role.name)
        group.permissions.set(made[code] for code in role.may)
