"""A creator goes from the feed to the payout by the keyboard alone; a brand answers meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import httpx
import pytest
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from marketplace.cli.seed import PASSWORD
from tests.journeys.entering import it_connects_tiktok
from tests.journeys.keys import come_to, open_by_menu, press, to, type_here, type_in
from tests.journeys.walking import looks, sign_in, skip, staff_sign_in, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

EMAIL: Final = "ines@creators.test"
HANDLE: Final = "maya.cooks"
BRAND, BRIEF = "Larkmoor Outfitters", "A night outside"
WORK: Final = "The night in 45 to 90 seconds"
RECEIVES: Final = "£285.00"
"""Of a fee of £300.00, less 5 %."""


def test_a_creator_comes_from_the_feed_to_the_payout_by_the_keyboard(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    page, brand, staff = window(), window(), window()
    page.emulate_media(reduced_motion="reduce")
    sign_in(brand, "rurik@larkmoor.test")
    campaign = the_brand_adds_money(brand)
    it_signs_in(page)
    it_finds_the_brief_and_reads_why_it_fits(page)
    it_applies(page)
    the_brand_offers(brand, campaign)
    it_accepts(page)
    it_hands_in_a_draft(page)
    the_brand_approves(brand, campaign, "Approve")
    it_pastes_the_post(page, market)
    staff_sign_in(staff)
    skip(staff, 1)
    it_walks_the_curve(page)
    the_brand_approves(brand, campaign, "Accept the post")
    it_opens_a_payout_account(page)
    skip(staff, 8)
    it_sees_the_payout(page)


def the_brand_adds_money(page: Page) -> str:
    page.goto("/brand/campaigns")
    page.get_by_role("link", name=BRIEF).first.click()
    campaign = page.url.split("?")[0]
    page.goto(f"{campaign}/money")
    page.get_by_label("Budget to add").fill("1000.00")
    page.get_by_role("button", name="Go to payment").click()
    page.get_by_role("button", name=re.compile("Pay")).click()
    page.wait_for_url(re.compile("/money"))
    return campaign


def it_signs_in(page: Page) -> None:
    page.goto("/sign-in")
    type_in(page, "email", EMAIL)
    type_in(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/creator/"))
    it_connects_tiktok(page, HANDLE)


def it_finds_the_brief_and_reads_why_it_fits(page: Page) -> None:
    open_by_menu(page, "Briefs")
    press(page, page.get_by_role("article", name=BRIEF).get_by_role("link", name=BRIEF))
    expect(page.get_by_role("heading", level=1)).to_have_text(BRIEF)
    come_to(page, page.get_by_role("link", name=re.compile("^All its parts")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="The parts of the fit")).to_be_visible()
    to(page, page.get_by_role("group", name="The parts of the fit"))


def it_applies(page: Page) -> None:
    come_to(page, page.get_by_role("link", name="Apply", exact=True))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("[name=pitch]")).to_be_focused()
    page.keyboard.type("I sleep outside every week, and cook there too.")
    type_in(page, "fee", "three hundred")
    press(page, page.get_by_role("button", name="Send the application"))
    expect(page.locator(".error-summary")).to_be_focused()
    press(page, page.locator(".error-summary").get_by_role("link"))
    expect(page.locator("[name=fee]")).to_be_focused()
    type_here(page, "300.00")
    press(page, page.get_by_role("button", name="Send the application"))
    expect(page.locator(".flash")).to_contain_text("has your application")


def the_brand_offers(page: Page, campaign: str) -> None:
    page.goto(f"{campaign}/applications")
    page.get_by_role("link", name=re.compile("Ines")).first.click()
    page.get_by_role("link", name=re.compile("offer", re.IGNORECASE)).first.click()
    page.get_by_role("button", name="Send the offer").click()
    expect(page.locator("main")).to_contain_text(RECEIVES)


def it_accepts(page: Page) -> None:
    open_by_menu(page, "Home")
    come_to(page, page.get_by_role("link", name=re.compile(f"^Answer ?: {BRAND} made you")))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(RECEIVES)
    come_to(page, page.get_by_role("button", name="Accept"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/creator/collaborations/"))


def it_hands_in_a_draft(page: Page) -> None:
    it_opens_the_work(page)
    come_to(page, page.locator("[name=file]"))
    type_in(page, "link", "https://drafts.example/tent")
    for tick in page.locator("[name=checklist]").all():
        press(page, tick, "Space")
        expect(tick).to_be_checked()
    press(page, page.get_by_role("button", name="Hand it in"))
    expect(page.locator(".flash")).to_be_visible()


def it_opens_the_work(page: Page) -> None:
    for _ in looks(page):
        open_by_menu(page, "Work")
        row = page.get_by_role("row").filter(has_text=BRIEF)
        if row.count():
            come_to(page, row.get_by_role("link").first)
            page.keyboard.press("Enter")
            return
    raise AssertionError("the work did not appear")


def the_brand_approves(page: Page, campaign: str, what: str) -> None:
    page.goto("/brand/deliverables")
    page.get_by_role("row").filter(has_text=BRIEF).get_by_role("link").first.click()
    page.get_by_role("button", name=re.compile(f"^{what}")).click()
    expect(page.locator(".flash")).to_be_visible()


def it_pastes_the_post(page: Page, market: LocalMarket) -> None:
    answer = httpx.post(
        f"{market.sandbox_url}/tiktok/control/videos",
        json={"handle": HANDLE, "description": "A night #ad", "total_views": 40_000},
        trust_env=False,
    )
    assert answer.status_code == 201, answer.text
    it_opens_the_work(page)
    come_to(page, page.locator("[name=address]"))
    page.keyboard.type(answer.json()["share_url"])
    page.keyboard.press("Enter")
    numbers = page.get_by_role("link", name="Show its numbers")
    press(page, numbers)
    expect(page.locator("#post")).to_be_visible()


def it_walks_the_curve(page: Page) -> None:
    """One stop is the whole chart, and the arrows walk its days."""
    for _ in looks(page):
        page.reload()
        if page.locator("#post .pick").count() > 1:
            break
    points = page.locator("#post .pick")
    come_to(page, points.last)
    expect(points.last.locator(".readout")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(points.nth(points.count() - 2)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#post summary", has_text="Numbers")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Views by day")).to_be_visible()


def it_opens_a_payout_account(page: Page) -> None:
    open_by_menu(page, "Earnings")
    come_to(page, page.get_by_label("Country of your bank account"))
    page.keyboard.type("United Kingdom")
    press(page, page.get_by_role("button", name="Set up payouts"))
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url(re.compile("/creator/earnings"))
    until(page, "/creator/earnings", "Ready")


def it_sees_the_payout(page: Page) -> None:
    for _ in looks(page):
        page.reload()
        payout = page.get_by_role("row").filter(has_text=RECEIVES).get_by_role("link")
        if payout.count():
            break
    press(page, payout)
    expect(page.locator("main")).to_contain_text(RECEIVES)
    expect(page.locator("main")).to_contain_text(WORK)
