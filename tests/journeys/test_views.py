"""Views without likes are held, two creators object, and staff decide for one and against one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.entering import (
    it_connects_tiktok,
    it_hands_a_post_in,
    it_joins,
    it_opens_a_challenge,
)
from tests.journeys.test_keyboard import STOPS, walked
from tests.journeys.walking import sign_in, skip, staff_sign_in, today, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

NAME: Final = "Soup on a wall"
FEW_LIKES: Final = 150
"""Of 10,000 views; the accounts of the sandbox usually have 900 and more."""


class Entrant(NamedTuple):
    """A creator who enters, with what they say and what staff answer."""

    first_name: str
    email: str
    handle: str
    views: int
    words: str
    reason: str


TILDA: Final = Entrant(
    "Tilda",
    "tilda@creators.test",
    "theo.trains",
    60_000,
    "A station shows it on a wall.",
    "The station has sent a picture of the wall.",
)
INES: Final = Entrant(
    "Ines",
    "ines@creators.test",
    "maya.cooks",
    90_000,
    "I do not know where they are from.",
    "All of them came from one place within an hour.",
)


def test_held_views_count_again_for_one_creator_and_stay_out_for_another(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    brand, tilda, ines, staff, anybody = pages = [window() for _ in range(5)]
    errors: list[str] = []
    for each in pages:
        each.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    sign_in(brand, "olive@tinandthyme.test")
    challenge = it_opens_a_challenge(brand, NAME, on=today(market), days=20)
    public = f"/challenges/{challenge}"
    for page, who in ((tilda, TILDA), (ines, INES)):
        sign_in(page, who.email)
        it_connects_tiktok(page, who.handle)
        it_joins(page, challenge)
        it_hands_a_post_in(
            page, challenge, market,
            handle=who.handle, description="Soup #ad", total_views=who.views, like_bps=FEW_LIKES,
        )  # fmt: skip
    staff_sign_in(staff)
    skip(staff, 1)

    cases = {
        who: it_is_told_and_reads_what_was_found(page, who)
        for page, who in ((tilda, TILDA), (ines, INES))
    }
    held = {who: in_question(page) for page, who in ((tilda, TILDA), (ines, INES))}
    until(anybody, public, "do not count: they are held until it is decided")
    assert counted(anybody, TILDA) < held[TILDA]
    it_objects_by_the_keyboard(tilda, TILDA)
    it_objects_by_the_keyboard(ines, INES)
    brand.goto(f"/brand/campaigns/{challenge}/challenge")
    expect(brand.locator("main")).to_contain_text("views of these posts do not count")
    expect(brand.locator("main")).not_to_contain_text(TILDA.words)

    staff_decide(staff, TILDA, "They count")
    staff_decide(staff, INES, "They stay out")

    for page, who, title, said in (
        (tilda, TILDA, "of your post count again", "These views count"),
        (ines, INES, "of your post stay out", "These views stay out"),
    ):
        until(page, "/notifications", title)
        page.get_by_role("link", name=title).first.click()
        assert page.url.endswith(cases[who])
        expect(page.get_by_role("heading", level=1)).to_contain_text(said)
        expect(page.locator("main")).to_contain_text(who.reason)
        expect(page.locator("textarea")).to_have_count(0)
    anybody.goto(public)
    assert counted(anybody, TILDA) > held[TILDA]
    assert counted(anybody, INES) < held[INES]
    leader = anybody.get_by_role("row").filter(has_text=TILDA.first_name)
    expect(leader.get_by_role("cell").first).to_have_text("1")
    assert errors == []


def it_is_told_and_reads_what_was_found(page: Page, who: Entrant) -> str:
    """Follow the notification to the case; returns its path."""
    until(page, "/notifications", "do not count for now")
    expect(page.locator("main")).to_contain_text(f"Your post for “{NAME}” got them almost")
    page.get_by_role("link", name="do not count for now").first.click()
    main = page.locator("main")
    expect(main).to_contain_text(re.compile(r"Say so by\s+\w{3} \d"))
    expect(main).to_contain_text("Prize if they count")
    expect(main).to_contain_text(re.compile(r"views came with [\d,]+ likes, 15 for each 1,000"))
    expect(main).to_contain_text(re.compile(r"On your last \d+ other posts \d+ likes"))
    for chart in ("Views that came, day by day", "Likes for each 1,000 of them"):
        figure = main.locator("figure", has_text=chart)
        expect(figure.locator("svg").first).to_be_visible()
        figure.locator("summary").click()
        expect(figure.locator("tbody tr").first).to_be_visible()
    return page.url.removeprefix(page.url.split("/creator/")[0])


def it_objects_by_the_keyboard(page: Page, who: Entrant) -> None:
    """Tab to the field from the top of the page, say where the views are from, and send it."""
    page.emulate_media(reduced_motion="reduce")  # a ring that fades in is not there yet
    page.reload()
    page.evaluate(STOPS)
    stops = list(walked(page))
    assert [each["at"] for each in stops] == sorted(each["at"] for each in stops)
    place = next(number for number, each in enumerate(stops) if 'name="words"' in each["words"])
    assert [each["words"] for each in stops[place : place + 2] if not each["drawn"]] == []
    assert [each["words"] for each in stops[place : place + 2] if not each["seen"]] == []
    page.reload()
    for _ in range(place + 1):
        page.keyboard.press("Tab")
    expect(page.get_by_label("Where did these views come from?")).to_be_focused()
    page.keyboard.type(who.words)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_contain_text("you are told what they decide")
    expect(page.locator("main blockquote")).to_have_text(who.words)
    expect(page.locator("main")).to_contain_text("Decided by")


def staff_decide(page: Page, who: Entrant, button: str) -> None:
    """Find the creator's case in the list and decide it with a reason."""
    page.goto("/staff/views")
    row = page.get_by_role("row").filter(has_text=who.first_name)
    expect(row).to_contain_text(NAME)
    row.get_by_role("link").click()
    expect(page.locator("main blockquote")).to_have_text(who.words)
    expect(page.locator("main")).to_contain_text("On the creator’s last")
    page.get_by_label("Why?").fill(who.reason)
    page.get_by_role("button", name=button).click()
    expect(page.locator(".flash")).to_contain_text(button)


def in_question(page: Page) -> int:
    """How many views a case is about, on its page."""
    tile = page.locator(".tile", has_text="Views in question")
    return number(tile.locator("dd").first.inner_text())


def counted(page: Page, who: Entrant) -> int:
    """How many views of a creator count on the leaderboard."""
    row = page.get_by_role("row").filter(has_text=who.first_name)
    return number(row.locator('[data-label="Views that count"]').inner_text())


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))
