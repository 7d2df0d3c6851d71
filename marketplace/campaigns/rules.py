"""The life of a campaign, what a budget may be, and what a brief must say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.accounts.rules import countries
from marketplace.creators.rules import EMPTY_HASHTAGS
from marketplace.creators.rules.formats import LengthBand
from marketplace.creators.rules.groups import group_problem
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.money import BPS_WHOLE, Money
from marketplace.kernel.sentences import Sentence
from marketplace.kernel.statechart import Statechart
from marketplace.kernel.words import KEY_MOST, key_of
from marketplace.terms.rules import PlatformTerms, not_offered


class CampaignKind(StrEnum):
    """How a campaign finds its creators; chosen when it is drafted, and kept."""

    AGREEMENTS = "agreements"
    """The brand agrees with each creator on a fee."""
    CHALLENGE = "challenge"
    """Open to every creator; the best posts win prizes."""


FUNDED_SENTENCES: Final[Mapping[CampaignKind, str]] = {
    CampaignKind.AGREEMENTS: "Creators can accept your offers now.",
    CampaignKind.CHALLENGE: "Its prizes are set aside from that when you publish it.",
}
"""What money in a campaign is good for, where the brand is told that it has come."""


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class CampaignEvent(StrEnum):
    """What moves a campaign."""

    PUBLISH = "publish"
    AMEND = "amend"
    CLOSE = "close"


class UsageMedia(StrEnum):
    """Where the brand may show what was made for it."""

    ORGANIC = "organic"
    PAID = "paid"


S, E = CampaignState, CampaignEvent

LIFE: Final = Statechart(
    "campaign",
    {
        (S.DRAFT, E.PUBLISH): S.PUBLISHED,
        (S.PUBLISHED, E.AMEND): S.PUBLISHED,
        (S.DRAFT, E.CLOSE): S.CLOSED,
        (S.PUBLISHED, E.CLOSE): S.CLOSED,
    },
)

AGES: Final = ("13-17", "18-24", "25-34", "35-44", "45-54", "55+")
UNTARGETABLE_AGES: Final = frozenset({"13-17"})
"""Nobody is matched by how many children watch them."""
TOO_YOUNG: Final = "Nobody is matched by how many children watch them: add an older age."
GENDERS: Final = ("female", "male", "other_or_unknown")
FORMATS: Final = ("video", "photo_post", "story", "live")
TOPICS: Final = (
    "beauty", "books", "comedy", "cooking", "dance", "education", "family", "fashion", "finance",
    "fitness", "gaming", "health", "home", "music", "nature", "outdoors", "pets", "science",
    "sports", "sustainability", "tech", "travel",
)  # fmt: skip

CATEGORIES: Final = (
    "alcohol", "apps_and_software", "baby_and_family", "beauty", "books_and_media", "cars",
    "charity", "clothing", "drinks", "education", "electronics", "energy", "events", "finance",
    "food", "games", "health", "home", "jewellery", "pets", "restaurants", "sports", "telecoms",
    "toys", "travel", "other",
)  # fmt: skip
"""What a campaign is for, one of them: that in which a creator can be bound to one brand."""
OTHER: Final = "other"
"""In it nobody is bound: two campaigns in it have nothing in common."""

PAYMENTS_MOST: Final = 100
"""How many of the largest payments a budget may need."""
AHEAD_MOST: Final = timedelta(days=731)
"""How far ahead a campaign can end and a post be due: what is counted from it has to be a day."""
NAME_MOST: Final = 120
TEXT_MOST: Final = 2_000
LINE_MOST: Final = 200
LINES_MOST: Final = 20
WORDS_MOST: Final = 20
DELIVERABLES_MOST: Final = 10
ROUNDS_MOST: Final = 5
USAGE_DAYS_MOST: Final = 3_650
DISCLOSURE_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class WantedDeliverable:
    """So many pieces of one format, as a brief asks for them.

    length: how long each is to be, a LengthBand; "" for any, and for what is no video.
    """

    format: str
    description: str
    count: int = 1
    length: str = ""


@dataclass(frozen=True, slots=True)
class BriefContent:
    """All that a brief says, complete or not.

    target_age, target_gender, target_country: label -> share in basis points of the audience
    wanted; empty means any. target_interests: topics of our list. target_words: words and hashtags
    of posts beside them, as they are read. amplified_groups: of creators whom the brand wants to
    hear from; no part of any fit. usage_days: from publication; None means for ever.
    """

    summary: str = ""
    dos: tuple[str, ...] = ()
    donts: tuple[str, ...] = ()
    deliverables: tuple[WantedDeliverable, ...] = ()
    target_age: Mapping[str, int] = field(default_factory=dict)
    target_gender: Mapping[str, int] = field(default_factory=dict)
    target_country: Mapping[str, int] = field(default_factory=dict)
    target_interests: tuple[str, ...] = ()
    target_words: tuple[str, ...] = ()
    amplified_groups: tuple[str, ...] = ()
    fee_low: Money | None = None
    fee_high: Money | None = None
    usage_media: str = UsageMedia.ORGANIC
    usage_days: int | None = 90
    disclosure: str = "Paid partnership"
    revision_rounds: int = 1


def is_open(*, state: CampaignState, ends_on: date, now: datetime) -> bool:
    """True while creators may apply and offers may be made and accepted."""
    return state is CampaignState.PUBLISHED and ends_on >= today_somewhere(now)


def campaign_problems(
    *,
    name: str,
    budget: Money,
    starts_on: date,
    ends_on: date,
    category: str | None,
    terms: PlatformTerms,
    now: datetime,
) -> dict[str, str]:
    """Return what is wrong with a campaign's basics: field -> a plain sentence; empty when fine."""
    problems: dict[str, str] = {}
    if not name.strip():
        problems["name"] = "Give the campaign a name."
    elif len(name) > NAME_MOST:
        problems["name"] = f"Keep the name to {NAME_MOST} characters."
    if (problem := budget_problem(budget, terms)) is not None:
        problems["budget"] = problem
    if ends_on < starts_on:
        problems["ends_on"] = "The end is before the start."
    if category is not None and category not in CATEGORIES:
        problems["category"] = "Choose a category from the list."
    return date_problems(starts_on=starts_on, ends_on=ends_on, now=now) | problems


