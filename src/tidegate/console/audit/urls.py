"""Addresses of this screen."""

from django.urls import path

from tidegate.console.audit import views

urlpatterns = [
    path("", views.index, name="index"),
    path("check", views.check_now, name="check"),
    path("head", views.head_page, name="head"),
    path("entry/<int:number>", views.entry, name="entry"),
    path("story/<path:subject>", views.story, name="story"),
]
