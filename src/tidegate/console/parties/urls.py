"""Addresses of this screen. A key may hold anything, slashes too, so it comes last."""

from django.urls import path

from tidegate.console.parties import views

urlpatterns = [
    path("", views.index, name="index"),
    path("note/withdraw/<int:pk>", views.withdraw, name="withdraw"),
    path("note/<str:role>/<path:key>", views.note, name="note"),
    path("screen/<str:role>/<path:key>", views.screen, name="screen"),
    path("declarations/<str:role>/<path:key>", views.declarations, name="declarations"),
    path("<str:role>/<path:key>", views.one, name="one"),
]
