"""How long from a brief to its explained best 200 of the whole market? ``--creators 1000000``

An invented market is made in the embedded PostgreSQL and laid out in columns; wishes of several
kinds are then ranked, in turn with the reference: a plain numpy product of as many vectors of 64
4-byte numbers with one, by all processors, and argpartition for the best 200. ``process`` is the
ranking with every number of 200 explanations, whose sentences are made when somebody reads them;
beside it the same without the reference in between, which leaves nothing else in the processor's
caches, the same with all sentences read, with words that hardly anybody uses, and on a market of
which nothing is remembered, as a server's is for half a second after each refresh. ``page`` is the
brand's page through the application, by a process that serves and has done nothing else. Beside
them stands pgvector's HNSW index in the same PostgreSQL, over as many vectors as there are
creators, or as ``--vectors`` says.

Prints one line of JSON for each case; ratio is ours / theirs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from benchmarks.matching import invented, vectors
from benchmarks.matching.serving import served
from benchmarks.matching.vectors import BEST, timed
from marketplace.cli.migrating import migrate
from marketplace.cli.postgres_server import embedded_postgres
from marketplace.creators.rules import TOPICS
from marketplace.kernel.clock import utc_now
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.columns.layout import COLUMNS, ROW_BYTES
from marketplace.matching.rules.explaining import Explanations, explain_all
from marketplace.matching.rules.fit import PART_SHARES, TIMES_WHOLE, order_of, weighted
from marketplace.matching.rules.wanted import HardRules, Wanted

NUMPY = "numpy: n × 64 float32 product, argpartition"
ROUNDS = 60
EXACT = 12
SMALL = 10_000
CHANGED = 1_000
SHARDS = 4


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--creators", type=int, default=100_000)
    asked.add_argument("--vectors", type=int, help="in pgvector's index, if fewer; 0: none")
    asked.add_argument(
        "--tiled", type=int, default=0, help="also over so many copies of the market"
    )
    given = asked.parse_args()
    vectors.multiply_as_served()
    with tempfile.TemporaryDirectory() as folder, database() as engine:
        place = Path(folder) / "columns"
        say(f"inventing {given.creators:,} creators")
        took = timed(lambda: invented.fill(engine, given.creators)) / 1_000
        say(f"took {took:.0f} s; laying them out in columns")
        building(engine, place, given.creators)
        columns.use_folder(str(place))
        columns.stay_warm()  # as a server does
        with Session(engine) as session:
            market = columns.ask(session, lambda market: market, now=utc_now())
        others = vectors.invented(given.creators)
        process(market, others)
        page(engine, folder, place, given.creators)
        refreshing(engine, place)
        if given.vectors != 0:
            hnsw(engine, others[: given.vectors], market)
        if given.tiled:
            shards(market, given.tiled)


def building(engine: Engine, place: Path, count: int) -> None:
    with Session(engine) as session:
        seconds = timed(lambda: columns.build(session, place, now=utc_now())) / 1_000
    report("build from PostgreSQL", count, "s", seconds, "creators/s", count / seconds)
    version = place / (place / "current").read_text()
    taken = sum(path.stat().st_blocks * 512 for path in version.iterdir())
    report("bytes a creator, all files", count, "bytes", taken / count, "limit", 160)
    report("bytes a creator, the row alone", count, "bytes", ROW_BYTES, "limit", 160)


def process(market: Market, others: vectors.Vectors) -> None:
    """A brief to its explained best, in turn with the reference."""
    ours, small, theirs = [], [], []
    few = part_of(market, SMALL)
    for wanted in wishes(ROUNDS):
        ours.append(timed(lambda wanted=wanted: explained(market, wanted)))  # type: ignore[misc]
        theirs.append(vectors.reference(others))
        small.append(timed(lambda wanted=wanted: explained(few, wanted)))  # type: ignore[misc]
    for name, at in (("p50", 50), ("p95", 95)):
        report(
            f"process {name}", market.count, "ms", quantile(ours, at), NUMPY, quantile(theirs, at)
        )
    row = [timed(lambda wanted=wanted: explained(market, wanted)) for wanted in wishes(ROUNDS)]  # type: ignore[misc]
    report("process, one wish after the other p50", market.count, "ms", quantile(row, 50), NUMPY,
           quantile(theirs, 50))  # fmt: skip
    ranked = [
        timed(lambda wanted=wanted: columns.rank(market, wanted))  # type: ignore[misc]
        for wanted in wishes(ROUNDS)
    ]
    report("process, ranking alone p50", market.count, "ms", quantile(ranked, 50), NUMPY,
           quantile(theirs, 50))  # fmt: skip
    read = [timed(lambda wanted=wanted: sentences(market, wanted)) for wanted in wishes(EXACT)]  # type: ignore[misc]
    report("process, every sentence read p50", market.count, "ms", quantile(read, 50), NUMPY,
           quantile(theirs, 50))  # fmt: skip
    rare = [
        timed(lambda wanted=wanted: explained(market, wanted))  # type: ignore[misc]
        for wanted in rare_wishes(market, EXACT)
    ]
    report("process, a word that hardly anybody uses p50", market.count, "ms", quantile(rare, 50),
           NUMPY, quantile(theirs, 50))  # fmt: skip
    anew = []
    for wanted, forgot in [(wanted, replace(market)) for wanted in wishes(EXACT)]:
        anew.append(timed(lambda wanted=wanted, forgot=forgot: explained(forgot, wanted)))  # type: ignore[misc]
    report("process, the first look after a refresh p50", market.count, "ms", quantile(anew, 50),
           NUMPY, quantile(theirs, 50))  # fmt: skip
    report(
        f"growth from {len(few.arrays['views']):,}", market.count, "times",
        quantile(ours, 50) / quantile(small, 50), "linear", market.count / few.count,
    )  # fmt: skip
    same = [is_exact(market, wanted) for wanted in wishes(EXACT)]
    report("exact: the same as computing everybody", market.count, "of", sum(same), "wishes", EXACT)
    same = [is_exact(market, wanted) for wanted in rare_wishes(market, EXACT)]
    report("exact: likewise with rare words", market.count, "of", sum(same), "wishes", EXACT)


def page(engine: Engine, folder: str, place: Path, count: int) -> None:
    """The brand's page and the part of it that follows the form, as a server gives them."""
    found = served(engine, folder, place, count)
    for name, at in (("p50", 50), ("p95", 95)):
        for case, times in (
            ("page", found.whole),
            ("page, live preview", found.parts),
            ("page, the same again", found.again),
        ):
            report(
                f"{case} {name}", count, "ms", quantile(times, at), NUMPY,
                quantile(found.theirs, at),
            )  # fmt: skip


