"""What journeys through challenges do alike: open one, join it, hand a post in."""

from __future__ import annotations

import re
from datetime import date, timedelta

import httpx
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.walking import until


def it_opens_a_challenge(page: Page, name: str, *, on: date, days: int = 1) -> str:
    """Two prizes out of a pool of $300.00; it takes entries this day, and counts for some days."""
    day, last = on.isoformat(), on + timedelta(days=days - 1)
    page.goto("/brand/campaigns/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label(re.compile("^A challenge")).check()
    page.get_by_label("Budget for creators’ fees").fill("300.00")
    page.get_by_label("First day").fill(day)
    page.get_by_label("Last day").fill(last.isoformat())
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


def it_connects_tiktok(page: Page, handle: str) -> None:
    """Connect an account that has a past, unless another journey has."""
    page.goto("/creator/channels")
    if handle in page.locator("main").inner_text():
        return
    page.get_by_role("link", name=re.compile("^Connect")).first.click()
    page.locator("[name=handle]").fill(handle)
    page.get_by_role("button", name="Allow everything").click()
    expect(page.locator("main")).to_contain_text(handle)


def it_joins(page: Page, challenge: str) -> None:
    page.goto(f"/creator/challenges/{challenge}")
    for tick in page.locator("#join [type=checkbox]").all():
        tick.check()
    page.get_by_role("button", name=re.compile("Join|Take part")).click()
    expect(page.locator(".flash")).to_contain_text("You are in")


def it_hands_a_post_in(page: Page, challenge: str, market: LocalMarket, **video: str | int) -> None:
    """Publish a video on TikTok, and hand its address in. video: as the sandbox takes it."""
    answer = httpx.post(f"{market.sandbox_url}/tiktok/control/videos", json=video, trust_env=False)
    assert answer.status_code == 201, answer.text
    page.locator("[name=address]").fill(answer.json()["share_url"])
    page.locator("#mine, main").first.get_by_role(
        "button", name=re.compile("Check|Hand")
    ).first.click()
    until(page, f"/creator/challenges/{challenge}", "You")