def date_problems(*, starts_on: date, ends_on: date, now: datetime) -> dict[str, str]:
    """Return which of the dates are past or too far away: field -> a plain sentence."""
    today = today_somewhere(now)
    problems: dict[str, str] = {}
    if starts_on < today:
        problems["starts_on"] = "The start is in the past: choose today or a later day."
    if ends_on < today:
        problems["ends_on"] = "The end is in the past: choose today or a later day."
    if ends_on > today + AHEAD_MOST:
        problems["ends_on"] = "The end is more than two years from now."
    return problems


def budget_problem(budget: Money, terms: PlatformTerms) -> str | None:
    """Return why a budget cannot be taken, or None when it can.

    It needs at least the smallest payment, and may take a hundred of the largest.
    """
    if budget.currency not in terms.currencies:
        return not_offered(terms.currencies)
    limits = terms.limits_of(budget.currency)
    most = Money(limits.funding_most.minor * PAYMENTS_MOST, budget.currency)
    if budget < limits.funding_least:
        return Sentence(
            "A campaign needs a budget of at least {least}.", least=limits.funding_least
        )
    if budget > most:
        return Sentence("A budget can be at most {most}.", most=most)
    return None


def draft_problems(content: BriefContent, *, budget: Money) -> dict[str, str]:
    """Return what not even a draft may say: field -> a plain sentence; empty when it may be saved.

    A draft may leave things out; it may not contradict itself.
    """
    problems = _text_problems(content) | _deliverable_problems(content)
    for name, shares, known in (
        ("target_age", content.target_age, frozenset(AGES)),
        ("target_gender", content.target_gender, frozenset(GENDERS)),
        ("target_country", content.target_country, frozenset(countries())),
    ):
        if (problem := _share_problem(name.removeprefix("target_"), shares, known)) is not None:
            problems[name] = problem
    if unknown := [topic for topic in content.target_interests if topic not in TOPICS]:
        problems["target_interests"] = f"There is no interest called {unknown[0]} in our list."
    if (problem := _words_problem(content.target_words)) is not None:
        problems["target_words"] = problem
    if (problem := group_problem(content.amplified_groups)) is not None:
        problems["amplified_groups"] = problem
    return problems | _fee_problems(content, budget) | _rights_problems(content)


def missing(
    content: BriefContent,
    *,
    category: str | None,
    kind: CampaignKind = CampaignKind.AGREEMENTS,
) -> dict[str, str]:
    """Return what still lacks before a brief can be published: field -> a plain sentence.

    category, kind: its campaign's. A challenge asks for one post, and its prizes are what it pays.
    """
    problems: dict[str, str] = {}
    if category is None:
        problems["category"] = "Say what the campaign is for: choose a category."
    if not content.summary.strip():
        problems["summary"] = "Say in a few sentences what is to be made."
    if not content.deliverables:
        problems["deliverables"] = "Ask for at least one deliverable."
    if content.target_age and content.target_age.keys() <= UNTARGETABLE_AGES:
        problems["target_age"] = TOO_YOUNG
    if kind is CampaignKind.CHALLENGE:
        if sum(each.count for each in content.deliverables) > 1:
            problems["deliverables"] = "A challenge asks every creator for one post."
    elif content.fee_low is None or content.fee_high is None:
        problems["fee_low"] = "Say what you mean to pay: the lowest and the highest fee."
    if not content.disclosure.strip():
        problems["disclosure"] = "Name the label that the post must carry, like Paid partnership."
    return problems


