"""Values become text exactly, in the reader's way of writing and the reader's time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.web import reader, render

TEMPLATES = Path(__file__).parents[2] / "templates"
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def asked_by():
    bare = Flask("bare")

    def enter(path="/", language="en-US", zone=None):
        headers = {"Accept-Language": language}
        if zone:
            headers["Cookie"] = f"zone={zone}"
        return bare.test_request_context(path, headers=headers)

    return enter


@pytest.mark.parametrize(
    ("amount", "language", "text"),
    [
        (Money(125_000, "USD"), "en-US", "$1,250.00"),
        (Money(125_000, "USD"), "de", "1.250,00\xa0$"),
        (Money(1250, "JPY"), "en-US", "¥1,250"),
        (Money(1250, "KWD"), "en-US", "KWD\xa01.250"),
        (Money(-5, "EUR"), "en-US", "-€0.05"),
        (Money(10**13, "USD"), "en-US", "$100,000,000,000.00"),
        (Money(125_000, "USD"), "xx, *;q=0.1", "$1,250.00"),
        (Money(1_250, "JPY"), "ja", "￥1,250"),
        (Money(1_250, "KWD"), "de", "1,250\xa0KWD"),
        (Money(1_250, "KWD"), "ar", "\u200f1.250\xa0د.ك.\u200f"),
        (Money(1_234, "RSD"), "en-US", "RSD\xa012.34"),
        (Money(12_345, "HUF"), "hu", "123,45\xa0Ft"),
        (Money(5, "ISK"), "en-US", "ISK\xa05"),
    ],
)
def test_money_is_exact_in_the_readers_way(asked_by, amount, language, text):
    with asked_by(language=language):
        assert render.money(amount) == text


def test_money_that_comes_in_has_a_plus(asked_by):
    with asked_by():
        signed = [render.money_signed(Money(minor, "USD")) for minor in (500, -500, 0)]
    assert signed == ["+$5.00", "-$5.00", "$0.00"]


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (None, "Tue 3 Nov 2026, 12:00\xa0UTC"),
        ("Europe/Berlin", "Tue 3 Nov 2026, 13:00\xa0CET"),
        ("Pacific/Auckland", "Wed 4 Nov 2026, 01:00\xa0NZDT"),
        ("Asia/Dubai", "Tue 3 Nov 2026, 16:00\xa0UTC+04"),
        ("Nowhere/Land", "Tue 3 Nov 2026, 12:00\xa0UTC"),
        ("../../etc/passwd", "Tue 3 Nov 2026, 12:00\xa0UTC"),
        ("America", "Tue 3 Nov 2026, 12:00\xa0UTC"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone(asked_by, zone, text):
    with asked_by(zone=zone):
        assert render.moment(NOON) == text


def test_a_date_is_the_same_day_everywhere(asked_by):
    with asked_by(zone="Pacific/Auckland"):
        assert render.day(date(2026, 11, 3)) == "Tue 3 Nov 2026"
        assert render.day(NOON) == "Wed 4 Nov 2026"


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (timedelta(days=3), "in 3 days"),
        (timedelta(hours=-2), "2 hours ago"),
        (timedelta(seconds=20), "now"),
    ],
)
def test_relative_time(gap, text):
    assert render.ago(NOON + gap, NOON) == text


def test_numbers(asked_by):
    with asked_by():
        assert reader.number(48_210) == "48,210"
        assert [reader.compact(value) for value in (999, 48_210, 999_999)] == [
            "999",
            "48.2K",
            "1M",
        ]
        assert [reader.percent(bps) for bps in (3_750, 10_000, 1)] == [
            "37.5\xa0%",
            "100\xa0%",
            "0.01\xa0%",
        ]


def test_amounts_that_were_kept_in_a_text_are_written_as_the_reader_writes_them(asked_by):
    kept = "USD 1,075.00 held, -EUR 0.05 owed in 10 days, and JPY 1,500."
    with asked_by():
        assert render.written(kept) == "$1,075.00 held, -€0.05 owed in 10 days, and ¥1,500."
    with asked_by(language="de-DE"):
        assert render.written(kept).startswith("1.075,00\xa0$ held, -0,05\xa0€ owed")


@pytest.mark.parametrize(
    "kept", ["USD 5 off", "ABC 75.00", "USD 1,07.00", "USD 0.055", "AUSD 5.00", "usd 5.00"]
)
def test_what_is_no_amount_as_we_keep_them_stays_as_it_is(asked_by, kept):
    with asked_by():
        assert render.written(kept) == kept


def test_a_sentence_is_written_anew_and_its_words_are_left_alone(asked_by):
    with asked_by():
        assert render.written(Sentence("{held} of USD 5", held=Money(7_500, "USD"))) == (
            "$75.00 of USD 5"
        )


def test_a_state_has_one_word_and_one_colour():
    assert render.state_label("changes_requested") == "Changes requested"
    assert render.state_label("payable") == "Ready to pay"
    tones = {state: render.state_tone(state) for state in ("paid", "in_review", "failed", "draft")}
    assert tones == {"paid": "good", "in_review": "waiting", "failed": "refused", "draft": "quiet"}


def test_the_present_address_keeps_its_other_parts(asked_by):
    with asked_by("/brand/matches?country=SE&country=NL&page=3&sort=fit"):
        assert render.here(page=4) == "/brand/matches?country=SE&country=NL&sort=fit&page=4"
        assert render.here(page=None, sort=None, country=None) == "/brand/matches"


def test_a_tile_is_the_same_for_the_same_seed_and_takes_two_letters():
    assert render.tile_of("Bea Lindqvist", 7) == render.tile_of("Bea Lindqvist", 7)
    names = ("Bea Lindqvist", "noor van dijk", "Acme", "", "* Ö")
    assert [render.tile_of(name).initials for name in names] == ["BL", "ND", "A", "?", "Ö"]
    assert {render.tile_of(f"Name {place}").tone for place in range(200)} == set(range(1, 8))


def test_no_template_carries_inline_style_or_script():
    handler = r"""\son(?!ly=)[a-z]+=["']"""  # only="decided" is what an address asks for
    found = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for number, row in enumerate(path.read_text().splitlines(), start=1)
        if re.search(rf"\sstyle=|<style|<script(?![^>]*\ssrc=)|{handler}|javascript:", row)
    ]
    assert found == []
