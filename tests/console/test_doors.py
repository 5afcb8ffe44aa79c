"""Every role on every page by every method. The table is written by hand: a door that changes changes here too."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tidegate.console.roles import ROLES, Role

pytestmark = pytest.mark.django_db

# Address name: permission (empty: all who are signed in) and the methods it takes.
# fmt: off
DOORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "audit:check": ("see_audit", ("POST",)),
    "audit:entry": ("see_audit", ("GET",)),
    "audit:head": ("see_audit", ("GET",)),
    "audit:index": ("see_audit", ("GET",)),
    "audit:story": ("see_audit", ("GET",)),
    "control:decide": ("change_control", ("POST",)),
    "control:draw": ("see_control", ("GET",)),
    "control:draw_day": ("see_control", ("GET",)),
    "control:index": ("see_control", ("GET",)),
    "control:office": ("see_control", ("GET", "POST")),
    "control:order": ("change_control", ("POST",)),
    "control:orders": ("see_control", ("GET", "POST")),
    "control:proposal": ("see_control", ("GET",)),
    "control:proposals": ("see_control", ("GET",)),
    "control:published": ("see_control", ("GET",)),
    "declarations:act": ("decide", ("POST",)),
    "declarations:cargo": ("see_declaration", ("GET",)),
    "declarations:histories": ("see_declaration", ("GET",)),
    "declarations:index": ("see_declaration", ("GET",)),
    "declarations:matches": ("see_declaration", ("GET",)),
    "declarations:manifests": ("see_declaration", ("GET",)),
    "declarations:one": ("see_declaration", ("GET",)),
    "declarations:prices": ("see_declaration", ("GET",)),
    "declarations:record": ("see_declaration", ("GET",)),
    "declarations:route": ("see_declaration", ("GET",)),
    "declarations:weights": ("see_declaration", ("GET",)),
    "effect:draw": ("see_effect", ("GET",)),
    "effect:index": ("see_effect", ("GET",)),
    "effect:lists": ("see_effect", ("GET",)),
    "effect:model": ("see_effect", ("GET",)),
    "effect:officers": ("see_effect", ("GET",)),
    "effect:profile": ("see_effect", ("GET",)),
    "effect:profiles": ("see_effect", ("GET",)),
    "effect:refresh": ("see_effect", ("POST",)),
    "effect:state": ("see_effect", ("GET",)),
    "home": ("", ("GET",)),
    "inspections:index": ("see_inspections", ("GET",)),
    "inspections:one": ("inspect", ("GET", "POST")),
    "inspections:photo": ("see_declaration", ("GET",)),
    "inspections:record": ("see_declaration", ("GET",)),
    "inspections:worker": ("inspect", ("GET",)),
    "inspections:sign": ("countersign", ("POST",)),
    "lists:clear": ("clear_matches", ("GET", "POST")),
    "lists:cleared": ("see_lists", ("GET",)),
    "lists:count": ("change_lists", ("POST",)),
    "lists:decide": ("approve_lists", ("POST",)),
    "lists:entry": ("see_lists", ("GET",)),
    "lists:index": ("see_lists", ("GET",)),
    "lists:one": ("see_lists", ("GET",)),
    "lists:proposal": ("see_lists", ("GET",)),
    "lists:search": ("see_lists", ("GET",)),
    "lists:upload": ("change_lists", ("GET", "POST")),
    "models:card": ("see_models", ("GET",)),
    "models:compare": ("see_models", ("GET", "POST")),
    "models:decide": ("see_models", ("POST",)),
    "models:index": ("see_models", ("GET",)),
    "models:proposal": ("see_models", ("GET",)),
    "models:propose": ("propose_models", ("POST",)),
    "models:train": ("propose_models", ("POST",)),
    "parties:declarations": ("see_parties", ("GET",)),
    "parties:index": ("see_parties", ("GET",)),
    "parties:note": ("note_parties", ("POST",)),
    "parties:one": ("see_parties", ("GET",)),
    "parties:screen": ("see_parties", ("GET",)),
    "parties:withdraw": ("note_parties", ("POST",)),
    "people:index": ("administer", ("GET",)),
    "people:key": ("administer", ("GET",)),
    "people:key_new": ("administer", ("GET", "POST")),
    "people:key_revoke": ("administer", ("POST",)),
    "people:keys": ("administer", ("GET",)),
    "people:office": ("administer", ("GET", "POST")),
    "people:office_new": ("administer", ("GET", "POST")),
    "people:offices": ("administer", ("GET",)),
    "people:user": ("administer", ("GET", "POST")),
    "people:user_active": ("administer", ("POST",)),
    "people:user_factor": ("administer", ("POST",)),
    "people:user_invite": ("administer", ("POST",)),
    "people:user_new": ("administer", ("GET", "POST")),
    "people:webhook": ("administer", ("GET",)),
    "people:webhook_again": ("administer", ("POST",)),
    "people:webhook_close": ("administer", ("POST",)),
    "people:webhook_new": ("administer", ("GET", "POST")),
    "people:webhooks": ("administer", ("GET",)),
    "profiles:act": ("see_profiles", ("POST",)),
    "profiles:edit": ("write_profiles", ("GET", "POST")),
    "profiles:fields": ("see_profiles", ("GET",)),
    "profiles:index": ("see_profiles", ("GET",)),
    "profiles:named": ("see_profiles", ("GET",)),
    "profiles:new": ("write_profiles", ("GET", "POST")),
    "profiles:report": ("see_profiles", ("GET",)),
    "profiles:version": ("see_profiles", ("GET",)),
    "quality:index": ("see_quality", ("GET",)),
    "quality:refresh": ("see_quality", ("POST",)),
    "quality:sheet": ("see_quality", ("GET",)),
    "queue:arrived": ("see_queue", ("GET",)),
    "queue:assign": ("decide", ("POST",)),
    "queue:claim": ("decide", ("POST",)),
    "queue:forget": ("see_queue", ("POST",)),
    "queue:index": ("see_queue", ("GET",)),
    "queue:inspectors": ("see_queue", ("GET",)),
    "queue:lot": ("see_queue", ("GET",)),
    "queue:name": ("assign", ("POST",)),
    "queue:release": ("decide", ("POST",)),
    "queue:save": ("see_queue", ("POST",)),
}
# fmt: on
# Pages that are not ours to dress: sign-in, the language, the interface for systems (test_api_scopes.py).
OTHERS = ("account_", "mfa_", "socialaccount_", "openid_connect_", "set_language", "api-", "v1:", "account")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# What an auditor may send: he asks for a check or for figures, and keeps filters of his own. It changes no case.
AUDITOR_ASKS = {
    *("audit:check", "effect:refresh", "quality:refresh", "models:compare"),
    *("queue:save", "queue:forget"),
}
# Pages where what is sent needs more than the page: the act itself is refused to him.
REFUSED_WITHIN = {"control:office", "control:orders", "models:decide", "profiles:act"}
SAMPLES: dict[str, Any] = {
    "int": 999_999_999,
    "string": "x",
    "slug": "x",
    "uuid": uuid.UUID(int=1),
    "path": "x",
}


def pages(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Each address: its name with its namespace, and its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from pages(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}", pattern


OURS = sorted({name: pattern for name, pattern in pages() if not name.startswith(OTHERS)}.items())


# Addresses with a pattern of their own.
EXAMPLES: dict[str, dict[str, Any]] = {"profiles:act": {"pk": 999_999_999, "name": "submit"}}


def address(name: str, pattern: URLPattern) -> str:
    """An address with arguments of the right kind, of what does not exist."""
    if name in EXAMPLES:
        return reverse(name, kwargs=EXAMPLES[name])
    samples = {
        key: SAMPLES[type(kind).__name__.removesuffix("Converter").lower()]
        for key, kind in pattern.pattern.converters.items()
    }
    for key in samples:
        if "day" in key or "date" in key:
            samples[key] = date(2025, 2, 9).isoformat()
    try:
        return reverse(name, kwargs=samples)
    except NoReverseMatch:
        return reverse(name, args=list(samples.values()))


def test_every_page_has_its_row_and_every_row_its_page() -> None:
    told = {name: (pattern.callback.permission, tuple(pattern.callback.methods)) for name, pattern in OURS}
    assert told == DOORS


def test_whoever_is_not_signed_in_is_sent_to_sign_in() -> None:
    client = Client()
    for name, pattern in OURS:
        for method in ("GET", "POST"):
            answer = client.generic(method, address(name, pattern))
            assert answer.status_code == 302, (name, method)
            assert answer.headers["Location"].startswith("/account/login/"), (name, method)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_passes_where_its_permission_says_and_nowhere_else(role: Role, as_role: Callable[..., Client]) -> None:
    client = as_role(role.name)
    client.raise_request_exception = False
    for name, pattern in OURS:
        permission, methods = DOORS[name]
        where = address(name, pattern)
        if permission and permission not in role.may:
            for method in ("GET", "POST", "DELETE"):
                assert client.generic(method, where).status_code == 403, (name, method)
            continue
        taken = {*methods, *(["HEAD"] if "GET" in methods else [])}
        for method in METHODS:
            status = client.generic(method, where).status_code
            if method in taken:
                assert status < 500, (name, method, status)
                assert status != 405, (name, method, status)
            else:
                assert status == 405, (name, method, status)


def test_an_auditor_changes_nothing() -> None:
    auditor = next(role for role in ROLES if role.name == "auditor")
    may_send = {
        name for name, (permission, methods) in DOORS.items() if "POST" in methods and permission in auditor.may
    }
    assert may_send == AUDITOR_ASKS | REFUSED_WITHIN


@pytest.mark.parametrize("name", sorted(REFUSED_WITHIN))
def test_what_an_auditor_sends_to_a_page_that_he_may_read_is_refused(name: str, as_role: Callable[..., Client]) -> None:
    assert as_role("auditor").post(address(name, dict(OURS)[name]), {"kind": "x"}).status_code in (403, 404)


def test_an_administrator_sees_no_case() -> None:
    administrator = next(role for role in ROLES if role.name == "administrator")
    open_to_him = {name for name, (permission, _) in DOORS.items() if permission in administrator.may}
    assert {name.split(":")[0] for name in open_to_him} <= {"people"}
    assert {name for name, (permission, _) in DOORS.items() if not permission} <= {"home"}
