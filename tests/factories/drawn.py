"""Markets and wishes drawn by hypothesis, as varied as the columns allow; no database."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from marketplace.creators.queries import CreatorFacts
from marketplace.creators.rules import AGES, TOPICS
from marketplace.creators.rules.formats import LengthBand
from marketplace.creators.rules.subjects import Subject
from marketplace.matching.rules.wanted import Booking, HardRules, Wanted
from tests.factories.facts import days, make_facts

COUNTRIES = ("CA", "DE", "FR", "GB", "US")
FEW = ("EE", "LT", "LV")
TAGS = ("recipe", "chef", "soup", "tent", "trip", "roadtrip", "مطبخ", "スープ", "🍲")
WORDS = ("cooking", "travel", "soup", "Road Trip", "zzz", "مطبخ", "スープ")
WORK: tuple[dict[str, Any], ...] = (
    {},
    {"formats": {"video": 1}},
    {"formats": {"video": 2, "story": 1}},
    {"formats": {"video": 1}, "lengths": {LengthBand.LONG: 1}},
    {"formats": {"video": 3, "story": 1}, "lengths": {LengthBand.SHORT: 2}},
)
SPOKEN = ("en", "de")
shares = st.integers(0, 10_000)
RIVAL, ACME = UUID(int=7 << 70 | 1), UUID(int=7 << 70 | 2)
promises = st.tuples(
    st.sampled_from(["food", "drinks"]),
    st.sampled_from([days(2026, 11, 1), days(2026, 12, 1)]),
    st.sampled_from([days(2026, 12, 1), days(2027, 1, 31)]),
    st.sampled_from([str(RIVAL), str(ACME)]),
)
BOOKING = Booking(ACME, "food", date(2026, 12, 1), date(2026, 12, 24))


@st.composite
def creators(draw: st.DrawFn) -> list[CreatorFacts]:
    """Some creators, many of them alike, as in a real market."""
    found = []
    for number in draw(st.lists(st.integers(1, 2**40), min_size=1, max_size=25, unique=True)):
        young = draw(shares)
        women = draw(shares)
        home = draw(shares)
        views = draw(st.sampled_from([0, 1, 7, 900, 10_000, 12_345, 3_000_000, 2**32 - 1, 2**62]))
        found.append(
            make_facts(
                number,
                country=draw(st.sampled_from([None, *COUNTRIES])),
                topics=draw(st.lists(st.sampled_from(TOPICS), max_size=3, unique=True)),
                hashtags=draw(st.lists(st.sampled_from(TAGS), max_size=4)),
                is_closed=draw(st.integers(0, 9)) == 0,
                has_joined=draw(st.booleans()),
                has_channel=draw(st.integers(0, 9)) > 0,
                followers=draw(st.sampled_from([None, 10, 5_000, 2_000_000])),
                median_views=views or None,
                audience_source=draw(st.sampled_from([None, "platform", "self_reported"])),
                sample_size=draw(st.sampled_from([0, 20, 20_000])),
                age={"18-24": young, "35-44": 10_000 - young},
                gender={"female": women},
                countries={
                    draw(st.sampled_from(COUNTRIES)): home,
                    draw(st.sampled_from(FEW)): draw(st.integers(0, 10_000 - home)),
                },
                rates=draw(
                    st.dictionaries(
                        st.sampled_from(["video USD", "story USD", "video EUR", "video JPY"]),
                        st.integers(1, 900_000) | st.sampled_from([2**32 - 1, 2**32, 2**62]),
                        max_size=3,
                    )
                ),
                videos=[(views, 0, 1, (), draw(st.sampled_from([None, 9, 45, 400])))] * 3
                if views
                else [],
                kept=draw(st.sampled_from([0, 1, 900])),
                broken=draw(st.sampled_from([0, 1, 900])),
                away_until=draw(
                    st.sampled_from([0, days(2026, 11, 30), days(2026, 12, 1), days(2226, 1, 1)])
                ),
                subjects=draw(st.lists(st.sampled_from(list(Subject)), max_size=2, unique=True)),
                exclusivities=draw(st.lists(promises, max_size=2)),
                languages=draw(st.sampled_from([{}, {"en": 9_000}, {"de": 9_000}])),
            )
        )
    return found


@st.composite
def wishes(draw: st.DrawFn) -> Wanted:
    return Wanted(
        currency=draw(st.sampled_from(["USD", "EUR", "JPY"])),
        age=frozenset(draw(st.lists(st.sampled_from(AGES[1:]), max_size=3))),
        gender=frozenset(draw(st.lists(st.sampled_from(["female", "male"]), max_size=1))),
        country=frozenset(draw(st.lists(st.sampled_from([*COUNTRIES, *FEW]), max_size=3))),
        words=tuple(draw(st.lists(st.sampled_from(WORDS), max_size=2))),
        **draw(st.sampled_from(WORK)),
        rules=HardRules(
            lives_in=frozenset(draw(st.lists(st.sampled_from(COUNTRIES), max_size=2))),
            languages=frozenset(draw(st.lists(st.sampled_from(SPOKEN), max_size=1))),
            followers_least=draw(st.sampled_from([None, 0, 5_000])),
            followers_most=draw(st.sampled_from([None, 5_000])),
            price_least_minor=draw(st.sampled_from([None, 20_000])),
            price_most_minor=draw(st.sampled_from([None, 50_000])),
            blocked_topics=frozenset(draw(st.lists(st.sampled_from(TOPICS), max_size=1))),
            avoided=frozenset(draw(st.lists(st.sampled_from(list(Subject)), max_size=2))),
            booking=draw(st.sampled_from([None, BOOKING])),
            free_on=draw(st.sampled_from([None, date(2026, 11, 30), date(2026, 12, 1)])),
        ),
    )
