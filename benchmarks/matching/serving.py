"""The pages of a brand as a server gives them: by a process that has done nothing else.

What invents a market and lays it out leaves a heap that is full of holes, in which everything takes
longer, as no server's is.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from benchmarks.matching import invented, vectors
from benchmarks.matching.asking import asker
from marketplace.kernel.actor import Actor
from marketplace.matching import columns

ROUNDS: Final = 7
IN_A_ROW: Final = 24
SETTLING: Final = 2


class Served(NamedTuple):
    """Milliseconds each. theirs: of the reference, in turn with the pages."""

    whole: list[float]
    parts: list[float]
    again: list[float]
    theirs: list[float]


def served(engine: Engine, folder: str, place: Path, count: int) -> Served:
    """Ask a new process for a brand's matches, beside a reference over so many vectors."""
    with Session(engine, expire_on_commit=False) as session:
        owner, campaign_id = invented.brand_with_a_campaign(session)
    url = engine.url.render_as_string(hide_password=False)
    address = f"/brand/campaigns/{campaign_id}/matches"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as server:
        return server.submit(_serve, url, folder, place, owner, address, count).result()


def _serve(url: str, folder: str, place: Path, owner: Actor, address: str, count: int) -> Served:
    """Each wish is a new one, so that no ranking is remembered; and one that is read again.

    Some of each at a time, the first two of them and the whole first round not counted: what goes
    through all vectors leaves nothing else in the processor's caches.
    """
    vectors.multiply_as_served()
    columns.use_folder(str(place))
    columns.stay_warm()
    others = vectors.invented(count)
    ask = asker(create_engine(url), folder, place, owner)
    wish = f"{address}?wish=1&age_to=4&country=US&words=cooking"
    found = Served([], [], [], [])
    cases: list[tuple[list[float], Callable[[str], float]]] = [
        (found.whole, ask),
        (found.parts, lambda each: ask(f"{each}&gender=female", part=True)),
        (found.again, lambda _: ask(address)),
        (found.theirs, lambda _: vectors.reference(others)),
    ]
    for number in range(ROUNDS):
        new = [
            f"{wish}&age_from={each % 2}&followers_least={number * IN_A_ROW + each}"
            for each in range(IN_A_ROW)
        ]
        for times, once in cases:
            took = [once(each) for each in new][SETTLING:]
            times.extend(took if number else [])
    return found
