"""The door of every page: signed in, permitted, by a method that it takes. Tests try each role on each page by it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from tidegate.console.protection import second_factor_missing
from tidegate.console.register.models import User

__all__ = ["Asked", "Page", "page"]


class Asked(HttpRequest):
    """A request that came through the door: its user is one of ours (for type checkers; Django makes the object)."""

    user: User


Page = Callable[..., HttpResponse]


def page(permission: str, *methods: str) -> Callable[[Page], Page]:
    """Let in users with `permission` (of roles.PERMISSIONS; empty: all who are signed in) by `methods` (GET without).

    Others are sent to sign in, or refused (403, 405). What they may see behind the door is for the query to say
    (`visible_to`).
    """
    taken = methods or ("GET",)

    def dress(view: Page) -> Page:
        @functools.wraps(view)
        def dressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if second_factor_missing(request):
                return redirect("mfa_index")
            if permission and not request.user.may(permission):
                raise PermissionDenied(permission)
            if request.method not in taken and not (request.method == "HEAD" and "GET" in taken):
                return HttpResponseNotAllowed(taken)
            return view(request, *args, **kwargs)

        dressed.permission = permission
        dressed.methods = taken
        return dressed

    return dress
