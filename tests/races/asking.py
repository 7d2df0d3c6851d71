"""A process that asks the columns all the time, or one that keeps them up to date, as workers do.

``ask`` ranks, plans and reads a feed in several threads until nobody listens any more, and then
says what it was answered: for each question and moment of the columns, every answer there was.
``refresh`` brings the columns up to date again and again, and says what it did.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.kernel.clock import utc_now
from marketplace.matching import columns, queries
from marketplace.matching.columns import BrokenColumns, Market, blocks, building, source
from marketplace.matching.columns import folder as store
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
PATIENCE_SECONDS = 60

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


def questions(campaign_id: UUID, creator_id: UUID) -> Mapping[str, Question]:
    """Everything that is asked, by name. The answers fit into JSON."""

    def plan(session: Session) -> object:
        wanted = queries.wanted_for(session, campaign_id)
        found = queries.plan_for(session, wanted, PlanWish(limits=BUDGET), now=NOON)
        names = [who.display_name for who, _, _ in found.picks]
        return [names, found.cost_minor, found.explained.people, found.looked_at]

    def feed(session: Session) -> object:
        found = queries.feed_for(session, creator_id=creator_id, now=NOON)
        return [[str(line.brief.id), line.fit, line.usual] for line in found.page.rows]

    def ranking(wanted: Wanted) -> Question:
        def look(market: Market) -> object:
            found = columns.rank(market, wanted)
            ids = market.ids_at(found.rows.tolist())
            return [str(ids[0]), hash(tuple(ids)), len(ids), found.candidates, market.count]

        return lambda session: columns.ask(session, look, now=NOON)

    ranked = {f"rank {number}": ranking(wanted) for number, wanted in enumerate(WISHES)}
    return {**ranked, "plan": plan, "feed": feed}


def ask_on(engine: Engine, campaign_id: UUID, creator_id: UUID) -> Heard:
    """Ask everything in two threads a question until standard input ends."""
    heard, told, asked = Heard(), threading.Lock(), questions(campaign_id, creator_id)
    moment = threading.local()
    watch(heard, moment)
    done = threading.Event()

    def go_on(name: str, question: Question) -> None:
        while not done.is_set():
            with Session(engine) as session:
                try:
                    answer = question(session)
                except Exception as refused:
                    answer = None
                    heard.failed.append(f"{name}: {refused!r}")
            with told:
                heard.asked += 1
                known = heard.answers[name][moment.at]
                if answer not in known:
                    known.append(answer)

    with Session(engine) as session:
        for question in asked.values():
            question(session)
    threads = [
        threading.Thread(target=go_on, args=each) for each in asked.items() for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    say("asking")
    sys.stdin.read()
    done.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return heard


def watch(heard: Heard, moment: threading.local) -> None:
    """Notice of which moment the market is that each thread is shown, and what was torn."""
    look, is_cut, stand_in = source._look, store.is_cut, source._stand_in

    def looked() -> tuple[Market, Version]:
        found = look()
        moment.at = found[0].refreshed_at.isoformat()
        return found

    def was_cut(version: Version) -> bool:
        heard.torn += version.maps.is_torn
        return is_cut(version)

    def stood_in(session: Session, *, now: datetime) -> Market:
        heard.alone += 1
        moment.at = "alone"
        return stand_in(session, now=now)

    source._look, store.is_cut, source._stand_in = looked, was_cut, stood_in


def refresh_on(engine: Engine, place: Path) -> list[list[object]]:
    """Refresh until standard input ends; some prices have changed each time."""
    done = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
    say("refreshing")
    made: list[list[object]] = []
    while not done.wait(0.2):
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


def main(what: str, url: str, place: str) -> None:
    """Do it, and say at the end what came of it."""
    columns.use_folder(place)
    blocks.BLOCK = 512  # so that several threads share one ranking
    engine = create_engine(url, pool_size=16)
    building.CHUNK = 40  # so that a build is on its way for long
    if what == "refresh":
        say(refresh_on(engine, Path(place)))
    else:
        with Session(engine) as session:
            campaign_id = session.scalars(select(Campaign.id)).first()
            creator_id = session.scalars(select(Creator.id).order_by(Creator.id)).first()
        assert campaign_id is not None
        assert creator_id is not None
        say(vars(ask_on(engine, campaign_id, creator_id)))


if __name__ == "__main__":
    main(*sys.argv[1:])
