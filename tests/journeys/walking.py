"""What journeys do alike: sign in, wait for jobs, skip days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from marketplace.cli.seed import DEMO_ACCOUNTS, PASSWORD
from marketplace.kernel.clock import CLOCK_FILE_VARIABLE

FOCUS: Final = """() => {
  const here = document.activeElement, style = getComputedStyle(here);
  const point = here.querySelector(":scope > .hit");  // of a chart
  const box = (point ?? here).getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width / 2, 10), box.top + Math.min(box.height / 2, 10)];
  const top = document.elementFromPoint(x, y);
  const opaque = !/(transparent|, 0\\))$/.test(style.outlineColor);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && opaque;
  const ringed = point !== null && getComputedStyle(point).stroke !== "none";
  return {
    at: (window.stops ?? []).indexOf(here),
    words: here.outerHTML.slice(0, 120),
    drawn: outlined || ringed || style.boxShadow !== "none",
    seen: top !== null && (here.contains(top) || top.contains(here)),
  };
}"""
"""Where the focus is, and whether it is drawn and in sight. at: among ``window.stops``, if set."""


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url(re.compile("/(brand|creator|staff)/"))


def sign_in_to_brand(page: Page) -> Page:
    """Return the window, in which the owner of Tin & Thyme is at work now."""
    sign_in(page, "olive@tinandthyme.test")
    return page


def a_campaign(page: Page) -> str:
    """The address of a campaign of theirs, which asks for the ages of 18 to 34."""
    page.goto("/brand/campaigns")
    page.get_by_role("link", name="Supper from a tin").first.click()
    return page.url.split("?")[0]


def staff_sign_in(page: Page) -> None:
    sign_in(page, next(one.email for one in DEMO_ACCOUNTS if one.persona == "Finance staff"))


def today(market: LocalMarket) -> date:
    """The day it is in the market, which other journeys may have moved."""
    clock = Path(market.environment[CLOCK_FILE_VARIABLE])
    ahead = int(clock.read_text(encoding="ascii")) if clock.exists() else 0
    return (datetime.now(UTC) + timedelta(seconds=ahead)).date()


def skip(page: Page, days: int) -> None:
    """Let days pass; the page is a staff member's."""
    page.goto("/staff/clock")
    page.locator("[name=days]").fill(str(days))
    page.locator("main form").last.get_by_role("button").click()
    expect(page.locator(".flash")).to_be_visible()


def looks(page: Page) -> Iterator[int]:
    """Look, and look again twice a second, for as long as jobs may need on a busy machine."""
    for number in range(480):
        yield number
        page.wait_for_timeout(500)


def until(page: Page, address: str, text: str) -> None:
    """Look at a page again until it says so: jobs need a moment."""
    for _ in looks(page):
        page.goto(address)
        if text.lower() in page.locator("main").inner_text().lower():
            return
    raise AssertionError(f"{address} never said {text!r}: {page.locator('main').inner_text()}")
