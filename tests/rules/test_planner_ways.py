"""What one creator of a plan may be asked to make."""

from __future__ import annotations

import pytest

from marketplace.creators.rules import FORMATS
from marketplace.matching.rules.planner.limits import PlanRefused, Rule
from marketplace.matching.rules.planner.ways import (
    NAMES,
    VIEWERS,
    Asked,
    usual_asked,
    way_in,
    way_named,
    way_of,
    ways,
)


def test_every_mixture_within_the_counts_is_a_way() -> None:
    found = ways({"story": (0, 2), "video": (0, 1)})

    assert [each.words for each in found] == [
        "1 video",
        "1 story",
        "1 video and 1 story",
        "2 stories",
        "1 video and 2 stories",
    ]


def test_a_brief_asks_everybody_for_one_of_what_it_names_first() -> None:
    asked = usual_asked({"video": 1, "story": 2})

    assert asked == {"video": (1, 1), "story": (0, 2)}
    assert [each.key for each in ways(asked)] == ["1video", "1video-1story", "1video-2story"]


def test_the_next_piece_finds_fewer_new_people_and_a_story_fewer_than_a_video() -> None:
    assert way_of({"video": 1}).people_each == 1
    assert way_of({"video": 2}).people_each == pytest.approx(1.6)
    assert way_of({"story": 1, "video": 1}).people_each == pytest.approx(1 + 0.6 * 0.25)
    assert way_of({"video": 1, "photo_post": 1, "story": 1}).people_each == pytest.approx(
        1 + 0.6 * 0.44 + 0.36 * 0.25
    )


def test_more_pieces_never_reach_fewer() -> None:
    for few, more in (({"video": 1}, {"video": 1, "live": 1}), ({"story": 2}, {"story": 3})):
        assert way_of(few).people_each < way_of(more).people_each


def test_a_way_is_the_same_by_its_name_and_by_its_rows() -> None:
    way = way_of({"live": 1, "video": 2})

    assert way.key == "2video-1live"
    assert way_named(way.key) == way
    assert way_in(way.rows) == way
    assert way_in([]) is None


@pytest.mark.parametrize(
    "key", ["", "video", "0video", "1film", "1video-1video", "1video-", "100video"]
)
def test_what_is_no_name_of_a_way_is_none(key: str) -> None:
    assert way_named(key) is None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"story": (2, 1)}, "at least 2 stories from one creator and for at most 1"),
        ({"story": (-1, 1)}, "A number of pieces is 0 or more"),
        ({"story": (0, -1)}, "A number of pieces is 0 or more"),
        ({"video": (0, 7)}, "One creator makes at most 6 videos"),
        ({"video": (0, 0)}, "Nothing is to be made"),
        ({"video": (0, 3), "story": (0, 3)}, "These are 15 different things"),
    ],
)
def test_counts_that_nobody_can_obey_are_refused(asked: Asked, words: str) -> None:
    with pytest.raises(PlanRefused, match=words) as refused:
        ways(asked)

    assert refused.value.contradictions[0].rules == (Rule.MAKE,)


def test_every_format_has_a_name_and_a_number_of_viewers() -> None:
    assert set(NAMES) == set(VIEWERS) == set(FORMATS)
