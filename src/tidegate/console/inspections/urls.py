"""Addresses of this screen."""

from django.urls import path

from tidegate.console.inspections import views

urlpatterns = [
    path("", views.index, name="index"),
    path("worker.js", views.worker, name="worker"),
    path("<int:pk>/", views.one, name="one"),
    path("record/<int:pk>/", views.record, name="record"),
    path("record/<int:pk>/sign/", views.countersign, name="sign"),
    path("photo/<int:pk>.jpg", views.photo, name="photo"),
]
