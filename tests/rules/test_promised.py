"""How likely a video gets the views that are expected of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.rules.chances import Facts, Outcome, Step, learn, start
from marketplace.matching.rules.promised import NO_VIDEOS, VideoRecord, views_chance

EVERYBODY = {Step.VIEWS: 0.3, Step.VIEWS_LOW: 0.7}


def learned(step: Step) -> list[Outcome]:
    happened = round(100 * EVERYBODY[step])
    return [Outcome(Facts(), place < happened) for place in range(100)]


def test_before_anything_was_followed_it_is_what_the_expectation_claims() -> None:
    found = views_chance({}, NO_VIDEOS)
    assert (found.met_bps, found.low_bps, found.met_from, found.low_from) == (5_000, 9_000, 0, 0)


def test_what_happened_to_everybody_takes_its_place() -> None:
    models = {step: learn(step, learned(step)) for step in EVERYBODY}

    found = views_chance(models, NO_VIDEOS)

    assert (found.met_bps, found.low_bps) == (3_333, 7_333)  # 30 and 70 of 100, with 20 assumed
    assert (found.met_from, found.low_from) == (100, 100)


def test_each_chance_says_for_itself_what_it_was_learned_from() -> None:
    models = {Step.VIEWS_LOW: learn(Step.VIEWS_LOW, learned(Step.VIEWS_LOW))}

    found = views_chance(models, NO_VIDEOS)

    assert (found.met_bps, found.met_from) == (5_000, 0)
    assert (found.low_bps, found.low_from) == (7_333, 100)


def test_an_own_record_raises_it_and_lowers_it() -> None:
    good = views_chance({}, VideoRecord(videos=6, met=6, low=6))
    bad = views_chance({}, VideoRecord(videos=6, met=0, low=3))
    # 7 of 8 are odds of 7, and half of their logarithm counts: √7 against 1.
    assert good.met_bps == round(10_000 * 7**0.5 / (1 + 7**0.5))
    assert bad.met_bps == 10_000 - good.met_bps
    assert bad.low_bps < 9_000 < good.low_bps


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.booleans())
def test_the_lower_end_is_never_less_likely(met: int, more: int, rest: int, odd: bool) -> None:
    record = VideoRecord(videos=met + more + rest, met=met, low=met + more)
    models = {Step.VIEWS_LOW: start(Step.VIEWS)} if odd else {}
    found = views_chance(models, record)
    assert 0 <= found.met_bps <= found.low_bps <= 10_000
