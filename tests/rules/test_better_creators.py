"""Whoever is better for a wish is never ranked lower: over facts, through the columns."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.creators.queries import CreatorFacts
from marketplace.creators.rules import AGES, GENDERS
from marketplace.matching import columns
from marketplace.matching.columns.context import context_of
from marketplace.matching.columns.layout import WHOLE_STEPS
from marketplace.matching.columns.source import market_of
from marketplace.matching.rules.fit import order_of
from marketplace.matching.rules.wanted import Wanted
from tests.factories.facts import SEEN_AT, make_facts

PLACES = ("CA", "DE", "FR", "GB", "US")
CROWD = [
    make_facts(number, country=PLACES[number % 5], countries={PLACES[number % 5]: 9_000})
    for number in range(100, 130)
]
CONTEXT = context_of(CROWD, ["USD"])
SOURCES = ("platform", "self_reported", "inferred")
PARTS = {"age": AGES[1:], "gender": GENDERS[:2], "countries": PLACES}


def parted(labels: tuple[str, ...]) -> st.SearchStrategy[dict[str, int]]:
    """Shares of a whole, by cuts: often all of it, so that rounding would go beyond."""
    cuts = st.lists(st.integers(0, 10_000), min_size=len(labels) - 1, max_size=len(labels) - 1)
    return cuts.map(
        lambda found: dict(
            zip(
                labels,
                (b - a for a, b in zip([0, *sorted(found)], [*sorted(found), 10_000], strict=True)),
                strict=True,
            )
        )
    )


@st.composite
def moves(draw: st.DrawFn) -> tuple[str, dict[str, int], dict[str, int], frozenset[str]]:
    """A part of an audience, before and after some of it has moved into the target."""
    part = draw(st.sampled_from(list(PARTS)))
    labels = PARTS[part]
    before = draw(parted(labels))
    target = frozenset(draw(st.lists(st.sampled_from(labels), min_size=1, unique=True)))
    after = dict(before)
    outside = [label for label in labels if label not in target]
    for label in outside if part != "countries" else []:
        moved = draw(st.integers(0, after[label]))
        after[label] -= moved
        after[draw(st.sampled_from(sorted(target)))] += moved
    for label in outside if part == "countries" else sorted(target):
        before[label] = draw(st.integers(0, before[label]))
        if part == "countries":
            after[label] = before[label]
    return part, before, after, target


def wish(part: str, target: frozenset[str]) -> Wanted:
    return Wanted("USD", **{"country" if part == "countries" else part: target})  # type: ignore[arg-type]


def fit_in_columns(facts: CreatorFacts, wanted: Wanted) -> int:
    market = market_of([facts], CONTEXT, now=SEEN_AT)
    [factors] = columns.factors_at(market, columns.target_of(wanted, market), [0])
    return order_of(factors)


@given(moves(), st.sampled_from([0, 20, 500, 1_000_000]), st.sampled_from(["platform", "inferred"]))
@settings(max_examples=150, deadline=None)
@example(
    ("age",
     {"18-24": 3_330, "25-34": 3_330, "35-44": 3_300},
     {"18-24": 3_330, "25-34": 3_330, "35-44": 3_340},
     frozenset({"18-24", "35-44"})),
    1_000_000, "platform",
)  # fmt: skip
def test_more_of_the_audience_in_the_target_is_never_a_lower_fit(
    moved: tuple[str, Mapping[str, int], Mapping[str, int], frozenset[str]],
    sample: int,
    source: str,
) -> None:
    part, before, after, target = moved
    wanted = wish(part, target)
    facts = make_facts(1, audience_source=source, sample_size=sample)

    less, more = (facts._replace(**{part: shares}) for shares in (before, after))

    assert fit_in_columns(more, wanted) >= fit_in_columns(less, wanted)


@given(*(parted(labels) for labels in (AGES, GENDERS, PLACES)))
@settings(max_examples=50, deadline=None)
def test_the_shares_of_an_audience_never_add_up_to_more_than_the_whole(
    age: dict[str, int], gender: dict[str, int], countries: dict[str, int]
) -> None:
    facts = make_facts(1, age=age, gender=gender, countries=countries)

    arrays = columns.encode([facts], CONTEXT, now=SEEN_AT).arrays

    assert [arrays[name].sum() <= WHOLE_STEPS for name in ("age", "gender", "country")] == [
        True
    ] * 3


@st.composite
def pairs(draw: st.DrawFn) -> tuple[CreatorFacts, CreatorFacts]:
    """One creator, and one who is at least as good in everything that the wish asks for."""
    share = st.sampled_from([0, 1, 49, 50, 10_000]) | st.integers(0, 10_000)
    young, women, home = draw(share), draw(share), draw(share)
    price = draw(st.sampled_from([1, 2**32 - 1, 2**32, 2**62]) | st.integers(1, 900_000))
    kept, broken = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    views = draw(st.sampled_from([1, 2**32 - 1, 2**40]) | st.integers(1, 10_000_000))
    sample, source = draw(st.sampled_from([0, 20, 10**6])), draw(st.sampled_from(SOURCES))
    more = st.integers(0, 1_000)
    number, other = draw(st.lists(st.integers(1, 9), min_size=2, max_size=2, unique=True))

    def creator(number: int, *, adds: bool) -> CreatorFacts:
        def plus(value: int, factor: int = 1) -> int:
            return value + factor * draw(more) if adds else value

        seen = plus(views, 100)
        return make_facts(
            number,
            audience_source=source,
            sample_size=sample,
            age={"18-24": min(10_000, plus(young))},
            gender={"female": min(10_000, plus(women))},
            countries={"US": min(10_000, plus(home))},
            rates={"video USD": max(1, price - draw(more)) if adds else price},
            kept=plus(kept, 1),
            broken=max(0, broken - draw(st.integers(0, 9))) if adds else broken,
            median_views=seen,
            videos=[(seen, 0, 1, (), None)] * 5,
        )

    return creator(number, adds=False), creator(other, adds=True)


@given(pairs())
@settings(max_examples=80, deadline=None)
def test_whoever_is_dominated_is_never_above(both: tuple[CreatorFacts, CreatorFacts]) -> None:
    """What differs by less than the half percent that is kept and shown counts as equal."""
    wanted = Wanted(
        "USD",
        age=frozenset({"18-24"}),
        gender=frozenset({"female"}),
        country=frozenset({"US"}),
        words=("cooking",),
    )
    worse, better = both
    market = market_of([worse, better, *CROWD], CONTEXT, now=SEEN_AT)

    order = {market.id_at(one.row): one for one in columns.rank(market, wanted).best}

    if worse.creator_id not in order:  # nobody of their viewers is in the target
        return
    above = list(order).index(worse.creator_id) < list(order).index(better.creator_id)
    assert not above or order[worse.creator_id].factors == order[better.creator_id].factors
