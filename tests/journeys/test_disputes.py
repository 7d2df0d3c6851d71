"""A creator wants a decision, the brand answers, staff decide, and both see where the money is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from marketplace.cli.seed import PASSWORD
from tests.journeys.walking import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

CAMPAIGN = "Pantry tour"
WORK = "The tour in 45 to 90 seconds"


def test_a_dispute_is_opened_answered_and_decided_and_the_chain_shows_it(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    brand, creator, staff = window(), window(), window()
    sign_in(brand, "olive@tinandthyme.test")
    sign_in(creator, "tilda@creators.test")
    sign_in(staff, "stella@fairview.test")

    they_agree_on_a_fee_of_400(brand, creator)
    work = the_creator_hands_in(creator)
    the_creator_wants_80_percent(creator)
    the_brand_answers_with_40_percent(brand)
    staff_give_60_percent(staff)

    creator.goto(work)
    expect(creator.locator("main")).to_contain_text("Decided")
    creator.goto("/creator/earnings")
    main = creator.locator("main")
    expect(main).to_contain_text("$228.00")  # 60 % of 400.00, less the platform's share of 5 %
    expect(main.get_by_role("link", name="Set up your payout account").first).to_be_visible()
    brand.goto("/brand/billing")
    expect(brand.get_by_role("row", name=CAMPAIGN).first).to_contain_text("$240.00")


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/(brand|creator|staff)/"))


def they_agree_on_a_fee_of_400(brand: Page, creator: Page) -> None:
    creator.goto("/creator/briefs")
    creator.get_by_role("link", name=CAMPAIGN).first.click()
    creator.locator("[name=pitch]").fill("My pantry is two shelves and a story for each tin.")
    creator.locator("[name=fee]").fill("400.00")
    creator.get_by_role("button", name="Send the application").click()
    brand.goto("/brand/campaigns")
    brand.get_by_role("link", name=CAMPAIGN).first.click()
    campaign = brand.url
    brand.goto(f"{campaign}/money")
    brand.get_by_label("Budget to add").fill("400.00")
    brand.get_by_role("button", name="Go to payment").click()
    brand.get_by_role("button", name=re.compile("Pay")).click()
    until(brand, f"{campaign}/money", "Take unspent money back")
    brand.goto(f"{campaign}/applications")
    brand.get_by_role("link", name=re.compile("Tilda")).first.click()
    brand.get_by_role("link", name="Make an offer").click()
    brand.get_by_role("button", name="Send the offer").click()
    expect(brand.locator("main")).to_contain_text("$440.00")
    creator.goto("/creator/offers")
    creator.get_by_role("link", name=CAMPAIGN).first.click()
    creator.get_by_role("button", name=re.compile("^Accept")).or_(
        creator.locator("summary", has_text="Accept")
    ).first.click()
    creator.wait_for_url(re.compile("/creator/collaborations/"))


def the_creator_hands_in(page: Page) -> str:
    until(page, "/creator/work", WORK)
    page.get_by_role("link", name=WORK).first.click()
    page.locator("[name=link]").fill("https://drafts.example/pantry")
    for tick in page.locator("[name=checklist]").all():
        tick.check()
    page.get_by_role("button", name="Hand it in").click()
    expect(page.locator("main")).to_contain_text("In review")
    return page.url


def the_creator_wants_80_percent(page: Page) -> None:
    page.get_by_role("link", name="Report a problem").click()
    page.get_by_label("What you say").fill("They want another video than the one in the brief.")
    page.get_by_label("You should get, in percent").fill("80")
    page.get_by_role("button", name="Open the dispute").click()
    expect(page.locator("main")).to_contain_text("Waiting for Tin & Thyme to answer")


def the_brand_answers_with_40_percent(page: Page) -> None:
    page.goto("/brand/")
    page.get_by_role("link", name="Answer").first.click()
    expect(page.locator("main")).to_contain_text("They want another video")
    page.get_by_label("What you say").fill("The pantry is not theirs; we would pay for the time.")
    page.get_by_label("The creator gets, in percent").fill("40")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("main")).to_contain_text("Fairview decides")


def staff_give_60_percent(page: Page) -> None:
    page.goto("/staff/disputes")
    page.get_by_role("link", name=WORK).click()
    page.locator("[name=outcome][value=part]").check()
    page.locator("[name=share]").fill("60")
    page.locator("[name=reason]").fill("Most of it was made, and it was not what was asked for.")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("main")).to_contain_text("Decided")
    expect(page.locator("main")).to_contain_text("$240.00")
