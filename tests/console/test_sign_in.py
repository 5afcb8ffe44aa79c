"""Signing in: password, lock-out, second factor, an own provider, a closed account, the language of the account."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import get_resolver, reverse

from tidegate.console.provider import provider
from tidegate.console.register.models import User
from tidegate.errors import InputError

pytestmark = pytest.mark.django_db
PASSWORD = "nine-made-up-words-1"


@pytest.fixture
def officer() -> User:
    user = User.objects.get(username="targeting")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, password: str = PASSWORD, name: str = "targeting") -> int:
    return client.post(reverse("account_login"), {"login": name, "password": password}).status_code


def test_the_right_password_leads_to_work(officer: User) -> None:
    client = Client()
    assert client.get("/queue/").headers["Location"] == "/account/login/?next=/queue/"
    assert sign_in(client) == 302
    assert client.get("/").headers["Location"] == "/queue/"


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(officer: User) -> None:
    for number in range(5):
        assert sign_in(Client(), f"wrong-{number}") == 200
    answer = Client().post(reverse("account_login"), {"login": "targeting", "password": PASSWORD})
    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()


def test_what_is_wrong_does_not_say_whether_the_account_exists(officer: User) -> None:
    errors = []
    for name in ("targeting", "nobody-of-that-name"):
        page = Client().post(reverse("account_login"), {"login": name, "password": "wrong"}).content.decode()
        errors.append(re.findall(r'class="notice error"[^>]*>(.*?)</p>', page))
    assert errors[0] == errors[1] != []


def test_a_closed_account_does_not_come_in(officer: User) -> None:
    officer.is_active = False
    officer.save()
    client = Client()
    sign_in(client)
    assert client.get("/queue/").status_code == 302


def test_a_node_that_demands_a_second_factor_lets_nobody_work_without(officer: User, settings: object) -> None:
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    client = Client()
    sign_in(client)
    assert client.get("/queue/").headers["Location"] == reverse("mfa_index")
    page = client.get(reverse("mfa_activate_totp"))
    if page.status_code == 302:  # it asks for the password once more
        client.post(page.headers["Location"], {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page.content.decode())
    assert secret
    assert client.post(reverse("mfa_activate_totp"), {"code": code(secret[1])}).status_code == 302
    assert client.get("/queue/").status_code == 200
    codes = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert len(re.findall(r"<li><code>\w+</code></li>", codes)) == 10


def test_whoever_has_a_second_factor_is_asked_for_it(officer: User) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(officer, secret)
    client = Client()
    answer = client.post(reverse("account_login"), {"login": "targeting", "password": PASSWORD})
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get("/queue/").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code(secret)}).status_code == 302
    assert client.get("/queue/").status_code == 200
    assert Authenticator.objects.get(user=officer).type == "totp"


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_nobody_signs_up_or_resets_by_mail() -> None:
    for name in ("account_signup", "account_reset_password", "account_email"):
        assert Client().get(reverse(name)).status_code == 404
    assert "signup" not in Client().get(reverse("account_login")).content.decode()


def test_the_language_is_that_of_the_account_until_the_browser_is_told_another(officer: User) -> None:
    officer.language = "vi"
    officer.save()
    client = Client()
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert '<html lang="vi">' in client.get("/queue/").content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": "/queue/"})
    assert '<html lang="en">' in client.get("/queue/").content.decode()
    officer.refresh_from_db()
    assert officer.language == "en"


def test_a_provider_is_set_whole_or_not_at_all(tmp_path: Path) -> None:
    assert provider({}) == {}
    with pytest.raises(InputError, match="TIDEGATE_OIDC_CLIENT, TIDEGATE_OIDC_SECRET_FILE missing"):
        provider({"TIDEGATE_OIDC_URL": "https://id.example"})
    (tmp_path / "secret").write_text("s3cret\n")
    told = provider(
        {
            "TIDEGATE_OIDC_URL": "https://id.example",
            "TIDEGATE_OIDC_CLIENT": "node",
            "TIDEGATE_OIDC_SECRET_FILE": str(tmp_path / "secret"),
        }
    )
    assert told["openid_connect"]["APPS"][0]["secret"] == "s3cret"


def test_no_page_loads_or_runs_anything_from_elsewhere() -> None:
    answer = Client().get(reverse("account_login"))
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"].find("no-store") >= 0
    assert get_resolver().reverse_dict
