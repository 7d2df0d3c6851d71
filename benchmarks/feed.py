"""How long it takes to put ten thousand open briefs in order for one creator.

Creators and briefs are invented: random targets, topics, work, fees and rules, by which more than
half of the briefs leave a creator out. The reference is the part
that nobody can do without, in plain numpy: a product of as many numbers as every brief's target and
the creator's shares have, and the best 200 of it. Ours begins at the creator's row and counts all
in whole numbers. Nothing but this process is measured; the limit is a millisecond.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from marketplace.campaigns.rules import CATEGORIES
from marketplace.creators.queries import CreatorFacts
from marketplace.creators.rules import AGES, FORMATS, GENDERS, TOPICS
from marketplace.creators.rules.subjects import USUALLY_AVOIDED
from marketplace.matching import columns
from marketplace.matching.columns import Book, Market, OpenWish, Promise
from marketplace.matching.columns.context import context_of
from marketplace.matching.columns.layout import DENSE_COUNTRIES
from marketplace.matching.columns.source import market_of
from marketplace.matching.rules import feed
from marketplace.matching.rules.chances import Step, start
from marketplace.matching.rules.wanted import Booking, HardRules, Wanted

BRIEFS: Final = 10_000
CREATORS: Final = 2_000
ROUNDS: Final = 1_000
LISTED: Final = 200
MODEL: Final = start(Step.OFFER)
NOW: Final = datetime(2026, 11, 2, tzinfo=UTC)
FIRST_DAY: Final = date(2026, 12, 1)
PROMISED: Final = [Promise("food", FIRST_DAY, FIRST_DAY + timedelta(days=60), UUID(int=3))]
COUNTRIES: Final = ("US", "BR", "GB", "DE", "FR", "ES", "IT", "MX", "CA", "AU", "IN", "JP")
TAGS: Final = tuple(f"{topic}{number}" for topic in TOPICS for number in range(40))


def main() -> None:
    """Measure one creator at a time, and how many a second that makes."""
    lot = random.Random(7)
    facts = [creator(lot, number) for number in range(CREATORS)]
    market = market_of(facts, context_of(facts, ["USD"]), now=NOW)
    book = columns.book_of([wish(lot, number) for number in range(BRIEFS)], market.context)
    plain = lot_of_shares(lot, BRIEFS)
    own = lot_of_shares(lot, CREATORS)
    ours, theirs = [], []
    for turn in range(ROUNDS):
        row = turn % market.count
        begin = time.perf_counter()
        feed_of(book, market, row)
        middle = time.perf_counter()
        best(plain @ own[row])
        ours.append(middle - begin)
        theirs.append(time.perf_counter() - middle)
    mine, other = statistics.median(ours) * 1_000, statistics.median(theirs) * 1_000
    report("one creator p50", "ms", mine, "plain product and the best 200", other)
    report(
        "one creator p95", "ms", at_95(ours) * 1_000, "plain product and the best 200",
        at_95(theirs) * 1_000,
    )  # fmt: skip
    report("one creator, limit", "ms", mine, "what it may take", 1.0)
    report("creators a second", "creators/s", ROUNDS / sum(ours), "what it must reach", 1_000)


def feed_of(book: Book, market: Market, row: int) -> np.ndarray:
    """The best 200 open briefs for one creator in their order, from the creator's row on.

    How many each rule sets aside is counted too, as the page says it.
    """
    facing = columns.face(book, market, row)
    reasons = columns.barred_facing(facing, market, row, PROMISED)
    np.bincount(reasons)
    places = np.flatnonzero(reasons == columns.PASSES)
    weighed = facing.weighed(places)
    parts = feed.parts_of(
        MODEL,
        fits=weighed.nearly,
        usual=book.usual.take(places),
        record=0.0,
        fees=book.fees.take(places),
        prices=weighed.prices,
        topics=book.topics.take(places),
        near=weighed.near,
        makes=int(market.arrays["topics"][row]),
        less=0,
        cared=np.zeros(len(places), bool),
    )
    return places[feed.best_first(parts, weighed.fits, most=LISTED)]


def best(values: np.ndarray) -> np.ndarray:
    """The best 200, in their order."""
    some = np.argpartition(values, len(values) - LISTED)[-LISTED:]
    return some[np.argsort(-values[some], kind="stable")]


def lot_of_shares(lot: random.Random, rows: int) -> np.ndarray:
    """A row of numbers as long as the ages, the genders and the countries with a column."""
    width = len(AGES) + len(GENDERS) + DENSE_COUNTRIES
    return np.array([[lot.random() for _ in range(width)] for _ in range(rows)], np.float32)


def creator(lot: random.Random, number: int) -> CreatorFacts:
    views = int(lot.lognormvariate(9, 1.5)) + 1
    home, topic = lot.choice(COUNTRIES), lot.choice(TOPICS)
    return CreatorFacts(
        creator_id=UUID(int=number),
        country=home,
        topics=[topic],
        is_closed=False,
        has_channel=True,
        followers=views * 3,
        median_views=views,
        hashtags=lot.sample(TAGS, 6),
        videos=[(views, views // 12, 1, (), 30)] * 5,
        audience_source="platform",
        is_confirmed=False,
        sample_size=5_000,
        taken_at=NOW.timestamp(),
        age={"18-24": lot.randrange(6_000), "25-34": lot.randrange(4_000)},
        gender={"female": lot.randrange(10_000)},
        countries={home: 5_000 + lot.randrange(4_000)},
        languages={},
        rates={"video USD": max(500, views // 3)},
        kept=0,
        broken=0,
        away_until=0,
    )


def wish(lot: random.Random, number: int) -> OpenWish:
    fee = lot.randrange(5_000, 200_000)
    return OpenWish(
        brief_id=UUID(int=number),
        campaign_id=UUID(int=number),
        wanted=Wanted(
            currency="USD",
            age=frozenset(lot.sample(AGES[1:], lot.randrange(4))),
            gender=frozenset(lot.sample(("female", "male"), lot.randrange(2))),
            country=frozenset(lot.sample(COUNTRIES, lot.randrange(4))),
            words=tuple(lot.sample(TOPICS, lot.randrange(4))),
            formats={lot.choice(FORMATS): lot.randrange(1, 4)},
            rules=HardRules(
                lives_in=frozenset(lot.sample(COUNTRIES, lot.choice((0, 0, 0, 1, 3)))),
                followers_least=lot.choice((None, None, 1_000, 10_000)),
                followers_most=lot.choice((None, None, 100_000)),
                price_most_minor=2 * fee,
                blocked_topics=frozenset(lot.sample(TOPICS, lot.choice((0, 0, 1)))),
                avoided=USUALLY_AVOIDED,
                free_on=FIRST_DAY + timedelta(days=number % 28),
                booking=Booking(
                    brand_id=UUID(int=number % 500),
                    category=lot.choice(CATEGORIES[:-1]),
                    starts_on=FIRST_DAY,
                    ends_on=FIRST_DAY + timedelta(days=30),
                ),
            ),
        ),
        fee_minor=fee,
        usual=lot.randrange(1, 20_000),
    )


def at_95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def report(case: str, unit: str, ours: float, reference: str, theirs: float) -> None:
    print(
        json.dumps(
            {
                "benchmark": "feed",
                "case": case,
                "size": BRIEFS,
                "unit": unit,
                "ours": round(ours, 3),
                "reference": reference,
                "theirs": round(theirs, 3),
                "ratio": round(ours / theirs, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
