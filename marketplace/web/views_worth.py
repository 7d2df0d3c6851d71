"""What waits for the word on views in question: a bonus, a pledge, a place and its prize."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.authenticity.queries import Question
from marketplace.authenticity.rules.life import OPEN
from marketplace.causes import queries as causes
from marketplace.challenges import queries as challenges
from marketplace.challenges.queries import Standing
from marketplace.deliverables import queries as deliverables
from marketplace.kernel.money import Money
from marketplace.web.bonus import bonus_card, more_if_counted


@dataclass(frozen=True, slots=True)
class Stake:
    """Where an entry to a challenge stands without the views in question, and where with them."""

    now: Standing
    then: Standing


@dataclass(frozen=True, slots=True)
class Waiting:
    """What would be if the views counted, by the last reading.

    bonus: how much more of it the creator receives; None without one that still counts. pledge:
    likewise what the campaign's organisation does. stake: None for a post that is in no challenge.
    """

    bonus: Money | None
    pledge: Money | None
    stake: Stake | None


def waiting_for(session: Session, question: Question, *, now: datetime) -> Waiting | None:
    """Return what waits for the word on a question; None once it is decided."""
    found = question.assessment
    if found.state not in OPEN:
        return None
    return Waiting(
        bonus=_bonus(session, question, now=now),
        pledge=causes.more_if_counted(
            session,
            found.post.deliverable.collaboration.campaign_id,
            views=question.views,
            since=found.held_from,
            now=now,
        ),
        stake=_stake(session, question, now=now),
    )


def _bonus(session: Session, question: Question, *, now: datetime) -> Money | None:
    post = question.assessment.post
    offer = deliverables.sheet_of(session, post.deliverable).offer
    card = bonus_card(session, post.deliverable, offer, post, now=now)
    return None if card is None else more_if_counted(card, offer, question.views)


def _stake(session: Session, question: Question, *, now: datetime) -> Stake | None:
    agreed = question.assessment.post.deliverable.collaboration
    challenge = challenges.challenge_of(session, agreed.campaign_id)
    if challenge is None:
        return None
    without, with_them = (
        challenges.board_of(session, challenge, more=more, now=now).line_of(agreed.creator_id)
        for more in ({}, {agreed.creator_id: question.views})
    )
    return Stake(without, with_them) if without and with_them else None
