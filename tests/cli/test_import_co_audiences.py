"""``flask creators import`` of common audiences: what is taken, and what cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators.models import CoAudience, Creator
from marketplace.creators.rules import CoAudienceSource
from tests.cli.importing import Importer

CREATORS = "creator,n_followers,n_total_likes,n_total_vids\naa11,1,2,3\nbb22,1,2,3\ncc33,1,2,3\n"
HEAD = "creator,other,sample,shared,source,observed_on\n"
GOOD = "aa11,bb22,2300,874,commenters,2026-11-14\n"


@pytest.fixture
def load(app: Flask, session: Session, tmp_path: Path) -> Load:
    load = Load(app, session, tmp_path / "shared.csv")
    load(CREATORS)
    return load


class Load(Importer):
    """Imports one file, and says what is there then."""

    def kept(self) -> list[tuple[str | None, str | None, int, int, CoAudienceSource, date]]:
        names = {each.id: each.import_key for each in self.session.scalars(select(Creator))}
        found = [
            (names[r.creator_id], names[r.other_id], r.sample, r.shared, r.source, r.observed_on)
            for r in self.session.scalars(select(CoAudience))
        ]
        return sorted(found)


ONE = ("aa11", "bb22", 2_300, 874, CoAudienceSource.COMMENTERS, date(2026, 11, 14))


def test_a_common_audience_is_kept_with_its_sample_source_and_day(load: Load) -> None:
    result = load(HEAD + GOOD)

    assert (result.exit_code, result.stderr) == (0, "")
    assert load.lines(result.stdout) == [
        "shared.csv: 1 common audiences taken, 0 unchanged, 0 refused"
    ]
    assert load.kept() == [ONE]


def test_the_same_file_a_second_time_changes_nothing(load: Load) -> None:
    load(HEAD + GOOD)

    result = load(HEAD + GOOD)

    assert load.lines(result.stdout) == [
        "shared.csv: 0 common audiences taken, 1 unchanged, 0 refused"
    ]
    assert load.kept() == [ONE]


def test_both_directions_are_two_observations(load: Load) -> None:
    load(HEAD + GOOD + "bb22,aa11,400,60,panel,2026-11-10\n")

    assert load.kept() == [
        ONE,
        ("bb22", "aa11", 400, 60, CoAudienceSource.PANEL, date(2026, 11, 10)),
    ]


def test_a_newer_observation_takes_the_place_and_an_older_is_refused(load: Load) -> None:
    load(HEAD + GOOD)
    first = queries.co_audiences_as_of(load.session)
    newer = load(HEAD + "aa11,bb22,90,9,panel,2026-11-15\n")
    second = queries.co_audiences_as_of(load.session)

    older = load(HEAD + GOOD)

    assert (newer.exit_code, older.exit_code) == (0, 1)
    assert load.lines(older.stderr) == [
        "shared.csv:2 observed_on: is older than what is known, of 2026-11-15"
    ]
    assert load.kept() == [("aa11", "bb22", 90, 9, CoAudienceSource.PANEL, date(2026, 11, 15))]
    assert first is not None
    assert second is not None
    assert first < second == queries.co_audiences_as_of(load.session)


def test_each_bad_row_is_one_line_and_the_good_one_is_taken(load: Load) -> None:
    rows = [
        "aa11,aa11,10,1,panel,2026-11-14",
        "aa11,zz99,10,1,panel,2026-11-14",
        "zz99,aa11,10,1,panel,2026-11-14",
        "aa11,cc33,10,11,panel,2026-11-14",
        "aa11,cc33,-10,1,panel,2026-11-14",
        "aa11,cc33,0,0,panel,2026-11-14",
        "aa11,cc33,10,38%,panel,2026-11-14",
        "aa11,cc33,10,1,hearsay,2026-11-14",
        "aa11,cc33,10,1,panel,14.11.2026",
        "aa11,cc33,10,1,panel,2099-01-01",
        "aa11,,10,1,panel,2026-11-14",
        "aa11,cc33,10,1,panel",
        "aa11,bb22,9,1,panel,2026-11-15",
    ]

    result = load(HEAD + GOOD + "\n".join(rows) + "\n")

    assert result.exit_code == 1
    assert load.lines(result.stderr) == [
        "shared.csv:3 other: is aa11 again: an audience is shared with somebody else",
        "shared.csv:6 shared: 11 of 10 people are more than 100 %",
        "shared.csv:7 sample: -10 is negative",
        "shared.csv:8 sample: is 0: nobody was looked at",
        "shared.csv:9 shared: 38% is not a whole number",
        "shared.csv:10 source: hearsay is none of commenters, followers, panel, platform",
        "shared.csv:11 observed_on: 14.11.2026 is not a date like 2026-11-14",
        "shared.csv:12 observed_on: 2099-01-01 is not between 2005 and today",
        "shared.csv:13 other: is empty",
        "shared.csv:14 row: has 5 columns, the first line has 6",
        "shared.csv:15 other: aa11 and bb22 is on line 2 already, which was taken",
        "shared.csv:4 other: unknown creator zz99: import creators first",
        "shared.csv:5 creator: unknown creator zz99: import creators first",
    ]
    assert load.lines(result.stdout) == [
        "shared.csv: 1 common audiences taken, 0 unchanged, 13 refused"
    ]
    assert load.kept() == [ONE]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ((HEAD + GOOD).encode("utf-16"), "shared.csv:1 header: is UTF-16: save the file as UTF-8"),
        (
            b"creator,other,share\naa11,bb22,38\n",
            "shared.csv:1: missing columns for common audiences: "
            "sample, shared, source, observed_on",
        ),
    ],
)
def test_a_file_that_cannot_be_taken_at_all_changes_nothing(
    load: Load, content: bytes, line: str
) -> None:
    load(HEAD + GOOD)

    result = load(content)

    assert result.exit_code == 1
    assert load.lines(result.stderr) == [f"{line}; nothing of this file was taken"]
    assert load.kept() == [ONE]


def test_only_what_two_of_the_creators_asked_for_share_is_found(load: Load) -> None:
    assert queries.co_audiences_as_of(load.session) is None
    load(HEAD + GOOD + "aa11,cc33,9,1,panel,2026-11-15\n")
    ids = {each.import_key: each.id for each in load.session.scalars(select(Creator))}

    found = queries.co_audiences_among(load.session, [ids["aa11"], ids["bb22"]])

    assert queries.co_audiences_as_of(load.session) is not None
    assert [(each.creator_id, each.other_id, each.shared) for each in found] == [
        (ids["aa11"], ids["bb22"], 874)
    ]
