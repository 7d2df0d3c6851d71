"""What the processor tells of chargebacks and fraud warnings of the charge ``ch_1``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from marketplace.funding import service as funding
from marketplace.funding.models import Chargeback, FraudWarning
from marketplace.funding.ports import ChargebackFacts, Taken, WarningFacts
from marketplace.funding.rules import ChargebackState
from tests.factories.campaigns import NOON
from tests.factories.ledger import usd

C = ChargebackState
DUE: Final = NOON + timedelta(days=9)


def taken(minor: int, fee: int = 0) -> Taken:
    """Return a movement at noon."""
    return Taken(usd(minor), usd(fee), NOON)


OPENED: Final = ChargebackFacts(
    dispute_id="du_1",
    charge_id="ch_1",
    amount=usd(110_000),
    state=C.NEEDS_RESPONSE,
    reason="fraudulent",
    opened_at=NOON,
    evidence_due_by=DUE,
    withdrawn=taken(110_000, 1_500),
    reinstated=None,
    livemode=False,
)
INQUIRY: Final = replace(OPENED, state=C.INQUIRY, withdrawn=None)
REVIEW: Final = replace(OPENED, state=C.IN_REVIEW)
WON: Final = replace(OPENED, state=C.WON, reinstated=taken(110_000))
LOST: Final = replace(OPENED, state=C.LOST)
WARNING: Final = WarningFacts(
    warning_id="issfr_1",
    charge_id="ch_1",
    kind="unauthorized_use_of_card",
    warned_at=NOON,
    actionable=True,
    livemode=False,
)


def tell(session: Session, *told: ChargebackFacts) -> Chargeback:
    """Book each piece of news, twice; return the chargeback."""
    for facts in told:
        for _ in range(2):
            found = funding.record_chargeback(session, facts=facts, now=NOON)
            session.flush()
    assert found is not None
    return found


def warn(session: Session, facts: WarningFacts = WARNING) -> FraudWarning:
    """Book a warning, twice."""
    for _ in range(2):
        found = funding.record_warning(session, facts=facts, now=NOON)
        session.flush()
    assert found is not None
    return found
