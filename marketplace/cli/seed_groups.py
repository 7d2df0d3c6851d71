"""Invented creators of the demo who ask to be found by a group, each by their own word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle
from typing import Final

from sqlalchemy.orm import Session

from marketplace.creators import service as creators
from marketplace.creators.rules.groups import Group
from marketplace.kernel.actor import Actor

FIRST: Final = 5
EVERY: Final = 4
"""Most creators say nothing, as everywhere; the cast of the demo's stories is before the first."""
GROUPS: Final = tuple(each for each in Group if each is not Group.WOMEN)
"""Nothing that a reader would hold against an invented name."""


def ask_to_be_found(session: Session, people: Sequence[Actor], *, now: datetime) -> None:
    """Let one creator of four ask to be found by one group, so that each group finds some.

    Of those whom one can sign in as, the first does, and so is told which briefs mean them.
    """
    creators.declare_groups(session, actor=people[0], groups=[Group.RURAL], now=now)
    for actor, group in zip(people[FIRST::EVERY], cycle(GROUPS), strict=False):
        creators.declare_groups(session, actor=actor, groups=[group], now=now)
