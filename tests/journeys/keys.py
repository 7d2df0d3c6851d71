"""What journeys by the keyboard alone do alike: come to a place, press it, type into it."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.journeys.walking import FOCUS

MOST: Final = 300
NEAR: Final = 15
"""So many presses of Tab at most from the top of a page, its menu skipped, to what it is for."""


def to(page: Page, place: Locator, *, most: int = MOST, key: str = "Tab") -> None:
    """Press Tab until the focus is there, drawn and in sight; from the end it begins at the top."""
    place.first.wait_for()
    element = place.first.element_handle()
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("(place) => document.activeElement === place", element):
            break
    else:
        raise AssertionError(f"{place} is not reached by {most} presses of {key}")
    stop = page.evaluate(FOCUS)
    assert stop["drawn"], stop
    assert stop["seen"], stop


def press(page: Page, place: Locator, key: str = "Enter") -> None:
    to(page, place)
    page.keyboard.press(key)


def come_to(page: Page, place: Locator) -> None:
    """Skip the menu of a new page, and be where it matters soon."""
    to(page, page.get_by_role("link", name="Skip to the page"))
    page.keyboard.press("Enter")
    to(page, place, most=NEAR)


def open_by_menu(page: Page, name: str) -> None:
    press(page, page.get_by_role("navigation", name="Main").get_by_role("link", name=name))
    expect(page.locator("main")).to_be_visible()


def type_in(page: Page, name: str, words: str) -> None:
    """Replace what a field holds; of a list choose what is written so, of a day type its parts."""
    to(page, page.locator(f"[name='{name}']"))
    type_here(page, words)


def type_here(page: Page, words: str) -> None:
    page.keyboard.press("Control+A")
    page.keyboard.type(words)
