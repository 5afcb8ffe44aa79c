"""Addresses of this screen."""

from django.urls import path

from tidegate.console.effect import views

urlpatterns = [
    path("", views.index, name="index"),
    path("profiles/", views.profiles, name="profiles"),
    path("profiles/<path:name>/", views.profile, name="profile"),
    path("lists/", views.lists, name="lists"),
    path("model/", views.model, name="model"),
    path("draw/", views.draw, name="draw"),
    path("officers/", views.officers, name="officers"),
    path("refresh/", views.refresh, name="refresh"),
    path("state/", views.state, name="state"),
]
