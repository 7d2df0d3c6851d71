"""What both sides see and fill in the same way: terms, rights in words, offers, collaborations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns.rules import UsageMedia
from marketplace.collaborations import queries
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.collaborations.rules import (
    CollaborationState,
    Exclusive,
    OfferMoney,
    OfferState,
    Party,
    bonus_money,
    category_words,
    money_of,
    money_of_caps,
    offer_money,
    other_party,
    split_fee,
    usage_until,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.terms.rules import Shares
from marketplace.web import render
from marketplace.web.bonus import bonus_in_words
from marketplace.web.offer_forms import OfferForm, filled
from marketplace.web.reader import percent

Section = Callable[[Session, Actor, Collaboration, datetime], Mapping[str, Any]]
"""Adds to the page of a collaboration: names of the template -> values."""

SECTIONS: Final[list[Section]] = []
"""What rooms above put on the page of a collaboration; see ``on_collaboration_page``."""


def on_collaboration_page(section: Section) -> Section:
    """Register a function whose values the page of a collaboration is rendered with.

    ``waiting``, when it gives one, is the sentence that says who waits for whom; ``steps`` replaces
    the line of steps between "Agreed" and "Completed".
    """
    SECTIONS.append(section)
    return section


@dataclass(frozen=True, slots=True)
class MoneyPart:
    """One line of a breakdown."""

    label: str
    value: Money


@dataclass(frozen=True, slots=True)
class MoneySides:
    """What the brand pays beside what the creator receives, as the breakdown shows it."""

    brand_total: Money
    brand_parts: Sequence[MoneyPart]
    creator_total: Money
    creator_parts: Sequence[MoneyPart]


def sides_of(money: OfferMoney, shares: Shares, bonus: OfferMoney | None = None) -> MoneySides:
    """Return an offer's money as two columns that add up, and the shares that made it.

    bonus: the money of its bonus when every post reaches its cap; what may come on top of the
    totals then stands below them.
    """
    brand_parts = [
        MoneyPart("Fee", money.fee),
        MoneyPart(f"Platform fee, {percent(shares.brand)}", money.brand_fee),
    ]
    creator_parts = [
        MoneyPart("Fee", money.fee),
        MoneyPart(f"Platform’s share, {percent(shares.creator)}", -money.creator_share),
    ]
    if shares.brand_tax:
        brand_parts.append(
            MoneyPart(f"Tax on the platform fee, {percent(shares.brand_tax)}", money.brand_tax)
        )
    if shares.withheld:
        creator_parts.append(
            MoneyPart(f"Tax kept back, {percent(shares.withheld)}", -money.withheld)
        )
    if bonus is not None:
        brand_parts += [
            MoneyPart("Bonus for views with its fees, at most", bonus.brand_pays),
            MoneyPart("So in all, at most", money.brand_pays + bonus.brand_pays),
        ]
        creator_parts += [
            MoneyPart("Bonus for views after shares, at most", bonus.creator_receives),
            MoneyPart("So in all, at least", money.creator_receives),
            MoneyPart("So in all, at most", money.creator_receives + bonus.creator_receives),
        ]
    return MoneySides(
        brand_total=money.brand_pays,
        brand_parts=brand_parts,
        creator_total=money.creator_receives,
        creator_parts=creator_parts,
    )


def money_preview(form: OfferForm, currency: str, shares: Shares) -> MoneySides | None:
    """Return both sides' money for what stands in a form now, or None while it does not add up."""
    count = sum(1 for each in form.deliverables if filled(each.form))
    try:
        fee = form.fee.amount_in(currency)
        bonus = form.bonus_in(currency)
    except InvalidInput:
        return None
    if not 0 < count <= fee.minor:
        return None
    caps = money_of_caps(split_fee(bonus.cap, count=count), shares) if bonus else None
    return sides_of(money_of(fee, shares), shares, caps)


def rights_in_words(brand_name: str, *, media: str, days: int | None, until: date | None) -> str:
    """Return a usage grant as one plain sentence. until: the last day, where it is known."""
    where = "on its own channels"
    if media == UsageMedia.PAID:
        where += " and as a paid ad"
    if days is None:
        return f"{brand_name} may show the videos {where}, everywhere, for ever (in perpetuity)."
    end = f", until {render.day(until)}" if until is not None else ""
    return f"{brand_name} may show the videos {where}, everywhere, for {days} days{end}."


def exclusive_in_words(exclusive: Exclusive | None, creator_name: str, brand_name: str) -> str:
    """Return an exclusivity as one plain sentence; empty for none."""
    if exclusive is None:
        return ""
    return (
        f"{creator_name} works in {category_words(exclusive.category)} for {brand_name} alone, from"
        f" {render.day(exclusive.starts_on)} until {render.day(exclusive.until_on)}."
    )


