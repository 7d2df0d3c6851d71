"""Disputes: a bank takes the money of a charge back, or asks about it first."""

from __future__ import annotations

from typing import Final

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_due import What, forget, remind
from marketplace.sandbox.stripe_errors import StripeRefusal, no_such
from marketplace.sandbox.stripe_events import emit
from marketplace.sandbox.stripe_limits import check_metadata
from marketplace.sandbox.stripe_money import move, settle_part
from marketplace.sandbox.stripe_warnings import settle_warnings
from marketplace.sandbox.stripe_world import PLATFORM, Call, World, fresh_id

FEE: Final = 15_00
ANSWER_WITHIN: Final = 9 * 24 * 60 * 60
"""Seconds in which evidence is taken; after that the dispute is lost."""
INQUIRY_LASTS: Final = 120 * 24 * 60 * 60
LONGEST_EVIDENCE: Final = 150_000
WINNING: Final = "winning_evidence"
LOSING: Final = "losing_evidence"
"""Words in uncategorized_text that decide a test dispute at once (docs.stripe.com/testing)."""

_WAITS: Final = ("needs_response", "warning_needs_response")
_OPEN: Final = (*_WAITS, "under_review", "warning_under_review")
_EVIDENCE: Final = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip


def open_dispute(
    world: World,
    charged: Document,
    *,
    reason: str = "fraudulent",
    amount: int | None = None,
    inquiry: bool = False,
    final: bool = False,
) -> Document:
    """Dispute a charge; the money is taken at once, unless it is only an inquiry.

    amount: all that was not refunded unless given. final: lost from its first moment.
    """
    left = charged["amount"] - charged["amount_refunded"]
    if not charged["paid"] or charged["disputed"] or not left:
        raise StripeRefusal("Only a charge that was paid can be disputed, and once.")
    disputed = _dispute(world, charged, reason=reason, amount=amount or left)
    if inquiry:
        disputed.update(status="warning_needs_response", is_charge_refundable=True)
        disputed["payment_method_details"]["card"]["case_type"] = "inquiry"
    elif final:
        disputed["status"] = "lost"
        disputed["evidence_details"].update(due_by=None, submission_count=0)
    if not final:
        lasts = INQUIRY_LASTS if inquiry else ANSWER_WITHIN
        remind(world, disputed["id"], What.LAPSE_DISPUTE, at=world.now + lasts)
    charged["disputed"] = True
    world.store.put("charge", charged["id"], charged)
    if not inquiry:
        _withdraw(world, disputed)
    world.store.put("dispute", disputed["id"], disputed, scope=PLATFORM)
    emit(world, "charge.dispute.created", disputed)
    if not inquiry:
        emit(world, "charge.dispute.funds_withdrawn", disputed)
    if final:
        emit(world, "charge.dispute.closed", disputed)
    settle_warnings(world, charged)
    return disputed


def _dispute(world: World, charged: Document, *, reason: str, amount: int) -> Document:
    card = charged["payment_method_details"].get("card")
    return {
        "id": fresh_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charged["id"],
        "created": world.now,
        "currency": charged["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.now + ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charged["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": card["brand"],
                "case_type": "chargeback",
                "network": card["network"],
                "network_reason_code": "10",
            },
            "type": "card",
        }
        if card
        else None,
        "reason": reason,
        "status": "needs_response",
    }


def _withdraw(world: World, disputed: Document) -> None:
    leaves = settle_part(world, _charge_of(world, disputed), disputed["amount"])
    taken = move(
        world,
        account=PLATFORM,
        kind="adjustment",
        category="dispute",
        amount=-leaves.amount,
        fee=FEE,
        currency=leaves.currency,
        exchange_rate=leaves.rate,
        source=disputed["id"],
        description=f"Chargeback withdrawal for {disputed['charge']}",
    )
    disputed["balance_transactions"].append(taken)


