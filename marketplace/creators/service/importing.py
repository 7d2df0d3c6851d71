"""Taking many creators, their past videos and what they share of viewers from files.

Rows are copied into a temporary table in batches, so that memory stays bounded, and from there into
the real ones in a few statements. What is in the market already and says the same is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.creators.rules import AudienceSource, CoAudienceSource
from marketplace.creators.service.reading import recompute_figures
from marketplace.kernel.ids import new_id
from marketplace.store.names import in_column

BATCH: Final = 5_000

Refuse: TypeAlias = Callable[[int, str, str], None]
"""Told of each row that is not taken: its line, the column, the reason."""


class CreatorRow(NamedTuple):
    """A creator in a file. key: the file's own id, which finds the creator again.

    No text may hold a tab, a line break, a backslash or a NUL; a key has at most 64 characters.
    """

    line: int
    key: str
    follower_count: int
    like_count: int
    video_count: int


class VideoRow(NamedTuple):
    """A past video in a file.

    hashtags: a JSON list of texts, as COPY takes it: each backslash doubled. published_unix: in
    seconds. sound: what its sound is called, empty where the file does not say; what is known
    already then stays. The other texts are as in CreatorRow.
    """

    line: int
    external_id: str
    key: str
    published_unix: int
    hashtags: str
    duration_seconds: int
    views: int
    likes: int
    comments: int
    shares: int
    sound: str


class CoAudienceRow(NamedTuple):
    """Of ``sample`` people who watch a creator, how many watch another one too.

    observed_on: an ISO date. The other texts are as in CreatorRow.
    """

    line: int
    key: str
    other: str
    sample: int
    shared: int
    source: CoAudienceSource
    observed_on: str


class AudienceRow(NamedTuple):
    """What the audience of a creator's channel was made of on a day, by somebody's word.

    taken_on: an ISO date. sample: people behind the shares, 0 where nobody says. age, gender,
    country, language, interest: JSON of labels to basis points, checked. key is as in CreatorRow.
    """

    line: int
    key: str
    source: AudienceSource
    taken_on: str
    sample: int
    age: str
    gender: str
    country: str
    language: str
    interest: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did. taken: new or changed. unchanged: in the market already, the same."""

    taken: int
    unchanged: int


def import_creators(
    session: Session, rows: Iterable[CreatorRow], *, refuse: Refuse, now: datetime
) -> Taken:
    """Take creators with their listed channels; the same rows a second time change nothing.

    The first of two rows with one key is taken, the later is refused.
    """
    copied = _copy_in(
        session,
        "incoming_creators",
        # A short text keeps PostgreSQL from making a TOAST table and its index beside this one,
        # which is half of what a file of a few rows costs.
        "line bigint, key varchar(64), follower_count bigint, like_count bigint,"
        " video_count bigint, name varchar(80), words text",
        (
            (*row, name, in_column(name))
            for row, name in ((row, f"Creator {row.key}") for row in rows)
        ),
    )
    refused = _refuse_repeated(session, "incoming_creators", "key", "creator", refuse)
    known = _count(session, _SAME_CREATORS)
    session.execute(text(_NEW_CREATORS), {"now": now})
    session.execute(text(_CHANNELS_OF_CREATORS))
    session.execute(text("DROP TABLE incoming_creators"))
    return Taken(taken=copied - refused - known, unchanged=known)


def import_videos(session: Session, rows: Iterable[VideoRow], *, refuse: Refuse) -> Taken:
    """Take past videos of imported creators and work out the figures of the channels they change.

    The first of two rows with one id is taken, the later is refused; so is a video of a creator who
    was never imported. The same rows a second time change nothing.
    """
    copied = _copy_in(
        session,
        "incoming_videos",
        "line bigint, external_id text, key text, published_unix bigint, hashtags jsonb, "
        "duration_seconds bigint, views bigint, likes bigint, comments bigint, shares bigint, "
        "sound text",
        rows,
    )
    refused = _refuse_repeated(session, "incoming_videos", "external_id", "id", refuse)
    for line, key in session.execute(text(_STRANGERS.format(table="incoming_videos"))):
        refuse(line, "creator", f"unknown creator {key}: import creators first")
        refused += 1
    changed = session.execute(text(_CHANGED_VIDEOS)).all()
    taken = sum(count for _, count in changed)
    recompute_figures(session, channel_ids=[channel_id for channel_id, _ in changed])
    session.execute(text("DROP TABLE incoming_videos"))
    return Taken(taken=taken, unchanged=copied - refused - taken)


