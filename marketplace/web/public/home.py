"""The landing page, and the way home for everybody who is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.creators import queries as creators
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import BPS_WHOLE
from marketplace.payouts import queries as payouts
from marketplace.reconciliation.checks import runs
from marketplace.store.session import reading
from marketplace.terms.queries import terms_for
from marketplace.terms.rules import Bearer, PlatformTerms
from marketplace.web import sessions
from marketplace.web.public.blueprint import bp
from marketplace.web.reader import number, percent

A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of this installation, as the reader writes it."""

    label: str
    value: str


@bp.get("/")
def home() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(sessions.home_url(), 303)
    with reading() as session:
        figures = _figures(session)
        terms = terms_for(session, at=utc_now())
        proven = runs.last_outcome(session)
    return render_template(
        "public/home.html", figures=figures, fees=fees_in_one_line(terms), proven=proven
    )


def _figures(session: Session) -> Sequence[Figure]:
    """What this installation has to show; nothing stands there as a zero."""
    wait = payouts.median_wait(session)
    in_market = creators.market_size(session)
    published = campaigns.published_count(session)
    found = []
    if wait is not None:
        days = number(round(wait / A_DAY, 1))
        found.append(Figure("Median days from acceptance to payout", days))
    if in_market:
        found.append(Figure("Creators in the market", number(in_market)))
    if published:
        found.append(Figure("Campaigns published", number(published)))
    return found


def fees_in_one_line(terms: PlatformTerms) -> str:
    """Return what the platform takes of whom, and when creators are paid."""
    line = (
        f"Brands pay {percent(terms.brand_fee_bps)} on top of a creator’s fee. "
        f"Creators receive {percent(BPS_WHOLE - terms.creator_fee_bps)} of it, "
    )
    if terms.hold_days:
        days = "day" if terms.hold_days == 1 else "days"
        line += f"from {terms.hold_days} {days} after their work is accepted."
    else:
        line += "as soon as their work is accepted."
    if terms.processor_fees_by is Bearer.BRAND:
        line += " Brands bear what the payment service takes."
    return line
