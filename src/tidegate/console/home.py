"""The first page after sign-in, and the pages for what went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tidegate.console.access import page
from tidegate.console.roles import PERMISSIONS
from tidegate.console.screens import SCREENS

__all__ = ["failed", "home", "missing", "refused"]


@page("")
def home(request: HttpRequest) -> HttpResponse:
    """The first screen that this user may open."""
    for screen in SCREENS:
        if screen.listed and request.user.may(screen.permission):
            return redirect(f"{screen.name}:index")
    return render(request, "nothing.html")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: which permission is missing, and whom to ask."""
    needed = next((one for one in PERMISSIONS if one.code == str(exception)), None)
    return render(request, "refused.html", {"needed": needed}, status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same for what does not exist and for what this user may not know of."""
    return render(request, "missing.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """500: nothing of the case stands on it."""
    return render(request, "failed.html", status=500)
