"""Addresses of this screen."""

from django.urls import path

from tidegate.console.lists import acts, views

urlpatterns = [
    path("", views.index, name="index"),
    path("search/", views.search, name="search"),
    path("of/<str:name>/", views.one, name="one"),
    path("of/<str:name>/entry/", views.entry, name="entry"),
    path("of/<str:name>/count/", acts.count, name="count"),
    path("change/", acts.upload, name="upload"),
    path("clear/", acts.clear, name="clear"),
    path("cleared/", views.cleared, name="cleared"),
    path("proposal/<int:pk>/", views.proposal, name="proposal"),
    path("proposal/<int:pk>/decide/", acts.decide, name="decide"),
]
