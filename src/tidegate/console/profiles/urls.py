"""Addresses of this screen."""

from django.urls import path

from tidegate.console.profiles import views

urlpatterns = [path("", views.index, name="index")]
