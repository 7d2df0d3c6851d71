"""A brand plans a budget, changes the plan by hand, accepts it, and a creator is invited."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.walking import a_campaign, sign_in, sign_in_to_brand

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]


def test_a_brand_plans_a_budget_changes_it_and_accepts_and_a_creator_is_invited(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    brand, creator = window(), window()
    sign_in(brand, "rurik@larkmoor.test")
    brand.goto("/brand/campaigns")
    brand.get_by_role("link", name="A night outside").first.click()
    brand.get_by_role("link", name="Plan", exact=True).click()

    it_plans_a_smaller_budget(brand)
    it_leaves_one_out_and_adds_another(brand)
    it_is_told_what_no_plan_can_obey(brand)
    it_says_what_everybody_makes(brand)
    fee = it_accepts(brand)

    sign_in(creator, "tilda@creators.test")
    creator.goto("/creator/briefs")
    creator.get_by_role("link", name="A night outside").first.click()
    main = creator.locator("main")
    expect(main).to_contain_text("invites you")
    expect(main).to_contain_text("From you they would like 2 videos")
    expect(main).to_contain_text(f"They suggest {fee} for everything")
    why = main.get_by_role("heading", name="Why this fit")
    expect(why).to_be_hidden()
    main.get_by_role("link", name="All its parts").click()
    expect(why).to_be_visible()


def test_without_a_script_who_is_ticked_to_be_left_out_is_not_invited(
    market: LocalMarket, browser: Browser
) -> None:
    with browser.new_context(base_url=market.base_url, java_script_enabled=False) as context:
        page = context.new_page()
        gone = it_ticks_the_first_to_be_left_out(page)
        expect(page.get_by_role("button", name="Invite everybody in the plan")).to_be_hidden()
        page.get_by_role("button", name="Go on to accept").click()
        rows = page.get_by_role("table", name="Who is in the plan")
        expect(rows).to_be_visible()
        expect(rows).not_to_contain_text(gone)
        expect(page.get_by_role("button", name="Invite everybody in the plan")).to_be_visible()


def test_a_plan_that_is_behind_what_is_ticked_is_not_accepted(window: Callable[[], Page]) -> None:
    page = window()
    page.route(re.compile(r"/plan\?.*out="), lambda route: None)  # no answer comes
    it_ticks_the_first_to_be_left_out(page)
    posted = []
    page.on("request", lambda request: posted.append(request) if request.method == "POST" else None)

    page.get_by_role("button", name="Invite everybody in the plan").click()

    expect(page.locator("#plan")).to_have_attribute("aria-busy", "true")
    assert posted == []


def it_ticks_the_first_to_be_left_out(page: Page) -> str:
    """Open a plan and tick that its first creator is left out; returns their name."""
    page.goto(f"{a_campaign(sign_in_to_brand(page))}/plan")
    name = page.locator("#plan ol.matches .who-text a").first.inner_text()
    page.get_by_label(f"Leave out {name}").check()
    return name


def it_plans_a_smaller_budget(page: Page) -> None:
    status = page.locator("#plan [data-aloud]")
    expect(status).to_contain_text("different people")
    before = status.inner_text()
    page.get_by_label(re.compile("^Budget for fees")).fill("2000.00")
    expect(status).not_to_have_text(before)
    expect(status).to_contain_text("different people")
    assert "budget=2000.00" in page.url


def it_leaves_one_out_and_adds_another(page: Page) -> None:
    names = page.locator("#plan ol.matches .who-text a")
    gone = names.first.inner_text()
    page.get_by_label(f"Leave out {gone}").check()
    expect(page.locator("#plan")).to_contain_text("Left out by you")
    expect(names.first).not_to_have_text(gone)
    page.get_by_label("Add a creator by their handle").fill("@tilda.education")
    expect(page.locator("#in-the-plan")).to_contain_text("@tilda.education")


def it_is_told_what_no_plan_can_obey(page: Page) -> None:
    budget = page.get_by_label(re.compile("^Budget for fees"))
    budget.fill("1.00")
    expect(page.locator("#plan [role=alert]")).to_contain_text("There is no such plan")
    accept = page.get_by_role("button", name="Invite everybody in the plan")
    expect(accept).to_be_hidden()
    budget.fill("2000.00")
    expect(page.locator("#in-the-plan")).to_contain_text("@tilda.education")
    expect(accept).to_be_visible()


def it_says_what_everybody_makes(page: Page) -> None:
    page.get_by_text("What one creator makes").click()
    rail = page.get_by_role("group", name="Videos")
    rail.get_by_label("to").fill("2")
    hers = page.locator("#plan ol.matches > li").filter(has_text="@tilda.education")
    choice = hers.get_by_label(re.compile("^Makes"))
    expect(choice).to_be_hidden()
    hers.get_by_text("Details").click()
    expect(choice).to_be_visible()
    before = page.locator("#plan [data-aloud]").inner_text()
    choice.select_option(index=2)
    expect(page.locator("#plan [data-aloud]")).not_to_have_text(before)
    expect(choice).to_be_visible()
    expect(hers.get_by_text("people with 2 videos")).to_be_visible()


def it_accepts(page: Page) -> str:
    """Accept the plan; returns the price that Tilda is invited with."""
    hers = page.locator("#plan ol.matches > li").filter(has_text="@tilda.education")
    found = re.search(r"people\s+with .+? for (?:about )?(£[\d,.]+)", hers.inner_text())
    assert found
    page.get_by_label("A few words to everybody").fill("We like how you explain things.")
    page.get_by_role("button", name="Invite everybody in the plan").click()
    expect(page.locator(".flash")).to_contain_text("invited, each with the price")
    return found[1]
