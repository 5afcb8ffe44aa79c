"""Addresses of this screen."""

from django.urls import path

from tidegate.console.declarations import manifests, parts, views

urlpatterns = [
    path("", views.index, name="index"),
    path("manifests/", manifests.index, name="manifests"),
    path("<int:pk>/", views.one, name="one"),
    path("<int:pk>/act/", views.act, name="act"),
    path("<int:pk>/record/", views.record, name="record"),
    path("<int:pk>/weights/", parts.weights, name="weights"),
    path("<int:pk>/prices/", parts.prices, name="prices"),
    path("<int:pk>/matches/", parts.matches, name="matches"),
    path("<int:pk>/histories/", parts.histories, name="histories"),
    path("<int:pk>/cargo/", parts.cargo, name="cargo"),
    path("<int:pk>/route/", parts.route, name="route"),
]
