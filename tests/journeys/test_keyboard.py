"""A page is walked by the keyboard alone: each stop is in order, in sight, and does its work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.walking import FOCUS, a_campaign, sign_in_to_brand

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

MOST: Final = 300
STOPS: Final = """() => {
  const able = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  window.stops = [...document.querySelectorAll(able)].filter(
    (each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility());
  return window.stops.length;
}"""


def walked(page: Page) -> Iterator[dict[str, Any]]:
    """Press Tab from the top of a page until it has been left; a trap has no end."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["at"] < 0:
            return
        yield stop
    raise AssertionError("the page was never left")


def test_the_matches_are_walked_by_the_keyboard(window: Callable[[], Page]) -> None:
    page = window()
    page.emulate_media(reduced_motion="reduce")
    campaign = a_campaign(sign_in_to_brand(page))
    page.goto(f"{campaign}/matches")
    count = page.evaluate(STOPS)

    stops = list(walked(page))

    assert [each["at"] for each in stops] == list(range(count))
    assert [each["words"] for each in stops if not each["drawn"]] == []
    assert [each["words"] for each in stops if not each["seen"]] == []
    it_skips_to_the_page(page)
    it_ticks_opens_and_shortlists(page)


def it_skips_to_the_page(page: Page) -> None:
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main").get_by_role("link").first).to_be_focused()


def it_ticks_opens_and_shortlists(page: Page) -> None:
    box = page.get_by_label("Order by fit alone")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    expect(page.locator("#matches")).not_to_contain_text("shared among creators")
    expect(box).to_be_focused()
    reasons = page.locator("#matches summary").first
    reasons.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#matches details").first).to_have_attribute("open", "")
    shortlist = page.get_by_role("button", name=re.compile("^Shortlist ")).first
    shortlist.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take off shortlist").first).to_be_visible()


def test_on_a_phone_whatever_has_the_focus_is_in_sight(window: Callable[[], Page]) -> None:
    """Also a link of the menu at the edge, and the heads that sort a stacked table."""
    page = sign_in_to_brand(window())
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    for path in ("/brand/campaigns", "/brand/deliverables"):
        page.goto(path)
        page.evaluate(STOPS)
        assert [each["words"] for each in walked(page) if not each["seen"]] == [], path
