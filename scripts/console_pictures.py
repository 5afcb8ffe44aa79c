"""Pictures of every screen of the console, for docs/pictures/console: two widths, two languages, on a demo node.

    make pictures                                     all of them
    .venv/bin/python scripts/console_pictures.py queue effect      those whose names begin so

Each is looked at with axe-core too; what it finds is printed. Nothing in them is real: the demo's trade is made up.
"""

from __future__ import annotations

import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "console"))

from browsing import Node, browser, faults, node, signed_in  # noqa: E402

OUT = ROOT / "docs" / "pictures" / "console"
TALLEST = 1_800  # pixels: what is below is cut off
COLOURS = 96


@dataclass(frozen=True)
class Shot:
    """One page: the role that sees it, where it begins, and which links are followed from there (CSS selectors)."""

    name: str
    role: str
    path: str
    follow: tuple[str, ...] = ()
    press: str = ""  # pressed first, once; its work is waited for
    below: str = ""  # of the page that was reached, the part that is shown


SHOTS = (
    Shot("queue", "targeting", "/queue/"),
    Shot("queue-inspectors", "supervisor", "/queue/inspectors/"),
    Shot("declaration", "targeting", "/queue/?sort=score", ("tr[data-row] a",)),
    Shot("declaration-cargo", "targeting", "/queue/?sort=score", ("tr[data-row] a",), below="cargo/"),
    Shot("declarations", "targeting", "/declarations/"),
    Shot("declarations-manifests", "targeting", "/declarations/manifests/"),
    Shot("inspections", "inspector", "/inspections/"),
    Shot("inspection", "inspector", "/inspections/", ("[data-row] a",)),
    Shot("profiles", "author", "/profiles/"),
    Shot("profile", "author", "/profiles/", ("tr[data-row] a",)),
    Shot("profile-builder", "author", "/profiles/new/"),
    Shot("effect", "supervisor", "/effect/", press="form[action*=refresh] button"),
    Shot("effect-profiles", "supervisor", "/effect/profiles/"),
    Shot("effect-officers", "supervisor", "/effect/officers/"),
    Shot("parties", "targeting", "/parties/"),
    Shot("party", "targeting", "/queue/?sort=score", ("tr[data-row] a", "a[href*='/parties/importer/']")),
    Shot("lists", "lists", "/lists/"),
    Shot("control", "supervisor", "/control/"),
    Shot("control-office", "supervisor", "/control/", ("a[href*='/control/office/']",)),
    Shot("quality", "supervisor", "/quality/"),
    Shot("models", "supervisor", "/models/"),
    Shot("audit", "auditor", "/audit/"),
    Shot("people", "administrator", "/people/"),
)
VIEWS = (("en", "desk"), ("vi", "phone"))


def take(made: Browser, held: Node, shot: Shot, language: str, size: str) -> None:
    """Take one picture; what is missing or faulty is said."""
    with signed_in(made, held, shot.role, language, size) as page:
        page.goto(shot.path)
        if shot.press and page.locator(shot.press).count():
            page.locator(shot.press).first.click()
            page.wait_for_timeout(15_000)
            page.goto(shot.path)
        for link in shot.follow:
            if not page.locator(link).count():
                print(f"{shot.name} {language} {size}: nothing to follow at {link}", flush=True)
                return
            page.locator(link).first.click()
            page.wait_for_load_state("networkidle")
            seen_all(page)
        if shot.below:
            page.goto(page.url + shot.below)
        seen_all(page)
        for fault in faults(page):
            print(f"{shot.name} {language} {size}: {fault}", flush=True)
        save(page.screenshot(full_page=True), OUT / f"{shot.name}-{language}-{'1440' if size == 'desk' else '360'}.png")


def seen_all(page: Page) -> None:
    """Scroll through, so that what waits to be seen is loaded, and back to the top."""
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    for top in range(0, min(height, 6_000), 500):
        page.evaluate(f"window.scrollTo(0, {top})")
        page.wait_for_timeout(150)
    page.evaluate("window.scrollTo(0, 0)")
    # A bar that sticks to the foot of the window would lie across a picture of the whole page.
    page.evaluate("document.querySelectorAll('.bar').forEach((bar) => { bar.style.position = 'static' })")
    page.wait_for_timeout(500)


def save(png: bytes, path: Path) -> None:
    """Keep a picture small: cut off far below, few colours."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def assign(made: Browser, held: Node) -> None:
    """Have inspectors drawn for what is red, so that they have something to do."""
    with signed_in(made, held, "supervisor") as page:
        page.goto("/queue/?channel=red")
        for box in page.locator("tr[data-row] input[type=checkbox]").all():
            box.check()
        page.locator("button.act").click()
        page.wait_for_load_state("networkidle")


def main() -> None:
    wanted = tuple(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder, node(Path(folder) / "node", 100_000) as held, browser() as made:
        assign(made, held)
        for shot in SHOTS:
            if not wanted or shot.name.startswith(wanted):
                for language, size in VIEWS:
                    take(made, held, shot, language, size)


if __name__ == "__main__":
    main()
