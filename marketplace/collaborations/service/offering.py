"""Terms go back and forth until both sides agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.collaborations import queries
from marketplace.collaborations.models import Application, Offer
from marketplace.collaborations.rules import (
    APPLICATION_LIFE,
    OFFER_DAYS,
    OFFER_LIFE,
    ApplicationEvent,
    OfferEvent,
    OfferState,
    Party,
    Terms,
    other_party,
    split_fee,
    terms_problems,
)
from marketplace.collaborations.service.exclusivity import check_free
from marketplace.collaborations.service.moves import (
    answering,
    end_offer,
    lock_application,
    lock_open_campaign,
    move_application,
    name_of,
    open_offer_of,
    side_of,
    tell_party,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import in_words
from marketplace.kernel.sentences import Sentence
from marketplace.store.locks import lock_row
from marketplace.terms.rules import PlatformTerms


def make_offer(
    session: Session,
    *,
    application_id: UUID,
    terms: Terms,
    instead_of: UUID | None,
    actor: Actor,
    now: datetime,
) -> Offer:
    """Put the brand's terms to an applicant; the open offer that they know of is superseded.

    instead_of: the open offer, of either side, that stood when the terms were written; None where
    none did. Another that stands by now was not read: Conflict.

    Pins the version of the brief that counts now. The money need not be there yet: it is asked for
    when the offer is accepted. Raises NotFound, NotPermitted, InvalidTransition, Conflict,
    InvalidInput.
    """
    application = queries.application_seen_by(session, actor, application_id)
    if not actor.may_edit(application.campaign.brand_id):
        raise NotPermitted("make offers for this brand")
    brief = campaigns.published_brief(session, application.campaign_id)
    if brief is None:
        raise NotFound("brief")
    return _put(
        session,
        application,
        Party.BRAND,
        terms=terms,
        brief_id=brief.id,
        expected=instead_of,
        may_begin=True,
        actor=actor,
        now=now,
    )


def counter_offer(
    session: Session, *, offer_id: UUID, terms: Terms, actor: Actor, now: datetime
) -> Offer:
    """Answer the other side's open offer with other terms; the brief stays the one of that offer.

    Raises NotFound, NotPermitted, Conflict when it was answered or replaced before, InvalidInput.
    """
    offer = queries.offer_seen_by(session, actor, offer_id)
    party = answering(offer, actor, "answer this offer")
    return _put(
        session,
        offer.application,
        party,
        terms=terms,
        brief_id=offer.brief_id,
        expected=offer.id,
        may_begin=False,
        actor=actor,
        now=now,
    )


def decline_offer(session: Session, *, offer_id: UUID, actor: Actor, now: datetime) -> Offer:
    """Say no to the other side's offer; the brand may make another.

    Raises NotFound, NotPermitted, Conflict when it was answered before.
    """
    seen = queries.offer_seen_by(session, actor, offer_id)
    party = answering(seen, actor, "answer this offer")
    offer = _end(session, seen, OfferEvent.DECLINE, now=now)
    _tell_other(
        session,
        offer,
        party,
        kind="offer_declined",
        title=f"Offer declined by {name_of(offer, party)}",
        now=now,
    )
    return offer


def withdraw_offer(session: Session, *, offer_id: UUID, actor: Actor, now: datetime) -> Offer:
    """Take one's own open offer back.

    Raises NotFound, NotPermitted, Conflict when it was answered before.
    """
    seen = queries.offer_seen_by(session, actor, offer_id)
    party = side_of(seen, actor)
    if party is not seen.made_by:
        raise NotPermitted("withdraw an offer of the other side")
    offer = _end(session, seen, OfferEvent.WITHDRAW, now=now)
    _tell_other(
        session,
        offer,
        party,
        kind="offer_withdrawn",
        title=f"Offer withdrawn by {name_of(offer, party)}",
        now=now,
    )
    return offer


def expire_offer(session: Session, *, offer_id: UUID, now: datetime) -> bool:
    """Close an offer whose time is over; False when there is nothing to do (any more)."""
    seen = session.get(Offer, offer_id)
    if seen is None:
        return False
    application = lock_application(session, seen.application_id)
    offer = lock_row(session, Offer, offer_id)
    if offer.state is not OfferState.OPEN or offer.expires_at > now:
        return False
    end_offer(offer, OfferEvent.EXPIRE, now=now)
    move_application(application, ApplicationEvent.RETRACT, now=now)
    for party in Party:
        _tell_other(
            session, offer, party, kind="offer_expired", title="An offer has expired", now=now
        )
    return True


def _put(
    session: Session,
    application: Application,
    party: Party,
    *,
    terms: Terms,
    brief_id: UUID,
    expected: UUID | None,
    may_begin: bool,
    actor: Actor,
    now: datetime,
) -> Offer:
    """Put one side's terms in the place of the open offer that is expected to stand.

    may_begin: whether nothing has to stand any more.
    """
    campaign = lock_open_campaign(session, application.campaign_id, now=now)
    platform = campaigns.terms_of(session, campaign, now=now)
    _check_terms(application, terms, platform, now=now)
    check_free(session, application.creator, campaign, exclusive=terms.exclusive, actor=actor)
    application = lock_application(session, application.id)
    before = open_offer_of(session, application)
    _check_read(before, expected=expected, may_begin=may_begin)
    _make_room(session, application, before, now=now)
    offer = _worded(
        application,
        terms,
        platform,
        number=_next_number(session, application),
        made_by=party,
        brief_id=brief_id,
        now=now,
    )
    session.add(offer)
    _tell_of(session, offer, before, now=now)
    return offer


def _check_terms(
    application: Application, terms: Terms, platform: PlatformTerms, *, now: datetime
) -> None:
    problems = terms_problems(
        terms,
        budget=application.campaign.budget,
        shares=platform.shares_for(application.creator.country),
        today=today_somewhere(now),
    )
    if problems:
        raise InvalidInput(problems)


def _check_read(before: Offer | None, *, expected: UUID | None, may_begin: bool) -> None:
    """Refuse terms that were written without knowing of the offer that stands."""
    if before is None:
        if not may_begin:
            raise Conflict("This offer is not open any more")
    elif before.id != expected:
        raise Conflict(_newer(before))


def _make_room(
    session: Session, application: Application, before: Offer | None, *, now: datetime
) -> None:
    """Close the offer that stands, if one does, and let the application have another."""
    APPLICATION_LIFE.next(application.state, ApplicationEvent.OFFER)
    if before is not None:
        end_offer(before, OfferEvent.SUPERSEDE, now=now)
        session.flush()  # one open offer at a time: the index wants the old one closed first
    move_application(application, ApplicationEvent.OFFER, now=now)


def _tell_of(session: Session, offer: Offer, before: Offer | None, *, now: datetime) -> None:
    """Tell the other side of new terms. before: the offer whose place they take."""
    title = f"{name_of(offer, offer.made_by)} offers {in_words(offer.fee)}"
    if before is None:
        _tell_other(session, offer, offer.made_by, kind="offer", title=title, now=now)
        return
    title += ", in place of the offer before"
    _tell_other(session, offer, offer.made_by, kind="counter_offer", title=title, now=now)


def _newer(offer: Offer) -> Sentence:
    return Sentence(
        "{who} has offered {fee} meanwhile, which has to be read first",
        who=name_of(offer, offer.made_by),
        fee=offer.fee,
    )


def _worded(
    application: Application,
    terms: Terms,
    platform: PlatformTerms,
    *,
    number: int,
    made_by: Party,
    brief_id: UUID,
    now: datetime,
) -> Offer:
    """An open offer of these terms."""
    shares = platform.shares_for(application.creator.country)
    return Offer(
        id=new_id(),
        application_id=application.id,
        application=application,
        campaign_id=application.campaign_id,
        creator_id=application.creator_id,
        brief_id=brief_id,
        number=number,
        made_by=made_by,
        fee=terms.fee,
        creator_fee_bps=shares.creator,
        brand_fee_bps=shares.brand,
        fee_tax_bps=shares.brand_tax,
        withheld_bps=shares.withheld,
        hold_days=platform.hold_days,
        bonus_rate_minor=terms.bonus.rate.minor if terms.bonus else None,
        bonus_cap_minor=terms.bonus.cap.minor if terms.bonus else None,
        bonus_days=terms.bonus.days if terms.bonus else None,
        deliverables=_owed(terms),
        usage_media=terms.usage_media,
        usage_days=terms.usage_days,
        revision_rounds=terms.revision_rounds,
        exclusive_category=terms.exclusive.category if terms.exclusive else None,
        exclusive_from_on=terms.exclusive.starts_on if terms.exclusive else None,
        exclusive_until_on=terms.exclusive.until_on if terms.exclusive else None,
        note=terms.note.strip(),
        state=OfferState.OPEN,
        made_at=now,
        expires_at=now + timedelta(days=OFFER_DAYS),
    )


def _owed(terms: Terms) -> list[dict[str, Any]]:
    count = len(terms.deliverables)
    fees = split_fee(terms.fee, count=count)
    caps = split_fee(terms.bonus.cap, count=count) if terms.bonus else [None] * count
    return [
        {
            "format": each.format,
            "description": each.description,
            "fee_minor": fee.minor,
            "draft_due_on": each.draft_due_on.isoformat(),
            "publish_by_on": each.publish_by_on.isoformat(),
        }
        | ({"bonus_cap_minor": cap.minor} if cap else {})
        for each, fee, cap in zip(terms.deliverables, fees, caps, strict=True)
    ]


def _next_number(session: Session, application: Application) -> int:
    last = session.scalar(
        select(func.max(Offer.number)).where(Offer.application_id == application.id)
    )
    return (last or 0) + 1


def _end(session: Session, seen: Offer, event: OfferEvent, *, now: datetime) -> Offer:
    application = lock_application(session, seen.application_id)
    offer = lock_row(session, Offer, seen.id)
    if not OFFER_LIFE.allows(offer.state, event):
        raise Conflict(f"This offer is not open any more: it was {offer.state.value}")
    end_offer(offer, event, now=now)
    move_application(application, ApplicationEvent.RETRACT, now=now)
    return offer


def _tell_other(
    session: Session, offer: Offer, party: Party, *, kind: str, title: str, now: datetime
) -> None:
    tell_party(
        session,
        offer.application,
        other_party(party),
        kind=kind,
        title=title,
        text=f"For “{offer.application.campaign.name}”: {in_words(offer.fee)}.",
        page=f"offers/{offer.id}",
        key=offer.id,
        now=now,
    )
