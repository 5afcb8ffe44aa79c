"""Invitations: a link with which a user, and nobody before him, chooses a password."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from tidegate.console.register import trail
from tidegate.console.register.models import User

__all__ = ["DAYS", "invited", "link_of"]

DAYS = settings.PASSWORD_RESET_TIMEOUT // 86_400


def link_of(user: User) -> str:
    """The path of the page on which this user chooses a password; it ends with the first password, or after DAYS."""
    return reverse("account_invitation", args=[user.pk, default_token_generator.make_token(user)])


@sensitive_post_parameters()
def invited(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Choose a password. Not behind the door of the pages: nobody is signed in yet."""
    user = User.objects.filter(pk=number, is_active=True).first()
    if user is None or user.has_usable_password() or not default_token_generator.check_token(user, token):
        return render(request, "people/invitation_over.html", status=404)
    form = SetPasswordForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            trail.write("user.password", f"user:{user.username}", user)
        messages.success(request, _("The password is set. Sign in with it."))
        return redirect("account_login")
    told = {"form": form, "name": user.username}
    response = render(request, "people/invitation.html", told, status=422 if form.errors else 200)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