def update(call: Call) -> Document:
    """Answer POST /v1/disputes/{id}: evidence, kept or sent to the bank."""
    world, params = call.world, call.params
    disputed = _known(world, call.path["dispute"])
    check_metadata(params.get("metadata") or None)
    evidence = params.get("evidence", {})
    if evidence and disputed["status"] not in _WAITS:
        raise StripeRefusal("This dispute is already closed or under review.", param="evidence")
    texts = {**disputed["evidence"], **evidence}
    if sum(len(text) for text in texts.values() if isinstance(text, str)) > LONGEST_EVIDENCE:
        raise StripeRefusal(
            f"All evidence together has at most {LONGEST_EVIDENCE} characters.", param="evidence"
        )
    disputed["evidence"] = texts
    disputed["metadata"] = {**disputed["metadata"], **(params.get("metadata") or {})}
    if evidence:
        disputed["evidence_details"]["has_evidence"] = True
    sent = params.get("submit", True) and disputed["status"] in _WAITS
    if sent:
        disputed["evidence_details"]["submission_count"] += 1
        disputed["evidence_details"]["submission_method"] = "manual"
        warned = disputed["status"].startswith("warning_")
        disputed["status"] = "warning_under_review" if warned else "under_review"
        forget(world, disputed["id"])
    world.store.put("dispute", disputed["id"], disputed)
    emit(world, "charge.dispute.updated", disputed)
    said = evidence.get("uncategorized_text")
    if sent and said in (WINNING, LOSING):
        turn(world, disputed, "won" if said == WINNING else "lost")
    return disputed


def close(call: Call) -> Document:
    """Answer POST /v1/disputes/{id}/close: it is accepted as lost."""
    disputed = _known(call.world, call.path["dispute"])
    if disputed["status"] not in _WAITS:
        raise StripeRefusal("This dispute is already closed or under review.")
    turn(call.world, disputed, "lost")
    return disputed


def lapse(world: World, key: str) -> None:
    """Nobody answered in time: a dispute is lost, an inquiry comes to nothing."""
    disputed = world.store.get("dispute", key)
    if disputed is not None and disputed["status"] in _WAITS:
        disputed["evidence_details"]["past_due"] = True
        inquiry = disputed["status"] == "warning_needs_response"
        turn(world, disputed, "warning_closed" if inquiry else "lost")


def turn(
    world: World,
    disputed: Document,
    to: str,
    *,
    fee_back: bool = False,
    amount: int | None = None,
) -> None:
    """Have the bank decide: won, lost, warning_closed, under_review or needs_response.

    needs_response: an inquiry becomes a dispute, and the money is taken. won: also after it was
    lost, once. fee_back: with won, the fee comes back as well. amount: less than all comes back.
    """
    late = to == "won" and disputed["status"] == "lost" and len(_moved(disputed)) == 1
    if disputed["status"] not in _OPEN and not late:
        raise StripeRefusal(f"This dispute is {disputed['status']} already.")
    warned = disputed["status"].startswith("warning_")
    if (to == "warning_closed") is not warned and to in ("warning_closed", "won"):
        raise StripeRefusal(f"A dispute that is {disputed['status']} does not become {to}.")
    disputed["status"] = to
    told = ["charge.dispute.updated"]
    if to == "needs_response":
        disputed["is_charge_refundable"] = False
        disputed["payment_method_details"]["card"]["case_type"] = "chargeback"
        disputed["evidence_details"]["due_by"] = world.now + ANSWER_WITHIN
        remind(world, disputed["id"], What.LAPSE_DISPUTE, at=world.now + ANSWER_WITHIN)
        _withdraw(world, disputed)
        told.append("charge.dispute.funds_withdrawn")
    elif to != "under_review":
        forget(world, disputed["id"])
        told = ["charge.dispute.closed"]
    if to == "won":
        _reinstate(world, disputed, fee_back=fee_back, amount=amount)
        told.append("charge.dispute.funds_reinstated")
    world.store.put("dispute", disputed["id"], disputed)
    if to in ("won", "warning_closed"):
        charged = world.store.get("charge", disputed["charge"]) or {}
        charged["disputed"] = to == "won"
        world.store.put("charge", charged["id"], charged)
    for kind in told:
        emit(world, kind, disputed)


def _reinstate(world: World, disputed: Document, *, fee_back: bool, amount: int | None) -> None:
    part = amount or disputed["amount"]
    comes = settle_part(world, _charge_of(world, disputed), part)
    back = move(
        world,
        account=PLATFORM,
        kind="adjustment",
        category="dispute_reversal",
        amount=comes.amount,
        fee=-FEE if fee_back else 0,
        currency=comes.currency,
        exchange_rate=comes.rate,
        source=disputed["id"],
        description=f"Chargeback reversal for {disputed['charge']}",
    )
    disputed["balance_transactions"].append(back)


def _moved(disputed: Document) -> list[Document]:
    moved: list[Document] = disputed["balance_transactions"]
    return moved


def _charge_of(world: World, disputed: Document) -> Document:
    return world.store.get("charge", disputed["charge"]) or {}


def _known(world: World, key: str) -> Document:
    found = world.store.get("dispute", key, scope=PLATFORM)
    if found is None:
        raise no_such("dispute", key, param="dispute")
    return found
