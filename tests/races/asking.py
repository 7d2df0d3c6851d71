"""A process that asks the columns all the time, or one that keeps them up to date, as workers do.

``ask`` ranks, plans and reads a feed in several threads until nobody listens any more, and then
says what it was answered: for each question and moment of the columns, every answer there was.
``refresh`` brings the columns up to date again and again, and says what it did.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.kernel.clock import utc_now
from marketplace.matching import columns, queries
from marketplace.matching.columns import BrokenColumns, Market, blocks, building, source
from marketplace.matching.columns.folder import Version
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.wanted import Wanted
from tests.conftest import NOON

BUDGET = Limits(budget_minor=900_000)
WISHES = [
    Wanted("USD"),
    Wanted("USD", words=("soup",)),
    Wanted("USD", age=frozenset({"18-24"}), words=("travel",)),
    Wanted("USD", gender=frozenset({"female"}), country=frozenset({"US"})),
]
PATIENCE_SECONDS = 300

Question = Callable[[Session], object]


@dataclass
class Heard:
    """What was answered. answers: question -> moment of the columns -> each answer once.

    torn: how many answers were thrown away because zeros were put where a file had ended. alone:
    how often PostgreSQL answered. failed: what was refused.
    """

    answers: dict[str, dict[str, list[object]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    asked: int = 0
    torn: int = 0
    alone: int = 0
    failed: list[str] = field(default_factory=list)


def questions(engine: Engine) -> Mapping[str, Question]:
    """Everything that is asked, by name, of the first campaign and creator. JSON can say it."""
    with Session(engine) as session:
        campaign_id = session.scalars(select(Campaign.id).order_by(Campaign.id)).first()
        creator_id = session.scalars(select(Creator.id).order_by(Creator.id)).first()
    assert campaign_id is not None
    assert creator_id is not None

    def plan(session: Session) -> object:
        wanted = queries.wanted_for(session, campaign_id)
        found = queries.plan_for(session, wanted, PlanWish(limits=BUDGET), now=NOON)
        names = [who.display_name for who, _, _ in found.picks]
        return [names, found.cost_minor, found.explained.people, found.looked_at, found.of]

    def feed(session: Session) -> object:
        found = queries.feed_for(session, creator_id=creator_id, now=NOON)
        return [[str(line.brief.id), line.fit, line.against_usual] for line in found.page.rows]

    def ranking(wanted: Wanted) -> Question:
        def look(market: Market) -> object:
            found = columns.rank(market, wanted)
            ids = market.ids_at(found.rows.tolist())
            return [str(ids[0]), hash(tuple(ids)), len(ids), found.candidates, market.count]

        return lambda session: columns.ask(session, look, now=NOON)

    ranked = {f"rank {number}": ranking(wanted) for number, wanted in enumerate(WISHES)}
    return {**ranked, "plan": plan, "feed": feed}


def answers(engine: Engine, place: Path | str) -> dict[str, object]:
    """What is answered to everything when nothing happens, by the columns or without them."""
    columns.use_folder(str(place))
    with Session(engine) as session:
        return {name: question(session) for name, question in questions(engine).items()}


def ask_on(engine: Engine, *, threads: int) -> Heard:
    """Ask everything once, then in so many threads a question until standard input ends, and once.

    Each question has threads of its own, as pages do not wait for each other.
    """
    heard, told, asked = Heard(), threading.Lock(), questions(engine)
    moment, done = threading.local(), threading.Event()
    watch(heard, moment)

    def ask(name: str) -> None:
        answer = None
        with Session(engine) as session:
            try:
                answer = asked[name](session)
            except Exception as refused:
                heard.failed.append(f"{name}: {refused!r}")
        with told:
            heard.asked += 1
            known = heard.answers[name][moment.at]
            if answer not in known:
                known.append(answer)

    def go_on(name: str) -> None:
        while not done.is_set():
            ask(name)

    for name in asked:
        ask(name)
    busy = [threading.Thread(target=go_on, args=[name]) for name in asked for _ in range(threads)]
    for thread in busy:
        thread.start()
    say("asking")
    sys.stdin.read()
    done.set()
    for thread in busy:
        thread.join(PATIENCE_SECONDS)
    for name in asked:
        ask(name)
    return heard


def watch(heard: Heard, moment: threading.local) -> None:
    """Notice of which moment the market is that each thread is shown, and what was torn."""
    look, stand_in, as_it_was = source._look, source._stand_in, source._is_as_it_was

    def looked() -> tuple[Market, Version]:
        found = look()
        moment.at = found[0].refreshed_at.isoformat()
        return found

    def was_as_it_was(market: Market, version: Version) -> bool:
        heard.torn += version.maps.are_torn
        return as_it_was(market, version)

    def stood_in(session: Session, *, now: datetime) -> Market:
        heard.alone += 1
        moment.at = "alone"
        return stand_in(session, now=now)

    source._look, source._stand_in, source._is_as_it_was = looked, stood_in, was_as_it_was


def refresh_on(engine: Engine, place: Path, *, pause: float) -> list[list[object]]:
    """Refresh until standard input ends; some prices have changed each time."""
    done = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
    say("refreshing")
    made: list[list[object]] = []
    while not done.wait(pause):
        began = time.monotonic()
        with Session(engine) as session:
            session.execute(
                text("UPDATE rate_cards SET fee_minor = fee_minor + 1 WHERE fee_minor < 90000")
            )
            session.commit()
            try:
                built = columns.refresh(session, place, now=utc_now())
                made.append([built.rows, built.is_new, round(time.monotonic() - began, 2)])
            except BrokenColumns as broken:
                made.append([0, str(broken), round(time.monotonic() - began, 2)])
    return made


def say(word: object) -> None:
    sys.stdout.write(f"{json.dumps(word)}\n")
    sys.stdout.flush()


def keep_to_words() -> None:
    """Let what the solver prints by itself go nowhere: a line is a word of ours."""
    sys.stdout = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def main(what: str, url: str, place: str, size: str, pause: str, threads: str) -> None:
    """Do it, and say at the end what came of it.

    size: of the parts in which a market is gone through, so that a small one has many. pause:
    seconds between two refreshes. threads: that ask each question.
    """
    keep_to_words()
    columns.use_folder(place)
    # A page waits two seconds and looks five times; a busy machine may take longer for a change.
    source.PATIENCE_SECONDS, source.TRIES = PATIENCE_SECONDS, 1_000
    blocks.BLOCK, building.CHUNK = int(size), min(building.CHUNK, int(size) // 12)
    engine = create_engine(url, pool_size=16)
    if what == "refresh":
        say(refresh_on(engine, Path(place), pause=float(pause)))
    else:
        say(vars(ask_on(engine, threads=int(threads))))


if __name__ == "__main__":
    main(*sys.argv[1:])
