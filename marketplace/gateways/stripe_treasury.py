"""What comes back from creators, the platform's own payouts and top-ups, and its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from stripe import StripeClient

from marketplace.gateways.guard import no_transaction_open
from marketplace.gateways.stripe_client import reads
from marketplace.gateways.stripe_currencies import to_stripe, to_stripe_payout
from marketplace.gateways.stripe_facts import moment, our_id, tag
from marketplace.kernel.money import Money
from marketplace.payouts.ports import ReversalFacts
from marketplace.payouts.rules import ACCOUNT_SHORT
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import CallKind, Outcome
from marketplace.treasury.ports import BankGateway, BankMoveFacts
from marketplace.treasury.rules.own_money import Direction, RemoteState

STATES: Final = {
    "paid": RemoteState.ARRIVED,
    "succeeded": RemoteState.ARRIVED,
    "failed": RemoteState.FAILED,
    "reversed": RemoteState.FAILED,
    "canceled": RemoteState.CANCELLED,
}
"""Stripe's words for a payout's or a top-up's status; all others are under way."""
SHORT: Final = "balance_insufficient"
FINAL_WHEN_SHORT: Final = {
    CallKind.REVERSAL: ACCOUNT_SHORT,
    CallKind.PLATFORM_PAYOUT: "own_balance_insufficient",
}
"""Calls for which too little money is a refusal for good, and what we call that."""


class StripeTreasury(BankGateway):
    """The platform's own money at Stripe. sending: a client that makes each call once."""

    def __init__(self, *, sending: StripeClient, reading: StripeClient) -> None:
        self._sending = sending
        self._reading = reading
        self.makers: dict[CallKind, Callable[[Instruction], Answer]] = {
            CallKind.REVERSAL: self._make_reversal,
            CallKind.PLATFORM_PAYOUT: self._make_payout,
            CallKind.TOPUP: self._make_topup,
        }

    def made(self, instruction: Instruction) -> Iterator[Any]:
        """Everything of this kind that was made, newest first, to look for one of ours."""
        if instruction.kind is CallKind.REVERSAL:
            transfer_id = instruction.params["transfer_id"]
            found = self._reading.v1.transfers.reversals.list(transfer_id, {"limit": 100})
            return found.auto_paging_iter()
        if instruction.kind is CallKind.PLATFORM_PAYOUT:
            return self._reading.v1.payouts.list({"limit": 100}).auto_paging_iter()
        return self._reading.v1.topups.list({"limit": 100}).auto_paging_iter()

    def move(self, direction: Direction, remote_id: str) -> BankMoveFacts:
        """Return a payout or top-up as it stands now."""
        no_transaction_open()
        with reads():
            if direction is Direction.TO_BANK:
                payout = self._reading.v1.payouts.retrieve(remote_id)
                return _facts(payout, arrives=payout.arrival_date)
            topup = self._reading.v1.topups.retrieve(remote_id)
            return _facts(topup, arrives=topup.expected_availability_date)

    def reversals(self, transfer_id: str) -> Iterator[ReversalFacts]:
        """What was taken back of a transfer so far, newest first."""
        no_transaction_open()
        with reads():
            found = self._reading.v1.transfers.reversals.list(transfer_id, {"limit": 100})
            for reversal in found.auto_paging_iter():
                yield ReversalFacts(reversal.id, our_id(reversal.metadata, "call_id"))

    def payout_interval(self) -> str:
        """How often Stripe pays us out by itself: ``manual`` is never.

        Read raw: the library fails on the null that a map of these settings may be.
        """
        no_transaction_open()
        with reads():
            answer: Any = self._reading.raw_request("get", "/v1/balance_settings").data
        payouts = answer["payments"].get("payouts") or {}
        schedule = payouts.get("schedule") or {}
        return str(schedule.get("interval") or "manual")

    def _make_reversal(self, instruction: Instruction) -> Answer:
        wanted = instruction.params
        reversal = self._sending.v1.transfers.reversals.create(
            wanted["transfer_id"],
            {
                "amount": to_stripe(Money(wanted["amount_minor"], wanted["currency"])),
                "metadata": {
                    "reversal_id": wanted["reversal_id"],
                    "call_id": str(instruction.call_id),
                },
            },
            {"idempotency_key": instruction.idempotency_key},
        )
        return Answer(Outcome.DONE, remote_id=reversal.id)

    def _make_payout(self, instruction: Instruction) -> Answer:
        wanted = instruction.params
        payout = self._sending.v1.payouts.create(
            {
                "amount": to_stripe_payout(Money(wanted["amount_minor"], wanted["currency"])),
                "currency": wanted["currency"].lower(),
                "metadata": _metadata(instruction),
            },
            {"idempotency_key": instruction.idempotency_key},
        )
        return Answer(Outcome.DONE, remote_id=payout.id)

    def _make_topup(self, instruction: Instruction) -> Answer:
        wanted = instruction.params
        topup = self._sending.v1.topups.create(
            {
                "amount": to_stripe(Money(wanted["amount_minor"], wanted["currency"])),
                "currency": wanted["currency"].lower(),
                "metadata": _metadata(instruction),
            },
            {"idempotency_key": instruction.idempotency_key},
        )
        return Answer(Outcome.DONE, remote_id=topup.id)


def final(kind: CallKind, answer: Answer) -> Answer:
    """Give a refusal that must not be tried again by itself a code of its own.

    For a creator's payout too little money passes by itself. A payout of ours was measured by what
    was ours at the moment it was asked for; later that may be somebody else's. What is not in a
    creator's account any more is at their bank.
    """
    if kind in FINAL_WHEN_SHORT and answer.code == SHORT:
        return replace(answer, code=FINAL_WHEN_SHORT[kind])
    return answer


def ours(made: Iterator[Any], instruction: Instruction) -> str | None:
    """Return the id of the one that this call made, by the call's id in its metadata."""
    call_id = str(instruction.call_id)
    return next((str(x.id) for x in made if tag(x.metadata, "call_id") == call_id), None)


def _metadata(instruction: Instruction) -> dict[str, str]:
    return {"move_id": instruction.params["move_id"], "call_id": str(instruction.call_id)}


def _facts(found: Any, *, arrives: int | None) -> BankMoveFacts:
    return BankMoveFacts(
        remote_id=found.id,
        state=STATES.get(found.status or "", RemoteState.UNDER_WAY),
        arrives_on=moment(arrives).date() if arrives else None,
        problem=found.failure_message or found.failure_code or "",
    )
