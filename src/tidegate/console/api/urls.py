"""Addresses of the interface for systems."""

from django.urls import path

from tidegate.console.api.door import keyed
from tidegate.console.api.health import health, ready
from tidegate.console.api.measures import measures
from tidegate.console.api.version1 import interface, openapi, reference

urlpatterns = [
    path("health", health, name="api-health"),
    path("ready", ready, name="api-ready"),
    path("metrics", keyed("measure", measures), name="api-metrics"),
    path("v1/openapi.json", openapi, name="api-openapi"),
    path("v1/", reference, name="api-reference"),
    path("v1/", interface.urls),
]