@dataclass(frozen=True, slots=True)
class OwedLine:
    """A deliverable of an offer with its part of the fee."""

    format: str
    description: str
    draft_due_on: date
    publish_by_on: date
    fee: Money


def owed_lines(offer: Offer) -> list[OwedLine]:
    """Return what is owed under an offer, in order, each with its part of the fee."""
    return [
        OwedLine(
            format=each.format,
            description=each.description,
            draft_due_on=each.draft_due_on,
            publish_by_on=each.publish_by_on,
            fee=Money(kept["fee_minor"], offer.currency),
        )
        for each, kept in zip(queries.owed_under(offer), offer.deliverables, strict=True)
    ]


def offer_page(session: Session, actor: Actor, offer_id: UUID) -> dict[str, Any]:
    """Return what the page of an offer shows, the same facts for both sides."""
    offer = queries.offer_seen_by(session, actor, offer_id)
    campaign = offer.application.campaign
    party = queries.party_of(actor, brand_id=campaign.brand_id, creator_id=offer.creator_id)
    is_open = offer.state is OfferState.OPEN
    others = queries.offers_of(session, offer.application_id)
    ties = queries.ties_of(session, creator_id=offer.creator_id, campaign_id=campaign.id)
    return {
        "offer": offer,
        "application": offer.application,
        "campaign": campaign,
        "brand": campaign.brand,
        "creator": offer.application.creator,
        "brief": offer.brief,
        "history": others,
        "collaboration": ties.collaboration,
        "may_answer": is_open and party is not None and party is not offer.made_by,
        "may_withdraw": is_open and party is not None and party is offer.made_by,
        "sides": sides_of(offer_money(offer), offer.shares, bonus_money(offer)),
        "owed": owed_lines(offer),
        "bonus": bonus_in_words(offer.bonus, posts=len(offer.deliverables)),
        "rights": rights_of(offer, brand_name=campaign.brand.name),
        "exclusive": exclusive_in_words(
            offer.exclusive, offer.application.creator.display_name, campaign.brand.name
        ),
        "waiting": _offer_waiting(offer, party),
    }


def open_of(offers: Sequence[Offer]) -> Offer | None:
    """Return the one that waits for its answer."""
    return next((each for each in offers if each.state is OfferState.OPEN), None)


def rights_of(offer: Offer, *, brand_name: str) -> str:
    """Return the usage grant of an offer as one plain sentence with its last day."""
    until = usage_until(queries.owed_under(offer), usage_days=offer.usage_days)
    return rights_in_words(brand_name, media=offer.usage_media, days=offer.usage_days, until=until)


def _offer_waiting(offer: Offer, reader: Party | None) -> str:
    if offer.state is not OfferState.OPEN:
        return ""
    application = offer.application
    if reader is other_party(offer.made_by):
        answering = "you"
    elif offer.made_by is Party.BRAND:
        answering = application.creator.display_name
    else:
        answering = application.campaign.brand.name
    return f"Waiting for {answering} to answer, until {render.moment(offer.expires_at)}."


def collaboration_page(
    session: Session, actor: Actor, collaboration_id: UUID, *, now: datetime
) -> dict[str, Any]:
    """Return what the page of a collaboration shows, with what the rooms above add to it."""
    collaboration = queries.collaboration_seen_by(session, actor, collaboration_id)
    offer, campaign = collaboration.offer, collaboration.campaign
    page: dict[str, Any] = {
        "collaboration": collaboration,
        "campaign": campaign,
        "brand": campaign.brand,
        "creator": collaboration.creator,
        "offer": offer,
        "brief": offer.brief,
        "owed": owed_lines(offer),
        "sides": sides_of(offer_money(offer), offer.shares, bonus_money(offer)),
        "bonus": bonus_in_words(offer.bonus, posts=len(offer.deliverables)),
        "rights": rights_of(offer, brand_name=campaign.brand.name),
        "exclusive": exclusive_in_words(
            offer.exclusive, collaboration.creator.display_name, campaign.brand.name
        ),
        "waiting": "",
        "steps": [
            {
                "label": "Work",
                "state": "now" if collaboration.state is CollaborationState.ACTIVE else "done",
            }
        ],
        "party": queries.party_of(
            actor, brand_id=campaign.brand_id, creator_id=collaboration.creator_id
        ),
    }
    for section in SECTIONS:
        page |= section(session, actor, collaboration, now)
    page["steps"] = [
        {"label": "Agreed", "state": "done", "at": collaboration.agreed_at},
        *page["steps"],
        _last_step(collaboration),
    ]
    return page


def _last_step(collaboration: Collaboration) -> dict[str, Any]:
    if collaboration.state is CollaborationState.ACTIVE:
        return {"label": "Completed", "state": "next"}
    words = "Completed" if collaboration.state is CollaborationState.COMPLETED else "Cancelled"
    return {"label": words, "state": "done", "at": collaboration.ended_at}
