"""What is known of creators: the market, one creator, their channels, audience and rates."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.accounts.models import User
from marketplace.creators.models import (
    AudienceSnapshot,
    Channel,
    ChannelState,
    ChannelVideo,
    Creator,
    Platform,
    RateCard,
)
from marketplace.creators.rules import FORMATS, READ_EVERY, Audience, missing_steps
from marketplace.kernel.errors import NotFound
from marketplace.store.paging import PAGE_SIZE, Page

READABLE: Final = (ChannelState.CONNECTED,)


@dataclass(frozen=True, slots=True)
class MarketFilters:
    """What narrows the market; None and "" mean any.

    words: part of a name or handle, or a hashtag with its sign.
    """

    words: str = ""
    country: str | None = None
    topic: str | None = None
    min_followers: int | None = None
    max_followers: int | None = None
    min_views: int | None = None

    def __bool__(self) -> bool:
        return self != MarketFilters()


_VIEWS = (Channel.median_views.desc().nulls_last(), Channel.creator_id)
SORTS: Final[dict[str, tuple[Any, ...]]] = {
    "views": _VIEWS,
    "followers": (Channel.follower_count.desc().nulls_last(), Channel.creator_id),
    "engagement": (Channel.engagement_rate_bps.desc().nulls_last(), Channel.creator_id),
    "name": (func.lower(Creator.display_name), Channel.creator_id),
    "newest": (Creator.created_at.desc(), Channel.creator_id),
}


def creator_id_of(session: Session, *, user_id: UUID) -> UUID | None:
    """The creator this person is, if any."""
    return session.scalar(select(Creator.id).where(Creator.user_id == user_id))


def creator_by_id(session: Session, creator_id: UUID) -> Creator:
    """The creator; raises NotFound. What is on a creator's row is public."""
    found = session.get(Creator, creator_id)
    if found is None:
        raise NotFound("creator")
    return found


def user_id_of(session: Session, creator_id: UUID) -> UUID | None:
    """The person who is this creator; None for one who has not joined."""
    return session.scalar(select(Creator.user_id).where(Creator.id == creator_id))


