"""The whole product on real servers, and a browser to walk it with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from marketplace.cli.local import LocalMarket, running_market
from tests.databases import server_folder

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = (
    "The browser journey was NOT run: this machine has no Chromium. Install it (on Debian:"
    ' "apt-get install chromium") and run: make test ARGS=tests/journeys'
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sandbox writes every request to Stripe and its answer."""
    return tmp_path_factory.mktemp("recording") / "stripe.jsonl"


@pytest.fixture(scope="package")
def market(browser: Browser, recording: Path) -> Iterator[LocalMarket]:
    """The product as ``make run`` starts it, with a small seeded market that has no past."""
    ours = ("DATABASE_URL", "REDIS_URL", "STRIPE_API_KEY", "TIKTOK_CLIENT_KEY", "BASE_URL")
    given = {name: value for name, value in os.environ.items() if name not in ours}
    given["FAIRVIEW_RECORD"] = str(recording)
    with (
        server_folder() as folder,
        running_market(home=folder / "home", port=0, past=False, given=given) as market,
    ):
        yield market


@pytest.fixture
def window(browser: Browser, market: LocalMarket) -> Iterator[Callable[[], Page]]:
    """Opens windows that know nothing of each other; a script or CSP error fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window() -> Page:
        context = browser.new_context(base_url=market.base_url)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text)
                if said.type == "error" and "Content Security Policy" in said.text
                else None
            ),
        )
        return page

    yield open_window
    for number, context in enumerate(contexts):
        if folder := os.environ.get("JOURNEY_PICTURES"):
            context.pages[0].screenshot(path=f"{folder}/window{number}.png", full_page=True)
        context.close()
    assert complaints == []
