"""The screen of declarations: finding one, all of one, and what nobody may see of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tidegate.console.register.models import Decision, Declaration, Task, User
from tidegate.console.roles import ROLES

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


@pytest.fixture
def red() -> Declaration:
    """A declaration that waits in red, with reasons."""
    task = Task.objects.filter(channel="red").exclude(reasons=[]).order_by("pk").first()
    assert task is not None
    return task.declaration


def page_of(client: Client, one: Declaration) -> str:
    answer = client.get(reverse("declarations:one", args=[one.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_says_number_importer_and_every_reason(as_role: SignIn, red: Declaration, language: str) -> None:
    html = page_of(as_role("targeting", language), red)
    assert red.number in html
    decision = red.decisions.get(current=True)
    from django.utils.html import escape

    for number, reason in enumerate(decision.reasons, 1):
        assert f'id="reason-{number}"' in html
        if not reason["text"].startswith("a restricted"):
            assert escape(reason["text_vi"] if language == "vi" else reason["text"]) in html


def test_only_who_may_see_declarations_sees_them(as_role: SignIn, red: Declaration) -> None:
    for role in ROLES:
        client = as_role(role.name)
        expected = 200 if "see_declaration" in role.may else 403
        assert client.get(reverse("declarations:one", args=[red.pk])).status_code == expected, role.name
        assert client.get(reverse("declarations:index")).status_code == expected, role.name


def test_a_declaration_of_another_office_is_not_there(as_role: SignIn, red: Declaration) -> None:
    user = User.objects.get(username="targeting")
    user.everywhere = False
    user.save()
    client = as_role("targeting")
    assert client.get(reverse("declarations:one", args=[red.pk])).status_code == 404
    assert client.post(reverse("declarations:act", args=[red.pk]), {"kind": "release"}).status_code == 404
    assert red.number not in client.get(reverse("declarations:index"), {"number": red.number[:6]}).content.decode()


def test_a_whole_number_leads_straight_to_it(as_role: SignIn, red: Declaration) -> None:
    answer: Any = as_role("targeting").get(reverse("declarations:index"), {"number": red.number})
    assert answer.headers["Location"] == reverse("declarations:one", args=[red.pk])


def test_pages_hold_every_declaration_once(as_role: SignIn) -> None:
    client = as_role("auditor")
    seen: list[int] = []
    after = ""
    while True:
        given = {"since": "2025-01-01", "until": "2025-02-10", **({"after": after} if after else {})}
        answer: Any = client.get(reverse("declarations:index"), given)
        seen += [row.pk for row in answer.context["page"].rows]
        after = answer.context["page"].after
        if not after:
            break
    everything = Declaration.objects.order_by("-lodged_on", "-pk").values_list("pk", flat=True)
    assert seen == list(everything)


def test_search_by_importer_code_office_channel_and_days(as_role: SignIn, red: Declaration) -> None:
    client = as_role("auditor")
    line = red.lines.first()
    assert line is not None
    given = {
        "importer": red.importer_id,
        "hs": line.hs_code[:4],
        "office": red.office,
        "channel": "red",
        "since": red.lodged_on.isoformat(),
        "until": red.lodged_on.isoformat(),
    }
    answer: Any = client.get(reverse("declarations:index"), given)
    assert red.pk in {row.pk for row in answer.context["page"].rows}
    for row in answer.context["page"].rows:
        assert (row.importer_id, row.office, row.lodged_on) == (red.importer_id, red.office, red.lodged_on)
        assert row.lines.filter(hs_code__startswith=line.hs_code[:4]).exists()
        assert Decision.objects.get(declaration=row, current=True).channel == "red"


@pytest.mark.parametrize(
    "given", [{"hs": "abc"}, {"since": "yesterday"}, {"since": "2025-02-10", "until": "2025-02-01"}, {"office": "XX"}]
)
def test_what_cannot_be_looked_for_is_said_beside_the_field(as_role: SignIn, given: dict[str, str]) -> None:
    answer = as_role("targeting").get(reverse("declarations:index"), given)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_nothing_found_says_why(as_role: SignIn) -> None:
    client = as_role("targeting")
    assert "No declaration of your offices" in client.get("/declarations/", {"number": "nothing"}).content.decode()
    assert "Choose other days" in client.get("/declarations/", {"importer": "nobody at all"}).content.decode()


def test_any_cursor_is_answered(as_role: SignIn) -> None:
    for after in ("", "x", "2025-02-01", "2025-02-01_x", "_", "2025-02-01_" + "9" * 30, "2025-02-01_-1"):
        assert as_role("targeting").get("/declarations/", {"after": after}).status_code == 200
