"""What keeps the pages safe: a content policy that lets in no foreign script, and accounts that are given."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

__all__ = ["POLICY", "Accounts", "ProviderAccounts", "not_proved", "policy", "second_factor_missing"]

LOG = logging.getLogger(__name__)
PROVED = "second_factor"  # of a session: its user has one

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",  # lengths of bars in charts
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def policy(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: nothing is loaded from elsewhere, no script stands in a page, nothing of a case is kept by caches."""

    # Browsers hold the answer to a form against it, too: the one of sign-in may lead to the identity provider.
    at_sign_in = POLICY.replace("form-action 'self'", " ".join(["form-action 'self'", *settings.PROVIDER_ORIGINS]))

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        here = at_sign_in if request.path == reverse("account_login") else POLICY
        response.headers.setdefault("Content-Security-Policy", here)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answered


class Accounts(DefaultAccountAdapter):
    """Nobody signs up: accounts are given."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class ProviderAccounts(DefaultSocialAccountAdapter):
    """An identity provider says who somebody is; whether he has an account here, and its roles, is said here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **told: Any) -> None:
        """What the provider refused, or the user broke off, is said in plain words."""
        LOG.warning("the identity provider did not say who it is: %s", type(told.get("exception")).__name__)
        raise ImmediateHttpResponse(not_proved(request))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join the provider's user to the account of the same name; without one, refuse in plain words."""
        from tidegate.console.register.models import User

        if sociallogin.is_existing:
            return
        told = sociallogin.account.extra_data
        claims = {**told.get("userinfo", {}), **told.get("id_token", {}), **told}
        user = User.objects.filter(username=claims.get("preferred_username") or "", is_active=True).first()
        if user is None:
            raise ImmediateHttpResponse(render(request, "sign_in/unknown.html", status=403))
        sociallogin.connect(request, user)


def not_proved(request: HttpRequest, status: int = HTTPStatus.UNAUTHORIZED) -> HttpResponse:
    """The page for those of whom the identity provider said nothing that counts."""
    return render(request, "sign_in/unproved.html", status=status)


def second_factor_missing(request: HttpRequest) -> bool:
    """Whether this node demands a second factor that the user has not set up. Sign-in asks for one that is."""
    if settings.SECOND_FACTOR != "required" or request.session.get(PROVED):
        return False
    if is_mfa_enabled(request.user):
        request.session[PROVED] = True
        return False
    return True
