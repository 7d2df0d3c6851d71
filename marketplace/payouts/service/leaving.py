"""A person leaves: what they have asked or offered is taken back, and their account is closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.collaborations import service as collaborations
from marketplace.creators import queries as creators
from marketplace.creators import service as channels
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotPermitted
from marketplace.payouts import queries
from marketplace.payouts.models import Payout
from marketplace.payouts.service.gathering import gather


def pay_left_over(session: Session, *, actor: Actor, now: datetime) -> list[Payout]:
    """Put what is below the smallest payout and waits for nothing else into payouts after all.

    So a few cents keep nobody's account open. The second time there is nothing left.
    Raises NotPermitted for whoever is no creator.
    """
    if actor.creator_id is None:
        raise NotPermitted("be paid")
    left = queries.left_over(session, creator_id=actor.creator_id, now=now)
    if not left:
        return []
    currencies = {each.currency for each in left}
    return gather(session, creator_ids=[actor.creator_id], now=now, however_little=currencies)


def close_account(session: Session, *, actor: Actor, now: datetime) -> list[str]:
    """Close the account of whoever asks; return the access tokens of channels, to be revoked.

    1. A creator takes back applications and offers, declines invitations, and their channels are
       forgotten: nobody finds or invites them any more, and no agreement can come of it now.
    2. Refuse where work, money or a dispute of theirs, or of a brand that has nobody else, is not
       over.
    3. End every session and free the address.

    Raises NotPermitted for nobody, Conflict with all that keeps the account open.
    """
    if actor.user_id is None:
        raise NotPermitted("close this account")
    tokens = []
    if actor.creator_id is not None:
        collaborations.withdraw_from_all(session, actor=actor, now=now)
        for channel in creators.channels_of(session, creator_id=actor.creator_id):
            token = channels.disconnect(session, actor=actor, channel_id=channel.id)
            tokens += [] if token is None else [token]
    if kept := queries.what_keeps_open(session, actor):
        raise Conflict(" ".join(kept).rstrip("."))
    accounts.close(session, user_id=actor.user_id, now=now)
    return tokens