def _text_problems(content: BriefContent) -> dict[str, str]:
    problems: dict[str, str] = {}
    if len(content.summary) > TEXT_MOST:
        problems["summary"] = f"Keep this to {TEXT_MOST:,} characters."
    for name, lines in (("dos", content.dos), ("donts", content.donts)):
        if len(lines) > LINES_MOST:
            problems[name] = f"Keep this to {LINES_MOST} lines."
        elif any(len(line) > LINE_MOST for line in lines):
            problems[name] = f"Keep each line to {LINE_MOST} characters."
    return problems


def _deliverable_problems(content: BriefContent) -> dict[str, str]:
    wanted = content.deliverables
    if any(each.format not in FORMATS for each in wanted):
        return {"deliverables": "Choose a format from the list for each deliverable."}
    if any(not each.description.strip() for each in wanted):
        return {"deliverables": "Describe each deliverable in a few words."}
    if any(len(each.description) > LINE_MOST for each in wanted):
        return {"deliverables": f"Keep each description to {LINE_MOST} characters."}
    if any(each.length and each.length not in set(LengthBand) for each in wanted):
        return {"deliverables": "Choose a length from the list for each deliverable."}
    if any(each.length and each.format != "video" for each in wanted):
        return {"deliverables": "Only a video has a length: leave it open for the others."}
    if any(each.count < 1 for each in wanted):
        return {"deliverables": "The number of pieces is 1 or more."}
    if sum(each.count for each in wanted) > DELIVERABLES_MOST:
        return {"deliverables": f"One creator can owe {DELIVERABLES_MOST} deliverables at most."}
    return {}


def _share_problem(what: str, shares: Mapping[str, int], known: frozenset[str]) -> str | None:
    if unknown := [label for label in shares if label not in known]:
        return f"There is no {what} called {unknown[0]} in our list."
    if any(not 0 < share <= BPS_WHOLE for share in shares.values()):
        return f"Each share of {what} is more than 0\xa0% and at most 100\xa0%."
    total = sum(shares.values())
    if total > BPS_WHOLE:
        return f"The shares of {what} add up to {total / 100:g}\xa0%, more than 100\xa0%."
    return None


def _words_problem(words: tuple[str, ...]) -> str | None:
    """Why posts cannot be looked for by these words: each is one key that tells posts apart."""
    if len(words) > WORDS_MOST:
        return f"Name {WORDS_MOST} words and hashtags at most."
    if any(len(word) > KEY_MOST for word in words):
        return f"Keep each word or hashtag to {KEY_MOST} characters."
    seen: set[str] = set()
    for word in words:
        key = key_of(word)
        if not key:
            return f"“{word}” has no letter or digit that could be looked for."
        if key in EMPTY_HASHTAGS:
            return f"“{word}” stands under every second post and finds nobody: leave it out."
        if key in TOPICS:
            return f"“{word}” is an interest of our list: tick it there."
        if key in seen:
            return f"“{word}” is named twice."
        seen.add(key)
    return None


def _fee_problems(content: BriefContent, budget: Money) -> dict[str, str]:
    low, high = content.fee_low, content.fee_high
    for name, fee in (("fee_low", low), ("fee_high", high)):
        if fee is not None and fee.currency != budget.currency:
            return {name: f"Fees are in the campaign’s currency, {budget.currency}."}
    if low is not None and high is not None and high < low:
        return {"fee_high": "The highest fee is below the lowest."}
    for name, fee in (("fee_low", low), ("fee_high", high)):
        if fee is not None and fee > budget:
            return {name: "This fee is more than the whole budget."}
    return {}


def _rights_problems(content: BriefContent) -> dict[str, str]:
    problems: dict[str, str] = {}
    if content.usage_media not in list(UsageMedia):
        problems["usage_media"] = "Choose where you may show the videos."
    if content.usage_days is not None and not 1 <= content.usage_days <= USAGE_DAYS_MOST:
        problems["usage_days"] = f"Between 1 and {USAGE_DAYS_MOST:,} days, or for ever."
    if len(content.disclosure) > DISCLOSURE_MOST:
        problems["disclosure"] = f"Keep the label to {DISCLOSURE_MOST} characters."
    if not 0 <= content.revision_rounds <= ROUNDS_MOST:
        problems["revision_rounds"] = f"Between 0 and {ROUNDS_MOST} rounds."
    return problems
