"""Addresses of sign-in: those pages of allauth that a node has. Accounts are given, so nobody signs up."""

from __future__ import annotations

from allauth.account import views
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from tidegate.console.people.invitation import invited


def closed(request: HttpRequest) -> HttpResponse:
    """An address that allauth knows by name, and a node does not have."""
    raise Http404


CLOSED = (
    *("account_signup", "account_email", "account_reset_password", "account_set_password"),
    *("account_email_verification_sent", "socialaccount_signup", "socialaccount_connections"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("invitation/<int:number>/<str:token>/", invited, name="account_invitation"),
    path("password/", views.password_change, name="account_change_password"),
    path("second-factor/", include("allauth.mfa.urls")),
    *(path(f"closed/{name}/", closed, name=name) for name in CLOSED),
]
if settings.SOCIALACCOUNT_PROVIDERS:
    urlpatterns += [
        path("provider/", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("provider/", include("allauth.socialaccount.urls_end")),
    ]
else:
    urlpatterns.append(path("closed/provider/<provider_id>/", closed, name="openid_connect_login"))
