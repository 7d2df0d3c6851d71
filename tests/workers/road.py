"""Steps of the money road that several tests take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.rules import DueDeliverable
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import service as funding
from marketplace.funding.models import Funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Payout, PayoutAccount
from marketplace.processor.models import ProcessorAttempt, ProcessorCall
from marketplace.processor.rules import CallKind
from marketplace.reconciliation import checks, queries
from tests.factories.campaigns import BUDGET, make_campaign
from tests.factories.collaborations import make_collaboration, terms
from tests.workers.conftest import World
from workers import payouts as payout_jobs
from workers import processor as processor_jobs
from workers import reconciliation as reconciliation_jobs

FEE = 40_000
NET = 38_000
HOLD = timedelta(days=8)
TRANSFERS = {"path": "/v1/transfers", "method": "POST"}


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@dataclass
class Road:
    """A brand, its campaign and a creator, on the way from money in to money out."""

    world: World
    brand: Brand
    owner: Actor
    creator: Actor
    campaign: Campaign

    @property
    def session(self) -> Session:
        return self.world.session

    def money(self, minor: int) -> Money:
        """An amount in the campaign's currency."""
        return Money(minor, self.campaign.currency)

    def ask_for_money(self, minor: int = 100_000) -> Funding:
        """A funding whose payment page is open."""
        asked = funding.request_funding(
            self.session,
            actor=self.owner,
            campaign_id=self.campaign.id,
            budget=self.money(minor),
            return_base="http://localhost",
            now=utc_now(),
        )
        self.world.drain()
        return asked

    def pay(self, asked: Funding) -> None:
        """Press Pay on the payment page."""
        assert asked.checkout_url is not None
        assert self.world.sandbox.pay(asked.checkout_url).status_code == 303

    def fund(self, minor: int = 100_000) -> Funding:
        """Money in the campaign, by webhook."""
        asked = self.ask_for_money(minor)
        self.pay(asked)
        self.world.webhooks()
        self.world.drain()
        return asked

    def agree(self) -> Deliverable:
        """A collaboration over one deliverable, which is live."""
        day = utc_now().date()
        due = DueDeliverable(
            format="video",
            description="A recipe in a minute",
            draft_due_on=day + timedelta(days=5),
            publish_by_on=day + timedelta(days=10),
        )
        collaboration = make_collaboration(
            self.session,
            campaign=self.campaign,
            creator=self.creator,
            by=self.owner,
            offered=terms(fee=self.money(FEE), deliverables=(due,)),
            funded=True,
            now=utc_now(),
        )
        self.world.drain()
        made = self.session.scalars(
            select(Deliverable).where(Deliverable.collaboration_id == collaboration.id)
        ).one()
        made.state = DeliverableState.LIVE
        self.session.commit()
        return made

    def accept(self, deliverable: Deliverable) -> None:
        """The brand's word that the work is done."""
        deliverables.accept(
            self.session, actor=self.owner, deliverable_id=deliverable.id, now=utc_now()
        )
        self.world.drain()

    def open_account(self) -> PayoutAccount:
        """An account at the processor that its creator has not finished."""
        account = payouts.open_account(
            self.session,
            actor=self.creator,
            country="US",
            email="bea@example.test",
            now=utc_now(),
        )
        self.world.drain()
        return account

    def finish_account(self, account: PayoutAccount) -> None:
        """Fill in the processor's own form."""
        assert account.stripe_account_id is not None
        gateway = self.world.run().gateways.accounts
        link = gateway.onboarding_link(
            account.stripe_account_id,
            return_url="http://localhost/back",
            refresh_url="http://localhost/again",
        )
        assert self.world.sandbox.finish_onboarding(link).status_code == 303

    def payable(self) -> PayoutAccount:
        """A fee that is payable, to an account that can take it; nothing is reserved yet."""
        self.fund()
        self.accept(self.agree())
        account = self.open_account()
        self.finish_account(account)
        self.world.webhooks()
        self.world.drain()
        return account

    def banked(self, account: PayoutAccount) -> dict[str, int]:
        """What arrived at the creator's bank, by the sandbox's word."""
        address = f"{self.world.sandbox.base_url}/sandbox/control/bank/{account.stripe_account_id}"
        return dict(httpx.get(address, trust_env=False).json())

    def release(self) -> None:
        """What the clock does once the hold window is over."""
        self.world.sweep(payout_jobs.release_fees)
        self.world.drain()

    def payout(self) -> Payout:
        self.session.expire_all()
        return self.session.scalars(select(Payout).order_by(Payout.reserved_at.desc())).all()[0]

    def call(self, kind: CallKind) -> ProcessorCall:
        """The newest call of a kind."""
        self.session.expire_all()
        return self.session.scalars(
            select(ProcessorCall)
            .where(ProcessorCall.kind == kind)
            .order_by(ProcessorCall.planned_at.desc())
        ).all()[0]

    def attempts(self, call: ProcessorCall) -> list[ProcessorAttempt]:
        return list(
            self.session.scalars(
                select(ProcessorAttempt)
                .where(ProcessorAttempt.call_id == call.id)
                .order_by(ProcessorAttempt.fence)
            )
        )

    def transfers(self) -> list[dict[str, Any]]:
        """Every transfer there really is."""
        return self.world.sandbox.store.newest("transfer")

    def balance(
        self, code: Code, owner: UUID | None = None, *, currency: str | None = None
    ) -> Money:
        ref = AccountRef(code) if owner is None else AccountRef(code, owner)
        return ledger.balance_of(self.session, ref, currency=currency or self.campaign.currency)

    def entries(self) -> int:
        return self.session.scalar(select(func.count()).select_from(JournalEntry)) or 0

    def reconcile(self) -> None:
        self.world.sweep(reconciliation_jobs.reconcile)

    def assert_all_agrees(self) -> None:
        """Every line is paired, nothing is broken, and every invariant holds."""
        self.reconcile()
        assert [found.detail for found in queries.open_breaks(self.session)] == []
        assert queries.unpaired_lines(self.session) == []
        assert queries.unpaired_entries(self.session) == []
        results = checks.run_all(self.session)
        assert [(r.name, r.findings) for r in results if not r.passed] == []
        (compared,) = queries.compare_balances(self.session)
        assert compared.processor == compared.ledger

    def sums(self) -> list[Money]:
        """Pending, payable, being paid and paid, as the creator sees it."""
        assert self.creator.creator_id is not None
        (sums,) = payout_queries.sums_of(self.session, self.creator.creator_id)
        return [sums.pending, sums.payable, sums.paying, sums.paid]


def make_road(
    world: World, brand: Brand, owner: Actor, creator: Actor, *, budget: Money = BUDGET
) -> Road:
    day = utc_now().date()
    campaign = make_campaign(
        world.session,
        brand=brand,
        by=owner,
        budget=budget,
        starts_on=day + timedelta(days=1),
        ends_on=day + timedelta(days=60),
        now=utc_now(),
    )
    world.drain()
    return Road(world, brand, owner, creator, campaign)


def ring_calls(road: Road) -> None:
    """What the clock does every minute."""
    road.world.sweep(processor_jobs.ring_due_calls)
    road.world.drain()


def change_at(road: Road, rate: str) -> None:
    """From now on, euros arrive as dollars at this rate."""
    wish = {"press": "settlement", "currency": "eur", "into": "usd", "rate": rate}
    road.world.sandbox.control("bank", wish)
