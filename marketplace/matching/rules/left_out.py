"""The hard rules: why a creator is not ranked at all. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class LeftOut(StrEnum):
    """Rules that remove a creator before anybody counts, in the order in which they are asked.

    Whoever fails several is counted under the first.
    """

    ACCOUNT_CLOSED = "account_closed"
    NO_CHANNEL = "no_channel"
    NO_VIEWS = "no_views"
    LIVES_ELSEWHERE = "lives_elsewhere"
    OTHER_LANGUAGE = "other_language"
    TOO_FEW_FOLLOWERS = "too_few_followers"
    TOO_MANY_FOLLOWERS = "too_many_followers"
    BLOCKED_TOPIC = "blocked_topic"
    AVOIDED_SUBJECT = "avoided_subject"
    BOUND = "bound"
    AWAY = "away"
    TOO_CHEAP = "too_cheap"
    TOO_DEAR = "too_dear"
    NOBODY_IN_TARGET = "nobody_in_target"


LEFT_OUT_WORDS: Final[Mapping[LeftOut, str]] = {
    LeftOut.ACCOUNT_CLOSED: "have closed their account",
    LeftOut.NO_CHANNEL: "have no channel that they could publish on",
    LeftOut.NO_VIEWS: "have a channel of whose videos no views are known",
    LeftOut.LIVES_ELSEWHERE: "live in another country, or do not say where",
    LeftOut.OTHER_LANGUAGE: "have viewers who speak another language, or of whom it is not known",
    LeftOut.TOO_FEW_FOLLOWERS: "have fewer followers than you ask for, or do not show how many",
    LeftOut.TOO_MANY_FOLLOWERS: "have more followers than you ask for",
    LeftOut.BLOCKED_TOPIC: "make videos about a topic that you leave out",
    LeftOut.AVOIDED_SUBJECT: "have touched a subject that you avoid in their last posts",
    LeftOut.BOUND: "have promised another brand not to work in your category at the time",
    LeftOut.AWAY: "are away at the time",
    LeftOut.TOO_CHEAP: "usually ask less than the least that you look for",
    LeftOut.TOO_DEAR: "usually ask more than the most that you pay",
    LeftOut.NOBODY_IN_TARGET: "are watched by nobody in your target, as far as is known",
}
"""Whom each removes, as a brand reads it of several."""
_OF_ONE: Final = {"have": "has", "live": "lives", "make": "makes", "are": "is", "ask": "asks"}
YOU_LEFT_OUT_WORDS: Final[Mapping[LeftOut, str]] = {
    LeftOut.ACCOUNT_CLOSED: "you have closed your account",
    LeftOut.NO_CHANNEL: "you have no channel that you could publish on",
    LeftOut.NO_VIEWS: "no views of your videos are known yet",
    LeftOut.LIVES_ELSEWHERE: "it asks for other countries to live in, or you do not say where",
    LeftOut.OTHER_LANGUAGE: "your viewers speak another language, or it is not known which",
    LeftOut.TOO_FEW_FOLLOWERS: "you have fewer followers than it asks for, or do not show how many",
    LeftOut.TOO_MANY_FOLLOWERS: "you have more followers than it asks for",
    LeftOut.BLOCKED_TOPIC: "you make videos about a topic that it leaves out",
    LeftOut.AVOIDED_SUBJECT: "your last posts have touched a subject that it avoids",
    LeftOut.BOUND: "you have promised another brand not to work in its category at the time",
    LeftOut.AWAY: "you are away at the time",
    LeftOut.TOO_CHEAP: "you usually ask less than the least that it looks for",
    LeftOut.TOO_DEAR: "you usually ask more than the most that it pays",
    LeftOut.NOBODY_IN_TARGET: "nobody in its target watches you, as far as is known",
}
"""Why each removes a creator, as they read it themselves."""
SET_ASIDE_WORDS: Final[Mapping[LeftOut, str]] = {
    LeftOut.LIVES_ELSEWHERE: "where you live",
    LeftOut.OTHER_LANGUAGE: "what your viewers speak",
    LeftOut.TOO_FEW_FOLLOWERS: "too few followers",
    LeftOut.TOO_MANY_FOLLOWERS: "too many followers",
    LeftOut.BLOCKED_TOPIC: "a topic of your videos",
    LeftOut.AVOIDED_SUBJECT: "a subject in your last posts",
    LeftOut.BOUND: "what you have promised another brand",
    LeftOut.AWAY: "the days you are away",
    LeftOut.TOO_CHEAP: "a usual fee that is too low",
    LeftOut.TOO_DEAR: "a usual fee that is too high",
    LeftOut.NOBODY_IN_TARGET: "who watches you",
}
"""For what a brief is not for a creator now, in few words; the other rules concern all alike."""
WHAT_CHANGES: Final[Mapping[LeftOut, str]] = {
    LeftOut.LIVES_ELSEWHERE: "Say where you live, if you have not yet; else only its brand could.",
    LeftOut.OTHER_LANGUAGE: "Say what most of your viewers speak, if you have not yet.",
    LeftOut.TOO_FEW_FOLLOWERS: "More followers, or a connected channel that shows how many.",
    LeftOut.TOO_MANY_FOLLOWERS: "Nothing that you could do: it looks for smaller channels.",
    LeftOut.BLOCKED_TOPIC: "Take the topic off your profile, if you make no more videos about it.",
    LeftOut.AVOIDED_SUBJECT: "Newer posts without it; or object, if it is not what they are about.",
    LeftOut.BOUND: "It opens to you when the days that you have promised are over.",
    LeftOut.AWAY: "Say another day until which you are away, if you are back earlier.",
    LeftOut.TOO_CHEAP: "Name a higher usual fee, if that is what you ask.",
    LeftOut.TOO_DEAR: "Name a lower usual fee, or apply with a fee of its own for this work.",
    LeftOut.NOBODY_IN_TARGET: "Say who watches you, or send a picture of your statistics.",
}
"""What would put such a brief back into the feed, as the creator reads it."""


def left_out_words(rule: LeftOut, count: int) -> str:
    """Return whom a rule removes, as it follows how many they are."""
    words = LEFT_OUT_WORDS[rule]
    if count != 1:
        return words
    verb = next(each for each in words.split() if each in _OF_ONE)
    return words.replace(verb, _OF_ONE[verb], 1).replace(" do not ", " does not ")
