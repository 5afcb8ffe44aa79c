"""Addresses of this screen."""

from django.urls import path

from tidegate.console.models import views

urlpatterns = [
    path("", views.index, name="index"),
    path("train/", views.train, name="train"),
    path("compare/", views.compare, name="compare"),
    path("proposals/<int:number>/", views.proposal, name="proposal"),
    path("proposals/<int:number>/decide/", views.decide, name="decide"),
    path("<str:name>/", views.card, name="card"),
    path("<str:name>/propose/", views.propose, name="propose"),
]
