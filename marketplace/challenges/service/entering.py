"""A creator joins with one click, hands a post in, and may be refused with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.challenges import queries
from marketplace.challenges.messages import ChallengeJoined
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.rules.life import Phase, phase_of
from marketplace.collaborations import service as collaborations
from marketplace.creators import queries as creators
from marketplace.creators.models import Platform
from marketplace.deliverables import queries as posts
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.payouts import queries as payouts
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post

REASON_MOST: Final = 300
TOO_EARLY_OR_LATE: Final = {
    Phase.UPCOMING: "This challenge has not opened yet",
    Phase.COUNTING: "Entries to this challenge are closed",
    Phase.CLOSING: "Entries to this challenge are closed",
    Phase.AWARDED: "This challenge is over",
    Phase.CALLED_OFF: "This challenge was called off",
}


def join(
    session: Session,
    *,
    campaign_id: UUID,
    is_named: bool,
    actor: Actor,
    now: datetime,
) -> ChallengeEntry:
    """Take part in a challenge, by the rules as they are published; nothing is negotiated.

    is_named: whether the public leaderboard shows the creator's name. The version of the rules is
    kept with the entry. A second time raises Conflict. Raises NotFound, NotPermitted (no creator,
    or one of the brand itself), Conflict (entries are not taken now, no confirmed e-mail address,
    no connected channel, payouts stopped by staff, promised to another brand at the time).
    """
    challenge = queries.public_challenge(session, campaign_id)
    campaign = challenge.campaign
    if actor.creator_id is None or actor.user_id is None:
        raise NotPermitted("join challenges; creators can")
    if actor.belongs_to(campaign.brand_id):
        raise NotPermitted("join a challenge of your own brand")
    lock_row(session, Campaign, campaign_id)
    _check_taking(session, challenge, now=now)
    _check_fit(session, actor.creator_id, actor.user_id)
    brief = campaigns.published_brief(session, campaign_id)
    if brief is None:
        raise NotFound("challenge")
    creator = creators.creator_by_id(session, actor.creator_id)
    conditions = campaigns.conditions_in(session, [campaign], country=creator.country, now=now)
    agreed = collaborations.join(
        session,
        brief=brief,
        creator=creator,
        conditions=conditions[campaign_id],
        publish_by=challenge.entries_until,
        actor=actor,
        now=now,
    )
    owed = deliverables.add_entry(
        session,
        agreed,
        wanted=brief.deliverables[0],
        currency=challenge.currency,
        publish_by=challenge.entries_until,
    )
    session.flush()  # the entry's foreign keys need both rows
    entry = ChallengeEntry(
        id=new_id(),
        challenge_id=challenge.id,
        creator_id=actor.creator_id,
        collaboration_id=agreed.id,
        deliverable_id=owed.id,
        is_named=is_named,
        joined_at=now,
    )
    session.add(entry)
    post(session, ChallengeJoined(entry_id=entry.id))
    return entry


def show_name(
    session: Session, *, campaign_id: UUID, is_named: bool, actor: Actor
) -> ChallengeEntry:
    """Show a creator's name on the public leaderboard from now on, or no more.

    Raises NotFound for who has not joined.
    """
    entry = _own_entry(session, queries.public_challenge(session, campaign_id), actor)
    entry.is_named = is_named
    return entry


def hand_in(
    session: Session,
    *,
    campaign_id: UUID,
    platform: Platform,
    external_id: str,
    address: str,
    actor: Actor,
    now: datetime,
) -> PublishedPost:
    """Take the address of a creator's post; a job asks the platform whose it is and since when.

    Raises NotFound for who has not joined, Conflict (entries are not taken now, or a post is being
    checked or counts already), InvalidInput as ``deliverables.take_post`` does.
    """
    challenge = queries.public_challenge(session, campaign_id)
    entry = _own_entry(session, challenge, actor)
    lock_row(session, Campaign, campaign_id)
    _check_taking(session, challenge, now=now)
    return deliverables.take_post(
        session,
        deliverable_id=entry.deliverable_id,
        platform=platform,
        external_id=external_id,
        address=address,
        now=now,
    )


def refuse_entry(
    session: Session,
    *,
    entry_id: UUID,
    reason: str,
    actor: Actor,
    now: datetime,
) -> ChallengeEntry:
    """Take an entry's post out of a challenge whose rules it breaks, before the awards.

    The creator reads the reason, and may hand in another post while entries are taken.
    Raises NotFound, NotPermitted, InvalidInput without a reason, Conflict (no live post, or the
    prizes are awarded).
    """
    challenge, entry = queries.entry_seen_by(session, actor, entry_id)
    if not actor.may_edit(challenge.campaign.brand_id):
        raise NotPermitted("refuse entries; an owner or manager of the brand can")
    if not reason.strip():
        raise InvalidInput({"reason": "Say which rule it breaks: the creator will read it."})
    if len(reason) > REASON_MOST:
        raise InvalidInput({"reason": f"Keep this to {REASON_MOST} characters."})
    lock_row(session, Campaign, challenge.campaign_id)
    session.refresh(challenge, ["state"])
    phase = phase_of(challenge.state, challenge.days, now=now)
    if phase not in (Phase.TAKING, Phase.COUNTING, Phase.CLOSING):
        raise Conflict("Entries can be refused until the prizes are awarded, not after")
    deliverables.refuse_entry(
        session,
        deliverable_id=entry.deliverable_id,
        reason=f"{challenge.campaign.brand.name} took it out: {reason.strip()}",
        actor=actor,
        now=now,
    )
    return entry


def _own_entry(session: Session, challenge: Challenge, actor: Actor) -> ChallengeEntry:
    entry = queries.entry_of(session, challenge_id=challenge.id, creator_id=actor.creator_id)
    if entry is None or actor.creator_id is None:
        raise NotFound("entry")
    return entry


def _check_taking(session: Session, challenge: Challenge, *, now: datetime) -> None:
    """Raise Conflict unless entries are taken now; the campaign is locked."""
    session.refresh(challenge, ["state"])
    phase = phase_of(challenge.state, challenge.days, now=now)
    if phase is not Phase.TAKING:
        raise Conflict(TOO_EARLY_OR_LATE[phase])


def _check_fit(session: Session, creator_id: UUID, user_id: UUID) -> None:
    if not accounts.is_confirmed(session, user_id):
        raise Conflict("Confirm your e-mail address first: the link is in the message we sent you")
    if posts.connected_channel(session, creator_id=creator_id, platform=Platform.TIKTOK) is None:
        raise Conflict("Connect your TikTok account first: your post is read there")
    if payouts.freeze_of(session, creator_id) is not None:
        raise Conflict(
            "Payouts to you are stopped for now, so you cannot join; staff have told why"
        )
