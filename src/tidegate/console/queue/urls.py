"""Addresses of this screen."""

from django.urls import path

from tidegate.console.queue import views

urlpatterns = [path("", views.index, name="index")]