def import_co_audiences(
    session: Session, rows: Iterable[CoAudienceRow], *, refuse: Refuse
) -> Taken:
    """Take observed overlaps of audiences; the same rows a second time change nothing.

    One observation for each direction of two creators: a newer one takes the place of what is
    known. The first of two rows for one direction is taken, the later is refused; so is a row that
    names a creator who was never imported, or is older than what is known. Two imports at once go
    one after the other, so that what is recorded later never bears an earlier moment.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('co_audiences'))"))
    copied = _copy_in(
        session,
        "incoming_co_audiences",
        "line bigint, key varchar(64), other varchar(64), sample bigint, shared bigint,"
        " source varchar(16), observed_on date",
        rows,
    )
    refused = _refuse_repeated(
        session, "incoming_co_audiences", "key || ' and ' || other", "other", refuse
    )
    for line, column, key in session.execute(text(_STRANGERS_OF_CO_AUDIENCES)):
        refuse(line, column, f"unknown creator {key}: import creators first")
        refused += 1
    for line, known in session.execute(text(_OLDER_CO_AUDIENCES)):
        refuse(line, "observed_on", f"is older than what is known, of {known}")
        refused += 1
    taken = len(session.execute(text(_CHANGED_CO_AUDIENCES)).all())
    session.execute(text("DROP TABLE incoming_co_audiences"))
    return Taken(taken=taken, unchanged=copied - refused - taken)


def import_audiences(session: Session, rows: Iterable[AudienceRow], *, refuse: Refuse) -> Taken:
    """Take what audiences are made of; the same rows a second time change nothing.

    Snapshots stay: other figures of the same source and day are one more, which stands from then
    on. The first of two rows for one creator, source and day is taken, the later is refused; so is
    a row that names a creator who was never imported.
    """
    copied = _copy_in(
        session,
        "incoming_audiences",
        "id uuid, line bigint, key varchar(64), source varchar(16), taken_on date, sample bigint,"
        " age jsonb, gender jsonb, country jsonb, language jsonb, interest jsonb",
        ((new_id(), *row) for row in rows),
    )
    refused = _refuse_repeated(
        session,
        "incoming_audiences",
        "key || ' by ' || source || ' of ' || taken_on",
        "creator",
        refuse,
    )
    for line, key in session.execute(text(_STRANGERS.format(table="incoming_audiences"))):
        refuse(line, "creator", f"unknown creator {key}: import creators first")
        refused += 1
    taken = len(session.execute(text(_NEW_AUDIENCES)).all())
    session.execute(text("DROP TABLE incoming_audiences"))
    return Taken(taken=taken, unchanged=copied - refused - taken)


def _copy_in(session: Session, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> int:
    """Copy the rows into a new temporary table and return how many there were."""
    connection = session.connection()
    connection.execute(text(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP"))
    count = 0
    waiting = iter(rows)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        while batch := list(islice(waiting, BATCH)):
            count += len(batch)
            copy.write("".join(["\t".join(map(str, row)) + "\n" for row in batch]))
    connection.execute(text(f"ANALYZE {table}"))
    return count


def _refuse_repeated(session: Session, table: str, key: str, column: str, refuse: Refuse) -> int:
    repeated = session.execute(
        text(
            f"""
            WITH first AS (
                SELECT {key} AS key, min(line) AS line
                FROM {table} GROUP BY {key} HAVING count(*) > 1
            )
            DELETE FROM {table} USING first
            WHERE {table}.{key} = first.key AND {table}.line > first.line
            RETURNING {table}.line, first.line, first.key
            """  # noqa: S608 - the names are constants of this module
        )
    ).all()
    for line, first, value in sorted(repeated):
        refuse(line, column, f"{value} is on line {first} already, which was taken")
    return len(repeated)


def _count(session: Session, statement: str) -> int:
    return int(session.scalar(text(statement)) or 0)


_SAME_CREATORS: Final = """
    SELECT count(*)
    FROM incoming_creators i
    JOIN channels c ON c.platform = 'tiktok' AND c.external_id = i.key
    WHERE (c.follower_count, c.like_count, c.video_count)
          IS NOT DISTINCT FROM (i.follower_count, i.like_count, i.video_count)
"""

_NEW_CREATORS: Final = """
    INSERT INTO creators (id, display_name, name_words, bio, topics, source, import_key,
                          created_at)
    SELECT gen_random_uuid(), name, words::tsvector, '', '[]', 'imported', key, :now
    FROM incoming_creators
    ORDER BY line
    ON CONFLICT (import_key) DO NOTHING
"""

_CHANNELS_OF_CREATORS: Final = """
    INSERT INTO channels (id, creator_id, platform, external_id, is_main, state, follower_count,
                          like_count, video_count, top_hashtags, scopes)
    SELECT gen_random_uuid(), c.id, 'tiktok', i.key, true, 'listed', i.follower_count,
           i.like_count, i.video_count, '[]', '[]'
    FROM incoming_creators i JOIN creators c ON c.import_key = i.key
    ORDER BY i.line
    ON CONFLICT (platform, external_id) DO UPDATE SET
        follower_count = excluded.follower_count,
        like_count = excluded.like_count,
        video_count = excluded.video_count
    WHERE (channels.follower_count, channels.like_count, channels.video_count)
          IS DISTINCT FROM (excluded.follower_count, excluded.like_count, excluded.video_count)
"""

_STRANGERS: Final = """
    DELETE FROM {table} i
    WHERE NOT EXISTS (
        SELECT FROM channels c WHERE c.platform = 'tiktok' AND c.external_id = i.key
    )
    RETURNING i.line, i.key
