"""Addresses of this screen."""

from django.urls import path

from tidegate.console.declarations import views

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.one, name="one"),
    path("<int:pk>/act/", views.act, name="act"),
]
