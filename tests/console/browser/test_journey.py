"""One profile's way through the whole node, by each role in a real browser: written, simulated, approved, fired on a
declaration that comes in by the interface, opened at the quay, counted, and seen by the auditor step by step."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from browsing import CHROMIUM, Node, signed_in
from playwright.sync_api import Browser, Page, expect

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: NO browser test ran"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

KEY = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from tidegate.console.api import keys
from tidegate.console.register.models import User
by = User.objects.get(username="administrator")
until = timezone.now() + timedelta(days=1)
print(keys.make("journey", ["declare", "read"], by, everywhere=True, expires_at=until)[1])
"""


def call(held: Node, token: str, line: dict[str, Any]) -> dict[str, Any]:
    """Submit a declaration of one line by the interface; its decision comes back in the same call."""
    asked = urllib.request.Request(
        f"{held.url}/api/v1/declarations",
        data=json.dumps(line).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"},
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def a_line(held: Node) -> dict[str, Any]:
    """A line of the demo's past, by an importer who lodges often."""
    lines = pl.read_parquet(held.folder / "demo" / "lines.parquet").filter(pl.col("container_ids").is_not_null())
    busiest = lines["importer_id"].value_counts(sort=True)["importer_id"][0]
    row = lines.filter(pl.col("importer_id") == busiest).row(-1, named=True)
    return {name: str(value) if isinstance(value, date) else value for name, value in row.items() if value is not None}


def lodged(line: dict[str, Any], number: str, description: str) -> dict[str, Any]:
    """The line once more, lodged today under another number."""
    today = str(date.today())  # noqa: DTZ011
    return {**line, "declaration_id": number, "item_number": 1, "lodged_on": today, "description": description}


@pytest.mark.parametrize("language", ["en", "vi"])
def test_from_a_draft_to_what_it_found(held: Node, chromium: Browser, language: str) -> None:
    profile = f"JOURNEY-{language.upper()}"
    title = f"Made-up profile of the journey {language}"
    line = a_line(held)
    condition = f"importer_id = '{line['importer_id']}' AND description LIKE '%{language}-journey%'"

    with signed_in(chromium, held, "author", language) as page:
        draft(page, profile, title, condition)
        expect(page.locator("form[action*='submit'] button")).to_be_visible(timeout=60_000)
        page.locator("form[action*='submit'] button").click()
        version = page.url
        expect(page.locator("form[action*='approve']")).to_have_count(0)  # nobody approves their own

    with signed_in(chromium, held, "approver", language) as page:
        page.goto(version)
        page.locator("button[name=to][value=force]").click()
        expect(page.locator("form[action*='approve']")).to_have_count(0)

    # An office has few places a day, and chance has the last word: it is lodged at one office after the other.
    key, offices = token(held), pl.read_parquet(held.folder / "demo" / "lines.parquet")["office"].unique().sort()
    for place, office in enumerate([*offices, *offices]):
        number = f"9{date.today():%y%m%d}{language.upper()}{place}"  # noqa: DTZ011
        told = lodged({**line, "office": office}, number, f"Made-up goods, {language}-journey")
        decided = call(held, key, told)["decisions"][0]
        assert profile in json.dumps(decided["reasons"])
        if decided["channel"] == "red":
            break
    assert decided["channel"] == "red"

    with signed_in(chromium, held, "targeting", language) as page:
        page.goto(f"/queue/?q={number}")
        row = page.locator("tr[data-row]")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(title)
        row.locator("a").first.click()
        expect(page.locator("main")).to_contain_text(title)
        page.locator("button[name=kind][value=inspect]").click()
        page.wait_for_load_state()

    inspect(held, chromium, number, language)

    with signed_in(chromium, held, "supervisor", language) as page:
        page.goto("/inspections/")
        page.locator("a", has_text=number).first.click()
        page.locator("button[name=act][value=sign]").click()
        page.goto("/effect/profiles/")
        page.locator("form[action*='refresh'] button").first.click()
        assert counted(page, profile)

    with signed_in(chromium, held, "auditor", language) as page:
        page.goto(f"/audit/story/declaration:{number}")
        story = page.locator("main").inner_text()
        for who in ("targeting", "inspector", "supervisor"):
            assert who in story, (who, story)
        page.goto(f"/audit/story/profile:{profile}/1")
        story = page.locator("main").inner_text()
        for who in ("author", "approver"):
            assert who in story, (who, story)


def token(held: Node) -> str:
    """A key for a system, made by the administrator."""
    told = {**os.environ, "TIDEGATE_DATA": str(held.folder), "DJANGO_SETTINGS_MODULE": "tidegate.console.settings"}
    told.pop("DATABASE_URL", None)
    told.pop("XDG_RUNTIME_DIR", None)
    made = subprocess.run([sys.executable, "-c", KEY], env=told, capture_output=True, text=True, check=True)
    return made.stdout.strip().splitlines()[-1]


def draft(page: Page, profile: str, title: str, condition: str) -> None:
    """Write a profile as SQL, save it and have it simulated."""
    page.goto("/profiles/new/")
    page.locator("button[name=do][value=sql]").click()
    page.locator("textarea[name=when]").fill(condition)
    page.locator("[name=profile]").fill(profile)
    page.locator("[name=title]").fill(title)
    page.locator("[name=channel]").select_option("red")
    page.locator("[name=rate]").fill("100")
    page.locator("[name=ends]").fill(str(date.today() + timedelta(days=30)))  # noqa: DTZ011
    page.locator("[name=owner]").fill("made-up.unit")
    page.locator("[name=instruction]").fill("Open every carton.")
    page.locator("button[name=do][value=simulate]").click()


def inspect(held: Node, chromium: Browser, number: str, language: str) -> None:
    """The inspector whom the lot fell to finds something, on a phone."""
    for name in ("inspector", "inspector2", "inspector3"):
        with signed_in(chromium, held, name, language, "phone") as page:
            page.goto("/inspections/")
            mine = page.locator("a", has_text=number)
            if not mine.count():
                continue
            mine.first.click()
            expect(page.locator("main")).to_contain_text("Open every carton.")
            for group in page.locator("fieldset.check").all():
                group.locator("label").first.click()
            for place, part in enumerate(page.locator("fieldset.part").all()):
                part.locator(f"label:has(input[value={'found' if place == 0 else 'nothing'}])").click()
                if place == 0:
                    part.locator("select[name$=offence]").select_option(index=1)
                    part.locator("textarea[name$=note]").fill("Made-up cartons of something else.")
                    part.locator("input[name$=revenue]").fill("1250")
            page.locator("#send button").click()
            expect(page.locator("a[href*='/inspections/record/']")).to_be_visible(timeout=60_000)
            page.goto("/inspections/")
            expect(page.locator("ol.cards[data-user] a", has_text=number)).to_have_count(0)
            return
    pytest.fail(f"no inspector has {number}")


def counted(page: Page, profile: str) -> bool:
    """Whether the figures count a find of the profile, within two minutes."""
    for _ in range(60):
        page.goto("/effect/profiles/")
        row = page.locator("tr", has_text=profile)
        if row.count() and re.search(r"\b1\b", row.first.inner_text().replace(profile, "")):
            return True
        page.wait_for_timeout(2_000)
    return False
