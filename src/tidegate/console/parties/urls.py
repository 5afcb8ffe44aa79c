"""Addresses of this screen. A key may hold anything, slashes too, so it comes last."""

from django.urls import path

from tidegate.console.parties import views

urlpatterns = [
    path("", views.index, name="index"),
    path("<str:role>/<path:key>", views.one, name="one"),
]
