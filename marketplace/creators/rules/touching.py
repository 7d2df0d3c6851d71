"""Finding the subjects that a channel's last posts touch, with the posts that show it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from marketplace.creators.rules.subject_words import WORDS
from marketplace.creators.rules.subjects import Subject
from marketplace.kernel.words import key_of

POSTS_LOOKED_AT: Final = 30
"""The last posts of a channel that say what it is about now."""
COUNTS_FROM: Final = 2
"""A subject counts when so many posts touch it: one word once is no habit."""
CAPTION_MOST: Final = 500

_SUBJECT_OF: Final[Mapping[str, Subject]] = {
    key_of(word): subject for subject, words in WORDS.items() for word in words.split()
}
_WORD: Final = re.compile(r"\w+")


class Post(NamedTuple):
    """What is known of the words of one post. key: the platform's id of it."""

    published_at: datetime
    hashtags: Sequence[str]
    caption: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Touched:
    """One post that touches a subject, and by which of its words."""

    published_at: datetime
    words: Sequence[str]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A subject and the posts that touch it, the newest first. of: how many were looked at."""

    subject: Subject
    posts: Sequence[Touched]
    of: int

    @property
    def counts(self) -> bool:
        """Whether a brand that avoids the subject is not shown the creator."""
        return len(self.posts) >= COUNTS_FROM

    @property
    def words(self) -> list[str]:
        """The words that showed it, each once."""
        return list(dict.fromkeys(word for post in self.posts for word in post.words))


def subjects_in(post: Post) -> dict[Subject, list[str]]:
    """Return the subjects that a post touches, each with the words that say so.

    Its hashtags, the words of its caption, and any two of them that follow each other.
    """
    found: dict[Subject, list[str]] = {}
    spoken = _WORD.findall(post.caption)
    pairs = [f"{one} {other}" for one, other in pairwise(spoken)]
    for word in dict.fromkeys([*post.hashtags, *spoken, *pairs]):
        subject = _SUBJECT_OF.get(key_of(word))
        if subject is not None and word.lower() not in map(str.lower, found.get(subject, ())):
            found.setdefault(subject, []).append(word)
    return found


def findings(posts: Sequence[Post], *, cleared: Mapping[Subject, datetime]) -> list[Finding]:
    """Return what the last posts touch, in the order of the subjects.

    posts: the newest first. cleared: up to when staff found that the posts do not touch a subject.
    """
    looked_at = posts[:POSTS_LOOKED_AT]
    found: dict[Subject, list[Touched]] = {}
    for post in looked_at:
        for subject, words in subjects_in(post).items():
            if subject not in cleared or post.published_at > cleared[subject]:
                found.setdefault(subject, []).append(Touched(post.published_at, words, post.key))
    return [
        Finding(subject, found[subject], len(looked_at)) for subject in Subject if subject in found
    ]


def counting(found: Sequence[Finding]) -> list[Subject]:
    """Return the subjects of those findings that count."""
    return [each.subject for each in found if each.counts]
