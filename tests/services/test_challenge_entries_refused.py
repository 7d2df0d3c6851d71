"""A brand refuses an entry to its challenge, for a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.challenges import queries, service
from marketplace.challenges.models import ChallengeEntry
from marketplace.deliverables.rules import PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
)
from tests.conftest import NOON
from tests.factories.challenges import (
    COUNTED,
    enter,
    make_challenge,
    paste,
)


def refuse(
    session: Session,
    entry: ChallengeEntry,
    actor: Actor,
    *,
    reason: str = "It shows another brand.",
    now: datetime = NOON + timedelta(days=1),
) -> None:
    service.refuse_entry(session, entry_id=entry.id, reason=reason, actor=actor, now=now)
    session.flush()


def test_a_refused_entry_leaves_the_board_and_may_be_replaced(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice)
    post = enter(session, opened, bea, video_id="71", views=[(NOON + timedelta(hours=3), 500)])
    entry = session.scalars(select(ChallengeEntry)).one()

    refuse(session, entry, alice)

    session.refresh(post)
    assert (post.state, post.refusal) == (
        PostState.REFUSED,
        "Acme Kitchen took it out: It shows another brand.",
    )
    assert queries.board_of(session, opened, now=NOON + timedelta(days=1)).lines == []
    with pytest.raises(Conflict, match="no live post"):
        refuse(session, entry, alice)
    again = paste(session, opened, bea, video_id="72", at=NOON + timedelta(days=2))
    assert again.state is PostState.CHECKING


def test_who_may_not_refuse_an_entry(
    session: Session, acme: Brand, alice: Actor, bea: Actor, mallory: Actor, vic: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice)
    post = enter(session, opened, bea, video_id="71", views=[(COUNTED, 500)])
    entry = session.scalars(select(ChallengeEntry)).one()

    with pytest.raises(NotFound):
        refuse(session, entry, mallory)
    with pytest.raises(NotPermitted):
        refuse(session, entry, vic)
    with pytest.raises(InvalidInput, match="which rule"):
        refuse(session, entry, alice, reason=" ")
    service.award(session, challenge_id=opened.id, now=COUNTED)
    with pytest.raises(Conflict, match="until the prizes are awarded"):
        refuse(session, entry, alice, now=COUNTED)

    session.refresh(post)
    assert post.state is PostState.VERIFIED
