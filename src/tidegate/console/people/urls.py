"""Addresses of this screen."""

from django.urls import path

from tidegate.console.people import keys, offices, users, webhooks

urlpatterns = [
    path("", users.index, name="index"),
    path("new/", users.new, name="user_new"),
    path("<int:number>/", users.edit, name="user"),
    path("<int:number>/invite/", users.invite, name="user_invite"),
    path("<int:number>/active/", users.active, name="user_active"),
    path("<int:number>/second-factor/", users.second_factor, name="user_factor"),
    path("offices/", offices.index, name="offices"),
    path("offices/new/", offices.new, name="office_new"),
    path("offices/<path:code>/", offices.edit, name="office"),
    path("keys/", keys.index, name="keys"),
    path("keys/new/", keys.new, name="key_new"),
    path("keys/<int:number>/", keys.one, name="key"),
    path("keys/<int:number>/revoke/", keys.revoke, name="key_revoke"),
    path("webhooks/", webhooks.index, name="webhooks"),
    path("webhooks/new/", webhooks.new, name="webhook_new"),
    path("webhooks/<int:number>/", webhooks.one, name="webhook"),
    path("webhooks/<int:number>/again/", webhooks.again, name="webhook_again"),
    path("webhooks/<int:number>/close/", webhooks.close, name="webhook_close"),
]
