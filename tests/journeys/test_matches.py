"""A brand moves the age slider alone and sees the list and the counts change."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from marketplace.cli.local import LocalMarket
from tests.journeys.walking import a_campaign, sign_in_to_brand

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]


def test_a_brand_moves_the_age_and_sees_list_and_counts_change(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    page = sign_in_to_brand(window())
    page.goto(f"{a_campaign(page)}/matches")
    status = page.locator("#matches p:has([data-aloud])")
    expect(status).to_contain_text("aged 18–34")
    names = page.locator("ol.matches .who-text a")
    count, share, views = (status.locator("strong").nth(place) for place in range(3))
    before, counted = names.all_inner_texts(), count.inner_text()
    share_before, views_before = share.inner_text(), views.inner_text()

    slider = page.locator("#age_to")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    from_ = page.locator("#age_from")
    from_.focus()
    for _ in range(3):
        from_.press("ArrowRight")

    expect(status).to_contain_text("aged 45 or older")
    assert names.all_inner_texts() != before
    expect(share).not_to_have_text(share_before)
    expect(views).not_to_have_text(views_before)
    assert "age_from=3" in page.url
    expect(page.locator("#matches")).to_contain_text("You are looking around")

    page.get_by_label(re.compile("^Pay at most")).fill("1")
    expect(page.locator("#matches")).to_contain_text("ask more than the most that you pay")
    page.get_by_label(re.compile("^Pay at most")).fill("1,5")
    expect(page.locator("#matches [role=alert]")).to_contain_text("with a point and no commas")

    page.get_by_label(re.compile("^Pay at most")).fill("900")
    page.get_by_label("Lives in").select_option("US")
    expect(count).not_to_have_text(counted)
    page.get_by_role("button", name="Keep these rules").click()
    expect(page.locator(".flash")).to_contain_text("These rules hold for this campaign")
    expect(page.locator("#matches")).to_contain_text("live in another country")


def test_a_brand_moves_the_age_in_the_editor_and_sees_list_and_counts_change(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    page = sign_in_to_brand(window())
    page.goto(f"{a_campaign(page)}/edit/audience")
    status = page.locator("#matches p:has([data-aloud])")
    expect(status).to_contain_text("aged 18–34")
    names = page.locator("ol.matches .who-text a")
    before = names.all_inner_texts()
    views = status.locator("strong").last
    views_before = views.inner_text()

    for label in ("18–24", "25–34"):
        slider = page.get_by_label(f"{label}, in percent")
        slider.focus()
        slider.press("Home")
    oldest = page.get_by_label("55 or older, in percent")
    oldest.focus()
    for _ in range(8):
        oldest.press("ArrowRight")

    expect(status).to_contain_text("aged 55 or older")
    expect(page.get_by_label("55 or older", exact=True)).to_have_value("40")
    assert names.all_inner_texts() != before
    expect(views).not_to_have_text(views_before)

    kept = names.all_inner_texts()
    page.get_by_label("45–54", exact=True).fill("70")
    expect(page.locator("#matches [role=alert]")).to_contain_text("add up to 110 %")
    assert names.all_inner_texts() == kept
    page.get_by_label("45–54", exact=True).fill("20")
    expect(page.locator("#matches [role=alert]")).to_have_count(0)
    expect(status).to_contain_text("aged 45 or older")

    page.reload()
    expect(status).to_contain_text("aged 18–34")


def test_a_brand_types_words_in_the_brief_and_whoever_uses_them_comes_up(
    market: LocalMarket, window: Callable[[], Page]
) -> None:
    page = sign_in_to_brand(window())
    page.goto(f"{a_campaign(page)}/edit/audience")
    who_fits = page.locator("#matches")

    page.get_by_label("Cooking", exact=True).uncheck()
    page.get_by_label("Home", exact=True).uncheck()
    words = page.get_by_label(re.compile("^Words and hashtags"))
    words.focus()
    offered = page.locator("#used-words option")
    expect(offered.first).to_have_attribute("value", re.compile("^[a-z]+$"))
    words.press_sequentially("Easy R")
    expect(offered.first).to_have_attribute("value", "easyrecipes")
    words.fill("easyrecipes, sket")
    expect(offered.first).to_have_attribute("value", "easyrecipes, sketch")
    words.fill("easyrecipes, easyrecipe")
    expect(offered).to_have_count(0)
    words.fill("#Easy Recipes, quilting")
    expect(offered).to_have_count(0)

    expect(who_fits).to_contain_text("Nobody here makes anything tagged quilting")
    expect(page.locator("ol.matches li").first).to_contain_text("Makes easyrecipes")
    words.fill("#fyp")
    expect(page.locator("#matches [role=alert]")).to_contain_text("finds nobody: leave it out")