"""

_CHANGED_VIDEOS: Final = """
    WITH changed AS (
        INSERT INTO channel_videos (channel_id, external_id, published_at, hashtags,
                                    duration_seconds, views, likes, comments, shares, sound)
        SELECT c.id, i.external_id, to_timestamp(i.published_unix), i.hashtags, i.duration_seconds,
               i.views, i.likes, i.comments, i.shares, nullif(i.sound, '')
        FROM incoming_videos i
        JOIN channels c ON c.platform = 'tiktok' AND c.external_id = i.key
        LEFT JOIN channel_videos v ON v.channel_id = c.id AND v.external_id = i.external_id
        WHERE v.channel_id IS NULL
           OR (v.published_at, v.hashtags, v.duration_seconds, v.views, v.likes, v.comments,
               v.shares, v.sound)
              IS DISTINCT FROM
              (to_timestamp(i.published_unix), i.hashtags, i.duration_seconds, i.views, i.likes,
               i.comments, i.shares, coalesce(nullif(i.sound, ''), v.sound))
        ORDER BY c.id, i.line
        ON CONFLICT (channel_id, external_id) DO UPDATE SET
            published_at = excluded.published_at,
            hashtags = excluded.hashtags,
            duration_seconds = excluded.duration_seconds,
            views = excluded.views,
            likes = excluded.likes,
            comments = excluded.comments,
            shares = excluded.shares,
            sound = coalesce(excluded.sound, channel_videos.sound)
        RETURNING channel_id
    )
    SELECT channel_id, count(*) FROM changed GROUP BY channel_id ORDER BY channel_id
"""

_STRANGERS_OF_CO_AUDIENCES: Final = """
    WITH unknown AS (
        DELETE FROM incoming_co_audiences i
        USING (
            SELECT line,
                   EXISTS (SELECT FROM channels
                           WHERE platform = 'tiktok' AND external_id = key) AS knows_key,
                   EXISTS (SELECT FROM channels
                           WHERE platform = 'tiktok' AND external_id = other) AS knows_other
            FROM incoming_co_audiences
        ) found
        WHERE found.line = i.line AND NOT (knows_key AND knows_other)
        RETURNING i.line,
                  CASE WHEN knows_key THEN 'other' ELSE 'creator' END,
                  CASE WHEN knows_key THEN i.other ELSE i.key END
    )
    SELECT * FROM unknown ORDER BY line
"""

_OLDER_CO_AUDIENCES: Final = """
    WITH older AS (
        DELETE FROM incoming_co_audiences i
        USING channels a, channels b, co_audiences known
        WHERE a.platform = 'tiktok' AND a.external_id = i.key
          AND b.platform = 'tiktok' AND b.external_id = i.other
          AND known.creator_id = a.creator_id AND known.other_id = b.creator_id
          AND known.observed_on > i.observed_on
        RETURNING i.line, known.observed_on
    )
    SELECT * FROM older ORDER BY line
"""

_CHANGED_CO_AUDIENCES: Final = """
    INSERT INTO co_audiences (creator_id, other_id, sample, shared, source, observed_on)
    SELECT a.creator_id, b.creator_id, i.sample, i.shared, i.source, i.observed_on
    FROM incoming_co_audiences i
    JOIN channels a ON a.platform = 'tiktok' AND a.external_id = i.key
    JOIN channels b ON b.platform = 'tiktok' AND b.external_id = i.other
    ORDER BY a.creator_id, b.creator_id
    ON CONFLICT (creator_id, other_id) DO UPDATE SET
        sample = excluded.sample,
        shared = excluded.shared,
        source = excluded.source,
        observed_on = excluded.observed_on,
        recorded_at = excluded.recorded_at
    WHERE (co_audiences.sample, co_audiences.shared, co_audiences.source, co_audiences.observed_on)
          IS DISTINCT FROM
          (excluded.sample, excluded.shared, excluded.source, excluded.observed_on)
    RETURNING creator_id
"""

_NEW_AUDIENCES: Final = """
    INSERT INTO audience_snapshots (id, channel_id, source, sample_size, taken_at, age, gender,
                                    country, language, interest)
    SELECT i.id, c.id, i.source, i.sample, i.moment, i.age, i.gender, i.country, i.language,
           i.interest
    FROM (SELECT *, taken_on::timestamp AT TIME ZONE 'UTC' AS moment FROM incoming_audiences) i
    JOIN channels c ON c.platform = 'tiktok' AND c.external_id = i.key
    LEFT JOIN LATERAL (
        SELECT * FROM audience_snapshots s
        WHERE s.channel_id = c.id AND s.source = i.source AND s.taken_at = i.moment
        ORDER BY s.id DESC LIMIT 1) known ON true
    WHERE (known.sample_size, known.age, known.gender, known.country, known.language,
           known.interest)
          IS DISTINCT FROM (i.sample, i.age, i.gender, i.country, i.language, i.interest)
    ORDER BY i.line
    RETURNING id
"""
