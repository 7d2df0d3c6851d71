"""While a payment is in doubt, its campaign's pledge hears of it: nothing more becomes owed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.causes import service as causes
from marketplace.funding.models import Chargeback, FraudWarning
from marketplace.funding.rules import WarningState


def tell_pledge(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Say whether a chargeback or a warning of a campaign's payments is open, also of an empty one.

    Its pledge is locked: ``causes.lock_due`` or this comes before the accounts of the ledger.
    """
    session.flush()  # the row that has just moved counts
    in_doubt = session.scalar(
        select(
            or_(
                select(Chargeback.id)
                .where(Chargeback.campaign_id == campaign_id, Chargeback.ended_at.is_(None))
                .exists(),
                select(FraudWarning.id)
                .where(
                    FraudWarning.campaign_id == campaign_id,
                    FraudWarning.state == WarningState.OPEN,
                )
                .exists(),
            )
        )
    )
    causes.doubt(session, campaign_id=campaign_id, in_doubt=bool(in_doubt), now=now)
