"""Addresses of this screen."""

from django.urls import path, re_path

from tidegate.console.profiles import building, views

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", building.new, name="new"),
    path("fields/", building.fields, name="fields"),
    path("of/<path:profile>/", views.named, name="named"),
    path("<int:pk>/", views.version, name="version"),
    path("<int:pk>/edit/", building.edit, name="edit"),
    path("report/<int:pk>/", views.report, name="report"),
    re_path(rf"^(?P<pk>\d+)/(?P<name>{'|'.join(views.ACTS)})/$", views.act, name="act"),
]