def market(
    session: Session,
    *,
    filters: MarketFilters,
    sort: str = "views",
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[Channel]:
    """One page of the creators that can be hired: their main channels, each with its creator.

    sort: a key of SORTS; anything else means views.
    """
    conditions, needs_creator = _narrowed(filters)
    counted = select(func.count()).select_from(Channel).where(*conditions)
    if needs_creator:
        counted = counted.join(Channel.creator)
    total = session.scalar(counted) or 0
    number = min(max(1, page), max(1, -(-total // size)))
    statement = (
        select(Channel)
        .join(Channel.creator)
        .where(*conditions)
        .options(contains_eager(Channel.creator))
        .order_by(*SORTS.get(sort, _VIEWS))
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page(rows=session.scalars(statement).all(), number=number, total=total, size=size)


def _narrowed(filters: MarketFilters) -> tuple[list[ColumnElement[bool]], bool]:
    """The conditions for the market, and whether they speak of the creator's own row."""
    conditions: list[ColumnElement[bool]] = [Channel.is_main == true()]
    own: list[ColumnElement[bool]] = []
    words = filters.words.strip()
    if words.startswith("#"):
        conditions.append(Channel.top_hashtags.contains([words[1:].lower()]))
    elif words:
        own.append(
            or_(
                Creator.display_name.icontains(words, autoescape=True),
                Channel.handle.icontains(words.removeprefix("@"), autoescape=True),
            )
        )
    if filters.country:
        own.append(Creator.country == filters.country)
    if filters.topic:
        own.append(Creator.topics.contains([filters.topic]))
    if filters.min_followers is not None:
        conditions.append(Channel.follower_count >= filters.min_followers)
    if filters.max_followers is not None:
        conditions.append(Channel.follower_count <= filters.max_followers)
    if filters.min_views is not None:
        conditions.append(Channel.median_views >= filters.min_views)
    return [*conditions, *own], bool(own)


def market_size(session: Session) -> int:
    """How many creators can be hired."""
    return session.scalar(select(func.count()).select_from(Channel).where(Channel.is_main)) or 0


def countries_in_market(session: Session) -> Sequence[str]:
    """The countries that creators come from, for a filter."""
    return session.scalars(_COUNTRIES).all()


def channel_of(session: Session, *, creator_id: UUID) -> Channel | None:
    """The channel that stands for this creator; None while they have none."""
    return session.scalar(select(Channel).where(Channel.creator_id == creator_id, Channel.is_main))


def channels_of(session: Session, *, creator_id: UUID) -> Sequence[Channel]:
    """Every channel a creator has or had, the main one first."""
    return session.scalars(
        select(Channel)
        .where(Channel.creator_id == creator_id)
        .order_by(Channel.is_main.desc(), Channel.connected_at.desc().nulls_last(), Channel.id)
    ).all()


def channel_by_id(session: Session, channel_id: UUID) -> Channel:
    """The channel with its creator; raises NotFound."""
    found = session.scalar(
        select(Channel).where(Channel.id == channel_id).options(joinedload(Channel.creator))
    )
    if found is None:
        raise NotFound("channel")
    return found


def connected_channel_id(session: Session, *, platform: Platform, external_id: str) -> UUID | None:
    """The connected channel of a platform's account; None while nobody has it connected."""
    return session.scalar(
        select(Channel.id).where(
            Channel.platform == platform,
            Channel.external_id == external_id,
            Channel.state == ChannelState.CONNECTED,
        )
    )


def due_for_reading(session: Session, *, now: datetime, limit: int = 500) -> Sequence[UUID]:
    """The connected channels whose figures are old, the oldest first."""
    return session.scalars(
        select(Channel.id)
        .where(
            Channel.state.in_(READABLE),
            or_(Channel.read_at.is_(None), Channel.read_at <= now - READ_EVERY),
        )
        .order_by(Channel.read_at.nulls_first(), Channel.id)
        .limit(limit)
    ).all()


def videos_of(session: Session, *, channel_id: UUID, limit: int = 12) -> Sequence[ChannelVideo]:
    """The last videos of a channel, the newest first."""
    return session.scalars(
        select(ChannelVideo)
        .where(ChannelVideo.channel_id == channel_id)
        .order_by(ChannelVideo.published_at.desc(), ChannelVideo.external_id.desc())
        .limit(limit)
    ).all()


def video_count(session: Session, *, channel_id: UUID) -> int:
    """How many past videos of a channel we know."""
    counted = select(func.count()).where(ChannelVideo.channel_id == channel_id)
    return session.scalar(counted) or 0


def latest_audience(session: Session, *, channel_id: UUID) -> AudienceSnapshot | None:
    """The newest snapshot of a channel's audience; None while nobody has given one."""
    return session.scalar(
        select(AudienceSnapshot)
        .where(AudienceSnapshot.channel_id == channel_id)
        .order_by(AudienceSnapshot.taken_at.desc(), AudienceSnapshot.id.desc())
        .limit(1)
    )


def audience_in(snapshot: AudienceSnapshot) -> Audience:
    """The shares of a snapshot, as the rules know them."""
    return Audience(
        age=snapshot.age,
        gender=snapshot.gender,
        country=snapshot.country,
        interest=snapshot.interest,
    )


def rates_of(session: Session, *, creator_id: UUID) -> list[RateCard]:
    """A creator's rates by currency, then in the order of FORMATS."""
    cards = session.scalars(select(RateCard).where(RateCard.creator_id == creator_id)).all()
    return sorted(cards, key=lambda card: (card.currency, FORMATS.index(card.format)))


def missing_in_profile(session: Session, *, creator_id: UUID) -> tuple[str, ...]:
    """What this creator should still do before brands can judge them, in the order to do it."""
    creator = creator_by_id(session, creator_id)
    channel = channel_of(session, creator_id=creator_id)
    audience = None if channel is None else latest_audience(session, channel_id=channel.id)
    return missing_steps(
        has_topics=bool(creator.topics),
        has_country=creator.country is not None,
        has_channel=channel is not None,
        has_audience=audience is not None,
        has_rates=bool(rates_of(session, creator_id=creator_id)),
    )


@dataclass(frozen=True, slots=True)
class CompactCreator:
    """All that matching needs of one creator, in one row.

    audience: None while nobody has given one. median_views: None while no video is known.
    rates: "format currency", like "video USD" -> minor units for one piece.
    """

    creator_id: UUID
    topics: Sequence[str]
    has_channel: bool
    is_closed: bool
    hashtags: Sequence[str]
    median_views: int | None
    audience: Audience | None
    rates: Mapping[str, int]


def compact_creators(session: Session, *, creator_id: UUID | None = None) -> list[CompactCreator]:
    """The whole market, or one creator of it, in one statement and the order of the ids."""
    if creator_id is not None:
        return compact_creators_of(session, [creator_id])
    return _compact_in(session.execute(_compact_select(some=False)).all())


def compact_creators_of(session: Session, creator_ids: Collection[UUID]) -> list[CompactCreator]:
    """Some creators of the market, in one statement and the order of the ids."""
    rows = session.execute(_compact_select(some=True), {"ids": list(creator_ids)}).all()
    return _compact_in(rows)


def _compact_in(rows: Sequence[Row[UUID, str]]) -> list[CompactCreator]:
    # Everything but the id comes as one JSON text a row, and all of them are read in one go: for
    # ten thousand creators that is several times faster than seven columns of JSON each.
    facts = json.loads(f"[{','.join(text for _, text in rows)}]")
    return [_compact(found, values) for (found, _), values in zip(rows, facts, strict=True)]


@cache
def _compact_select(*, some: bool) -> Select[UUID, str]:
    ids: BindParameter[UUID] = bindparam("ids", expanding=True)
    newest = (
        select(AudienceSnapshot)
        .ext(distinct_on(AudienceSnapshot.channel_id))
        .order_by(
            AudienceSnapshot.channel_id,
            AudienceSnapshot.taken_at.desc(),
            AudienceSnapshot.id.desc(),
        )
    )
    rates = select(
        RateCard.creator_id,
        func.jsonb_object_agg(RateCard.format + " " + RateCard.currency, RateCard.fee_minor).label(
            "rates"
        ),
    ).group_by(RateCard.creator_id)
    if some:
        theirs = select(Channel.id).where(Channel.creator_id.in_(ids))
        newest = newest.where(AudienceSnapshot.channel_id.in_(theirs))
        rates = rates.where(RateCard.creator_id.in_(ids))
    audience, cards = newest.subquery(), rates.subquery()
    facts = func.jsonb_build_array(
        Creator.topics,
        Channel.id.is_not(None),
        User.closed_at.is_not(None),
        Channel.top_hashtags,
        Channel.median_views,
        audience.c.age,
        audience.c.gender,
        audience.c.country,
        audience.c.interest,
        cards.c.rates,
    )
    statement = (
        select(Creator.id, cast(facts, Text))
        .outerjoin(User, User.id == Creator.user_id)
        .outerjoin(Channel, and_(Channel.creator_id == Creator.id, Channel.is_main))
        .outerjoin(audience, audience.c.channel_id == Channel.id)
        .outerjoin(cards, cards.c.creator_id == Creator.id)
        .order_by(Creator.id)
    )
    return statement.where(Creator.id.in_(ids)) if some else statement


def _compact(creator_id: UUID, values: list[Any]) -> CompactCreator:
    """One creator by position: ten thousand are read for every run."""
    topics, has_channel, is_closed, hashtags, views, age, gender, country, interest, rates = values
    return CompactCreator(
        creator_id=creator_id,
        topics=topics,
        has_channel=has_channel,
        is_closed=is_closed,
        hashtags=hashtags or (),
        median_views=views,
        audience=None if age is None else Audience(age, gender, country, interest),
        rates=rates or {},
    )


def _countries() -> Select[str]:
    """Step through the index from one country to the next instead of reading every creator."""
    first = select(func.min(Creator.country).label("code")).cte("steps", recursive=True)
    following = (
        select(func.min(Creator.country)).where(Creator.country > first.c.code).scalar_subquery()
    )
    steps = first.union_all(select(following).where(first.c.code.is_not(None)))
    return select(steps.c.code).where(steps.c.code.is_not(None)).order_by(steps.c.code)


_COUNTRIES: Final = _countries()
