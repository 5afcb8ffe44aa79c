"""Addresses of the interface for systems."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
