"""A real node and a real browser: `tidegate serve --demo` in a folder, Debian's Chromium by Playwright, axe-core."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from identity import CLIENT, SECRET
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

__all__ = ["CHROMIUM", "WIDTHS", "Node", "browser", "faults", "free_port", "node", "signed_in"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = {"desk": (1440, 900), "phone": (360, 740)}


@dataclass(frozen=True)
class Node:
    """A node that runs: its folder, its address, the demo's users with their passwords, and the port at which it looks
    for an identity provider."""

    folder: Path
    url: str
    users: dict[str, str]
    identity: int = 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def node(folder: Path, lines: int, *more: str, identity: int = 0) -> Iterator[Node]:
    """A node with the demo of `lines` lines in it, from `tidegate serve`; it ends with the block. `identity`: the port
    at which it looks for an identity provider."""
    port = free_port()
    told = {
        name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DATABASE_", "DJANGO_"))
    }
    if identity:
        secret = folder.with_suffix(".secret")
        secret.write_text(SECRET)
        told |= {
            "TIDEGATE_OIDC_URL": f"http://127.0.0.1:{identity}",
            "TIDEGATE_OIDC_CLIENT": CLIENT,
            "TIDEGATE_OIDC_SECRET_FILE": str(secret),
            "TIDEGATE_OIDC_NAME": "the made-up provider",
        }
    command = [sys.executable, "-m", "tidegate", "serve", str(folder), "--demo", "--lines", str(lines)]
    log = folder.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--workers", "1", *more],
            env=told,
            stdout=out,
            stderr=out,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            until = time.monotonic() + 300
            while not answers(f"{url}/account/login/"):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the node does not answer:\n{log.read_text(errors='replace')[-3000:]}")
                time.sleep(0.3)
            users = json.loads((folder / "demo-users.json").read_text())
            yield Node(folder, url, users, identity)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@contextmanager
def signed_in(
    made: Browser,
    held: Node,
    role: str,
    language: str = "en",
    size: str = "desk",
    dark: bool = False,
    before: dict[str, Any] | None = None,
) -> Iterator[Page]:
    """A page of the user of a role, signed in by the form, in a language and at a size of WIDTHS. `before`: the
    sessions of roles that signed in before are taken from here, and put here."""
    width, height = WIDTHS[size]
    context: BrowserContext = made.new_context(
        viewport={"width": width, "height": height},
        base_url=held.url,
        has_touch=size == "phone",
        color_scheme="dark" if dark else "light",
        storage_state=(before or {}).get(role),
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": held.url}])
    page = context.new_page()
    if role not in (before or {}):
        page.goto("/account/login/")
        page.fill("input[name=login]", role)
        page.fill("input[name=password]", held.users[role])
        page.click("main button:not(.plain)")
        page.wait_for_url(lambda url: "/account/login" not in url)
        if before is not None:
            before[role] = context.storage_state()
    yield page
    context.close()


def faults(page: Page) -> list[str]:
    """What axe-core says of a page (WCAG 2.2 A and AA): rule, what it hit; empty when it says nothing."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    told: Any = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]})
    return [f"{one['id']}: {item['html'][:160]}" for one in told.response["violations"] for item in one["nodes"]]
