"""Work trends out once a day, and let a campaign ride on one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeAlias
from unicodedata import normalize
from uuid import UUID

from sqlalchemy import Date, TextClause, cast, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind, CampaignState, is_open
from marketplace.creators import queries as creators
from marketplace.creators.models import ChannelVideo
from marketplace.creators.rules import EMPTY_HASHTAGS
from marketplace.deliverables import queries as deliverables
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, InvalidTransition, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.words import key_of
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post
from marketplace.trends import queries
from marketplace.trends.messages import TrendMissed
from marketplace.trends.models import Trend, TrendKind, TrendRide, TrendSnapshot
from marketplace.trends.rules.growth import WINDOW, Phase, estimate
from marketplace.trends.rules.timing import Catch, Timing, live_between, timing_of

LEAST_POSTS: Final = 8
LEAST_CHANNELS: Final = 3
"""What fewer post, or one person alone, is no trend."""
MOST_TRENDS: Final = 500
"""So many of the most posted hashtags, and of the sounds, are looked at each day."""

_Posts: TypeAlias = Callable[[Session, Mapping[str, datetime]], Iterable[Any]]
"""What counts posts by name and day, between two moments."""


@dataclass(slots=True)
class _Counted:
    """What was counted of one trend. days: day -> posts."""

    days: dict[date, int] = field(default_factory=dict)
    channels: int = 0

    @property
    def posts(self) -> int:
        return sum(self.days.values())


def take_snapshots(session: Session, *, now: datetime) -> int:
    """Work out how every trend stands today; return how many. The second time that day nothing.

    Counts the past videos of all channels that we know, of the last WINDOW whole days (UTC): those
    imported and those read from connected channels, where the posts of campaigns are.
    """
    today = now.astimezone(UTC).date()
    if queries.last_taken_on(session) == today:
        return 0
    first = today - timedelta(days=WINDOW)
    written = 0
    for kind, counted in (
        (TrendKind.HASHTAG, _named(session, TrendKind.HASHTAG, _hashtags, first, today)),
        (TrendKind.FORMAT, _formats(session, first, today)),
        (TrendKind.SOUND, _named(session, TrendKind.SOUND, _sounds, first, today)),
    ):
        ids = _trend_ids(session, kind, counted, today=today)
        if kind is TrendKind.HASHTAG:
            _spell(session, counted, between=_between(first, today))
        for name, each in counted.items():
            _write(session, ids[name], each, first=first, today=today)
            written += 1
    return written


def _write(
    session: Session, trend_id: UUID, counted: _Counted, *, first: date, today: date
) -> None:
    counts = [counted.days.get(first + timedelta(days=day), 0) for day in range(WINDOW)]
    session.execute(
        insert(TrendSnapshot)
        .values(
            trend_id=trend_id,
            taken_on=today,
            counts=counts,
            posts=sum(counts),
            channels=counted.channels,
            **asdict(estimate(counts)),
        )
        .on_conflict_do_nothing()
    )


def _named(
    session: Session, kind: TrendKind, posts: _Posts, first: date, today: date
) -> Mapping[str, _Counted]:
    """The most posted hashtags or sounds, and all that campaigns ride on."""
    ridden = set(
        session.scalars(
            select(Trend.name)
            .join(TrendRide, TrendRide.trend_id == Trend.id)
            .where(Trend.kind == kind)
        )
    )
    counted = _by_name(posts(session, _between(first, today)))
    passing = {
        name: each
        for name, each in counted.items()
        if (each.posts >= LEAST_POSTS and each.channels >= LEAST_CHANNELS) or name in ridden
    }
    most = sorted(passing, key=lambda name: (name not in ridden, -passing[name].posts, name))[
        :MOST_TRENDS
    ]
    found = {name: passing[name] for name in most if name not in EMPTY_HASHTAGS}
    return {name: _Counted() for name in ridden} | found


def _hashtags(session: Session, between: Mapping[str, datetime]) -> Iterable[Any]:
    """Posts a day by the key of the word, so that two spellings of one hashtag are one trend."""
    return session.execute(_TAGS, _keyed(session, between))


def _keyed(session: Session, between: Mapping[str, datetime]) -> dict[str, Any]:
    """Return what the statements over hashtags are given: the keys that PostgreSQL cannot make."""
    spelled = session.scalars(_SPELLED, between).all()
    return {**between, "spelled": spelled, "keys": [key_of(tag) for tag in spelled]}


def _sounds(session: Session, between: Mapping[str, datetime]) -> Iterable[Any]:
    """Posts a day by the name of the sound as it is."""
    return session.execute(_SOUNDS, between)


def _formats(session: Session, first: date, today: date) -> Mapping[str, _Counted]:
    band = creators.band_of(ChannelVideo.duration_seconds.expression)
    day = cast(func.timezone("UTC", ChannelVideo.published_at), Date)
    between = _between(first, today)
    known = (
        ChannelVideo.published_at >= between["since"],
        ChannelVideo.published_at < between["until"],
        ChannelVideo.duration_seconds.is_not(None),
    )
    counted = _by_name(
        (name, on, posts, 0)
        for name, on, posts in session.execute(
            select(band, day, func.count()).where(*known).group_by(band, day)
        )
    )
    for name, channels in session.execute(
        select(band, func.count(ChannelVideo.channel_id.distinct())).where(*known).group_by(band)
    ):
        counted[name].channels = channels
    return counted


def _by_name(rows: Iterable[tuple[str, date, int, int]]) -> dict[str, _Counted]:
    counted: dict[str, _Counted] = defaultdict(_Counted)
    for name, day, posts, channels in rows:
        counted[name].days[day] = posts
        counted[name].channels = channels
    return counted


def _between(first: date, today: date) -> dict[str, datetime]:
    return {
        "since": datetime.combine(first, time.min, UTC),
        "until": datetime.combine(today, time.min, UTC),
    }


def _trend_ids(
    session: Session, kind: TrendKind, names: Iterable[str], *, today: date
) -> dict[str, UUID]:
    rows = [
        {"id": new_id(), "kind": kind, "name": name, "spelling": name, "first_seen_on": today}
        for name in names
    ]
    if rows:
        session.execute(insert(Trend).on_conflict_do_nothing(), rows)
    found = session.execute(select(Trend.name, Trend.id).where(Trend.kind == kind)).all()
    return {row.name: row.id for row in found}


def _spell(session: Session, keys: Iterable[str], *, between: Mapping[str, datetime]) -> None:
    """Give each hashtag the spelling that most posts use; of equal ones the first by the alphabet.

    One that was not posted keeps what it had.
    """
    used: dict[str, Counter[str]] = defaultdict(Counter)
    given = {**_keyed(session, between), "wanted": list(keys)}
    for name, tag, posts in session.execute(_SPELLINGS, given):
        used[name][normalize("NFC", tag).lower()] += posts
    tags = select(Trend).where(Trend.kind == TrendKind.HASHTAG, Trend.name.in_(used))
    for trend in session.scalars(tags):
        trend.spelling, _ = min(used[trend.name].items(), key=lambda each: (-each[1], each[0]))


def ride(
    session: Session, *, actor: Actor, campaign_id: UUID, trend_id: UUID | None, now: datetime
) -> TrendRide | None:
    """Have a campaign ride on a trend, on another one, or with None on none any more.

    Raises NotFound, NotPermitted, InvalidTransition (the campaign is closed), InvalidInput (the
    trend is over).
    """
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_edit(campaign.brand_id) or actor.user_id is None:
        raise NotPermitted("choose a trend for this campaign")
    campaign = lock_row(session, Campaign, campaign_id)
    if campaign.state is CampaignState.CLOSED:
        raise InvalidTransition("campaign", campaign.state.value, "ride")
    found = queries.ride_of(session, campaign_id)
    if trend_id is None:
        if found is not None:
            session.delete(found)
        return None
    if queries.snapshot_of(session, trend_id).phase is Phase.OVER:
        raise InvalidInput({"trend": "This trend is over. Choose another one."})
    if found is None:
        found = TrendRide(campaign_id=campaign_id)
        session.add(found)
    found.trend_id, found.warned_on = trend_id, None
    found.chosen_by, found.chosen_at = actor.user_id, now
    return found


def timing_for(
    session: Session, *, campaign: Campaign, snapshot: TrendSnapshot, now: datetime
) -> Timing:
    """When the posts of a campaign can be live, or are, beside how long its trend lives."""
    between = _live_between(campaign, rounds=_rounds_of(session, campaign), now=now)
    return _timing_between(session, between, campaign=campaign, snapshot=snapshot)


def fewer_rounds_help(
    session: Session, *, campaign: Campaign, snapshot: TrendSnapshot, now: datetime
) -> bool:
    """Whether a campaign with rounds of revision would not miss the trend without them."""
    if not _rounds_of(session, campaign):
        return False
    quicker = _live_between(campaign, rounds=0, now=now)
    timing = _timing_between(session, quicker, campaign=campaign, snapshot=snapshot)
    return timing.catch is not Catch.MISSED


def _timing_between(
    session: Session, between: tuple[date, date], *, campaign: Campaign, snapshot: TrendSnapshot
) -> Timing:
    return timing_of(
        between=between,
        measured_on=snapshot.taken_on,
        days_left=snapshot.days_left,
        days_low=snapshot.days_low,
        live_since=deliverables.first_live_on(session, campaign.id),
    )


def _live_between(campaign: Campaign, *, rounds: int, now: datetime) -> tuple[date, date]:
    """In a challenge nobody agrees and nobody reviews: its posts come on any of its days."""
    begins = max(campaign.starts_on, now.astimezone(UTC).date())
    if campaign.kind is CampaignKind.CHALLENGE:
        return begins, max(begins, campaign.ends_on)
    return live_between(begins=begins, rounds=rounds)


def _rounds_of(session: Session, campaign: Campaign) -> int:
    """By its brief as it stands, or as it is being changed."""
    if campaign.kind is CampaignKind.CHALLENGE:
        return 0
    brief = campaigns.draft_brief(session, campaign.id) or campaigns.published_brief(
        session, campaign.id
    )
    return brief.revision_rounds if brief is not None else 0


def warn_who_misses(session: Session, *, campaign_ids: Collection[UUID], now: datetime) -> int:
    """Leave a message for each open campaign of these that would miss its trend, once.

    Returns how many.
    """
    told = 0
    rides = session.scalars(
        select(TrendRide).where(
            TrendRide.campaign_id.in_(campaign_ids), TrendRide.warned_on.is_(None)
        )
    ).all()
    for each in sorted(rides, key=lambda row: row.campaign_id):
        campaign = each.campaign
        if not is_open(state=campaign.state, ends_on=campaign.ends_on, now=now):
            continue
        snapshot = queries.snapshot_of(session, each.trend_id)
        timing = timing_for(session, campaign=campaign, snapshot=snapshot, now=now)
        if timing.catch is Catch.MISSED:
            each.warned_on = now.astimezone(UTC).date()
            post(session, TrendMissed(campaign_id=campaign.id))
            told += 1
    return told


def _posts_a_day(named: str) -> TextClause:
    """The statement that counts posts and channels by name. named: SQL for (v, name)."""
    return text(f"""
