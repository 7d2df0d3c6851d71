"""How values become text on a page: the filters and globals of every template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from urllib.parse import urlencode

from babel import Locale
from babel.dates import format_timedelta
from flask import Flask, request

from marketplace.creators.rules import AGE_WORDS, GENDER_NAMES
from marketplace.creators.rules.formats import BAND_WORDS, LengthBand
from marketplace.kernel.clock import utc_now
from marketplace.kernel.currencies import KNOWN, exponent
from marketplace.kernel.days import day_in_words
from marketplace.kernel.money import Money, in_words
from marketplace.kernel.sentences import Sentence, Writing
from marketplace.web import charts, reader

WAITING: Final = "waiting"
GOOD: Final = "good"
REFUSED: Final = "refused"
INFO: Final = "info"
QUIET: Final = "quiet"

TONES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "accepted", "active", "agreed", "approved", "arrived", "completed", "connected",
            "decided", "executed", "handled", "live", "paid", "published", "resolved", "rising",
            "settled", "succeeded", "verified", "won",
        ),
        GOOD,
    ),
    **dict.fromkeys(
        (
            "asked", "awaiting_submission", "bank_transfer_due", "changes_requested", "checking",
            "checkout_open", "clearing", "fading", "in_review", "in_transit", "inquiry",
            "needs_reconnect", "needs_response", "offered", "open", "paying", "pending",
            "requested", "reserved", "retry", "sending", "submitted", "under_review", "under_way",
            "unknown", "waiting", "with_staff",
        ),
        WAITING,
    ),
    **dict.fromkeys(
        (
            "amount_differs", "balance_differs", "came_back", "failed", "lost", "manual",
            "missing_at_processor", "missing_in_ledger", "not_visible", "refused", "returned",
        ),
        REFUSED,
    ),
    **dict.fromkeys(("applied", "payable", "sent", "shortlisted"), INFO),
}  # fmt: skip
"""Each state has one colour everywhere; what is not listed is over or has not begun: quiet."""

LABELS: Final[Mapping[str, str]] = {
    "aside": "Put aside",
    "awarded": "Settled bonus",
    "decide_dispute": "Decision in a dispute",
    "dismissed": "Goes on as agreed",
    "ours": "Ours to decide",
    "overtaken": "Accepted before",
    "awaiting_submission": "Awaiting draft",
    "alone": "Ended",
    "ended_by_staff": "Ended by Fairview",
    "kept_by_staff": "Goes on",
    "with_staff": "Fairview decides",
    "bank_transfer_due": "Goes by bank transfer",
    "checking": "Checking post",
    "clearing": "Waiting for the bank",
    "inquiry": "Bank asks",
    "manual": "Needs a person",
    "needs_response": "Needs an answer",
    "not_visible": "Not visible",
    "payable": "Ready to pay",
    "pending": "In hold window",
    "retry": "Trying again",
    "under_review": "Bank decides",
    "taken_back": "Taken back",
    "unknown": "Answer unknown",
    "unused": "Needs nothing",
}
"""Where the state's own name is not the word people read."""

TILE_TONES: Final = 7
_LETTER_THEN_DIGIT: Final = re.compile(r"(?<=[A-Z])(?=\d)")
"""Where a currency without a sign of its own wants a space: "KWD 1.250"."""
_KEPT_AMOUNT: Final = re.compile(
    r"(?<![\w-])-?([A-Z]{3}) (\d{1,3}(?:,\d{3})*(?:\.\d+)?)(?![\d,.]*\d)"
)
"""An amount as texts are kept with it: "USD 1,075.00"."""


def install(app: Flask) -> None:
    """Give every template the filters and globals of this module."""
    app.jinja_env.filters.update(
        money=money,
        money_signed=money_signed,
        day=day,
        moment=moment,
        ago=ago,
        number=reader.number,
        compact=reader.compact,
        percent=reader.percent,
        length_words=length_words,
        written=written,
        state_label=state_label,
        state_tone=state_tone,
    )
    app.jinja_env.globals.update(
        age_words=AGE_WORDS, gender_names=GENDER_NAMES, charts=charts, here=here, tile_of=tile_of
    )


def money(amount: Money, tag: str | None = None) -> str:
    """Return the exact amount as the reader writes money; 1_250.00 USD is "$1,250.00".

    tag: their locale, where it is known already.
    """
    return _money(amount, tag or reader.locale())


