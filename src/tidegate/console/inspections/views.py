"""Pages of this screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tidegate.console.access import page

__all__ = ["index"]


@page("see_inspections")
def index(request: HttpRequest) -> HttpResponse:
    """The first page of the screen."""
    return render(request, "inspections/index.html")
