"""Creators' accounts at Stripe, in the words of Accounts v2 or of v1, behind one port."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import stripe
from stripe import StripeClient

from marketplace.gateways.guard import no_transaction_open
from marketplace.gateways.stripe_client import reading_client, reads, sending_client
from marketplace.gateways.stripe_currencies import from_stripe
from marketplace.gateways.stripe_errors import is_gone
from marketplace.gateways.stripe_facts import moment
from marketplace.payouts.ports import AccountFacts, AccountGateway, BankPayoutFacts
from marketplace.payouts.rules.accounts import BankState, Requirement
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import Outcome


class Api(StrEnum):
    """Which of Stripe's two ways to describe an account is spoken."""

    V1 = "v1"
    V2 = "v2"


def account_gateway(api: Api, *, api_key: str, api_base: str) -> AccountGateway:
    """Return the gateway that speaks this API."""
    sending, reading = sending_client(api_key, api_base), reading_client(api_key, api_base)
    if api is Api.V1:
        return AccountsV1(sending=sending, reading=reading)
    return AccountsV2(sending=sending, reading=reading)


class _Accounts:
    """What both APIs share: two clients, how an account is missed, and payments to banks."""

    def __init__(self, *, sending: StripeClient, reading: StripeClient) -> None:
        self._sending = sending
        self._reading = reading

    def account(self, account_id: str) -> AccountFacts:
        """Return an account as it stands now; one that we may not see any more is gone."""
        no_transaction_open()
        with reads():
            try:
                return self._facts(account_id)
            except stripe.StripeError as error:
                if not is_gone(error):
                    raise
        return AccountFacts(account_id, transfers_active=False, gone=True)

    def bank_payout(self, payout_id: str, *, account_id: str) -> BankPayoutFacts:
        """Return a payment to a creator's bank as it stands now."""
        no_transaction_open()
        with reads():
            payout = self._reading.v1.payouts.retrieve(
                payout_id, options={"stripe_account": account_id}
            )
        return BankPayoutFacts(
            payout_id=payout.id,
            account_id=account_id,
            amount=from_stripe(payout.amount, payout.currency),
            state=BankState(payout.status),
            arrives_on=moment(payout.arrival_date).date(),
            made_at=moment(payout.created),
            failure_code=payout.failure_code or "",
        )

    def _facts(self, account_id: str) -> AccountFacts:
        raise NotImplementedError


class AccountsV2(_Accounts):
    """Accounts v2: a creator is a recipient who may be sent Stripe balance."""

    def make(self, instruction: Instruction) -> Answer:
        """Make a recipient; Stripe collects what it needs to know itself."""
        wanted = instruction.params
        account = self._sending.v2.core.accounts.create(
            {
                "contact_email": wanted["email"],
                "display_name": wanted["display_name"],
                "dashboard": "express",
                "identity": {"country": wanted["country"]},
                "configuration": {
                    "recipient": {
                        "capabilities": {
                            "stripe_balance": {"stripe_transfers": {"requested": True}}
                        }
                    }
                },
                "defaults": {
                    "responsibilities": {
                        "fees_collector": "application",
                        "losses_collector": "application",
                    }
                },
                "metadata": _ours(instruction),
            },
            {"idempotency_key": instruction.idempotency_key},
        )
        return Answer(Outcome.DONE, remote_id=account.id)

    def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> str:
        """Make a fresh single-use link to Stripe's own form."""
        no_transaction_open()
        with reads():
            link = self._reading.v2.core.account_links.create(
                {
                    "account": account_id,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {
                            "return_url": return_url,
                            "refresh_url": refresh_url,
                        },
                    },
                }
            )
        return link.url

    def _facts(self, account_id: str) -> AccountFacts:
        account: Any = self._reading.v2.core.accounts.retrieve(
            account_id, {"include": ["configuration.recipient", "requirements"]}
        )
        recipient = account.configuration and account.configuration.recipient
        transfers = recipient and recipient.capabilities.stripe_balance.stripe_transfers
        entries = (account.requirements and account.requirements.entries) or []
        asked = [each for each in entries if each.awaiting_action_from == "user"]
        return AccountFacts(
            account_id=account.id,
            transfers_active=bool(transfers) and transfers.status == "active",
            requirements=tuple(_entry(each) for each in asked),
            under_review=bool(entries) and not asked,
            gone=bool(account.closed),
        )


class AccountsV1(_Accounts):
    """Accounts v1 with ``controller``: the same creator in the older words."""

    def make(self, instruction: Instruction) -> Answer:
        """Make an account that can be sent transfers; Stripe collects what it needs itself."""
        wanted = instruction.params
        account = self._sending.v1.accounts.create(
            {
                "email": wanted["email"],
                "country": wanted["country"],
                "business_profile": {"name": wanted["display_name"]},
                "capabilities": {"transfers": {"requested": True}},
                "controller": {
                    "fees": {"payer": "application"},
                    "losses": {"payments": "application"},
                    "requirement_collection": "stripe",
                    "stripe_dashboard": {"type": "express"},
                },
                "metadata": _ours(instruction),
            },
            {"idempotency_key": instruction.idempotency_key},
        )
        return Answer(Outcome.DONE, remote_id=account.id)

    def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> str:
        """Make a fresh single-use link to Stripe's own form."""
        no_transaction_open()
        with reads():
            link = self._reading.v1.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
        return link.url

    def _facts(self, account_id: str) -> AccountFacts:
        account: Any = self._reading.v1.accounts.retrieve(account_id)
        needs = account.requirements
        overdue = list(needs.past_due or [])
        asked = list(dict.fromkeys([*overdue, *(needs.currently_due or [])]))
        due_at = moment(needs.current_deadline) if needs.current_deadline else None
        capabilities = account.capabilities.to_dict() if account.capabilities else {}
        return AccountFacts(
            account_id=account.id,
            transfers_active=capabilities.get("transfers") == "active",
            requirements=tuple(
                Requirement(code, None if code in overdue else due_at, overdue=code in overdue)
                for code in asked
            ),
            under_review=bool(needs.pending_verification) and not asked,
        )


def _ours(instruction: Instruction) -> dict[str, str]:
    return {
        "payout_account_id": instruction.params["payout_account_id"],
        "call_id": str(instruction.call_id),
    }


def _entry(entry: Any) -> Requirement:
    deadline = entry.minimum_deadline
    overdue = deadline.status == "past_due"
    return Requirement(
        code=entry.description,
        due_at=_v2_moment(deadline.time) if deadline.time and not overdue else None,
        overdue=overdue,
    )


def _v2_moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)
