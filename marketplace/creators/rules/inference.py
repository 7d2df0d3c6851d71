"""What a channel's own signals let us guess of its audience, while nobody has said. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from babel.languages import get_official_languages

from marketplace.creators.rules.audience import LANGUAGES, Audience
from marketplace.creators.rules.profile import TOPICS
from marketplace.kernel.money import BPS_WHOLE

HOME_SHARE: Final = 8_300
"""Of an audience at home: over 3,911 YouTube channels the median share of the country in which a
channel's videos trended most, December 2025 to April 2026 (sheb1lmsp/youtube-trending-analytics,
MIT, YouTube Data API)."""
WIDE_LANGUAGES: Final[Mapping[str, int]] = {"en": 3_900, "es": 3_300, "de": 6_000, "hi": 6_000}
"""The same median among channels of languages that several countries speak; Arabic (.83), French
(.99) and Portuguese (1.0) are no exceptions there."""
_SCRIPTS: Final[Mapping[str, str]] = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "THAI": "th",
    "HEBREW": "he",
    "GREEK": "el",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "CJK": "zh",
}
"""Beginning of a letter's Unicode name -> the language with most speakers that is written so."""
TAGS_LEAST: Final = 5
"""With fewer hashtags than this a channel's script says nothing."""


def inferred_audience(
    *, country: str | None, topics: Sequence[str], hashtags: Iterable[Sequence[str]]
) -> Audience | None:
    """Return a guess at an audience from where the creator lives and what the videos say.

    hashtags: of each past video. Ages and genders are never guessed: nothing on a channel shows
    them. None when there is nothing to go by.
    """
    videos = [tuple(tags) for tags in hashtags]
    spoken = language_of([tag for tags in videos for tag in tags], country=country)
    home = {} if country is None else {country: WIDE_LANGUAGES.get(spoken or "", HOME_SHARE)}
    language = {} if spoken is None or spoken not in LANGUAGES else {spoken: HOME_SHARE}
    interest = _interests(topics, videos)
    if not home and not language and not interest:
        return None
    return Audience(country=home, language=language, interest=interest)


def language_of(hashtags: Sequence[str], *, country: str | None) -> str | None:
    """Return the language a channel seems to speak: by the script of its hashtags, else by country.

    A script counts when it is that of most hashtags; the Latin one says nothing by itself. None
    when neither says anything.
    """
    scripts = Counter(script for tag in hashtags if (script := _script(tag)))
    if len(hashtags) >= TAGS_LEAST and scripts:
        language, count = scripts.most_common(1)[0]
        if 2 * count > len(hashtags):
            return language
    if country is None:
        return None
    official = get_official_languages(country, de_facto=True)
    return official[0].partition("_")[0] if official else None


def _script(tag: str) -> str | None:
    for sign in tag:
        if sign.isalpha():
            first = unicodedata.name(sign, "").partition(" ")[0]
            return _SCRIPTS.get(first)
    return None


def _interests(topics: Sequence[str], videos: Sequence[Sequence[str]]) -> dict[str, int]:
    """What the channel is about: the share of videos that name a topic, a whole for its own topics.

    Who watches videos about cooking is interested in cooking, by what we can see.
    """
    found = dict.fromkeys((topic for topic in topics if topic in TOPICS), BPS_WHOLE)
    if videos:
        named = Counter(tag for tags in videos for tag in {one.lower() for one in tags})
        for topic in TOPICS:
            if topic not in found and (share := named[topic] * BPS_WHOLE // len(videos)):
                found[topic] = share
    return found
