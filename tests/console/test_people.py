"""Users and keys: an administrator gives rights, not to himself, sees no cases, and shows a secret once."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tidegate.console.api import keys
from tidegate.console.api.delivery import open_hook
from tidegate.console.api.models import Delivery, Hook, Key
from tidegate.console.api.order import settle
from tidegate.console.api.scopes import SCOPES
from tidegate.console.clock import now, today
from tidegate.console.people import urls
from tidegate.console.register.models import AuditEntry, Decision, Declaration, Office, User
from tidegate.console.roles import ROLES

pytestmark = pytest.mark.django_db
AsRole = Callable[..., Client]
PASSWORD = "tide-and-gate-9"


@pytest.fixture
def admin(as_role: AsRole) -> Client:
    return as_role("administrator")


@pytest.fixture
def hook() -> Hook:
    return open_hook(
        Hook(name="window", address="https://receiver.example/x", nonce="n", everywhere=True, made_at=timezone.now())
    )


def filled(**changes: Any) -> dict[str, Any]:
    return {"username": "lan", "first_name": "Lan (made up)", "language": "vi", "roles": ["targeting"],
            "offices": [Office.objects.all()[0].code], "clearance": "1", **changes}  # fmt: skip


def words(answer: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def addresses() -> list[str]:
    """Every address of the screen, with something behind it."""
    key, _ = keys.make("window", ["read"], None, everywhere=True, expires_at=now() + timedelta(days=1))
    hook = Hook.objects.create(name="h", address="https://h.example/", nonce="n", made_at=timezone.now())
    numbers = {"user": User.objects.get(username="inspector").pk, "key": key.pk, "webhook": hook.pk}
    told = []
    for pattern in urls.urlpatterns:
        name = str(pattern.name)
        if "<int" in str(pattern.pattern):
            told.append(reverse(f"people:{name}", args=[numbers[name.partition("_")[0]]]))
        elif "<path" in str(pattern.pattern):
            told.append(reverse(f"people:{name}", args=[Office.objects.all()[0].code]))
        else:
            told.append(reverse(f"people:{name}"))
    return told


@pytest.mark.parametrize("role", [one.name for one in ROLES])
def test_nobody_but_an_administrator_comes_in(as_role: AsRole, role: str) -> None:
    client = as_role(role)
    for address in addresses():
        for method in (client.get, client.post):
            status = method(address).status_code
            assert (status != 403) == (role == "administrator"), (address, status)
            assert status < 500
    for address in addresses():
        assert Client().get(address).status_code == 302


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_page_shows_itself_in_both_languages(as_role: AsRole, language: str, hook: Hook) -> None:
    client = as_role("administrator", language)
    seen = 0
    for address in addresses():
        answer = client.get(address)
        if answer.status_code == 200:
            seen += 1
            assert ("Khóa hệ thống" in words(answer)) == (language == "vi"), address
            assert "<script>" not in answer.content.decode()
    assert seen == 12


def test_a_user_is_made_invited_and_signs_in(admin: Client) -> None:
    answer = admin.post("/people/new/", filled())
    assert answer.status_code == 200
    link = re.search(r"http://testserver(/account/invitation/\d+/\S+/)", words(answer))
    assert link is not None
    user = User.objects.get(username="lan")
    assert [role.name for role in user.roles] == ["targeting"]
    assert not user.has_usable_password()
    entry = AuditEntry.objects.get(act="user.make")
    assert entry.detail["roles"] == ["targeting"]
    assert "Lan (made up)" not in str(entry.detail)
    visitor = Client()
    assert "lan" in words(visitor.get(link[1]))
    weak = visitor.post(link[1], {"new_password1": "short", "new_password2": "short"})
    assert weak.status_code == 422
    done = visitor.post(link[1], {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert done.headers["Location"] == "/account/login/"
    assert visitor.post("/account/login/", {"login": "lan", "password": PASSWORD}).headers["Location"] == "/"
    for client in (Client(), visitor):
        assert client.get(link[1]).status_code == 404
    wrong = re.sub(r"[^/]+/$", "x-y/", link[1])
    assert Client().get(wrong).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": ""}, "username"), ({"username": "Inspector"}, "username"), ({"username": "a b"}, "username"),
        ({"username": "x" * 101}, "username"), ({"roles": []}, "roles"), ({"roles": ["system"]}, "roles"),
        ({"roles": ["administrator", "supervisor"]}, "roles"), ({"offices": ["none"]}, "offices"),
        ({"clearance": "9"}, "clearance"), ({"language": "fr"}, "language"), ({"first_name": "x" * 200}, "first_name"),
        ({"username": "a\0b"}, "username"),
    ],
)  # fmt: skip
def test_a_user_that_cannot_be_is_refused_beside_the_field(admin: Client, change: dict[str, Any], field: str) -> None:
    before = User.objects.count()
    answer = admin.post("/people/new/", filled(**change))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'class="field wrong"' in answer.content.decode()
    assert User.objects.count() == before


def test_what_changes_of_a_user_stands_in_the_trail(admin: Client) -> None:
    user = User.objects.get(username="inspector")
    told = filled(roles=["inspector", "targeting"], clearance="2", language="en")
    assert admin.post(f"/people/{user.pk}/", told).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert {role.name for role in user.roles} == {"inspector", "targeting"}
    assert (user.everywhere, user.clearance, user.office_codes) == (False, 2, told["offices"])
    assert user.username == "inspector"
    entry = AuditEntry.objects.get(act="user.change")
    assert entry.detail["changed"] == ["clearance", "everywhere", "offices", "roles"]
    assert (entry.actor, entry.subject) == ("administrator", "user:inspector")
    admin.post(f"/people/{user.pk}/", told)
    assert AuditEntry.objects.filter(act="user.change").count() == 1


def test_nobody_changes_his_own_rights(admin: Client) -> None:
    me = User.objects.get(username="administrator")
    before = (me.everywhere, me.clearance, [role.name for role in me.roles])
    page = admin.get(f"/people/{me.pk}/")
    assert "for another administrator to change" in words(page)
    assert "supervisor" not in page.content.decode()
    answer = admin.post(
        f"/people/{me.pk}/", filled(first_name="New", roles=["supervisor"], everywhere="", clearance="2")
    )
    assert answer.status_code == 302
    me = User.objects.get(username="administrator")
    assert (me.everywhere, me.clearance, [role.name for role in me.roles]) == before
    assert me.first_name == "New"
    for act in ("invite", "active", "second-factor"):
        assert admin.post(f"/people/{me.pk}/{act}/").status_code == 404
    assert User.objects.get(pk=me.pk).is_active


def test_an_account_that_is_closed_is_out_at_once(admin: Client, as_role: AsRole) -> None:
    user, client = User.objects.get(username="targeting"), as_role("targeting")
    assert client.get("/queue/").status_code == 200
    admin.post(f"/people/{user.pk}/active/", {"active": "0"})
    assert client.get("/queue/").status_code == 302
    assert "account closed" in words(admin.get("/people/"))
    admin.post(f"/people/{user.pk}/active/", {"active": "1"})
    assert client.get("/queue/").status_code == 200
    acts = AuditEntry.objects.filter(subject="user:targeting").order_by("number").values_list("act", flat=True)
    assert list(acts) == ["user.close", "user.open"]


def test_a_new_link_ends_the_password_and_the_sessions(admin: Client, as_role: AsRole) -> None:
    user, client = User.objects.get(username="targeting"), as_role("targeting")
    first = re.search(r"/account/invitation/\d+/\S+/", words(admin.post(f"/people/{user.pk}/invite/")))
    assert client.get("/queue/").status_code == 302
    assert first is not None
    second = re.search(r"/account/invitation/\d+/\S+/", words(admin.post(f"/people/{user.pk}/invite/")))
    assert second is not None
    assert Client().get(first[0]).status_code == 404
    assert Client().get(second[0]).status_code == 200


def test_a_second_factor_is_forgotten(admin: Client) -> None:
    user = User.objects.get(username="targeting")
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    assert "Forget the second factor" in words(admin.get(f"/people/{user.pk}/"))
    admin.post(f"/people/{user.pk}/second-factor/")
    assert not Authenticator.objects.filter(user=user).exists()
    assert AuditEntry.objects.filter(act="user.factor", subject="user:targeting").count() == 1


def test_users_are_found_by_name_role_and_state(admin: Client) -> None:
    assert [one.username for one in admin.get("/people/?role=inspector").context["rows"]] == ["inspector"]
    assert [one.username for one in admin.get("/people/?q=audit").context["rows"]] == ["auditor"]
    assert "No user fits" in words(admin.get("/people/?active=no"))
    assert admin.get("/people/?q=%00&page=x&role=%00").status_code == 200


def test_an_office_is_made_and_changed_and_keeps_its_code(admin: Client) -> None:
    told = {"code": "99ZZ", "name": "Made-up port", "name_vi": "Cảng giả định", "inspectors_daily": "7"}
    assert admin.post("/people/offices/new/", told).status_code == 302
    assert admin.post("/people/offices/new/", told).status_code == 422
    assert admin.post("/people/offices/99ZZ/", {**told, "code": "98", "inspectors_daily": "8"}).status_code == 302
    assert Office.objects.get(pk="99ZZ").inspectors_daily == 8
    assert not Office.objects.filter(pk="98").exists()
    for change in ({"inspectors_daily": "-1"}, {"name": ""}, {"inspectors_daily": "x"}):
        assert admin.post("/people/offices/99ZZ/", {**told, **change}).status_code == 422
    assert admin.post("/people/offices/new/", {**told, "code": "a/b"}).status_code == 422
    acts = AuditEntry.objects.filter(subject="office:99ZZ").order_by("number").values_list("act", flat=True)
    assert list(acts) == ["office.make", "office.change"]


def test_a_key_is_shown_once_works_and_is_revoked(admin: Client) -> None:
    office = Office.objects.all()[0].code
    told = {"system": "single window", "scopes": ["read", "follow"], "offices": [office],
            "expires_on": str(today() + timedelta(days=30)), "rate": "50"}  # fmt: skip
    answer = admin.post("/people/keys/new/", told)
    token = re.search(r"tide_\S+", words(answer))
    assert token is not None
    assert answer.headers["Cache-Control"] == "no-store"
    key = Key.objects.get(system="single window")
    assert (key.scopes, key.offices, key.everywhere, key.rate) == (["follow", "read"], [office], False, 50)
    system = Client(headers={"Authorization": f"Bearer {token[0]}"})
    assert system.get("/api/v1/key").json()["offices"] == [office]
    for page in ("/people/keys/", f"/people/keys/{key.pk}/"):
        assert token[0] not in admin.get(page).content.decode()
        assert key.prefix in words(admin.get(page))
    admin.post(f"/people/keys/{key.pk}/revoke/")
    assert system.get("/api/v1/key").status_code == 401
    assert "revoked" in words(admin.get("/people/keys/"))
    assert token[0] not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"system": ""}, "system"), ({"system": "a<b>"}, "system"), ({"scopes": []}, "scopes"),
        ({"scopes": ["all"]}, "scopes"), ({"offices": []}, "offices"), ({"offices": ["none"]}, "offices"),
        ({"expires_on": "2000-01-01"}, "expires_on"), ({"expires_on": "2999-01-01"}, "expires_on"),
        ({"expires_on": ""}, "expires_on"), ({"rate": "0"}, "rate"), ({"rate": "x"}, "rate"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_is_refused_beside_the_field(admin: Client, change: dict[str, Any], field: str) -> None:
    told = {"system": "window", "scopes": [SCOPES[0].code], "offices": [Office.objects.all()[0].code],
            "expires_on": str(today() + timedelta(days=30)), "rate": "50", **change}  # fmt: skip
    answer = admin.post("/people/keys/new/", told)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Key.objects.exists()


def test_a_webhook_is_made_its_secret_shown_once_and_closed(admin: Client) -> None:
    told = {"name": "window", "address": "https://receiver.example/in?token=x1", "everywhere": "on"}
    answer = admin.post("/people/webhooks/new/", told)
    hook = Hook.objects.get()
    assert hook.secret in words(answer)
    assert hook.secret not in admin.get(f"/people/webhooks/{hook.pk}/").content.decode()
    entry = AuditEntry.objects.get(act="webhook.open")
    assert entry.detail["address"] == "receiver.example"
    admin.post(f"/people/webhooks/{hook.pk}/close/")
    hook.refresh_from_db()
    assert hook.closed_at is not None
    assert admin.post(f"/people/webhooks/{hook.pk}/again/").status_code == 404
    for address in ("http://receiver.example/", "https://169.254.169.254/", "ftp://x/", "x", "https://a:b@c.example/"):
        answer = admin.post("/people/webhooks/new/", {**told, "address": address})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["address"]
    assert Hook.objects.count() == 1


def test_deliveries_show_ids_and_states_and_no_case(admin: Client, hook: Hook) -> None:
    held = Decision.objects.select_related("declaration").filter(current=True).order_by("pk")[0]
    number, importer = held.declaration.number, held.declaration.importer_name
    Decision.objects.filter(pk=held.pk).update(current=False)
    held.pk = None
    held.save()
    settle()
    Delivery.objects.update(attempts=3, fault="HTTP 500", status=500, due_at=timezone.now() + timedelta(hours=6))
    Hook.objects.update(failures=3, rest_until=timezone.now() + timedelta(hours=6))
    answer = admin.get(f"/people/webhooks/{hook.pk}/")
    said = words(answer)
    assert "HTTP 500" in said
    assert str(held.pk) in said
    assert number not in said
    assert not importer or importer not in said
    assert "No delivery" in words(admin.get(f"/people/webhooks/{hook.pk}/?state=sent"))
    admin.post(f"/people/webhooks/{hook.pk}/again/")
    assert Delivery.objects.get().due_at <= timezone.now()
    hook.refresh_from_db()
    assert hook.rest_until is None
    assert AuditEntry.objects.get(act="webhook.again").detail["waiting"] == 1


def test_an_administrator_sees_no_case(admin: Client) -> None:
    one = Declaration.objects.filter(current=True).exclude(importer_name="").order_by("number")[0]
    for address in addresses():
        said = words(admin.get(address))
        assert one.number not in said
        assert one.importer_name not in said
    assert Group.objects.get(name="administrator").pk
    assert User.objects.get(username="administrator").permissions == {"administer"}
