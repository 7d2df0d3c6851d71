"""A brand promises prizes, and opens a challenge once their money is there."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns import service as campaign_service
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind, CampaignState
from marketplace.challenges import queries
from marketplace.challenges.models import Challenge
from marketplace.challenges.rules.life import LIFE, ChallengeEvent, ChallengeState
from marketplace.challenges.rules.prizes import Promise
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import left_in_words
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, InvalidTransition, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.sentences import Sentence
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.store.locks import lock_row


def save_promise(
    session: Session,
    *,
    campaign_id: UUID,
    promise: Promise,
    entries_until: date,
    actor: Actor,
    now: datetime,
) -> Challenge:
    """Write down what a drafted challenge pays, and until when entries are taken.

    Raises NotFound, NotPermitted, Conflict for another kind of campaign, InvalidTransition once it
    is published, InvalidInput.
    """
    campaign = _locked(session, campaign_id, actor, "change the prizes of this challenge")
    if campaign.state is not CampaignState.DRAFT:
        raise InvalidTransition("challenge", campaign.state.value, "edit")
    if problems := queries.problems_of(session, campaign, promise, entries_until, now=now):
        raise InvalidInput(problems)
    found = queries.challenge_of(session, campaign_id)
    if found is None:
        found = Challenge(
            id=new_id(),
            campaign_id=campaign_id,
            campaign=campaign,
            state=ChallengeState.DRAFT,
            won_minor=0,
        )
        session.add(found)
    found.pool = promise.pool
    found.split = promise.split
    found.prizes = [each.kept() for each in promise.prizes]
    found.cap_minor = None if promise.cap is None else promise.cap.minor
    found.least_views = promise.least_views
    found.entries_until = entries_until
    return found


def open_challenge(
    session: Session, *, campaign_id: UUID, actor: Actor, now: datetime
) -> Challenge:
    """Publish a challenge: its prizes are set aside, and from here on nothing of it changes.

    Raises NotFound, NotPermitted, InvalidTransition, InvalidInput for what is still missing or
    does not fit any more, and Conflict when the campaign does not hold the pool.
    """
    campaign = _locked(session, campaign_id, actor, "publish this challenge")
    found = queries.challenge_of(session, campaign_id)
    if found is None:
        raise InvalidInput({"pool": "Say what the challenge pays."})
    problems = queries.problems_of(session, campaign, found.promise, found.entries_until, now=now)
    if problems and campaign.state is CampaignState.DRAFT:
        raise InvalidInput(problems)
    campaign_service.publish_challenge(session, campaign_id=campaign_id, actor=actor, now=now)
    found.state = LIFE.next(found.state, ChallengeEvent.OPEN)
    found.opened_at = now
    left = collaborations.lock_free_money(
        session,
        campaign_id,
        currency=campaign.currency,
        also=[events.prize_pool(campaign_id)],
        now=now,
    )
    if found.pool > left.free:
        raise Conflict(
            Sentence(
                "The campaign has {left} and the prizes need {pool}. Add money first: a challenge"
                " opens only when its prizes are set aside",
                left=left_in_words(left),
                pool=found.pool,
            )
        )
    event = events.prizes_set_aside(
        challenge_id=found.id, campaign_id=campaign_id, amount=found.pool, free=left.free
    )
    ledger.write_entry(session, event, occurred_at=now, actor=actor)
    return found


def call_off(session: Session, *, campaign_id: UUID, actor: Actor, now: datetime) -> Campaign:
    """End a challenge that nobody has joined; its prizes are the campaign's again.

    Once a creator has joined, the prizes stay promised until they are awarded.
    Raises NotFound, NotPermitted, InvalidTransition (also the second time), Conflict.
    """
    campaign = _locked(session, campaign_id, actor, "call this challenge off")
    found = queries.challenge_of(session, campaign_id)
    if found is not None:
        joined = queries.entry_count(session, found.id)
        if found.state is ChallengeState.OPEN and joined:
            people = "1 creator has joined" if joined == 1 else f"{joined:,} creators have joined"
            raise Conflict(f"{people}, so the prizes stay promised until they are awarded")
        before = found.state
        found.state = LIFE.next(found.state, ChallengeEvent.CALL_OFF)
        found.ended_at = now
        if before is ChallengeState.OPEN:
            event = events.prizes_returned(
                challenge_id=found.id,
                campaign_id=campaign_id,
                amount=found.pool,
                memo="Nobody had joined",
            )
            ledger.write_entry(session, event, occurred_at=now, actor=actor)
    return campaign_service.close_challenge(session, campaign_id=campaign.id, actor=actor, now=now)


def _locked(session: Session, campaign_id: UUID, actor: Actor, act: str) -> Campaign:
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_edit(campaign.brand_id):
        raise NotPermitted(act)
    if campaign.kind is not CampaignKind.CHALLENGE:
        raise Conflict("This campaign is no challenge")
    return lock_row(session, Campaign, campaign_id)