@lru_cache(maxsize=reader.REMEMBERED)
def _money(amount: Money, tag: str) -> str:
    places = exponent(amount.currency)
    pattern = copy(Locale.parse(tag).currency_formats["standard"])
    # Unicode shows some currencies without decimals that they have; an exact amount has all.
    pattern.frac_prec = (places, places)
    exact = Decimal(amount.minor).scaleb(-places)
    written = pattern.apply(exact, tag, currency=amount.currency, currency_digits=False)
    return _LETTER_THEN_DIGIT.sub("\xa0", written)


def money_signed(amount: Money) -> str:
    """Return the amount with its sign also when it comes in: "+$5.00", "-$5.00", "$0.00"."""
    return f"+{money(amount)}" if amount.minor > 0 else money(amount)


def day(when: date) -> str:
    """Return "Tue 3 Nov 2026"; a moment is first taken to the reader's time zone."""
    on = when.astimezone(reader.zone()) if isinstance(when, datetime) else when
    return day_in_words(on)


def moment(at: datetime) -> str:
    """Return "Tue 3 Nov 2026, 14:05 CET" in the reader's time zone."""
    local = at.astimezone(reader.zone())
    name = local.tzname() or ""
    return f"{day(at)}, {local:%H:%M}\xa0{name if name.isalpha() else f'UTC{name}'}"


def written(text: str) -> str:
    """Return what a room says with its amounts, moments and numbers as the reader writes them.

    Of a text that was kept the amounts alone are known again, by how they are kept.
    """
    if isinstance(text, Sentence):
        return text.written(_READERS)
    return _KEPT_AMOUNT.sub(_reread, text)


def _reread(found: re.Match[str]) -> str:
    """Return an amount of a kept text as the reader writes it; what is none stays as it is."""
    said, currency = found[0], found[1]
    if currency not in KNOWN:
        return said
    minor = Decimal(found[2].replace(",", "")).scaleb(exponent(currency))
    amount = Money(int(-minor if said.startswith("-") else minor), currency)
    return money(amount) if in_words(amount) == said else said


_READERS: Final = Writing(money, moment, reader.number)


def ago(at: datetime, now: datetime | None = None) -> str:
    """Return "in 3 days" or "2 hours ago"; only ever beside the absolute moment."""
    gap = at - (utc_now() if now is None else now)
    if abs(gap) < timedelta(minutes=1):
        return "now"
    return format_timedelta(gap, add_direction=True, threshold=1.5, locale="en")


def length_words(band: str) -> str:
    """Return a band of lengths as it follows "of": "15 seconds to a minute"."""
    return BAND_WORDS[LengthBand(band)].lower()


def state_label(state: str) -> str:
    """Return the words for a state: "changes_requested" is "Changes requested"."""
    return LABELS.get(str(state), str(state).replace("_", " ").capitalize())


def state_tone(state: str) -> str:
    """Return the one colour of a state: good, waiting, refused, info or quiet."""
    return TONES.get(str(state), QUIET)


def here(**changes: str | int | None) -> str:
    """Return the present address with parts of its query changed; None takes a part away."""
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in changes]
    added = [(key, str(value)) for key, value in changes.items() if value is not None]
    query = "&".join(_in_query(key, value) for key, value in (*kept, *added))
    return f"{request.path}?{query}" if query else request.path


@lru_cache(maxsize=reader.REMEMBERED)
def _in_query(key: str, value: str) -> str:
    return urlencode([(key, value)])


@dataclass(frozen=True, slots=True)
class Tile:
    """The generated picture of somebody without one.

    initials: one or two letters. tone: 1 to 7. x, y, r: a circle on a field of 40 by 40.
    """

    initials: str
    tone: int
    x: int
    y: int
    r: int


@lru_cache(maxsize=reader.REMEMBERED)
def tile_of(name: str, seed: object = None) -> Tile:
    """Return the tile for a name; the same seed (else the same name) always gives the same tile."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "") if words else "?"
    spread = blake2b(str(name if seed is None else seed).encode(), digest_size=4).digest()
    return Tile(
        initials=letters.upper(),
        tone=spread[0] % TILE_TONES + 1,
        x=spread[1] % 40,
        y=spread[2] % 40,
        r=12 + spread[3] % 12,
    )
