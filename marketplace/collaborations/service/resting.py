"""What goes back to a campaign and may still be disputed can be neither promised nor sent back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.collaborations import queries
from marketplace.collaborations.models import RestingFunds
from marketplace.collaborations.rules import FreeMoney, RestReason
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import AccountRef, events


def rest(
    session: Session,
    *,
    campaign_id: UUID,
    subject_id: UUID,
    why: RestReason,
    amount: Money,
    until: datetime,
    at_most: Money | None = None,
) -> None:
    """Let so much more of a campaign's funds rest, for what may be disputed until then.

    subject_id: the deliverable, or the campaign for its prizes. at_most: with what rests for it
    already. Called in the transaction that gives the money back, after its entry: whoever may spend
    waits for that and then sees it.
    """
    most = amount if at_most is None else min(amount, at_most)
    if most.minor <= 0:
        return
    row = insert(RestingFunds).values(
        subject_id=subject_id,
        campaign_id=campaign_id,
        why=why,
        amount_minor=most.minor,
        currency=amount.currency,
        rests_until=until,
    )
    together = RestingFunds.amount_minor + amount.minor
    if at_most is not None:
        together = func.least(together, at_most.minor)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[RestingFunds.subject_id],
            set_={"amount_minor": together, "rests_until": until},
        )
    )


def rest_no_more(session: Session, *, subject_id: UUID, amount: Money) -> None:
    """Let so much less rest for what may be disputed; nothing below nothing."""
    left = func.greatest(RestingFunds.amount_minor - amount.minor, 0)
    session.execute(
        update(RestingFunds)
        .where(RestingFunds.subject_id == subject_id)
        .values(amount_minor=left)
        .execution_options(synchronize_session=False)
    )


def lock_free_money(
    session: Session,
    campaign_id: UUID,
    *,
    currency: str,
    also: Sequence[AccountRef] = (),
    now: datetime,
) -> FreeMoney:
    """Lock a campaign's funds, and tell how much of them may be spent now.

    Whoever promises something out of them asks this first. also: ledger accounts to lock with them.
    """
    refs = [events.campaign_funds(campaign_id), *also]
    ledger.lock_accounts(session, refs=refs, currency=currency)
    return queries.free_money(session, campaign_id, currency=currency, now=now)
