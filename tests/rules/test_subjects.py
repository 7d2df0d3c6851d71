"""What the words of posts touch, and what is left alone."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from marketplace.creators.rules import TOPICS
from marketplace.creators.rules.subject_words import WORDS
from marketplace.creators.rules.subjects import Subject
from marketplace.creators.rules.touching import Post, counting, findings, subjects_in
from marketplace.kernel.words import key_of
from tests.conftest import NOON


def post(*hashtags: str, caption: str = "", at: datetime = NOON) -> Post:
    return Post(at, hashtags, caption)


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        (post("beer"), Subject.ALCOHOL),
        (post("Craft_Beer"), Subject.ALCOHOL),
        (post("пиво"), Subject.ALCOHOL),
        (post("ビール"), Subject.ALCOHOL),
        (post(caption="Ein kühles BIER am Abend"), Subject.ALCOHOL),
        (post(caption="My sports betting tips"), Subject.GAMBLING),
        (post("vapelife"), Subject.TOBACCO),
        (post("cannabis"), Subject.DRUGS),
        (post(caption="a day at the gun range"), Subject.WEAPONS),
        (post("nsfw"), Subject.ADULT),
        (post(caption="What the fuck!"), Subject.PROFANITY),
        (post("Bundestagswahl"), Subject.POLITICS),
        (post("true crime"), Subject.SHOCKING),
        (post(caption="C’était un meurtre."), Subject.SHOCKING),
    ],
)
def test_a_subject_is_found_by_its_words_in_many_spellings(said: Post, subject: Subject) -> None:
    assert list(subjects_in(said)) == [subject]


@pytest.mark.parametrize(
    "said",
    [
        post("gingerbeer", "rootbeer", "mocktail"),
        post("nudelipstick", "nude"),
        post(caption="smoking the brisket, one shot of espresso, weeding the beds"),
        post(caption="my glue gun and my massage gun"),
        post("lgbt", "pride", "queer", "muslim", "jewish", "christian", "blackgirlmagic"),
        post("sexeducation", "fordescort", "bet", "highlights"),
        post(),
    ],
)
def test_words_that_say_something_else_or_who_somebody_is_touch_nothing(said: Post) -> None:
    assert subjects_in(said) == {}


def test_a_finding_names_its_words_and_posts_and_counts_from_the_second_post() -> None:
    posts = [
        post("beer", "garden", at=NOON),
        post(caption="Beer and casino", at=NOON - timedelta(days=1)),
        post("travel", at=NOON - timedelta(days=2)),
    ]

    alcohol, gambling = findings(posts, cleared={})

    assert (alcohol.subject, alcohol.of, alcohol.counts) == (Subject.ALCOHOL, 3, True)
    assert [each.published_at for each in alcohol.posts] == [NOON, NOON - timedelta(days=1)]
    assert alcohol.words == ["beer", "Beer"]
    assert (gambling.subject, gambling.words, gambling.counts) == (
        Subject.GAMBLING, ["casino"], False,
    )  # fmt: skip
    assert counting([alcohol, gambling]) == [Subject.ALCOHOL]


def test_only_the_last_thirty_posts_count() -> None:
    posts = [post("travel")] * 29 + [post("beer")] * 2

    [found] = findings(posts, cleared={})

    assert (len(found.posts), found.of, found.counts) == (1, 30, False)


def test_what_was_cleared_counts_again_with_newer_posts_alone() -> None:
    posts = [post("beer", at=NOON + timedelta(days=one)) for one in (2, 1, 0, -1)]

    [found] = findings(posts, cleared={Subject.ALCOHOL: NOON})

    assert [each.published_at for each in found.posts] == [
        NOON + timedelta(days=2), NOON + timedelta(days=1),
    ]  # fmt: skip
    assert findings(posts[2:], cleared={Subject.ALCOHOL: NOON}) == []


def test_no_word_is_of_two_subjects_or_a_topic() -> None:
    keys = Counter(
        (key_of(word), subject) for subject, words in WORDS.items() for word in words.split()
    )
    subjects = Counter(key for key, _ in keys)

    assert [key for key, count in subjects.items() if count > 1] == []
    assert subjects.keys() & {key_of(topic) for topic in TOPICS} == set()
    assert {subject for _, subject in keys} == set(Subject)
