"""Behind the first answer of a market that was just opened, what is asked next is worked out.

A process begins with nothing remembered, and so again after each refresh: whoever is the first to
ask for a word, a rule or other pieces waits until everybody's part of it was read. Here that is
done while nobody waits.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Final

from marketplace.creators.rules import AGES, GENDERS, TOPICS
from marketplace.matching.columns.blocks import BLOCK
from marketplace.matching.columns.market import Market
from marketplace.matching.columns.ranking import rank, ranking_of
from marketplace.matching.columns.using import who_use
from marketplace.matching.rules.wanted import Wanted

LATELY: Final = 4
"""So many of the wishes that were ranked last are ranked again: whoever edits a brief goes on."""


def warm_up(market: Market, before: Market | None) -> Future[None] | None:
    """Begin to work out what will be asked of a market, as the one before it was asked.

    A small one is read in no time: nothing is begun, and None returned. What fails here fails
    again, and is told, where somebody asks.
    """
    if market.count <= BLOCK:
        return None
    lately = before.memo.latest("ranking", LATELY) if before else []
    return _behind().submit(_work_out, market, lately)


def _work_out(market: Market, lately: Sequence[Wanted]) -> None:
    rank(market, _usual(market))
    who_use(market, TOPICS)
    for wanted in lately:
        ranking_of(market, wanted)


def _usual(market: Market) -> Wanted:
    """A wish with every part that most wishes have."""
    return Wanted(
        currency=next(iter(market.context.currencies), "USD"),
        age=frozenset(AGES),
        gender=frozenset(GENDERS),
        country=frozenset(market.context.countries[:1]),
    )


@cache
def _behind() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="warming")


os.register_at_fork(after_in_child=_behind.cache_clear)
