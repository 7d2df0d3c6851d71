"""On a phone no page is wider than its window, and what is pressed is high enough for a thumb."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from marketplace.cli.local import LocalMarket
from tests.journeys.walking import a_campaign, sign_in, sign_in_to_brand, staff_sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

WIDTH = 390
LOW = """() => [...document.querySelectorAll(".btn, .form-control, .form-select, summary")]
    .filter((each) => each.checkVisibility() && !each.closest(".why"))
    .filter((each) => each.getBoundingClientRect().height < 43.5)
    .map((each) => each.outerHTML.slice(0, 100))"""


@pytest.fixture
def phone(market: LocalMarket, browser: Browser) -> Page:
    return browser.new_page(
        base_url=market.base_url, viewport=ViewportSize(width=WIDTH, height=844)
    )


def test_pages_fit_a_phone_with_everything_unfolded(phone: Page) -> None:
    paths = [
        "/brand/",
        "/brand/campaigns",
        "/brand/trends",
        "/brand/creators?page=3",
        "/brand/billing",
        "/notifications",
    ]
    campaign = a_campaign(sign_in_to_brand(phone))
    paths += [f"{campaign}/{part}" for part in ("applications", "matches", "plan", "money")]
    it_fits(phone, *paths)
    phone.context.clear_cookies()
    sign_in(phone, "ines@creators.test")
    it_fits(phone, "/creator/", "/creator/briefs", "/creator/applications", "/creator/earnings")
    phone.context.clear_cookies()
    staff_sign_in(phone)
    it_fits(phone, "/staff/", "/staff/payouts", "/staff/proof")
    phone.context.close()


def it_fits(page: Page, *paths: str) -> None:
    for path in paths:
        page.goto(path)
        assert page.evaluate(LOW) == [], path
        page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTH, path
