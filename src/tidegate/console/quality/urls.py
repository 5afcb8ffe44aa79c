"""Addresses of this screen."""

from django.urls import path

from tidegate.console.quality import views

urlpatterns = [
    path("", views.index, name="index"),
    path("faults.csv", views.sheet, name="sheet"),
    path("refresh/", views.refresh, name="refresh"),
]
