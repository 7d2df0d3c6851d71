"""Chargebacks on the ``stripe`` package: what Stripe calls disputes, and early fraud warnings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from stripe import StripeClient

from marketplace.funding.ports import ChargebackFacts, Taken, WarningFacts
from marketplace.funding.rules import ChargebackState
from marketplace.gateways.guard import no_transaction_open
from marketplace.gateways.stripe_client import reads
from marketplace.gateways.stripe_currencies import from_stripe
from marketplace.gateways.stripe_facts import moment, tag
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import CallKind, Outcome

C: Final = ChargebackState
STATES: Final = {
    "warning_needs_response": C.INQUIRY,
    "warning_under_review": C.INQUIRY,
    "warning_closed": C.CLOSED,
    "prevented": C.CLOSED,
    "needs_response": C.NEEDS_RESPONSE,
    "appeal_needs_response": C.NEEDS_RESPONSE,
    "under_review": C.IN_REVIEW,
    "appeal_under_review": C.IN_REVIEW,
    "won": C.WON,
    "lost": C.LOST,
}
"""Stripe's word for where a dispute stands -> ours. A word we do not know is under review."""


class StripeChargebacks:
    """Reads of disputes and warnings, and the two answers there are to a dispute."""

    def __init__(self, *, sending: StripeClient, reading: StripeClient) -> None:
        self._sending = sending
        self._reading = reading

    def chargeback(self, dispute_id: str) -> ChargebackFacts:
        """Return a chargeback as it stands now."""
        no_transaction_open()
        with reads():
            return chargeback_facts(self._reading.v1.disputes.retrieve(dispute_id))

    def chargebacks(self, *, opened_since: datetime) -> Iterator[ChargebackFacts]:
        """Every chargeback opened since then, newest first."""
        no_transaction_open()
        with reads():
            found = self._reading.v1.disputes.list(
                {"created": {"gte": int(opened_since.timestamp())}, "limit": 100}
            )
            for dispute in found.auto_paging_iter():
                yield chargeback_facts(dispute)

    def warning(self, warning_id: str) -> WarningFacts:
        """Return an early fraud warning as it stands now."""
        no_transaction_open()
        with reads():
            return warning_facts(self._reading.v1.radar.early_fraud_warnings.retrieve(warning_id))

    def warnings(self, *, warned_since: datetime) -> Iterator[WarningFacts]:
        """Every early fraud warning since then, newest first."""
        no_transaction_open()
        with reads():
            found = self._reading.v1.radar.early_fraud_warnings.list(
                {"created": {"gte": int(warned_since.timestamp())}, "limit": 100}
            )
            for warning in found.auto_paging_iter():
                yield warning_facts(warning)

    def submit_evidence(self, instruction: Instruction) -> Answer:
        """Send evidence to the bank, for good."""
        wanted = instruction.params
        dispute = self._sending.v1.disputes.update(
            wanted["dispute_id"],
            {
                "evidence": wanted["evidence"],
                "metadata": {"call_id": str(instruction.call_id)},
                "submit": True,
            },
            {"idempotency_key": instruction.idempotency_key},
        )
        return Answer(Outcome.DONE, remote_id=dispute.id)

    def accept_loss(self, instruction: Instruction) -> Answer:
        """Say that we have nothing to say: the chargeback is lost."""
        dispute = self._sending.v1.disputes.close(
            instruction.params["dispute_id"], {}, {"idempotency_key": instruction.idempotency_key}
        )
        return Answer(Outcome.DONE, remote_id=dispute.id)

    def find(self, instruction: Instruction) -> str | None:
        """Tell whether an earlier send came through, by what it would have changed."""
        dispute = self._reading.v1.disputes.retrieve(instruction.params["dispute_id"])
        if instruction.kind is CallKind.EVIDENCE:
            came = tag(dispute.metadata, "call_id") == str(instruction.call_id)
        else:
            came = dispute.status == "lost"
        return dispute.id if came else None


def chargeback_facts(dispute: Any) -> ChargebackFacts:
    """Return a dispute in our words."""
    lines = dispute.balance_transactions
    due = dispute.evidence_details.due_by
    return ChargebackFacts(
        dispute_id=dispute.id,
        charge_id=str(dispute.charge),
        amount=from_stripe(dispute.amount, dispute.currency),
        state=STATES.get(dispute.status, C.IN_REVIEW),
        reason=dispute.reason,
        opened_at=moment(dispute.created),
        evidence_due_by=moment(due) if due is not None else None,
        withdrawn=next((_taken(line) for line in lines if line.amount < 0), None),
        reinstated=next((_taken(line) for line in lines if line.amount > 0), None),
        livemode=bool(dispute.livemode),
    )


def _taken(line: Any) -> Taken:
    return Taken(
        from_stripe(abs(line.amount), line.currency),
        from_stripe(line.fee, line.currency),
        moment(line.created),
    )


def warning_facts(warning: Any) -> WarningFacts:
    """Return an early fraud warning in our words."""
    return WarningFacts(
        warning_id=warning.id,
        charge_id=str(warning.charge),
        kind=warning.fraud_type,
        warned_at=moment(warning.created),
        actionable=bool(warning.actionable),
        livemode=bool(warning.livemode),
    )
