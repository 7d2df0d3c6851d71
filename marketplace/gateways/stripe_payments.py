"""Payments on the ``stripe`` package: calls that move money, and reads of how things stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import stripe
from stripe import RequestOptions

from marketplace.funding.ports import ChargeGateway, CheckoutFacts, RefundFacts
from marketplace.gateways.guard import no_transaction_open
from marketplace.gateways.stripe_accounts import Api, account_gateway
from marketplace.gateways.stripe_chargebacks import StripeChargebacks
from marketplace.gateways.stripe_client import reading_client, reads, sending_client
from marketplace.gateways.stripe_currencies import from_stripe, smallest_charge, to_stripe
from marketplace.gateways.stripe_errors import answer_for, is_gone
from marketplace.gateways.stripe_events import read_event
from marketplace.gateways.stripe_facts import (
    checkout_facts,
    moment,
    refund_facts,
    transfer_facts,
)
from marketplace.gateways.stripe_treasury import StripeTreasury, final, ours
from marketplace.kernel.money import Money
from marketplace.payouts.ports import AccountGateway, TransferFacts, TransferGateway
from marketplace.processor.ports import Answer, Instruction, ProcessorEvent, ProcessorGateway
from marketplace.processor.rules import CallKind, Outcome
from marketplace.reconciliation.ports import StatementLineFacts, StatementSource
from marketplace.terms.ports import ChargeLimits


class StripePayments(
    ProcessorGateway, ChargeGateway, TransferGateway, StatementSource, ChargeLimits
):
    """Every call we make to Stripe for money.

    Sends are made once and never retried here: the processor room writes an attempt for each.
    Reads are retried by the library.
    """

    def __init__(
        self, *, api_key: str, api_base: str, accounts: AccountGateway | None = None
    ) -> None:
        accounts = accounts or account_gateway(Api.V2, api_key=api_key, api_base=api_base)
        self._sending = sending_client(api_key, api_base)
        self._reading = reading_client(api_key, api_base)
        self.treasury = StripeTreasury(sending=self._sending, reading=self._reading)
        self.chargebacks = StripeChargebacks(sending=self._sending, reading=self._reading)
        self._makers: dict[CallKind, Callable[[Instruction], Answer]] = {
            CallKind.CHECKOUT: self._make_checkout,
            CallKind.TRANSFER: self._make_transfer,
            CallKind.REFUND: self._make_refund,
            CallKind.ACCOUNT: accounts.make,
            **self.treasury.makers,
            CallKind.EVIDENCE: self.chargebacks.submit_evidence,
            CallKind.ACCEPT_LOSS: self.chargebacks.accept_loss,
        }

    def send(self, instruction: Instruction) -> Answer:
        """Make the call once, under its key. Never raises for what Stripe does."""
        no_transaction_open()
        try:
            return self._makers[instruction.kind](instruction)
        except Exception as error:  # whatever failed after the send is an answer
            return final(instruction.kind, answer_for(error))

    def look_up(self, instruction: Instruction) -> Answer:
        """Find what an earlier send made, by the call's id in its metadata."""
        no_transaction_open()
        try:
            found = self._find(instruction)
        except Exception as error:  # likewise
            return Answer(Outcome.UNKNOWN, code=type(error).__name__)
        if found is None:
            return Answer(Outcome.NOT_RUN)
        return Answer(Outcome.DONE, remote_id=found)

    def checkout(self, session_id: str) -> CheckoutFacts:
        """Return a checkout as it stands now, with the charge that paid it."""
        no_transaction_open()
        with reads():
            session = self._reading.v1.checkout.sessions.retrieve(session_id)
            intent: Any = None
            if session.status == "complete" and session.payment_intent is not None:
                intent = self._reading.v1.payment_intents.retrieve(
                    str(session.payment_intent), {"expand": ["latest_charge.balance_transaction"]}
                )
        return checkout_facts(session, intent)

    def refund(self, refund_id: str) -> RefundFacts:
        """Return a refund as it stands now."""
        no_transaction_open()
        with reads():
            refund = self._reading.v1.refunds.retrieve(
                refund_id, {"expand": ["balance_transaction", "failure_balance_transaction"]}
            )
        return refund_facts(refund)

    def transfer(self, transfer_id: str) -> TransferFacts:
        """Return a transfer as it stands now."""
        no_transaction_open()
        with reads():
            return transfer_facts(self._reading.v1.transfers.retrieve(transfer_id))

    def undelivered(self, *, account_id: str | None = None) -> Iterator[ProcessorEvent]:
        """Every event that no endpoint has taken, newest first: of our own account, or of another.

        An account that we may not see any more has none; what became of it is asked elsewhere.
        """
        no_transaction_open()
        options: RequestOptions = {"stripe_account": account_id} if account_id else {}
        with reads():
            try:
                events = self._reading.v1.events.list(
                    {"delivery_success": False, "limit": 100}, options
                )
                for event in events.auto_paging_iter():
                    told = read_event(json.dumps(event.to_dict()).encode())
                    yield replace(told, account=told.account or account_id)
            except stripe.StripeError as error:
                if account_id is None or not is_gone(error):
                    raise

    def has_transfer(self, transfer_id: str) -> bool:
        """Tell whether there is such a transfer."""
        no_transaction_open()
        with reads():
            try:
                self._reading.v1.transfers.retrieve(transfer_id)
            except stripe.InvalidRequestError as error:
                if error.code == "resource_missing":
                    return False
                raise
        return True

    def transfers(self, *, from_at: datetime, until_at: datetime) -> Iterator[TransferFacts]:
        """Every transfer made in [from_at, until_at), newest first."""
        no_transaction_open()
        with reads():
            made = self._reading.v1.transfers.list(
                {
                    "created": {"gte": int(from_at.timestamp()), "lt": int(until_at.timestamp())},
                    "limit": 100,
                }
            )
            for transfer in made.auto_paging_iter():
                yield transfer_facts(transfer)

    def statement(self, *, from_at: datetime, until_at: datetime) -> Iterator[StatementLineFacts]:
        """Every balance transaction made in [from_at, until_at), newest first."""
        no_transaction_open()
        with reads():
            lines = self._reading.v1.balance_transactions.list(
                {
                    "created": {"gte": int(from_at.timestamp()), "lt": int(until_at.timestamp())},
                    "limit": 100,
                }
            )
            for line in lines.auto_paging_iter():
                yield _statement_line(line)

    def smallest_charge(self, currency: str) -> Money:
        """Return the least that can be charged in this currency."""
        return smallest_charge(currency)

    def balance(self) -> dict[str, Money]:
        """Currency -> available and pending together."""
        no_transaction_open()
        with reads():
            balance: Any = self._reading.v1.balance.retrieve()
        sums: dict[str, Money] = {}
        for part in (*balance.available, *balance.pending):
            amount = from_stripe(part.amount, part.currency)
            sums[amount.currency] = sums.get(amount.currency, amount - amount) + amount
        return sums

    def _make_checkout(self, instruction: Instruction) -> Answer:
        wanted = instruction.params
        ours = {"funding_id": wanted["funding_id"], "call_id": str(instruction.call_id)}
        session = self._sending.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [
                    {
                        "price_data": {
                            "currency": wanted["currency"].lower(),
                            "unit_amount": to_stripe(_amount(wanted)),
                            "product_data": {"name": wanted["description"]},
                        },
                        "quantity": 1,
                    }
                ],
                "success_url": wanted["success_url"],
                "cancel_url": wanted["cancel_url"],
                "client_reference_id": wanted["funding_id"],
                "metadata": ours,
                "payment_intent_data": {
                    "transfer_group": f"campaign_{wanted['campaign_id']}",
                    "metadata": ours,
                },
            },
            {"idempotency_key": instruction.idempotency_key},
        )
        return Answer(Outcome.DONE, remote_id=session.id, facts={"url": session.url or ""})

    def _make_transfer(self, instruction: Instruction) -> Answer:
        wanted = instruction.params
        transfer = self._sending.v1.transfers.create(
            {
                "amount": to_stripe(_amount(wanted)),
                "currency": wanted["currency"].lower(),
                "destination": wanted["account_id"],
                "transfer_group": _transfer_group(wanted),
                "metadata": {
                    "payout_id": wanted["payout_id"],
                    "call_id": str(instruction.call_id),
                },
            },
            {"idempotency_key": instruction.idempotency_key},
        )
        return Answer(Outcome.DONE, remote_id=transfer.id)

    def _make_refund(self, instruction: Instruction) -> Answer:
        wanted = instruction.params
        refund = self._sending.v1.refunds.create(
            {
                "payment_intent": wanted["payment_intent_id"],
                "amount": to_stripe(_amount(wanted)),
                "metadata": {
                    "refund_id": wanted["refund_id"],
                    "call_id": str(instruction.call_id),
                },
            },
            {"idempotency_key": instruction.idempotency_key},
        )
        return Answer(Outcome.DONE, remote_id=refund.id)

    def _find(self, instruction: Instruction) -> str | None:
        wanted = instruction.params
        made: Iterator[Any]
        match instruction.kind:
            case CallKind.TRANSFER:
                made = self._reading.v1.transfers.list(
                    {"transfer_group": _transfer_group(wanted), "limit": 100}
                ).auto_paging_iter()
            case CallKind.REFUND:
                made = self._reading.v1.refunds.list(
                    {"payment_intent": wanted["payment_intent_id"], "limit": 100}
                ).auto_paging_iter()
            case CallKind.REVERSAL | CallKind.PLATFORM_PAYOUT | CallKind.TOPUP:
                made = self.treasury.made(instruction)
            case CallKind.EVIDENCE | CallKind.ACCEPT_LOSS:
                return self.chargebacks.find(instruction)
            case _:
                # Neither moves money: one that nobody heard of is never used and does no harm.
                return None
        return ours(made, instruction)


def _transfer_group(wanted: Any) -> str:
    return f"payout_{wanted['payout_id']}"


def _amount(wanted: Any) -> Money:
    return Money(wanted["amount_minor"], wanted["currency"])


def _statement_line(line: stripe.BalanceTransaction) -> StatementLineFacts:
    return StatementLineFacts(
        line_id=line.id,
        kind=line.type,
        source_id=str(line.source) if line.source is not None else None,
        amount=from_stripe(line.amount, line.currency),
        fee=from_stripe(line.fee, line.currency),
        net=from_stripe(line.net, line.currency),
        occurred_at=moment(line.created),
        available_on=moment(line.available_on).date(),
        raw=line.to_dict(),
    )
