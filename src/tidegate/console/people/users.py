"""Pages about users: who they are, what they may do. Nobody changes his own rights."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from tidegate.console.access import Asked, page
from tidegate.console.people.forms import UserForm
from tidegate.console.people.invitation import DAYS, link_of
from tidegate.console.register import trail
from tidegate.console.register.models import User
from tidegate.console.roles import ROLES

__all__ = ["active", "edit", "index", "invite", "new", "second_factor"]

ROWS = 50
WAYS = {"yes": {"is_active": True}, "no": {"is_active": False}}


@page("administer")
def index(request: Asked) -> HttpResponse:
    """All users, by name."""
    sought, role, state = (request.GET.get(name, "").replace("\0", "") for name in ("q", "role", "active"))
    found = User.objects.prefetch_related("groups", "offices").order_by("username")
    if sought:
        found = found.filter(
            Q(username__icontains=sought) | Q(first_name__icontains=sought) | Q(last_name__icontains=sought)
        )
    if role:
        found = found.filter(groups__name=role)
    found = found.filter(**WAYS.get(state, {}))
    told = {
        "tab": "users",
        "rows": Paginator(found, ROWS).get_page(request.GET.get("page")),
        "roles": [one for one in ROLES if one.name != "system"],
        "chosen": {"q": sought, "role": role, "active": state},
        "narrowed": bool(sought or role or state),
        "factors": set(Authenticator.objects.filter(type="totp").values_list("user_id", flat=True)),
    }
    return render(request, "people/users.html", told)


@page("administer", "GET", "POST")
def new(request: Asked) -> HttpResponse:
    """A new user, who gets a link with which to choose a password."""
    form = UserForm(request.POST or None, initial={"language": "vi", "clearance": 0})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with transaction.atomic():
            user = User(username=told["username"])
            user.set_unusable_password()
            _keep(user, told, request.user, "user.make")
        return _invited(request, user)
    return render(request, "people/user.html", {"tab": "users", "form": form}, status=422 if form.errors else 200)


@page("administer", "GET", "POST")
def edit(request: Asked, number: int) -> HttpResponse:
    """A user, and what can be changed of him."""
    user = get_object_or_404(User, pk=number)
    own = user.pk == request.user.pk
    form = UserForm(request.POST if request.method == "POST" else None, user=user, own=own)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _keep(User.objects.select_for_update().get(pk=number), form.cleaned_data, request.user, "user.change")
        messages.success(request, _("Saved."))
        return redirect("people:user", number)
    told = {
        "tab": "users",
        "form": form,
        "one": user,
        "own": own,
        "factor": Authenticator.objects.filter(user=user).exists(),
    }
    return render(request, "people/user.html", told, status=422 if form.errors else 200)


@page("administer", "POST")
def invite(request: Asked, number: int) -> HttpResponse:
    """A new link to choose a password with; the old password ends, and with it all sessions."""
    user = _other(request, number)
    with transaction.atomic():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        trail.write("user.invite", f"user:{user.username}", request.user)
    return _invited(request, user)


@page("administer", "POST")
def active(request: Asked, number: int) -> HttpResponse:
    """Close an account, or open it again. Nothing that its user did goes away."""
    user = _other(request, number)
    wanted = request.POST.get("active") == "1"
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=not wanted).update(is_active=wanted):
            trail.write("user.open" if wanted else "user.close", f"user:{user.username}", request.user)
    messages.success(request, _("The account is open.") if wanted else _("The account is closed."))
    return redirect("people:user", number)


@page("administer", "POST")
def second_factor(request: Asked, number: int) -> HttpResponse:
    """Forget a second factor, as when a phone was lost; its user sets up another."""
    user = _other(request, number)
    with transaction.atomic():
        if Authenticator.objects.filter(user=user).delete()[0]:
            trail.write("user.factor", f"user:{user.username}", request.user)
    messages.success(request, _("The second factor is forgotten."))
    return redirect("people:user", number)


def _other(request: Asked, number: int) -> User:
    """A user who is not the one who asks: these acts on oneself go by the pages of one's own account."""
    return get_object_or_404(User.objects.exclude(pk=request.user.pk), pk=number)


@sensitive_variables()
def _invited(request: Asked, user: User) -> HttpResponse:
    told = {
        "tab": "users",
        "heading": _("Link for %(name)s") % {"name": user.username},
        "secret": request.build_absolute_uri(link_of(user)),
        "hint": _("Give it to the user by a safe way. It works once, within %(days)s days.") % {"days": DAYS},
        "back": "people:user",
        "number": user.pk,
    }
    return render(request, "people/shown_once.html", told)


def _keep(user: User, told: dict[str, Any], by: User, act: str) -> None:
    """Write what was filled in, and what changed into the trail; fields that were not asked for stay."""
    before = _said(user) if user.pk else {}
    for name in ("first_name", "last_name", "language", "everywhere", "clearance"):
        if name in told:
            setattr(user, name, told[name])
    user.save()
    if "roles" in told:
        user.groups.set(Group.objects.filter(name__in=told["roles"]))
    if "offices" in told:
        user.offices.set(told["offices"])
    after = _said(User.objects.get(pk=user.pk))
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    if changed or act == "user.make":
        trail.write(act, f"user:{user.username}", by, changed=sorted(changed), **changed)


def _said(user: User) -> dict[str, Any]:
    """What the trail tells of a user: his rights, not his names."""
    return {
        "roles": [role.name for role in user.roles],
        "offices": sorted(user.offices.values_list("code", flat=True)),
        "everywhere": user.everywhere,
        "clearance": user.clearance,
        "language": user.language,
    }