def refreshing(engine: Engine, place: Path) -> None:
    """How long a change takes until it counts, once the job runs."""
    with Session(engine) as session:
        columns.refresh(session, place, now=utc_now())
        for count in (1, CHANGED):
            session.execute(
                text(
                    "UPDATE rate_cards SET fee_minor = fee_minor + 10 WHERE id IN"
                    " (SELECT id FROM rate_cards ORDER BY id LIMIT :count)"
                ),
                {"count": count},
            )
            session.commit()
            took = timed(lambda: columns.refresh(session, place, now=utc_now()))
            report(f"refresh after {count:,} changes", count, "ms", took, "a minute", 60_000)


def hnsw(engine: Engine, others: vectors.Vectors, market: Market) -> None:
    say(f"building pgvector's index over {len(others):,} vectors")
    built, size, p50, recall = vectors.index_of_pgvector(engine, others, others[:40])
    as_many = part_of(market, len(others))
    rank = statistics.median(
        timed(lambda wanted=wanted: columns.rank(as_many, wanted))  # type: ignore[misc]
        for wanted in wishes(ROUNDS)
    )
    name = "pgvector HNSW, ef_search 400, best 200"
    report("ranking as many, p50", len(others), "ms", rank, name, p50)
    report("recall of the best 200", len(others), "share", 1, name, recall)
    report("pgvector: index build", len(others), "s", 0, name, built)
    report("pgvector: index bytes a creator", len(others), "bytes", ROW_BYTES, name,
           size / len(others))  # fmt: skip


