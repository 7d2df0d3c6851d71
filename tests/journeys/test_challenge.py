"""A brand opens a challenge, a creator enters it with a post, and wins when counting has ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import httpx
import pytest
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.walking import sign_in, skip, staff_sign_in, today, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

NAME = "One pan, one song"
CREATOR, FIRST_NAME = "tilda@creators.test", "Tilda"
HANDLE = "theo.trains"
VIEWS = 40_000


def test_a_creator_enters_a_challenge_stands_on_its_leaderboard_and_wins_the_prize(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    brand, creator, anybody, staff = window(), window(), window(), window()
    sign_in(brand, "olive@tinandthyme.test")
    sign_in(creator, CREATOR)

    challenge = it_opens_a_challenge(brand, on=today(market))
    public = f"/challenges/{challenge}"
    anybody.goto(public)
    expect(anybody.locator("main")).to_contain_text("No post is in yet")

    it_connects_tiktok(creator)
    it_joins(creator, challenge)
    it_hands_a_post_in(creator, challenge, market)
    until(anybody, public, FIRST_NAME)
    leader = anybody.get_by_role("row").filter(has_text=FIRST_NAME)
    expect(leader.get_by_role("cell").first).to_have_text("1")

    staff_sign_in(staff)
    skip(staff, 1)
    until(anybody, public, "Final leaderboard")
    expect(leader).to_contain_text("$200.00")
    until(creator, f"/creator/challenges/{challenge}", "won")
    creator.goto("/creator/earnings")
    expect(creator.locator("main")).to_contain_text(NAME)
    expect(creator.locator("main")).to_contain_text("$190.00")


def it_opens_a_challenge(page: Page, *, on: date) -> str:
    """Two prizes out of a pool of $300.00; it takes entries this day, and counts until midnight."""
    day = on.isoformat()
    page.goto("/brand/campaigns/new")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label(re.compile("^A challenge")).check()
    page.get_by_label("Budget for creators' fees").fill("300.00")
    page.get_by_label("First day").fill(day)
    page.get_by_label("Last day").fill(day)
    page.get_by_label("What is it for?").select_option("food")
    page.get_by_role("button", name="Save and go on").click()
    found = re.search(r"/brand/campaigns/([0-9a-f-]{36})", page.url)
    assert found is not None
    page.locator("[name=summary]").fill("Cook anything in one pan while one song plays.")
    page.locator("[name='deliverables-0-description']").fill("One pan, one song")
    page.get_by_role("button", name="Save and go on").click()

    page.goto(f"/brand/campaigns/{found[1]}/edit/rights")
    page.locator("[name=usage_media]").first.check()
    page.locator("[name=usage_days]").fill("30")
    page.locator("[name=disclosure]").fill("Paid partnership")
    page.get_by_role("button", name="Save and go on").click()

    page.goto(f"/brand/campaigns/{found[1]}/challenge")
    page.get_by_label("Prize pool").fill("300.00")
    page.locator("[name=split][value=rank]").check()
    for row, (place, prize) in enumerate((("1", "200.00"), ("2", "100.00"))):
        page.locator(f"[name='prizes-{row}-last']").fill(place)
        page.locator(f"[name='prizes-{row}-amount']").fill(prize)
    page.get_by_label("Least views to win").fill("1")
    page.get_by_label("Last day for entries").fill(day)
    page.get_by_role("button", name="Save and go on").click()

    page.goto(f"/brand/campaigns/{found[1]}/money")
    page.get_by_label("Budget to add").fill("300.00")
    page.get_by_role("button", name="Go to payment").click()
    page.get_by_role("button", name=re.compile("Pay")).click()
    page.wait_for_url(re.compile("/money"))

    until(page, f"/brand/campaigns/{found[1]}/edit/preview", "Ready to publish")
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page.locator("main")).to_contain_text("Published")
    return found[1]


def it_connects_tiktok(page: Page) -> None:
    page.goto("/creator/channels")
    page.get_by_role("link", name=re.compile("^Connect")).first.click()
    page.locator("[name=handle]").fill(HANDLE)
    page.get_by_role("button", name="Allow everything").click()
    expect(page.locator("main")).to_contain_text(HANDLE)


def it_joins(page: Page, challenge: str) -> None:
    page.goto(f"/creator/challenges/{challenge}")
    for tick in page.locator("#join [type=checkbox]").all():
        tick.check()
    page.get_by_role("button", name=re.compile("Join|Take part")).click()
    expect(page.locator(".flash")).to_contain_text("You are in")


def it_hands_a_post_in(page: Page, challenge: str, market: LocalMarket) -> None:
    answer = httpx.post(
        f"{market.sandbox_url}/tiktok/control/videos",
        json={"handle": HANDLE, "description": "One pan #ad", "total_views": VIEWS},
        trust_env=False,
    )
    assert answer.status_code == 201, answer.text
    page.locator("[name=address]").fill(answer.json()["share_url"])
    page.locator("#mine, main").first.get_by_role(
        "button", name=re.compile("Check|Hand")
    ).first.click()
    until(page, f"/creator/challenges/{challenge}", "You")
