"""Every table of the product, in one place for migrations and tests."""

from __future__ import annotations

from sqlalchemy import MetaData

from marketplace.accounts import models as _accounts
from marketplace.authenticity import models as _authenticity
from marketplace.campaigns import models as _campaigns
from marketplace.causes import models as _causes
from marketplace.challenges import models as _challenges
from marketplace.collaborations import models as _collaborations
from marketplace.creators import models as _creators
from marketplace.deliverables import models as _deliverables
from marketplace.funding import models as _funding
from marketplace.ledger import models as _ledger
from marketplace.matching import models as _matching
from marketplace.metrics import models as _metrics
from marketplace.notifications import models as _notifications
from marketplace.payouts import models as _payouts
from marketplace.processor import models as _processor
from marketplace.reconciliation import models as _reconciliation
from marketplace.store import inbox as _inbox
from marketplace.store import outbox as _outbox
from marketplace.store.base import Base
from marketplace.terms import models as _terms
from marketplace.treasury import models as _treasury
from marketplace.trends import models as _trends

ROOMS = (
    _accounts, _authenticity, _campaigns, _causes, _challenges, _collaborations, _creators,
    _deliverables, _funding, _ledger, _matching, _metrics, _notifications, _payouts, _processor,
    _reconciliation, _terms, _treasury, _trends, _inbox, _outbox,
)  # fmt: skip
METADATA: MetaData = Base.metadata
