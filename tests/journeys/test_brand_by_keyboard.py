"""A brand goes from an empty brief to its invitations by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.keys import press, to, type_in
from tests.journeys.walking import sign_in_to_brand, today

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

NAME: Final = "Bread by hand"
SHORTLIST: Final = re.compile("^Shortlist ")


def test_a_brand_comes_from_a_brief_to_its_invitations_by_the_keyboard(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    page = sign_in_to_brand(window())
    page.emulate_media(reduced_motion="reduce")
    it_opens_and_leaves_its_menu(page)
    page.goto("/brand/")
    press(page, page.get_by_role("link", name="New campaign"))
    it_says_what_and_for_whom(page, begins=today(market))
    it_goes_on_at_what_was_refused(page)
    press(page, page.get_by_role("button", name=re.compile("^Publish")))
    press(page, page.get_by_role("link", name="Matches", exact=True))
    it_shortlists_and_goes_on_there(page)
    press(page, page.get_by_role("link", name=NAME, exact=True))
    press(page, page.get_by_role("link", name="Plan", exact=True))
    it_plans_and_leaves_one_out(page)
    press(page, page.get_by_role("button", name="Invite everybody in the plan"))
    expect(page.locator(".flash")).to_contain_text("invited, each with the price")


def it_opens_and_leaves_its_menu(page: Page) -> None:
    menu = page.locator("details.menu summary")
    press(page, menu)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


def it_says_what_and_for_whom(page: Page, *, begins: date) -> None:
    on = page.get_by_role("button", name="Save and go on")
    type_in(page, "name", NAME)
    type_in(page, "budget", "600.00")
    type_in(page, "starts_on", f"{begins:%m%d%Y}")
    type_in(page, "ends_on", f"{begins + timedelta(days=90):%m%d%Y}")
    type_in(page, "category", "Food")
    press(page, on)
    type_in(page, "summary", "Bake the bread that you eat yourself.")
    type_in(page, "deliverables-0-description", "A loaf in a minute")
    press(page, on)
    type_in(page, "age_18_24", "50")
    to(page, page.locator("[name=age_25_34]"), most=1)  # and not at the slider, which does the same
    page.keyboard.type("50")
    press(page, page.get_by_label("Cooking"), "Space")
    press(page, on)


def it_goes_on_at_what_was_refused(page: Page) -> None:
    type_in(page, "fee_low", "200")
    type_in(page, "fee_high", "100")
    type_in(page, "disclosure", "Paid partnership")
    press(page, page.get_by_role("button", name="Save and go on"))
    expect(page.locator(".error-summary")).to_be_focused()
    press(page, page.get_by_role("link", name="Highest fee"))
    expect(page.get_by_label("Highest fee")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("300")
    press(page, page.get_by_role("button", name="Save and go on"))


def it_shortlists_and_goes_on_there(page: Page) -> None:
    third = page.locator("#matches ol.matches > li").nth(2)
    press(page, third.get_by_role("button", name=SHORTLIST))
    expect(third.get_by_role("button", name="Take off shortlist")).to_be_focused()
    page.keyboard.press("Enter")
    expect(third.get_by_role("button", name=SHORTLIST)).to_be_focused()


def it_plans_and_leaves_one_out(page: Page) -> None:
    status = page.locator("#plan [data-aloud]").first
    before = status.inner_text()
    type_in(page, "budget", "500.00")
    expect(status).not_to_have_text(before)
    expect(page.get_by_label(re.compile("^Budget for fees"))).to_be_focused()
    name = page.locator("#plan ol.matches .who-text a").first.inner_text()
    out = page.get_by_label(f"Leave out {name}")
    press(page, out, "Space")
    expect(page.locator("#plan")).to_contain_text("Left out by you")
    expect(out).to_be_focused()
