"""Addresses of sign-in: those pages of allauth that a node has. Accounts are given, so nobody signs up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from allauth.account import views
from allauth.socialaccount.providers.openid_connect import views as provider_views
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_GET, require_POST
from jwt import PyJWTError
from requests import RequestException

from tidegate.console.people.invitation import invited
from tidegate.console.protection import not_proved

LOG = logging.getLogger(__name__)


def closed(request: HttpRequest) -> HttpResponse:
    """An address that allauth knows by name, and a node does not have."""
    raise Http404


@require_POST
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the identity provider."""
    return _asked(request, provider_id, provider_views.login)


@require_GET
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the identity provider, which told who it is."""
    return _asked(request, provider_id, provider_views.callback)


def _asked(request: HttpRequest, provider_id: str, ask: Callable[[HttpRequest, str], HttpResponse]) -> HttpResponse:
    try:
        return ask(request, provider_id)
    except (RequestException, PyJWTError, KeyError, ValueError) as error:
        # It does not answer, or not as OpenID Connect Discovery has it.
        LOG.warning("the identity provider cannot be used: %s", type(error).__name__)
        return not_proved(request, HTTPStatus.BAD_GATEWAY)


CLOSED = (
    *("account_signup", "account_email", "account_reset_password", "account_set_password"),
    *("account_email_verification_sent", "socialaccount_signup", "socialaccount_connections"),
    *("socialaccount_login_cancelled", "socialaccount_login_error"),
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
        path("provider/<str:provider_id>/", begin, name="openid_connect_login"),
        path("provider/<str:provider_id>/back/", back, name="openid_connect_callback"),
    ]
else:
    urlpatterns.append(path("closed/provider/<provider_id>/", closed, name="openid_connect_login"))
