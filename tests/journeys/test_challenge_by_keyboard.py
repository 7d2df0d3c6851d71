"""A brand opens a challenge, and a creator enters it and reads its end, by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

import httpx
import pytest
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.entering import it_connects_tiktok, it_hands_a_post_in, it_joins
from tests.journeys.keys import come_to, open_by_menu, press, to, type_here, type_in
from tests.journeys.walking import sign_in, skip, staff_sign_in, today, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

NAME: Final = "One spoon, one bowl"
ON: Final = "Save and go on"


def test_a_challenge_is_opened_entered_and_read_by_the_keyboard(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    brand, page, rival, staff = window(), window(), window(), window()
    for each in (brand, page):
        each.emulate_media(reduced_motion="reduce")
    sign_in(brand, "olive@tinandthyme.test")
    it_says_what_is_made(brand, on=today(market))
    it_says_what_it_pays(brand)
    challenge = it_pays_and_publishes(brand)

    sign_in(page, "ines@creators.test")
    it_connects_tiktok(page, "maya.cooks")
    it_takes_part(page)
    it_hands_in(page, market, challenge)
    sign_in(rival, "tilda@creators.test")
    it_connects_tiktok(rival, "theo.trains")
    it_joins(rival, challenge)
    it_hands_a_post_in(
        rival, challenge, market, handle="theo.trains", description="#ad", total_views=9_000
    )

    until(rival, f"/challenges/{challenge}", "Tilda")

    staff_sign_in(staff)
    skip(staff, 1)
    until(page, f"/creator/challenges/{challenge}", "Final leaderboard")
    it_reads_the_leaderboard(page)
    it_finds_the_prize(page)
    it_reads_what_was_won(brand)


def it_says_what_is_made(page: Page, *, on: date) -> None:
    page.goto("/brand/")
    press(page, page.get_by_role("link", name="New campaign"))
    come_to(page, page.locator("[name=name]"))
    page.keyboard.type(NAME)
    to(page, page.locator("[name=kind]:checked"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label(re.compile("^A challenge"))).to_be_checked()
    type_in(page, "budget", "300.00")
    type_in(page, "starts_on", f"{on:%m%d%Y}")
    type_in(page, "ends_on", f"{on:%m%d%Y}")
    type_in(page, "category", "Food")
    press(page, page.get_by_role("button", name=ON))
    type_in(page, "summary", "Eat a whole bowl with one spoon.")
    row = page.get_by_role("group", name="Deliverable 1")
    to(page, row.get_by_label("What it shows"))
    page.keyboard.type("One spoon, one bowl")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Whom should it reach?")
    come_to(page, page.get_by_role("link", name="Skip to saving"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=ON)).to_be_focused()
    page.keyboard.press("Enter")
    press(page, page.locator("[name=usage_media]"), "Space")
    type_in(page, "usage_days", "30")
    type_in(page, "disclosure", "Paid partnership")
    press(page, page.get_by_role("button", name=ON))


def it_says_what_it_pays(page: Page) -> None:
    """Two places out of a pool, and the first try promises more than there is."""
    expect(page.locator("[name=pool]")).to_be_visible()
    come_to(page, page.get_by_role("navigation", name="Pages of this campaign").get_by_role("link"))
    type_in(page, "pool", "300.00")
    to(page, page.locator("[name=split]:checked"))
    for place, prize in (("1", "200.00"), ("2", "150.00")):
        row = page.get_by_role("group", name=f"Prize {place}")
        to(page, row.get_by_label("To place"))
        page.keyboard.type(place)
        to(page, row.get_by_label("Each wins"), most=1)
        page.keyboard.type(prize)
    page.keyboard.press("Enter")
    wrong = page.locator(".error-summary")
    expect(wrong).to_be_focused()
    press(page, wrong.get_by_role("link"))
    second = page.get_by_role("group", name="Prize 2").get_by_label("Each wins")
    to(page, second)
    type_here(page, "100.00")
    press(page, page.get_by_role("button", name=ON))


def it_pays_and_publishes(page: Page) -> str:
    expect(page.get_by_role("heading", name="Before you publish")).to_be_visible()
    press(page, page.get_by_role("link", name="To the campaign"))
    press(page, page.get_by_role("link", name="Money", exact=True).last)
    come_to(page, page.get_by_label("Budget to add"))
    type_here(page, "300.00")
    press(page, page.get_by_role("button", name="Go to payment"))
    page.get_by_role("button", name=re.compile("Pay")).click()
    page.wait_for_url(re.compile("/money"))
    found = re.search(r"/brand/campaigns/([0-9a-f-]{36})", page.url)
    assert found is not None
    until(page, f"/brand/campaigns/{found[1]}/edit/preview", "Ready to publish")
    come_to(page, page.get_by_role("button", name=re.compile("^Publish")))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Published")
    return found[1]


def it_takes_part(page: Page) -> None:
    open_by_menu(page, "Briefs")
    open_to_all = page.get_by_role("region", name="Challenges, open to all")
    come_to(page, open_to_all.get_by_role("link", name=NAME))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    come_to(page, page.locator("[name=accepted]"))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Join the challenge"))
    expect(page.locator(".flash")).to_contain_text("You are in")


def it_hands_in(page: Page, market: LocalMarket, challenge: str) -> None:
    answer = httpx.post(
        f"{market.sandbox_url}/tiktok/control/videos",
        json={"handle": "maya.cooks", "description": "One spoon #ad", "total_views": 70_000},
        trust_env=False,
    )
    assert answer.status_code == 201, answer.text
    type_in(page, "address", answer.json()["share_url"])
    page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name="Show your place"))
    expect(page.locator("#mine")).to_contain_text("Your place")


def it_reads_the_leaderboard(page: Page) -> None:
    """Row by row, and at the chart one stop whose arrows walk the places."""
    rows = page.get_by_role("table", name="Leaderboard").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("$200.00")
    expect(rows.nth(2)).to_contain_text("$100.00")
    come_to(page, page.get_by_role("link", name="The post at place 1"))
    page.keyboard.press("j")
    expect(rows.nth(2)).to_be_focused()
    bars = page.locator(".chart .pick")
    to(page, bars.last, most=4)
    page.keyboard.press("Home")
    expect(bars.first).to_be_focused()
    press(page, page.get_by_role("link", name="The public page"))
    expect(page.get_by_role("heading", name="Final leaderboard")).to_be_visible()


def it_finds_the_prize(page: Page) -> None:
    page.go_back()
    open_by_menu(page, "Earnings")
    prize = page.get_by_role("link", name=f"Prize, {NAME}")
    press(page, prize)
    expect(page.locator("main")).to_contain_text("$190.00")


def it_reads_what_was_won(page: Page) -> None:
    open_by_menu(page, "Campaigns")
    press(page, page.get_by_role("link", name=NAME))
    press(page, page.get_by_role("link", name="Challenge", exact=True))
    expect(page.locator("main")).to_contain_text("Prizes won")
    expect(page.get_by_role("table", name="Leaderboard")).to_contain_text("$200.00")
