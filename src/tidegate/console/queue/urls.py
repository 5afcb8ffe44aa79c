"""Addresses of this screen."""

from django.urls import path

from tidegate.console.queue import acts, views

urlpatterns = [
    path("", views.index, name="index"),
    path("arrived/", views.arrived, name="arrived"),
    path("inspectors/", views.inspectors, name="inspectors"),
    path("lot/<int:pk>/", views.lot, name="lot"),
    path("claim/", acts.claim, name="claim"),
    path("release/<int:pk>/", acts.give_back, name="release"),
    path("assign/", acts.draw, name="assign"),
    path("name/", acts.name, name="name"),
    path("save/", acts.save, name="save"),
    path("forget/<int:pk>/", acts.forget, name="forget"),
]
