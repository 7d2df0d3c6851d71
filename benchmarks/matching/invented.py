"""An invented market of any size, made inside PostgreSQL: no creator is copied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, BrandMember, User
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import BriefContent, WantedDeliverable
from marketplace.creators.rules import TOPICS
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.clock import utc_now
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money

COUNTRIES = (
    "US", "BR", "GB", "DE", "FR", "ES", "IT", "MX", "CA", "AU", "IN", "ID", "JP", "KR", "TR", "PL",
    "NL", "SE", "NO", "DK", "FI", "AT", "CH", "BE", "PT", "IE", "NZ", "ZA", "AR", "CL", "CO", "PE",
    "PH", "VN", "TH", "MY", "EG", "MA", "NG", "KE", "GR", "CZ", "HU", "RO", "UA", "LV", "IS", "UY",
)  # fmt: skip
CHUNK = 100_000

_FILL = """
CREATE TEMPORARY TABLE fresh AS
SELECT gen_random_uuid() AS id, gen_random_uuid() AS channel_id, n,
    CAST(:countries AS text[]) AS all_countries,
    (CAST(:countries AS text[]))[1 + floor(random() ^ 2 * :country_count)] AS home,
    (CAST(:topics AS text[]))[1 + floor(random() * :topic_count)] AS topic,
    (CAST(:topics AS text[]))[1 + floor(random() * :topic_count)] AS other_topic,
    greatest(1, exp(8.5 + 1.6 * (random() + random() + random() + random() - 2) * 1.7))::bigint
        AS views,
    random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5
FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n;

INSERT INTO creators (id, display_name, name_words, bio, country, topics, source, created_at)
SELECT id, 'Creator ' || n, ('creator' || n || ' ' || n)::tsvector, '',
    CASE WHEN r5 < 0.9 THEN home END, jsonb_build_array(topic, other_topic), 'imported', now()
FROM fresh;

INSERT INTO channels (id, creator_id, platform, external_id, handle, handle_words, is_main, state,
    follower_count, like_count, video_count, median_views, engagement_rate_bps, top_hashtags,
    scopes)
SELECT channel_id, id, 'tiktok', 'invented:' || id, 'creator' || n,
    ('creator' || n)::tsvector, true, 'listed',
    (views * (1 + 6 * r1))::bigint, 0, 100, CASE WHEN r2 < 0.97 THEN views END, 700,
    (SELECT jsonb_agg(DISTINCT topic || floor(power(random(), 3) * 200 + k * 0))
     FROM generate_series(1, 2 + (n % 5)) AS k),
    '[]' FROM fresh;

INSERT INTO audience_snapshots (id, channel_id, source, sample_size, taken_at, age, gender, country,
    interest, language)
SELECT gen_random_uuid(), channel_id,
    CASE WHEN r1 < 0.3 THEN 'platform' ELSE 'self_reported' END, (10 ^ (1 + 4 * r2))::int,
    now() - interval '20 days',
    jsonb_build_object('18-24', (6000 * r3)::int, '25-34', (3500 * r4)::int, '13-17', 300),
    jsonb_build_object('female', (9700 * r5)::int, 'male', (9700 * (1 - r5))::int),
    jsonb_build_object(home, 3000 + (5000 * r4)::int,
        all_countries[1 + floor(random() * cardinality(all_countries))], (1500 * r1)::int),
    '{}', '{}'
FROM fresh WHERE r3 < 0.85;

INSERT INTO rate_cards (id, creator_id, format, fee_minor, currency)
SELECT gen_random_uuid(), id, 'video',
    greatest(500, (views * exp(1.2 * (r4 + r5 - 1)))::bigint / 10 * 10),
    CASE WHEN r1 < 0.9 THEN 'USD' ELSE 'EUR' END
FROM fresh WHERE r2 < 0.8;

DROP TABLE fresh;
"""


def fill(engine: Engine, count: int) -> None:
    """Invent so many creators, each with a channel; most have an audience and a rate."""
    with engine.begin() as connection:
        connection.execute(text("SELECT setseed(0.5)"))
    for first in range(1, count + 1, CHUNK):
        values: dict[str, Any] = {
            "countries": list(COUNTRIES),
            "country_count": len(COUNTRIES),
            "topics": list(TOPICS),
            "topic_count": len(TOPICS),
            "first": first,
            "last": min(count, first + CHUNK - 1),
        }
        with engine.begin() as connection:
            for statement in _FILL.split(";\n"):
                if statement.strip():
                    connection.execute(text(statement), values)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def brand_with_a_campaign(session: Session) -> tuple[Actor, UUID]:
    """Make a brand whose owner has published a campaign; returns both."""
    now = utc_now()
    user = User(
        id=new_id(), email="owner@example.test", name="Owner", password_hash="!", link_serial=0,
        session_serial=0, email_confirmed_at=now, created_at=now,
    )  # fmt: skip
    brand = Brand(id=new_id(), name="Brand", country="US", created_at=now)
    session.add_all([user, brand])
    session.flush()
    session.add(BrandMember(brand_id=brand.id, user_id=user.id, role=Role.OWNER, joined_at=now))
    actor = Actor(user_id=user.id, brands={brand.id: Role.OWNER})
    campaign = campaigns.draft_campaign(
        session, brand_id=brand.id, name="Suppers", budget=Money(500_000, "USD"),
        starts_on=now.date(), ends_on=(now + timedelta(days=60)).date(), category="food",
        actor=actor, now=now,
    )  # fmt: skip
    session.flush()
    campaigns.save_brief(
        session, campaign_id=campaign.id, actor=actor, now=now,
        content=BriefContent(
            summary="A supper.",
            deliverables=(WantedDeliverable("video", "A supper", 1),),
            target_age={"18-24": 5_000, "25-34": 5_000},
            target_gender={"female": 10_000},
            target_country={"US": 9_000, "CA": 1_000},
            target_interests=("cooking", "home"),
            fee_low=Money(10_000, "USD"), fee_high=Money(90_000, "USD"),
        ),
    )  # fmt: skip
    session.flush()
    campaigns.publish(session, campaign_id=campaign.id, actor=actor, now=now)
    session.commit()
    return actor, campaign.id
