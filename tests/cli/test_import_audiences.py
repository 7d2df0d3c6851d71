"""``flask creators import`` of audiences: what is taken, and what cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import AudienceSnapshot, Channel, CreatorMark
from marketplace.creators.queries import audience_in
from marketplace.creators.rules import Audience, AudienceSource
from tests.cli.importing import Importer
from tests.conftest import NOON

CREATORS = "creator,n_followers,n_total_likes,n_total_vids\naa11,1,2,3\nbb22,1,2,3\n"
HEAD = "creator,source,taken_on,sample,age,gender,country,language,interest\n"
GOOD = (
    "aa11,platform,2026-11-14,20000,18-24:31.5|25-34:40|55+:0,female:70.25,US:60|DE:5,en:90,"
    "cooking:80|travel:60\n"
)
SHARES = Audience(
    age={"18-24": 3_150, "25-34": 4_000},
    gender={"female": 7_025},
    country={"US": 6_000, "DE": 500},
    language={"en": 9_000},
    interest={"cooking": 8_000, "travel": 6_000},
)


@pytest.fixture
def load(app: Flask, session: Session, tmp_path: Path) -> Load:
    load = Load(app, session, tmp_path / "audiences.csv")
    load(CREATORS)
    return load


class Load(Importer):
    """Imports one file, and says what is there then."""

    def count(self) -> int:
        return self.session.scalar(select(func.count()).select_from(AudienceSnapshot)) or 0

    def channel(self, key: str = "aa11") -> Channel:
        return self.session.scalars(select(Channel).where(Channel.external_id == key)).one()

    def stands(self, key: str = "aa11") -> AudienceSnapshot:
        found = queries.latest_audience(self.session, channel_id=self.channel(key).id)
        assert found is not None
        return found


def test_an_audience_is_kept_with_its_source_day_and_sample(load: Load) -> None:
    marks = select(func.count()).select_from(CreatorMark)
    before = load.session.scalar(marks) or 0

    result = load(HEAD + GOOD)

    assert (result.exit_code, result.stderr) == (0, "")
    assert load.lines(result.stdout) == ["audiences.csv: 1 audiences taken, 0 unchanged, 0 refused"]
    kept = load.stands()
    assert (kept.source, kept.sample_size) == (AudienceSource.PLATFORM, 20_000)
    assert kept.taken_at == datetime(2026, 11, 14, tzinfo=UTC)
    assert audience_in(kept) == SHARES
    assert load.session.scalar(marks) == before + 1


def test_the_same_file_a_second_time_changes_nothing(load: Load) -> None:
    load(HEAD + GOOD)
    first = load.stands().id

    result = load(HEAD + GOOD)

    assert load.lines(result.stdout) == ["audiences.csv: 0 audiences taken, 1 unchanged, 0 refused"]
    assert (load.stands().id, load.count()) == (first, 1)


def test_other_figures_of_the_same_day_stand_from_then_on_and_the_first_ones_stay(
    load: Load,
) -> None:
    load(HEAD + GOOD)
    for sample, taken in (("30000", 1), ("30000", 0), ("20000", 1)):
        result = load(HEAD + GOOD.replace("20000", sample))
        assert load.lines(result.stdout) == [
            f"audiences.csv: {taken} audiences taken, {1 - taken} unchanged, 0 refused"
        ]
        assert load.stands().sample_size == int(sample)
    assert load.count() == 3


def test_what_a_file_says_takes_the_place_of_a_guess(load: Load) -> None:
    creators.record_audience(
        load.session,
        channel_id=load.channel().id,
        audience=Audience(country={"FR": 8_300}),
        sample_size=50,
        source=AudienceSource.INFERRED,
        taken_at=NOON,
    )
    load.session.commit()

    load(HEAD + "aa11,self_reported,2026-10-01,0,,,US:60,,\n")

    assert audience_in(load.stands()) == Audience(country={"US": 6_000})
    assert load.stands().source is AudienceSource.SELF_REPORTED


def test_each_bad_row_is_one_line_and_the_good_one_is_taken(load: Load) -> None:
    rows = [
        "bb22,platform,2026-11-14,100,18-24:60|25-34:60,,,,",
        "bb22,platform,2026-11-14,100,18-24:-5,,,,",
        "bb22,platform,2026-11-14,100,18-24:NaN,,,,",
        "bb22,platform,2026-11-14,100,18-24:1e2,,,,",
        "bb22,platform,2026-11-14,100,18-24:100.01,,,,",
        "bb22,platform,2026-11-14,100,18-24:10|18-24:10,,,,",
        "bb22,platform,2026-11-14,100,young:10,,,,",
        "bb22,platform,2026-11-14,100,,,Germany:10,,",
        "bb22,platform,2026-11-14,100,,,DE,,",
        "bb22,platform,2026-11-14,100,,,,,",
        "bb22,platform,2026-11-14,100,18-24:0,,,,",
        "bb22,platform,2026-11-14,-1,18-24:10,,,,",
        "bb22,platform,2026-11-14,9999999999,18-24:10,,,,",
        "bb22,upload,2026-11-14,100,18-24:10,,,,",
        "bb22,platform,2099-01-01,100,18-24:10,,,,",
        "bb22,platform,14.11.2026,100,18-24:10,,,,",
        "zz99,platform,2026-11-14,100,18-24:10,,,,",
        ",platform,2026-11-14,100,18-24:10,,,,",
        "aa11,platform,2026-11-14,100,18-24:10,,,,",
    ]

    result = load(HEAD + GOOD + "\n".join(rows) + "\n")

    assert result.exit_code == 1
    like = "is not a label and a percentage like 25-34:31.5"
    assert load.lines(result.stderr) == [
        "audiences.csv:3 age: The shares of age add up to 120\xa0%, more than 100\xa0%.",
        f"audiences.csv:4 age: 18-24:-5 {like}",
        f"audiences.csv:5 age: 18-24:NaN {like}",
        f"audiences.csv:6 age: 18-24:1e2 {like}",
        "audiences.csv:7 age: Each share is between 0\xa0% and 100\xa0%.",
        "audiences.csv:8 age: 18-24 is there twice",
        "audiences.csv:9 age: There is no age called young in our list.",
        "audiences.csv:10 country: There is no country called Germany in our list.",
        f"audiences.csv:11 country: DE {like}",
        "audiences.csv:12 age: Enter at least one share: what you leave out counts as not known.",
        "audiences.csv:13 age: Enter at least one share: what you leave out counts as not known.",
        "audiences.csv:14 sample: -1 is negative",
        "audiences.csv:15 sample: is more than 1,000,000,000 people",
        "audiences.csv:16 source: upload is none of platform, self_reported",
        "audiences.csv:17 taken_on: 2099-01-01 is not between 2005 and today",
        "audiences.csv:18 taken_on: 14.11.2026 is not a date like 2026-11-14",
        "audiences.csv:20 creator: is empty",
        "audiences.csv:21 creator: aa11 by platform of 2026-11-14 is on line 2 already, which was"
        " taken",
        "audiences.csv:19 creator: unknown creator zz99: import creators first",
    ]
    assert load.lines(result.stdout) == [
        "audiences.csv: 1 audiences taken, 0 unchanged, 19 refused"
    ]
    assert (load.count(), audience_in(load.stands())) == (1, SHARES)
