"""Of tests in a real browser. They run in one process, as they share a node (tests/conftest.py)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import Node, browser, free_port, node
from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A real node with a small demo in it, for all browser tests."""
    with node(tmp_path_factory.mktemp("browser") / "node", lines=10_000, identity=free_port()) as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser. While it is there an event loop runs in this thread, in which Django refuses its database: so it
    ends with the module."""
    with browser() as made:
        yield made
