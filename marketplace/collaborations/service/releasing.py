"""What a collaboration was promised and did not earn is the campaign's again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Final

from sqlalchemy.orm import Session

from marketplace.collaborations.models import Collaboration
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Free, events


class Release(IntEnum):
    """Which time money is released; a collaboration sees each at most once."""

    ENDED_EARLY = 1
    """The work that was called off, with its part of the bonus."""
    REST = 2
    """What is left when everything is earned, such as a bonus that did not reach its cap."""


def release(
    session: Session,
    collaboration: Collaboration,
    *,
    which: int,
    amount: Money,
    actor: Actor,
    now: datetime,
) -> None:
    """Give so much of a locked collaboration's promise back to its campaign; nothing is nothing.

    which: a ``Release``, or the number that ``after_dispute`` gives.

    The platform fee that was taken on it stays with the campaign: it is earned when the money is
    promised to somebody else, and goes back with the unspent budget when the campaign is closed.
    The second time nothing happens. Raises InsufficientBalance for more than is promised.
    """
    if not amount:
        return
    collaboration.released_minor += amount.minor
    event = events.commitment_released(
        collaboration_id=collaboration.id,
        revision=which,
        campaign_id=collaboration.campaign_id,
        rest=amount,
        fee_back=Money(0, amount.currency),
        memo=_MEMOS.get(which, "What a dispute gave back"),
    )
    ledger.write_entry(session, event, occurred_at=now, actor=actor)


def after_dispute(number: int) -> int:
    """Return which release follows from so-manieth dispute of a collaboration, from 1."""
    return max(Release) + number


def promise_again(
    session: Session,
    collaboration: Collaboration,
    *,
    number: int,
    amount: Money,
    free: Free,
    actor: Actor,
    now: datetime,
    is_more: bool = False,
) -> None:
    """Take what went back to the campaign for a locked collaboration again, for a dispute.

    number: of the dispute. is_more: beside what was taken when it was opened. free: of the
    campaign's funds, which are locked; with what rests for what is disputed.
    """
    event = events.committed(
        collaboration_id=collaboration.id,
        revision=2 * number + is_more,
        campaign_id=collaboration.campaign_id,
        amount=amount,
        free=free,
        memo="What a dispute gave the creator" if is_more else "What a dispute is about",
    )
    ledger.write_entry(session, event, occurred_at=now, actor=actor)
    collaboration.released_minor -= amount.minor


def release_rest(
    session: Session, collaboration: Collaboration, *, but: Money, actor: Actor, now: datetime
) -> Money:
    """Give back all that a locked collaboration still has but this; return how much that was."""
    promised = events.committed_to(collaboration.id)
    rest = balances.balance_of(session, promised, currency=but.currency) - but
    release(session, collaboration, which=Release.REST, amount=rest, actor=actor, now=now)
    return rest


_MEMOS: Final[Mapping[int, str]] = {
    Release.ENDED_EARLY: "Work that was called off",
    Release.REST: "What was promised and not earned",
}
