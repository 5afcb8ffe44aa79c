"""Addresses of this screen."""

from django.urls import path

from tidegate.console.lists import views

urlpatterns = [path("", views.index, name="index")]