def shards(market: Market, copies: int) -> None:
    """One step towards more: the market several times over, in one piece and in shards."""
    large = tiled(market, copies)
    size = -(-large.count // SHARDS)
    pieces = [part_of(large, size, first=at * size) for at in range(SHARDS)]
    wanted = next(wishes(1))
    whole, apart = [], []
    for _ in range(ROUNDS):
        whole.append(timed(lambda: columns.rank(large, wanted)))
        apart.append(timed(lambda: merged(pieces, wanted)))
    report(
        f"{copies} times the market in one piece p50", large.count, "ms", quantile(whole, 50),
        f"{SHARDS} shards one after the other, their best merged", quantile(apart, 50),
    )  # fmt: skip
    best = [each.order for each in columns.rank(large, wanted).best]
    same = merged(pieces, wanted) == best
    report("shards: the best fits are the same", large.count, "of", same, "one wish", 1)


def merged(pieces: Sequence[Market], wanted: Wanted) -> list[int]:
    """The fits of the best over all shards, each of which gives its best."""
    found = (each.order for piece in pieces for each in columns.rank(piece, wanted).best)
    return sorted(found, reverse=True)[:BEST]


def sentences(market: Market, wanted: Wanted) -> list[str]:
    """The best 200 with everything that is said of them."""
    return [part.evidence() for each in explained(market, wanted) for part in each.parts]


def explained(market: Market, wanted: Wanted) -> Explanations:
    """The best 200 with every number of every part."""
    ranking = columns.rank(market, wanted)
    target = columns.target_of(wanted, market)
    seen = columns.seen_at(market, target, ranking.rows, factors=ranking.factors)
    return explain_all(wanted, seen, ranking.medians)


def is_exact(market: Market, wanted: Wanted) -> bool:
    """Whether the best are those of computing everybody, those near the top in whole numbers."""
    ranking = columns.rank(market, wanted, most=BEST)
    target = columns.target_of(wanted, market)
    rules = wanted.rules
    every = np.arange(market.count)
    found = columns.factor_columns(market, target, every)
    product = np.ones(market.count)
    product *= found[0]
    for name, values in zip(PART_SHARES, found[1:-1], strict=True):
        product *= weighted(name, values) / TIMES_WHOLE
    product /= found[-1]
    flags = market.arrays["flags"]
    product[(flags & 3) != 2] = 0
    if rules.price_most_minor is not None:
        known = columns.prices(market, target, every)[1]
        product[known & (found[-1] > rules.price_most_minor)] = 0
    near = np.argpartition(product, market.count - 4 * BEST)[-4 * BEST :]
    near = near[product[near] > 0]
    factors = columns.factors_at(market, target, near)
    order = sorted(
        range(len(near)), key=lambda at: (-order_of(factors[at]), market.id_at(int(near[at])))
    )
    return bool(ranking.rows.tolist() == [int(near[at]) for at in order[:BEST]])


def wishes(count: int) -> Iterator[Wanted]:
    """Wishes of several kinds: wide and narrow, with and without words and rules."""
    chance = random.Random(11)
    for number in range(count):
        yield Wanted(
            currency="USD",
            age=frozenset(chance.sample(["18-24", "25-34", "35-44"], 2)),
            gender=frozenset(chance.sample(["female", "male"], number % 2)),
            country=frozenset(chance.sample(invented.COUNTRIES, 1 + number % 4)),
            words=tuple(chance.sample(TOPICS, 1 + number % 3)),
            formats={"video": 1},
            rules=HardRules(price_most_minor=chance.choice([None, 50_000, 200_000])),
        )


def rare_wishes(market: Market, count: int) -> Iterator[Wanted]:
    """Wishes for words of the rarer half, another one each; every second for one country."""
    terms = market.context.vocabulary.terms
    step = max(1, len(terms) // 2 // count)
    for number, word in enumerate(terms[-1 : -step * count - 1 : -step]):
        yield Wanted(
            currency="USD",
            country=frozenset(["US"][: number % 2]),
            words=(word,),
            formats={"video": 1},
        )


def part_of(market: Market, count: int, *, first: int = 0) -> Market:
    """Some creators of a market, one after the other."""
    rows = slice(first, min(first + count, market.count))
    lists = {}
    for name, part in market.lists.items():
        lists[name] = part[(part["row"] >= rows.start) & (part["row"] < rows.stop)].copy()
        lists[name]["row"] -= rows.start
    return replace(
        market, count=rows.stop - rows.start, ordered=0, lists=lists,
        arrays={
            each.name: market.arrays[each.name][rows]
            if each.width == 1 or each.by_row
            else market.arrays[each.name][:, rows]
            for each in COLUMNS
        },
    )  # fmt: skip


def tiled(market: Market, copies: int) -> Market:
    """The market several times over, in memory."""
    return replace(
        market, count=market.count * copies, ordered=0,
        lists={name: part[:0] for name, part in market.lists.items()},
        arrays={
            each.name: np.concatenate(
                [market.arrays[each.name]] * copies, axis=0 if each.width == 1 or each.by_row else 1
            )
            for each in COLUMNS
        },
    )  # fmt: skip


def quantile(times: list[float], at: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[at - 1]


def report(case: str, size: int, unit: str, ours: float, reference: str, theirs: float) -> None:
    line = {
        "benchmark": "match",
        "case": case,
        "size": size,
        "unit": unit,
        "ours": round(ours, 2),
        "reference": reference,
        "theirs": round(theirs, 2),
        "ratio": round(ours / theirs, 3),
    }
    print(json.dumps(line), flush=True)


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


@contextmanager
def database() -> Iterator[Engine]:
    """A migrated database of its own, dropped at the end."""
    folder = Path(tempfile.gettempdir()) / f"fairview-test-pg-{os.getuid()}"
    server = os.environ.get("TEST_DATABASE_URL") or embedded_postgres(folder, durable=False)
    name = f"bench_{uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(server).set(database=name)
    migrate(url.render_as_string(hide_password=False))
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


if __name__ == "__main__":
    main()
