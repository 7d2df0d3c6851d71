"""On a phone the counts and the list come first, the rest a tap away; also without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.walking import a_campaign, sign_in_to_brand, staff_sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

Open = Callable[[int, bool], Page]


@pytest.fixture
def opened(market: LocalMarket, browser: Browser) -> Iterator[Open]:
    """Opens a page so many pixels wide, with or without scripts."""
    contexts = []

    def open_page(width: int, scripts: bool) -> Page:
        size = ViewportSize(width=width, height=844)
        contexts.append(
            browser.new_context(
                base_url=market.base_url, viewport=size, java_script_enabled=scripts
            )
        )
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_what_matters_of_matches_and_plan_is_first_and_the_rest_a_tap_away(
    opened: Open, *, scripts: bool
) -> None:
    page = opened(390, scripts)
    campaign = a_campaign(sign_in_to_brand(page))
    page.goto(f"{campaign}/matches")
    it_comes_within_a_screen(page, "#matches ol.matches > li")
    it_is_a_tap_away(page, "Whom to reach, and the rules", "[name=followers_least]")
    card = page.locator("#matches ol.matches > li").first
    every_part = card.get_by_role("link", name="Every part")
    expect(every_part).to_be_hidden()
    card.locator("summary").click()
    expect(every_part).to_be_visible()

    page.goto(f"{campaign}/plan")
    it_comes_within_a_screen(page, "#plan [data-aloud]")
    it_comes_within_a_screen(page, 'a[href="#accept-plan"]')
    it_is_a_tap_away(page, "Budget, rules, and whom to add", "[name=budget]")
    it_is_a_tap_away(page, "Reach for other budgets", "#curve figure")
    it_is_a_tap_away(page, "How good this plan is", "#how-good p")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_long_lists_come_first_and_what_narrows_them_is_a_tap_away(
    opened: Open, *, scripts: bool
) -> None:
    page = sign_in_to_brand(opened(390, scripts))
    page.goto("/brand/creators")
    it_comes_within_a_screen(page, "main tbody tr:nth-child(3)")
    it_is_a_tap_away(page, "Narrow the market", "[name=min_followers]")
    page.goto("/brand/creators?min_followers=1")
    expect(page.locator("[name=min_followers]")).to_be_visible()

    page.goto(f"{a_campaign(page)}/matches")
    page.locator("#matches .match-head a").first.click()
    it_is_a_tap_away(page, "every part", "#every-part tbody")
    it_is_a_tap_away(page, "The last 8", "main td[data-label=Hashtags]")

    staff = opened(390, scripts)
    staff_sign_in(staff)
    staff.goto("/staff/terms")
    it_is_a_tap_away(staff, "Limits of 20 currencies", "main tr:has-text('JPY')")
    staff.goto("/staff/ledger/entries")
    it_is_a_tap_away(staff, "Narrow the journal", "[name=kind]")
    staff.goto("/staff/ledger/entries?kind=fund")
    expect(staff.locator("[name=kind]")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_where_there_is_room_nothing_is_folded(opened: Open, *, scripts: bool) -> None:
    page = opened(1280, scripts)
    campaign = a_campaign(sign_in_to_brand(page))
    for part, shown in [
        (
            "matches",
            ["[name=followers_least]", '#matches a[href$="#every-part"]', "#matches .reasons"],
        ),
        ("plan", ["[name=budget]", "#curve figure", "#how-good p"]),
    ]:
        page.goto(f"{campaign}/{part}")
        for each in shown:
            expect(page.locator(each).first).to_be_visible()
        assert [each.is_visible() for each in page.locator(".fold > summary").all()].count(
            True
        ) == 0


def test_a_browser_that_cannot_show_what_is_folded_keeps_it_a_click_away(opened: Open) -> None:
    page = opened(1280, False)
    page.context.route("**/parts.css", as_an_older_browser_reads_it)
    campaign = a_campaign(sign_in_to_brand(page))
    for part, inside in [("matches", "[name=followers_least]"), ("plan", "[name=budget]")]:
        page.goto(f"{campaign}/{part}")
        rail, found = page.locator(".rail"), page.locator(f"#{part}")
        expect(page.locator(inside).first).to_be_hidden()
        above, below = rail.bounding_box(), found.bounding_box()
        assert above is not None
        assert below is not None
        assert (above["y"] < below["y"], above["width"]) == (True, below["width"])

        rail.locator("> summary").click()

        expect(page.locator(inside).first).to_be_visible()
        left, right = rail.bounding_box(), found.bounding_box()
        assert left is not None
        assert right is not None
        assert (left["y"], left["x"] < right["x"]) == (right["y"], True)


def as_an_older_browser_reads_it(route: Route) -> None:
    """The rules of style, without those for browsers that can show what is folded."""
    answer = route.fetch()
    said = answer.text().replace("selector(::details-content)", "selector(::not-known)")
    route.fulfill(response=answer, body=said)


def it_comes_within_a_screen(page: Page, selector: str) -> None:
    """What is first begins before the first screen of the phone ends."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    assert box["y"] < 844


def it_is_a_tap_away(page: Page, summary: str, selector: str) -> None:
    part = page.locator(selector).first
    expect(part).to_be_hidden()
    page.locator("summary", has_text=summary).first.click()
    expect(part).to_be_visible()
