"""What a profile and a rate may be. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from marketplace.accounts.rules import countries
from marketplace.kernel.money import Money
from marketplace.kernel.names import can_be_shown, is_blank
from marketplace.terms.rules import not_offered

FORMATS: Final = ("video", "photo_post", "story", "live")
TOPICS: Final = (
    "beauty", "books", "comedy", "cooking", "dance", "education", "family", "fashion", "finance",
    "fitness", "gaming", "health", "home", "music", "nature", "outdoors", "pets", "science",
    "sports", "sustainability", "tech", "travel",
)  # fmt: skip

NAME_MOST: Final = 80
BIO_MOST: Final = 600
TOPICS_MOST: Final = 5


def profile_problems(
    *, display_name: str, country: str | None, topics: Sequence[str], bio: str
) -> dict[str, str]:
    """Return what is wrong with a profile: field -> a plain sentence; empty when fine."""
    problems: dict[str, str] = {}
    if is_blank(display_name):
        problems["display_name"] = "Give the name that brands should see."
    elif len(display_name) > NAME_MOST:
        problems["display_name"] = f"Keep the name to {NAME_MOST} characters."
    elif not can_be_shown(display_name):
        problems["display_name"] = "This name contains signs that cannot be shown."
    if country is not None and country not in countries():
        problems["country"] = "Choose a country from the list."
    if unknown := [topic for topic in topics if topic not in TOPICS]:
        problems["topics"] = f"There is no topic called {unknown[0]} in our list."
    elif len(set(topics)) > TOPICS_MOST:
        problems["topics"] = f"Choose {TOPICS_MOST} topics at most: the ones you are known for."
    if len(bio) > BIO_MOST:
        problems["bio"] = f"Keep this to {BIO_MOST} characters."
    return problems


def rate_problems(rates: Mapping[str, Money], *, currencies: tuple[str, ...]) -> dict[str, str]:
    """Return what is wrong with rates by format: format -> a plain sentence; empty when fine."""
    problems: dict[str, str] = {}
    for name, rate in rates.items():
        if name not in FORMATS:
            problems[name] = f"There is no format called {name} in our list."
        elif rate.currency not in currencies:
            problems[name] = not_offered(currencies)
        elif rate.minor <= 0:
            problems[name] = "A rate must be more than 0."
    return problems


def missing_steps(
    *, has_topics: bool, has_country: bool, has_channel: bool, has_audience: bool, has_rates: bool
) -> tuple[str, ...]:
    """Return what a profile still needs before brands can judge it, in the order to do it."""
    steps = (
        (has_channel, "channel"),
        (has_country, "country"),
        (has_topics, "topics"),
        (has_rates, "rates"),
        (has_audience, "audience"),
    )
    return tuple(name for done, name in steps if not done)
