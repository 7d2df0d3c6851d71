"""An offer is accepted: its terms are frozen and its money is committed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.collaborations import queries
from marketplace.collaborations.models import Collaboration, Offer, UsageGrant
from marketplace.collaborations.rules import (
    OFFER_LIFE,
    ApplicationEvent,
    CollaborationState,
    OfferEvent,
    OfferState,
    Party,
    other_party,
    too_little_money,
    usage_until,
)
from marketplace.collaborations.service.exclusivity import check_free
from marketplace.collaborations.service.moves import (
    answering,
    end_offer,
    lock_application,
    lock_open_campaign,
    move_application,
    name_of,
    tell_party,
)
from marketplace.collaborations.service.resting import lock_free_money
from marketplace.creators import service as creators
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import in_words
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.matching import queries as matching
from marketplace.store.locks import lock_row


def agree(session: Session, *, offer_id: UUID, actor: Actor, now: datetime) -> Collaboration:
    """Agree to the other side's open offer: its terms are frozen and its money is committed.

    1. Lock the creator, so that nobody promises themselves to two brands at once, the campaign, so
       that two acceptances cannot promise the same money, then the application, so that two tabs
       cannot both accept.
    2. Refuse a creator who is another brand's at the time.
    3. Commit the fee, and the bonus at most, in the ledger; without the money no agreement.
    4. Write the collaboration with the views expected now, which later ones are held against, the
       usage grant and the exclusivity. What is owed is the room above's: whoever accepts for a
       person calls ``accept_offer`` of deliverables, which makes it in the same transaction.

    A second time raises Conflict. Raises NotFound, NotPermitted, Conflict.
    """
    seen = queries.offer_seen_by(session, actor, offer_id)
    party = answering(seen, actor, "accept this offer")
    creator = lock_row(session, Creator, seen.creator_id)
    campaign = lock_open_campaign(session, seen.campaign_id, now=now)
    application = lock_application(session, seen.application_id)
    offer = _still_open(lock_row(session, Offer, offer_id), now=now)
    check_free(session, creator, campaign, exclusive=offer.exclusive, actor=actor)
    expected = matching.expected_views(session, offer.creator_id, now=now)
    collaboration = Collaboration(
        id=new_id(),
        campaign_id=campaign.id,
        creator_id=offer.creator_id,
        brand_id=campaign.brand_id,
        offer_id=offer.id,
        state=CollaborationState.ACTIVE,
        agreed_at=now,
        expected_views=expected and expected.median,
        expected_low=expected and expected.low,
        expected_high=expected and expected.high,
    )
    _commit_fee(session, offer, collaboration, actor=actor, now=now)
    end_offer(offer, OfferEvent.ACCEPT, now=now)
    move_application(application, ApplicationEvent.AGREE, now=now)
    session.add(collaboration)
    session.flush()  # the grant's foreign key needs the row; no relationship orders them
    session.add(grant_of(offer, collaboration, now=now))
    _bind(session, offer, collaboration)
    _tell_agreed(session, offer, collaboration, party, now=now)
    return collaboration


def _still_open(offer: Offer, *, now: datetime) -> Offer:
    if offer.state is OfferState.ACCEPTED:
        raise Conflict("This offer was agreed already")
    if offer.state is OfferState.OPEN and offer.expires_at <= now:
        raise Conflict("The time to answer this offer is over")
    if not OFFER_LIFE.allows(offer.state, OfferEvent.ACCEPT):
        raise Conflict(f"This offer is not open any more: it was {offer.state.value}")
    return offer


def _commit_fee(
    session: Session, offer: Offer, collaboration: Collaboration, *, actor: Actor, now: datetime
) -> None:
    promised = events.committed_to(collaboration.id)
    left = lock_free_money(
        session, offer.campaign_id, currency=offer.currency, also=[promised], now=now
    )
    if offer.most > left.free:
        frozen = books.balance_of(
            session, events.campaign_frozen(offer.campaign_id), currency=offer.currency
        )
        raise Conflict(too_little_money(left=left, needed=offer.most, frozen=frozen))
    event = events.committed(
        collaboration_id=collaboration.id,
        revision=1,
        campaign_id=offer.campaign_id,
        amount=offer.most,
        free=left.free,
        memo="Fee of an accepted offer" + (", and its bonus at most" if offer.bonus else ""),
    )
    ledger.write_entry(session, event, occurred_at=now, actor=actor)


def grant_of(offer: Offer, collaboration: Collaboration, *, now: datetime) -> UsageGrant:
    """The rights that an offer gives for what is made under it, from today on."""
    return UsageGrant(
        id=new_id(),
        collaboration_id=collaboration.id,
        media=offer.usage_media,
        territory="worldwide",
        starts_on=now.date(),
        until_on=usage_until(queries.owed_under(offer), usage_days=offer.usage_days),
    )


def _bind(session: Session, offer: Offer, collaboration: Collaboration) -> None:
    if offer.exclusive is not None:
        creators.bind(
            session,
            collaboration_id=collaboration.id,
            creator_id=collaboration.creator_id,
            brand_id=collaboration.brand_id,
            category=offer.exclusive.category,
            starts_on=offer.exclusive.starts_on,
            until_on=offer.exclusive.until_on,
        )


def _tell_agreed(
    session: Session, offer: Offer, collaboration: Collaboration, party: Party, *, now: datetime
) -> None:
    name = offer.application.campaign.name
    tell_party(
        session,
        offer.application,
        other_party(party),
        kind="offer_accepted",
        title=f"{name_of(offer, party)} accepted your offer",
        text=f"“{name}” for {in_words(offer.fee)}: the fee is set aside, work can begin.",
        page=f"collaborations/{collaboration.id}",
        key=offer.id,
        now=now,
    )
