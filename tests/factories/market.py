"""Creators whom a brief can be matched with."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tests.factories.creators import make_audience, make_channel, make_creator, make_rate


def make_hireable(
    session: Session,
    name: str,
    *,
    reach: int = 5_000,
    country: str = "US",
    followers: int = 10_000,
    user_id: UUID | None = None,
    fee_minor: int = 30_000,
) -> UUID:
    """Return a creator with a channel, an audience and a rate.

    reach: of the ages 18 to 24, and of the United States, in basis points.
    """
    creator = make_creator(session, display_name=name, country=country, user_id=user_id)
    channel = make_channel(session, creator_id=creator.id, follower_count=followers)
    make_audience(
        session, channel_id=channel.id, age={"18-24": reach}, country={"US": reach}, interest={}
    )
    make_rate(session, creator_id=creator.id, fee_minor=fee_minor)
    return creator.id
