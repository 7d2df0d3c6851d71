"""All that matching needs of creators, many at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.creators.queries.audiences import STANDS_FIRST
from marketplace.kernel.days import today_somewhere

MATURE: Final = timedelta(hours=72)
"""By then a video has most of the views of its first weeks."""
VIDEOS_KEPT: Final = 30
"""The last videos of a channel that say what the next can be expected to get."""


class CreatorFacts(NamedTuple):
    """What the market knows of one creator.

    followers, median_views: None where not known. videos: the newest first, each [views, likes,
    whether it has matured, hashtags, seconds or None]. audience_source: None while nobody has
    described the audience; then the shares are empty. is_confirmed: staff saw them in a picture.
    taken_at: epoch seconds. kept, broken: collaborations that ended here, by what came of them.
    away_until: days
    since 1970, 0 for not at all. rates: "format currency", like "video USD" -> minor units for one
    piece. subjects: what the last videos touch of what brands may want to avoid. exclusivities:
    [category, first and last day since 1970, brand] of those that are not over. has_joined: a
    person has signed up for them.
    """

    creator_id: UUID
    country: str | None
    topics: Sequence[str]
    is_closed: bool
    has_channel: bool
    followers: int | None
    median_views: int | None
    hashtags: Sequence[str]
    videos: Sequence[tuple[int, int, int, Sequence[str], int | None]]
    audience_source: str | None
    is_confirmed: bool
    sample_size: int
    taken_at: float
    age: Mapping[str, int]
    gender: Mapping[str, int]
    countries: Mapping[str, int]
    languages: Mapping[str, int]
    kept: int
    broken: int
    away_until: int
    rates: Mapping[str, int]
    subjects: Sequence[str] = ()
    exclusivities: Sequence[tuple[str, int, int, str]] = ()
    has_joined: bool = False


def facts_after(
    session: Session, creator_id: UUID | None, *, size: int, now: datetime
) -> list[CreatorFacts]:
    """The next creators in the order of their ids; from the first for None."""
    found = session.execute(_AFTER, {"after": creator_id or UUID(int=0), "size": size, **_at(now)})
    return _facts_in(found.all())


def facts_of(
    session: Session, creator_ids: Collection[UUID], *, now: datetime
) -> list[CreatorFacts]:
    """Some creators in the order of their ids; who does not exist is left out."""
    found = session.execute(_OF, {"ids": list(creator_ids), **_at(now)})
    return _facts_in(found.all())


def facts_of_most_viewed(session: Session, *, size: int, now: datetime) -> list[CreatorFacts]:
    """The creators whose videos are viewed most, in the order of their ids."""
    found = session.execute(_MOST_VIEWED, {"size": size, **_at(now)})
    return _facts_in(found.all())


def facts_of_some(session: Session, *, size: int, now: datetime) -> list[CreatorFacts]:
    """About so many creators from all over the market, the same ones every time.

    All of them where there are no more.
    """
    count = creator_count(session)
    if count <= size:
        return facts_after(session, None, size=size, now=now)
    found = session.execute(_SOME, {"percent": 100 * size / count, "size": size, **_at(now)})
    return _facts_in(found.all())


def creator_count(session: Session) -> int:
    """How many creators there are, with and without a channel."""
    return int(session.scalar(text("SELECT count(*) FROM creators")) or 0)


def _at(now: datetime) -> dict[str, Any]:
    """What of the facts depends on the time."""
    return {"mature": now - MATURE, "today": today_somewhere(now)}


def _facts_in(rows: Sequence[Any]) -> list[CreatorFacts]:
    # Everything but the id comes as one JSON text a row, and all of them are read in one go: that
    # is several times faster than a dozen columns of JSON each.
    facts = json.loads(f"[{','.join(text for _, text in rows)}]")
    return [CreatorFacts(row[0], *values) for row, values in zip(rows, facts, strict=True)]


_FACTS: Final = """
    SELECT c.id, jsonb_build_array(
        c.country, c.topics, u.closed_at IS NOT NULL, ch.id IS NOT NULL, ch.follower_count,
        ch.median_views, coalesce(ch.top_hashtags, '[]'), coalesce(v.videos, '[]'), a.source,
        a.confirmed_at IS NOT NULL, coalesce(a.sample_size, 0),
        coalesce(extract(epoch FROM a.taken_at), 0),
        coalesce(a.age, '{{}}'), coalesce(a.gender, '{{}}'), coalesce(a.country, '{{}}'),
        coalesce(a.language, '{{}}'), coalesce(k.kept_count, 0), coalesce(k.broken_count, 0),
        coalesce(c.away_until - date '1970-01-01', 0), coalesce(r.rates, '{{}}'),
        coalesce(ch.subjects, '[]'), coalesce(x.exclusivities, '[]'),
        c.user_id IS NOT NULL)::text
    FROM ({chosen}) c
    LEFT JOIN users u ON u.id = c.user_id
    LEFT JOIN creator_records k ON k.creator_id = c.id
    LEFT JOIN channels ch ON ch.creator_id = c.id AND ch.is_main
    LEFT JOIN LATERAL (
        SELECT * FROM audience_snapshots s WHERE s.channel_id = ch.id AND s.set_aside_at IS NULL
        ORDER BY {stands_first} LIMIT 1) a ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(format || ' ' || currency, fee_minor) AS rates
        FROM rate_cards WHERE creator_id = c.id) r ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(category, starts_on - date '1970-01-01',
                                           until_on - date '1970-01-01', brand_id)
                         ORDER BY collaboration_id) AS exclusivities
        FROM exclusivities
        WHERE creator_id = c.id AND ended_at IS NULL AND until_on >= :today) x ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(views, likes, (published_at <= :mature)::int, hashtags,
                                           duration_seconds)
                         ORDER BY published_at DESC, external_id DESC) AS videos
        FROM (SELECT * FROM channel_videos WHERE channel_id = ch.id
              ORDER BY published_at DESC, external_id DESC LIMIT {videos}) last) v ON true
    ORDER BY c.id
"""


def _statement(chosen: str) -> Any:
    return text(_FACTS.format(chosen=chosen, videos=VIDEOS_KEPT, stands_first=STANDS_FIRST))


_AFTER: Final = _statement("SELECT * FROM creators WHERE id > :after ORDER BY id LIMIT :size")
_OF: Final = _statement("SELECT * FROM creators WHERE id = ANY(CAST(:ids AS uuid[]))")
_SOME: Final = _statement(
    "SELECT * FROM creators TABLESAMPLE BERNOULLI (:percent) REPEATABLE (1) LIMIT :size"
)
_MOST_VIEWED: Final = _statement(
    "SELECT creators.* FROM creators JOIN channels m ON m.creator_id = creators.id AND m.is_main"
    " ORDER BY m.median_views DESC NULLS LAST, m.creator_id LIMIT :size"
)
