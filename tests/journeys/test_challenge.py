"""A brand opens a challenge, a creator enters it with a post, and wins when counting has ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.entering import (
    it_connects_tiktok,
    it_hands_a_post_in,
    it_joins,
    it_opens_a_challenge,
)
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

    challenge = it_opens_a_challenge(brand, NAME, on=today(market))
    public = f"/challenges/{challenge}"
    anybody.goto(public)
    expect(anybody.locator("main")).to_contain_text("No post is in yet")

    it_connects_tiktok(creator, HANDLE)
    it_joins(creator, challenge)
    it_hands_a_post_in(
        creator, challenge, market,
        handle=HANDLE, description="One pan #ad", total_views=VIEWS,
    )  # fmt: skip
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
