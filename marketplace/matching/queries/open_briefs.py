"""The open briefs as columns, kept in the process while nothing of them has moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief
from marketplace.kernel.money import Money
from marketplace.matching import columns
from marketplace.matching.columns import Book, Market, OpenWish
from marketplace.matching.columns.context import Context
from marketplace.matching.queries.chances import present_chances
from marketplace.matching.queries.wishes import wishes_of
from marketplace.matching.rules.chances import Model, Step, start
from marketplace.matching.rules.feed import NO_MIDDLE
from marketplace.matching.rules.fit import unrounded_fit
from marketplace.matching.rules.worth import fit_minor


class OpenBriefs(NamedTuple):
    """The open briefs, and how likely an offer is."""

    book: Book
    model: Model


@dataclass(slots=True)
class _Kept:
    """What this process keeps of open briefs, and of what it was made."""

    key: tuple[object, ...] = ()
    context: Context | None = None
    found: OpenBriefs | None = None


_kept = _Kept()
_lock = Lock()


def open_briefs(
    session: Session, market: Market, ids: tuple[UUID, ...], moves: int | None
) -> OpenBriefs:
    """The open briefs by their ids, in this order.

    Read anew when one opens or closes, and when the market as a whole, a middle candidate, a kept
    rule or a chance has moved. moves: how often any of the latter has.
    """
    key = (ids, moves)
    with _lock:
        if key == _kept.key and _kept.context is market.context and _kept.found is not None:
            return _kept.found
    found = OpenBriefs(
        book=columns.book_of(_wishes(session, market, ids), market.context),
        model=present_chances(session).get(Step.OFFER, start(Step.OFFER)),
    )
    with _lock:
        _kept.key, _kept.context, _kept.found = key, market.context, found
    return found


def middle_fee(brief: Brief) -> Money | None:
    """The middle of the range a brief names, with its campaign; None where it names none."""
    if brief.fee_low_minor is None or brief.fee_high_minor is None:
        return None
    return Money((brief.fee_low_minor + brief.fee_high_minor) // 2, brief.campaign.currency)


def _wishes(session: Session, market: Market, ids: Sequence[UUID]) -> list[OpenWish]:
    """What the open briefs ask, with their middle candidates; where none is kept, one is found."""
    briefs = campaigns.briefs_by_id(session, ids)
    wishes = wishes_of(session, briefs.values())
    found = []
    for one in ids:
        fee = middle_fee(briefs[one])
        middle = wishes[one].middle_in(market)
        per = fit_minor(briefs[one].campaign.currency)
        found.append(
            OpenWish(
                brief_id=one,
                campaign_id=briefs[one].campaign_id,
                wanted=wishes[one].wanted,
                fee_minor=fee.minor if fee else None,
                usual=NO_MIDDLE if middle is None else unrounded_fit(middle, per=per),
            )
        )
    return found
