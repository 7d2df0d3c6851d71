"""What is known of chargebacks and fraud warnings, and what we can tell a bank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts import queries as accounts
from marketplace.collaborations import queries as collaborations
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import PostState
from marketplace.funding.models import (
    Charge,
    Chargeback,
    ChargebackAnswer,
    FraudWarning,
    Recovery,
)
from marketplace.funding.rules import LONGEST_EVIDENCE, OVER, WarningState
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import in_words

_WHOLE = (
    joinedload(Chargeback.campaign),
    joinedload(Chargeback.charge).joinedload(Charge.funding),
)
_WARNED = (
    joinedload(FraudWarning.campaign),
    joinedload(FraudWarning.charge).joinedload(Charge.funding),
)
_OPEN: Final = (
    select(Chargeback)
    .where(Chargeback.state.not_in(OVER))
    .options(*_WHOLE)
    .order_by(Chargeback.evidence_due_by.nulls_last(), Chargeback.opened_at)
)
_OPEN_WARNINGS: Final = (
    select(FraudWarning)
    .where(FraudWarning.state == WarningState.OPEN)
    .options(*_WARNED)
    .order_by(FraudWarning.warned_at)
)
ANY_OPEN_CHARGEBACK: Final = _OPEN.exists()
ANY_OPEN_WARNING: Final = _OPEN_WARNINGS.exists()


def chargeback_by_id(session: Session, chargeback_id: UUID) -> Chargeback:
    """A chargeback with its charge and campaign; raises NotFound."""
    found = session.scalar(
        select(Chargeback).where(Chargeback.id == chargeback_id).options(*_WHOLE)
    )
    if found is None:
        raise NotFound("chargeback")
    return found


def open_chargebacks(session: Session) -> Sequence[Chargeback]:
    """Chargebacks whose outcome is open, the nearest deadline first."""
    return session.scalars(_OPEN).all()


def ended_chargebacks(session: Session, *, limit: int) -> Sequence[Chargeback]:
    """Chargebacks that are over, the last first."""
    return session.scalars(
        select(Chargeback)
        .where(Chargeback.state.in_(OVER))
        .options(*_WHOLE)
        .order_by(Chargeback.ended_at.desc())
        .limit(limit)
    ).all()


def chargebacks_of(
    session: Session, *, brand_id: UUID, campaign_id: UUID | None = None
) -> Sequence[Chargeback]:
    """Every chargeback of a brand, or of one of its campaigns, newest first."""
    statement = select(Chargeback).where(Chargeback.brand_id == brand_id)
    if campaign_id is not None:
        statement = statement.where(Chargeback.campaign_id == campaign_id)
    return session.scalars(statement.options(*_WHOLE).order_by(Chargeback.opened_at.desc())).all()


def answers_to(session: Session, chargeback_id: UUID) -> Sequence[ChargebackAnswer]:
    """What staff said to a chargeback, newest first."""
    return session.scalars(
        select(ChargebackAnswer)
        .where(ChargebackAnswer.chargeback_id == chargeback_id)
        .order_by(ChargebackAnswer.answered_at.desc())
    ).all()


def warning_by_id(session: Session, warning_id: UUID) -> FraudWarning:
    """A fraud warning with its charge and campaign; raises NotFound."""
    found = session.scalar(
        select(FraudWarning).where(FraudWarning.id == warning_id).options(*_WARNED)
    )
    if found is None:
        raise NotFound("fraud warning")
    return found


def open_warnings(session: Session) -> Sequence[FraudWarning]:
    """Fraud warnings that wait for staff, oldest first."""
    return session.scalars(_OPEN_WARNINGS).all()


def warnings_of(session: Session, *, campaign_id: UUID) -> Sequence[FraudWarning]:
    """Every fraud warning about payments for a campaign, newest first."""
    return session.scalars(
        select(FraudWarning)
        .where(FraudWarning.campaign_id == campaign_id)
        .options(*_WARNED)
        .order_by(FraudWarning.warned_at.desc())
    ).all()


def recoveries_of(session: Session, *, brand_id: UUID) -> Sequence[Recovery]:
    """What was taken of a brand for what it owes, newest first."""
    return session.scalars(
        select(Recovery).where(Recovery.brand_id == brand_id).order_by(Recovery.recovered_at.desc())
    ).all()


def evidence_for(session: Session, found: Chargeback) -> dict[str, str]:
    """What we can tell a bank by ourselves: the agreements, and the posts that were delivered.

    By the processor's names; none longer than it takes.
    """
    campaign = found.campaign
    agreed = collaborations.collaborations_of_campaign(session, found.campaign_id)
    posts = session.scalars(
        select(PublishedPost)
        .join(Deliverable, Deliverable.id == PublishedPost.deliverable_id)
        .where(
            Deliverable.collaboration_id.in_([each.id for each in agreed]),
            PublishedPost.state == PostState.VERIFIED,
        )
        .order_by(PublishedPost.published_at)
    ).all()
    texts = {
        "product_description": f"The budget of the campaign “{campaign.name}”: creators were hired"
        " to make and publish posts for the brand, under written agreements.",
        "customer_name": accounts.brand_by_id(session, found.brand_id).name,
        "service_date": ", ".join(
            sorted({f"{post.published_at:%Y-%m-%d}" for post in posts if post.published_at})
        ),
        "access_activity_log": "\n".join(
            f"{each.agreed_at:%Y-%m-%d %H:%M} UTC: the brand’s offer of {in_words(each.offer.fee)}"
            f" was accepted by {each.creator.display_name}."
            for each in agreed
        ),
        "uncategorized_text": "\n".join(
            f"Published {post.published_at:%Y-%m-%d}: {post.address}"
            for post in posts
            if post.published_at
        ),
    }
    return {name: text[:LONGEST_EVIDENCE] for name, text in texts.items()}
