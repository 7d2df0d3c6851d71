"""What becomes of refunds."""

from __future__ import annotations

from typing import Final

from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.messages import BankTransferDue, RefundDue, RefundEnded
from marketplace.funding.models import Refund
from marketplace.funding.rules import RefundState, Way
from marketplace.kernel.money import in_words
from marketplace.processor.ports import NoSuchObject, ProcessorUnavailable
from marketplace.store.session import reading, transaction
from workers.alarms import tell_gone
from workers.runtime import Run, TryLater
from workers.telling import tell_payers, tell_staff

HEADS: Final = {
    RefundState.PAID: "was sent",
    RefundState.FAILED: "did not go through",
    RefundState.CAME_BACK: "came back",
}


def look_at_refund(message: RefundDue, run: Run) -> None:
    """Ask the processor how a refund stands, and book what became of it."""
    with reading() as session:
        refund_id = queries.refund_by_id(session, message.refund_id).stripe_refund_id
    if refund_id is None:
        return
    try:
        facts = run.gateways.payments.refund(refund_id)
    except NoSuchObject:
        path = f"/staff/refunds/{message.refund_id}"
        tell_gone(run, what="a refund", remote_id=refund_id, path=path)
        return
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable
    with transaction() as session:
        funding.record_refund(session, refund_id=message.refund_id, facts=facts, now=run.now)


def tell_refund_ended(message: RefundEnded, run: Run) -> None:
    """Tell the brand that its money is on the way back, or that it lies in its wallet."""
    with transaction() as session:
        refund = queries.refund_by_id(session, message.refund_id)
        if refund.state in HEADS:
            tell_payers(
                session,
                refund.brand_id,
                kind=f"refund_{refund.state}",
                about=refund.id,
                title=f"The refund {_of(refund)} {HEADS[refund.state]}",
                text=_text(refund),
                path=_page(refund),
                now=run.now,
            )


def tell_bank_transfer_due(message: BankTransferDue, run: Run) -> None:
    """Tell finance staff that a refund waits for them."""
    with transaction() as session:
        refund = queries.refund_by_id(session, message.refund_id)
        tell_staff(
            session,
            kind="bank_transfer_due",
            about=refund.id,
            title=f"Send {in_words(refund.amount)} by bank transfer",
            text=f"The refund {_of(refund)} cannot go back the way it was paid.",
            path="/staff/refunds",
            now=run.now,
        )


def _text(refund: Refund) -> str:
    if refund.state is RefundState.PAID and refund.way is Way.BANK_TRANSFER:
        return "It was sent by bank transfer. Banks show it within two working days."
    if refund.state is RefundState.PAID:
        return "Banks show it within five to ten working days."
    return (
        f"{refund.problem} {in_words(refund.amount)} is in your wallet: use it for a"
        " campaign, or have it sent by bank transfer."
    )


def _of(refund: Refund) -> str:
    return f"for “{refund.campaign.name}”" if refund.campaign else "from your wallet"


def _page(refund: Refund) -> str:
    if refund.state is RefundState.PAID and refund.campaign_id:
        return f"/brand/campaigns/{refund.campaign_id}/money"
    return "/brand/billing"
