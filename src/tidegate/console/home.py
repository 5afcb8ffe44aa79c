"""The first page after sign-in, and the pages for what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.i18n import set_language

from tidegate.console.access import page
from tidegate.console.register.models import User
from tidegate.console.roles import PERMISSIONS
from tidegate.console.screens import SCREENS

__all__ = ["failed", "home", "language", "missing", "own_language", "refused", "titled"]


@page("")
def home(request: HttpRequest) -> HttpResponse:
    """The first screen that this user may open."""
    for screen in SCREENS:
        if screen.listed and request.user.may(screen.permission):
            return redirect(f"{screen.name}:index")
    return render(request, "nothing.html")


def language(request: HttpRequest) -> HttpResponse:
    """Another language, for this browser and, where somebody is signed in, for his account."""
    wanted = request.POST.get("language", "")
    if request.method == "POST" and request.user.is_authenticated and wanted in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=wanted)
    return set_language(request)


def own_language(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the language of the account, where this browser was not told another."""

    def answered(request: HttpRequest) -> HttpResponse:
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and request.user.is_authenticated:
            translation.activate(request.user.language)
        return answer(request)

    return answered


def titled(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the name of the administration, and the languages, each by its own name."""
    return {"node_title": settings.TITLE, "languages": settings.LANGUAGES}


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
