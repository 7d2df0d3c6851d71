"""``flask creators import``: what is taken, what is refused and why, and twice is once."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.cli.creators import import_files
from marketplace.creators import queries
from marketplace.creators.models import Channel, ChannelState, ChannelVideo, Creator
from marketplace.creators.queries import MarketFilters

CREATORS = "creator,n_followers,n_total_likes,n_total_vids,source\n"
VIDEOS = "id,creator,create_time,hashtags,video_length,n_plays,n_likes,n_comments,n_shares\n"
GOOD_VIDEO = "71,aa11,1604700121,soup|fyp,8,1000,80,15,5\n"


@pytest.fixture
def load(app: Flask, session: Session, tmp_path: Path) -> Load:
    return Load(app, session, tmp_path)


class Load:
    """Writes files and imports them."""

    def __init__(self, app: Flask, session: Session, folder: Path) -> None:
        self.app = app
        self.session = session
        self.folder = folder

    def __call__(self, **files: str | bytes) -> Result:
        """Import files, named with __ for the dot, in the order given."""
        paths = []
        for name, content in files.items():
            path = self.folder / name.replace("__", ".")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(str(path))
        result = self.app.test_cli_runner().invoke(import_files, paths)
        self.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    def refusals(self, result: Result) -> list[str]:
        return [line.removeprefix(f"{self.folder}/") for line in result.stderr.strip().splitlines()]

    def said(self, result: Result) -> list[str]:
        return [line.removeprefix(f"{self.folder}/") for line in result.stdout.strip().splitlines()]

    def count(self, model: type) -> int:
        return self.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_may_say_the_sound_of_each_video_and_one_that_does_not_forgets_none(
    load: Load,
) -> None:
    head = VIDEOS.rstrip("\n") + ",sound\n"
    row = "1,aa11,1604700121,soup,8,1,1,1,1"
    said = head + f"{row},\u266c Slow Sunday - The Lanes\n2{row[1:]},\n"
    load(creators__csv=CREATORS + "aa11,1,2,3,top\n", videos__csv=said)

    again = load(videos__csv=VIDEOS + row + "\n")

    assert load.said(again) == ["videos.csv: 0 videos taken, 1 unchanged, 0 refused"]
    sounds = select(ChannelVideo.sound).order_by(ChannelVideo.external_id)
    assert load.session.scalars(sounds).all() == ["Slow Sunday - The Lanes", None]
    changed = load(videos__csv=head + f"{row},Two Steps\n")
    assert load.said(changed) == ["videos.csv: 1 videos taken, 0 unchanged, 0 refused"]


def test_a_sound_that_cannot_be_one_is_refused(load: Load) -> None:
    load(creators__csv=CREATORS + "aa11,1,2,3,top\n")
    row = "aa11,1604700121,soup,8,1,1,1,1"
    head = VIDEOS.rstrip("\n") + ",sound\n"
    rows = [f"1,{row},{'x' * 151}", f"2,{row},a\x07b", f"3,{row},a\\b"]

    result = load(videos__csv=head + "\n".join(rows))

    assert load.refusals(result) == [
        "videos.csv:2 sound: is longer than 150 characters",
        "videos.csv:3 sound: has a backslash, or signs that cannot be shown",
        "videos.csv:4 sound: has a backslash, or signs that cannot be shown",
    ]
    assert load.count(ChannelVideo) == 0


def test_creators_and_videos_show_in_the_market_with_their_figures(load: Load) -> None:
    result = load(
        creators__csv=CREATORS + "aa11,2700000,11200000,22,top\nbb22,10,20,30,suggested\n",
        videos__csv=VIDEOS
        + GOOD_VIDEO
        + "72,aa11,1604593474,Soup|bread,14,3000,100,0,0\n"
        + "73,aa11,1604593400,,9,500,25,0,0\n",
    )

    assert (result.exit_code, load.refusals(result)) == (0, [])
    assert load.said(result) == [
        "creators.csv: 2 creators taken, 0 unchanged, 0 refused",
        "videos.csv: 3 videos taken, 0 unchanged, 0 refused",
    ]
    first, second = queries.market(load.session, filters=MarketFilters()).rows
    assert (first.creator.import_key, first.creator.display_name) == ("aa11", "Creator aa11")
    assert (first.state, first.follower_count) == (ChannelState.LISTED, 2_700_000)
    assert (first.median_views, first.engagement_rate_bps) == (1_000, 500)
    assert first.top_hashtags == ["soup", "bread"]
    assert (second.creator.import_key, second.median_views) == ("bb22", None)
    video = load.session.get_one(ChannelVideo, (first.id, "71"))
    assert (video.published_at.isoformat(), video.duration_seconds, video.hashtags) == (
        "2020-11-06T22:02:01+00:00",
        8,
        ["soup", "fyp"],
    )


def test_the_same_files_a_second_time_change_nothing(load: Load) -> None:
    files = {"creators__csv": CREATORS + "aa11,1,2,3,top\n", "videos__csv": VIDEOS + GOOD_VIDEO}
    load(**files)
    before = load.session.execute(select(Channel.id, Channel.median_views)).all()

    result = load(**files)

    assert result.exit_code == 0
    assert load.said(result) == [
        "creators.csv: 0 creators taken, 1 unchanged, 0 refused",
        "videos.csv: 0 videos taken, 1 unchanged, 0 refused",
    ]
    assert load.session.execute(select(Channel.id, Channel.median_views)).all() == before
    assert (load.count(Creator), load.count(ChannelVideo)) == (1, 1)


def test_new_counts_take_the_place_of_old_ones(load: Load) -> None:
    load(creators__csv=CREATORS + "aa11,1,2,3,top\n", videos__csv=VIDEOS + GOOD_VIDEO)

    result = load(
        creators__csv=CREATORS + "aa11,9,2,3,top\n",
        videos__csv=VIDEOS + GOOD_VIDEO.replace(",1000,", ",4000,"),
    )

    assert load.said(result) == [
        "creators.csv: 1 creators taken, 0 unchanged, 0 refused",
        "videos.csv: 1 videos taken, 0 unchanged, 0 refused",
    ]
    channel = load.session.scalars(select(Channel)).one()
    assert (channel.follower_count, channel.median_views) == (9, 4_000)


def test_files_are_told_apart_by_their_first_line_and_creators_come_first(load: Load) -> None:
    result = load(
        a__csv="\ufeff" + VIDEOS + GOOD_VIDEO,
        b__csv="n_total_vids,creator,n_followers,n_total_likes\r\n3,aa11,1,2\r\n",
    )

    assert (result.exit_code, load.refusals(result)) == (0, [])
    assert load.said(result) == [
        "b.csv: 1 creators taken, 0 unchanged, 0 refused",
        "a.csv: 1 videos taken, 0 unchanged, 0 refused",
    ]
    assert load.session.scalars(select(Channel.video_count)).one() == 3


def test_gzip_is_read_whatever_its_name(load: Load) -> None:
    packed = gzip.compress((CREATORS + "aa11,1,2,3,top\n").encode(), mtime=0)

    result = load(one__csv__gz=packed, two__csv=packed)

    assert load.said(result) == [
        "one.csv.gz: 1 creators taken, 0 unchanged, 0 refused",
        "two.csv: 0 creators taken, 1 unchanged, 0 refused",
    ]


def test_each_bad_row_is_one_line_and_the_good_ones_are_taken(load: Load) -> None:
    rows = [
        "aa11,1,2,3,top",
        "bb22,-5,2,3,top",
        "cc33,many,2,3,top",
        "dd44,1.5,2,3,top",
        "ee55,,2,3,top",
        ",1,2,3,top",
        "f f,1,2,3,top",
        "gg77,1,2,3",
        "aa11,9,2,3,top",
        "hh88,1,2,9999999999999,top",
        "",
        'ii99,1,2,3,"top',
        "jj00,1,2,3,top",
        f"{'k' * 65},1,2,3,top",
    ]

    result = load(creators__csv=CREATORS + "\n".join(rows) + "\n")

    assert result.exit_code == 1
    assert load.refusals(result) == [
        "creators.csv:3 n_followers: -5 is negative",
        "creators.csv:4 n_followers: many is not a whole number",
        "creators.csv:5 n_followers: 1.5 is not a whole number",
        "creators.csv:6 n_followers: is empty",
        "creators.csv:7 creator: is empty",
        "creators.csv:8 creator: f f has signs other than letters, digits, - _ and .",
        "creators.csv:9 row: has 4 columns, the first line has 5",
        "creators.csv:11 n_total_vids: 9999999999999 is more than 1,000,000,000,000: "
        "that cannot be",
        "creators.csv:13 row: opens a quote and does not close it on the same line",
        "creators.csv:15 creator: is longer than 64 characters",
        "creators.csv:10 creator: aa11 is on line 2 already, which was taken",
    ]
    assert load.said(result) == ["creators.csv: 2 creators taken, 0 unchanged, 11 refused"]
    keys = load.session.scalars(select(Creator.import_key).order_by(Creator.import_key)).all()
    assert keys == ["aa11", "jj00"]
    assert (
        load.session.scalars(
            select(Channel.follower_count).where(Channel.external_id == "aa11")
        ).one()
        == 1
    )


def test_a_video_is_refused_for_its_time_length_hashtags_and_creator(load: Load) -> None:
    load(creators__csv=CREATORS + "aa11,1,2,3,top\n")
    rows = [
        "1,aa11,12,soup,8,1,1,1,1",
        "2,aa11,99999999999,soup,8,1,1,1,1",
        "3,aa11,1604700121,soup,86401,1,1,1,1",
        f"4,aa11,1604700121,{'x' * 151},8,1,1,1,1",
        "5,aa11,1604700121,a\x00b,8,1,1,1,1",
        "6,zz99,1604700121,soup,8,1,1,1,1",
        "7,aa11,1604700121,soup,8,1,1,1,-1",
        '8,aa11,1604700121,"a""b|c\\d",8,1,1,1,1',
    ]

    result = load(videos__csv=VIDEOS + "\n".join(rows))

    assert load.refusals(result) == [
        "videos.csv:2 create_time: 12 is no moment between 2005 and now, in seconds",
        "videos.csv:3 create_time: 99999999999 is no moment between 2005 and now, in seconds",
        "videos.csv:4 video_length: 86401 seconds are longer than a day",
        "videos.csv:5 hashtags: has one of more than 150 characters",
        "videos.csv:6 hashtags: has signs that cannot be shown",
        "videos.csv:8 n_shares: -1 is negative",
        "videos.csv:7 creator: unknown creator zz99: import creators first",
    ]
    assert load.session.scalars(select(ChannelVideo.hashtags)).one() == ['a"b', "c\\d"]


def test_a_line_in_another_encoding_is_refused_with_its_byte(load: Load) -> None:
    result = load(
        creators__csv=(CREATORS + "aa11,1,2,3,top\n").encode()
        + "é1,1,2,3,top\n".encode("latin-1")
        + b"cc33,1,2,3,top\n"
    )

    assert load.refusals(result) == ["creators.csv:3 row: byte 1 (0xe9) is not UTF-8"]
    assert load.said(result) == ["creators.csv: 2 creators taken, 0 unchanged, 1 refused"]


def test_a_huge_line_is_refused_and_the_next_is_read(load: Load) -> None:
    huge = "aa11,1,2,3," + "x" * 300_000

    result = load(creators__csv=f"{CREATORS}{huge}\nbb22,1,2,3,top\n")

    assert load.refusals(result) == ["creators.csv:2 row: is longer than 131,072 bytes"]
    assert load.session.scalars(select(Creator.import_key)).all() == ["bb22"]


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a__csv", b"", "a.csv: the file is empty"),
        ("a__csv__gz", gzip.compress(b"", mtime=0), "a.csv.gz: the file is empty"),
        ("a__csv__gz", CREATORS.encode(), "a.csv.gz: is not gzip, though its name says so"),
        (
            "a__csv",
            b"creator,n_followers\naa11,1\n",
            "a.csv:1: missing columns for creators: n_total_likes, n_total_vids",
        ),
        (
            "a__csv",
            CREATORS.replace("source", "creator").encode(),
            "a.csv:1 creator: the column creator is there twice",
        ),
        ("a__csv", CREATORS.encode("utf-16"), "a.csv:1 header: is UTF-16: save the file as UTF-8"),
        (
            "a__csv",
            b"name,age\nx,1\n",
            "a.csv:1: holds neither creators nor videos nor audiences. The first line of "
            "creators is creator,n_followers,n_total_likes,n_total_vids; of videos is "
            "id,creator,create_time,hashtags,video_length,n_plays,n_likes,n_comments,n_shares; of "
            "common audiences is creator,other,sample,shared,source,observed_on; of audiences is "
            "creator,source,taken_on,sample,age,gender,country,language,interest",
        ),
        (
            "a__csv__gz",
            gzip.compress((CREATORS + "aa11,1,2,3,top\n").encode(), mtime=0)[:-8],
            "a.csv.gz:3: the gzip file is damaged or cut off here",
        ),
    ],
)
def test_a_file_that_cannot_be_taken_at_all_changes_nothing(
    load: Load, name: str, content: bytes, line: str
) -> None:
    result = load(**{name: content})

    assert result.exit_code == 1
    assert load.refusals(result)[-1] == f"{line}; nothing of this file was taken"
    assert load.said(result) == []
    assert load.count(Creator) == 0


def test_a_missing_file_does_not_stop_the_others(load: Load) -> None:
    good = load.folder / "good.csv"
    good.write_text(CREATORS + "aa11,1,2,3,top\n")

    result = load.app.test_cli_runner().invoke(
        import_files, [str(load.folder / "gone.csv"), str(load.folder), str(good)]
    )

    assert result.exit_code == 1
    assert load.refusals(result) == [
        "gone.csv: there is no such file; nothing of this file was taken",
        f"{load.folder}: cannot be opened: Is a directory; nothing of this file was taken",
    ]
    assert load.said(result) == ["good.csv: 1 creators taken, 0 unchanged, 0 refused"]


def test_columns_we_do_not_know_are_passed_over_and_named(load: Load) -> None:
    result = load(creators__csv=CREATORS + "aa11,1,2,3,top\n")

    assert load.refusals(result) == []
    result = load(
        creators__csv=CREATORS.replace("source", "colour") + "bb22,1,2,3,red\n",
    )
    assert load.refusals(result) == ["creators.csv: passed over unknown columns: colour"]
    assert result.exit_code == 0
