"""A list that follows a form: in order, after a pause, told aloud, also without an answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.walking import a_campaign, sign_in, sign_in_to_brand

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

AWAY = "There was no answer, so this is the last list. Change something, or ask again."


def test_a_list_follows_what_is_typed_last_and_says_it_aloud(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    page, campaign = matches_of_a_campaign(window)
    area, status = page.locator("#matches"), page.locator("#matches [data-aloud]")
    aloud = page.locator("#matches + [role=status]")
    asked = questions(page)
    expect(aloud).to_have_text("")
    expect(area).not_to_have_attribute("aria-live", "polite")

    least = page.get_by_label("Followers, from").or_(page.locator("[name=followers_least]")).first
    before = status.inner_text()
    least.press_sequentially("250000")
    page.clock.run_for(199)
    assert asked == []
    page.clock.run_for(1)
    expect(status).not_to_have_text(before)
    assert len(asked) == 1
    expect(aloud).to_have_text(status.inner_text())
    expect(least).to_be_focused()

    held = hold(page, "followers_least=0")
    least.fill("0")
    page.clock.run_for(200)
    expect(area).to_have_attribute("aria-busy", "true")
    slider = page.locator("#age_to")
    slider.press("End")
    least.fill("")
    page.clock.run_for(200)
    expect(status).to_contain_text("of any age")
    expect(area).not_to_have_attribute("aria-busy", "true")
    expect(slider).to_have_attribute("aria-valuetext", "any older")
    newest = area.inner_text()
    held[0].continue_()
    page.wait_for_timeout(1_000)
    assert area.inner_text() == newest

    page.go_back()
    assert page.url == campaign
    page.go_forward()
    expect(status).to_contain_text("of any age")


def test_where_nothing_is_answered_or_what_is_typed_is_refused_the_last_list_stays(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    page = sign_in_to_brand(window())
    page.goto(f"{a_campaign(page)}/edit/audience")
    area, alert = page.locator("#matches"), page.locator("#matches [role=alert]")
    names = page.locator("ol.matches .who-text a")
    kept, oldest = names.all_inner_texts(), page.get_by_label("55 or older", exact=True)

    for trouble in (lambda route: route.abort(), lambda route: route.fulfill(status=500)):
        page.route("**/edit/audience", trouble)
        oldest.fill("20")
        expect(alert).to_have_text(AWAY)
        expect(area).to_have_attribute("data-stale", "")
        expect(area).not_to_have_attribute("aria-busy", "true")
        assert names.all_inner_texts() == kept
        page.unroute("**/edit/audience")
        oldest.fill("")
        expect(alert).to_have_count(0)
        expect(area).not_to_have_attribute("data-stale", "")

    for wrong, sum_ in (("60", "135 %"), ("70", "145 %")):
        oldest.fill(wrong)
        expect(alert).to_contain_text(f"add up to {sum_}")
        expect(alert).to_have_count(1)
    assert names.all_inner_texts() == kept


def test_what_is_typed_before_the_script_comes_counts_too(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    page = sign_in_to_brand(window())
    campaign = a_campaign(page)
    page.wait_for_load_state()  # that page's own script is not the one that is kept back
    held = hold(page, "/js/live.js")
    page.goto(f"{campaign}/matches", wait_until="commit")
    status = page.locator("#matches [data-aloud]")
    before = status.inner_text()

    page.locator("[name=followers_least]").fill("250000")
    assert status.inner_text() == before
    [script] = held
    script.continue_()

    expect(status).not_to_have_text(before)


def test_the_keyboard_stays_where_it_was_when_the_list_is_replaced(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    page = window()
    sign_in(page, "rurik@larkmoor.test")
    page.goto("/brand/campaigns")
    page.get_by_role("link", name="A night outside").first.click()
    address = page.url.split("?")[0]
    page.goto(f"{address}/plan")
    kept = page.get_by_role("checkbox", name="Keep ").first
    kept.press("Space")
    expect(page.locator("#plan + [role=status]")).to_contain_text("different people")
    expect(kept).to_be_checked()
    expect(kept).to_be_focused()

    stop_the_clock(page)
    page.goto(f"{address}/matches")
    status = page.locator("#matches [data-aloud]")
    before = status.inner_text()
    page.locator("#followers_least").fill("250000")
    page.locator("#matches .who-text a").first.focus()
    page.clock.run_for(200)
    expect(status).not_to_have_text(before)
    expect(page.locator("#matches")).to_be_focused()


def test_what_is_worked_out_beside_a_list_is_asked_for_until_it_is_done(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    """Also where it comes with a later list, and the network is away for a moment."""
    page, _ = matches_of_a_campaign(window)
    answers = ["500", "away", "half done", "<p data-done>done</p>"]
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(answers[len(asked)])
        if asked[-1] == "away":
            route.abort()
        elif asked[-1] == "500":
            route.fulfill(status=500, body="broken", content_type="text/html")
        else:
            route.fulfill(body=asked[-1], content_type="text/html")

    page.route("**/asked-again", answer)
    body = '<p role="status">later</p><div data-poll-url="/asked-again">waiting</div>'
    page.route("**/matches?*", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.locator("[name=followers_least]").fill("1")
    page.clock.run_for(200)
    part = page.locator("[data-poll-url]")

    for said in ("waiting", "waiting", "half done", "done"):
        expect(part).to_be_visible()
        page.clock.run_for(2_000)
        expect(part).to_have_text(said)
        page.wait_for_timeout(200)
    page.clock.run_for(10_000)
    page.wait_for_timeout(200)

    assert asked == answers


def matches_of_a_campaign(window: Callable[[], Page]) -> tuple[Page, str]:
    """Who fits a brand's campaign, on a page whose clock stands; and the campaign's address."""
    page = sign_in_to_brand(window())
    campaign = a_campaign(page)
    stop_the_clock(page)
    page.goto(f"{campaign}/matches")
    return page, campaign


def stop_the_clock(page: Page) -> None:
    """Let the page's timers go on only as they are told to."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


def questions(page: Page) -> list[str]:
    """What the form asks from now on."""
    found: list[str] = []
    page.on("request", lambda one: found.append(one.url) if "x-part" in one.headers else None)
    return found


def hold(page: Page, words: str) -> list[Route]:
    """Keep back the question whose address has these words, until it is let go on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(lambda address: f"{words}&" in f"{address}&", keep)
    return held
