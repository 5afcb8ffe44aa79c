"""What officers see, in a real browser on a real node: every screen in both languages, without a fault for axe-core."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browsing import CHROMIUM, Node, faults, signed_in
from identity import provider
from playwright.sync_api import Browser

from tidegate.console.roles import ROLES
from tidegate.console.screens import SCREENS

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: NO browser test ran"),
    # Sockets of the driver and of the node end with them.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


VISITS = [
    (role.name, screen.name)
    for role in ROLES
    for screen in SCREENS
    if screen.listed and screen.permission in role.may and role.name != "auditor"
]


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    """Of roles that have signed in: once is enough to look at their screens."""
    return {}


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_screen_of_every_role_is_accessible(
    held: Node, chromium: Browser, sessions: dict[str, Any], language: str, size: str
) -> None:
    seen: dict[str, list[str]] = {}
    for role in dict.fromkeys(role for role, _ in VISITS):
        with signed_in(chromium, held, role, language, size, before=sessions) as page:
            for screen in (screen for one, screen in VISITS if one == role):
                answer = page.goto(f"/{screen}/")
                assert answer is not None
                assert answer.status == 200, (role, screen)
                wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
                told = faults(page) + (["wider than the window"] if wide else [])
                if told:
                    seen[f"{role} {screen}"] = told
    assert seen == {}


def test_nothing_is_asked_of_elsewhere(held: Node, chromium: Browser) -> None:
    asked: list[str] = []
    with signed_in(chromium, held, "supervisor") as page:
        page.on("request", lambda request: asked.append(request.url))
        faulty: list[str] = []
        page.on("console", lambda message: faulty.append(message.text) if message.type == "error" else None)
        for screen in SCREENS:
            page.goto(f"/{screen.name}/")
        assert faulty == [text for text in faulty if "403" in text]
    assert asked
    assert [url for url in asked if not url.startswith((held.url, "data:", "blob:"))] == []


def test_an_own_identity_provider_lets_in_who_has_an_account(held: Node, chromium: Browser) -> None:
    with provider(held.identity) as identity:
        for name, arrives in (("targeting", "/queue/"), ("somebody-else", "/account/provider/")):
            identity.name = name
            context = chromium.new_context(base_url=held.url)
            page = context.new_page()
            page.goto("/queue/")
            page.get_by_role("button", name="Sign in with the made-up provider").click()
            page.wait_for_url(lambda url, arrives=arrives: arrives in url, wait_until="load")  # type: ignore[misc]
            page.wait_for_load_state("networkidle")
            if name == "targeting":
                assert page.url == f"{held.url}/queue/"
                assert "Targeting officer" in page.inner_text("header")
            else:
                assert "no account of that name" in page.inner_text("main")
                assert page.goto("/queue/").url.startswith(f"{held.url}/account/login/")  # type: ignore[union-attr]
            context.close()
        assert identity.faults == []
        identity.refuses = True
        assert "did not say who you are" in _told_by(chromium, held)
    assert "did not say who you are" in _told_by(chromium, held)  # it no longer answers


def _told_by(chromium: Browser, held: Node) -> str:
    """What the page says after signing in with the provider."""
    context = chromium.new_context(base_url=held.url)
    page = context.new_page()
    page.goto("/account/login/")
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Sign in with the made-up provider").click()
    page.wait_for_load_state("networkidle")
    assert faults(page) == []
    said = page.inner_text("main")
    context.close()
    return said


def test_the_folder_of_a_node_keeps_its_secrets_to_its_owner(held: Node) -> None:
    for name in ("secret.key", "draw.key", "demo-users.json"):
        assert Path(held.folder, name).stat().st_mode & 0o077 == 0, name
