"""The phone of an inspector in a real browser: a draft survives a reload and a dead connection, and is sent once."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import CHROMIUM, Node, faults, signed_in
from PIL import Image
from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: NO browser test ran"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ASSIGN = """
import sys
from pathlib import Path
from tidegate.console import serving
serving.prepare(serving.environment(Path(sys.argv[1]), demo=True))
from tidegate.console.register.models import Task, User
several = Task.objects.filter(state="waiting", declaration__line_count__gte=2)
held = several.order_by("declaration__line_count", "pk").first()
held.state, held.inspector = "assigned", User.objects.get(username="inspector")
held.save()
print(held.pk, held.declaration.line_count)
"""
ASK = """
import sys
from pathlib import Path
from tidegate.console import serving
serving.prepare(serving.environment(Path(sys.argv[1]), demo=True))
from tidegate.console.inspections.models import Inspection
for one in Inspection.objects.filter(task=sys.argv[2]):
    print(one.state, one.photos.count(), one.findings.filter(illicit=True).count(), one.findings.count())
"""


def told(script: str, *given: str) -> str:
    """What a process of the node prints."""
    away = ("TIDEGATE_", "DATABASE_", "DJANGO_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(away)}
    done = subprocess.run([sys.executable, "-c", script, *given], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_draft_survives_a_dead_connection_and_is_sent_once(held: Node, chromium: Browser, tmp_path: Path) -> None:
    task, lines = told(ASSIGN, str(held.folder)).split()
    out = io.BytesIO()
    Image.new("RGB", (3_000, 2_000), "teal").save(out, "JPEG")
    (tmp_path / "a.jpg").write_bytes(out.getvalue())
    (tmp_path / "no.jpg").write_bytes(b"no photo")
    with signed_in(chromium, held, "inspector", "en", "phone") as page:
        failed: list[str] = []
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(f"/inspections/{task}/")
        page.evaluate("navigator.serviceWorker.ready")
        page.goto("/inspections/")
        page.goto(f"/inspections/{task}/")
        assert faults(page) == []
        for options in page.locator(".check .options").all():
            options.locator("label").first.click()
        page.check('input[name="line1-found"][value=found]')
        page.select_option('select[name="line1-offence"]', "undervaluation")
        page.fill('textarea[name="line1-note"]', "twice the price on the list")
        page.set_input_files("#id_photo-line1", [tmp_path / "a.jpg", tmp_path / "no.jpg"])
        page.wait_for_selector("figure img")
        page.wait_for_selector("text=This is not a photo")
        small = [
            one
            for one in page.locator("button:visible, label:visible, summary:visible, .sheet select:visible").all()
            if one.evaluate("e => e.closest('main') && (e.tagName !== 'LABEL' || e.parentElement.matches('.options'))")
            and (one.bounding_box() or {"height": 99})["height"] < 44
        ]
        assert [one.inner_text() for one in small] == []  # a glove hits it
        for name in (*(f"line{number}" for number in range(2, int(lines) + 1)), "whole"):
            page.check(f'input[name="{name}-found"][value=nothing]')
        page.wait_for_timeout(600)
        draft = page.input_value("input[name=draft_id]")

        page.context.set_offline(True)
        page.reload()  # from what the worker kept
        page.wait_for_selector("figure img")
        assert page.input_value("input[name=draft_id]") == draft
        assert page.input_value('textarea[name="line1-note"]') == "twice the price on the list"
        page.click("#send button")
        page.wait_for_selector(".state.waiting")
        page.goto("/inspections/")
        assert page.inner_text(".draft:visible") == "Waiting to be sent: open it"

        page.context.set_offline(False)
        page.goto(f"/inspections/{task}/")
        page.wait_for_selector("text=See the record")
        assert told(ASK, str(held.folder), task) in (f"signing 1 1 {lines}", f"signing 1 1 {int(lines) + 1}")
        page.click("text=See the record")
        page.wait_for_selector("text=twice the price on the list")
        assert page.evaluate("drafts.all().then((all) => all.length)") == 0
        assert failed == []