WITH named AS (
    SELECT DISTINCT v.channel_id, v.external_id, name,
           (v.published_at AT TIME ZONE 'UTC')::date AS day
    FROM {named}
    WHERE v.published_at >= :since AND v.published_at < :until AND name <> ''
),
of_name AS (SELECT name, count(DISTINCT channel_id) AS channels FROM named GROUP BY name)
SELECT name, day, count(*) AS posts, channels
FROM named JOIN of_name USING (name)
GROUP BY name, day, channels
ORDER BY name, day
""")  # noqa: S608 - both are constants of this module


_SPELLED: Final = text("""
SELECT DISTINCT tag
FROM channel_videos v, jsonb_array_elements_text(v.hashtags) AS tag
WHERE v.published_at >= :since AND v.published_at < :until AND tag !~ '^[A-Za-z0-9]{1,60}$'
""")
"""Hashtags whose key is more than their small letters."""
_TAGGED: Final = """channel_videos v
    CROSS JOIN LATERAL jsonb_array_elements_text(v.hashtags) AS tag
    LEFT JOIN unnest(CAST(:spelled AS text[]), CAST(:keys AS text[])) AS known (spelling, key)
        ON known.spelling = tag
    CROSS JOIN LATERAL coalesce(known.key, lower(tag)) AS name"""
_TAGS: Final = _posts_a_day(_TAGGED)
_SPELLINGS: Final = text(f"""
SELECT name, tag, count(*) AS posts
FROM {_TAGGED}
WHERE v.published_at >= :since AND v.published_at < :until AND name = ANY (CAST(:wanted AS text[]))
GROUP BY name, tag
""")  # noqa: S608 - a constant of this module
_SOUNDS: Final = _posts_a_day("channel_videos v, coalesce(v.sound, '') AS name")
