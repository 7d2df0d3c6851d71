"""Creators' money as finance staff see it: earned fees, payouts, and calls to the processor."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import utc_now
from marketplace.ledger import queries as ledger
from marketplace.payouts import queries
from marketplace.payouts.queries import chains
from marketplace.payouts.queries.reasons import reasons
from marketplace.payouts.rules import ACCOUNT_SHORT, EarningState, PayoutState, Waiting
from marketplace.processor import queries as processor
from marketplace.processor.rules import CallKind
from marketplace.reconciliation.queries import owner_names
from marketplace.store.session import reading
from marketplace.web import access
from marketplace.web.asked import Asked, order_asked_for
from marketplace.web.staff.answers import said
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.todos import WORDS, url_of_call

WAITING_WORDS: Final = {
    Waiting.HOLD: "The end of the hold window",
    Waiting.DISPUTE_CREATOR: "The creator’s answer in a dispute",
    Waiting.DISPUTE_BRAND: "The brand’s answer in a dispute",
    Waiting.DISPUTE_STAFF: "Our word in a dispute",
    Waiting.FROZEN: "Us: payouts are frozen",
    Waiting.NO_ACCOUNT: "The creator: no payout account",
    Waiting.ACCOUNT_CLOSED: "The creator: the account was closed",
    Waiting.ACCOUNT_NOT_READY: "The creator: the account is not ready",
    Waiting.ACCOUNT_PAUSED: "The creator: the account is paused",
    Waiting.ACCOUNT_CHECKED: "The processor: it checks the account",
    Waiting.REFUSED: "An hour after a refusal",
    Waiting.CLAWBACK: "The next run: a clawback is kept back",
    Waiting.BELOW_MINIMUM: "More: it is below the smallest payout",
    Waiting.NEXT_RUN: "The next run",
    Waiting.SENDING: "The processor’s answer",
    Waiting.UNCLEAR: "The processor: its answer is unclear",
    Waiting.PERSON: "Us: a person has to decide",
}
"""Whom an unpaid fee waits for, and why, in the words of finance."""


@bp.get("/earnings")
def earnings() -> ResponseReturnValue:
    """Where is each earned fee, and what does it wait for?"""
    asked = Asked()
    state = asked.one_of("state", EarningState, "state")
    why = asked.value("why", Waiting, "Nothing waits for “{}”.")
    creator_id = asked.value("creator", UUID, "There is no creator “{}”.")
    now = utc_now()
    with reading() as session:
        page = queries.all_earnings(
            session,
            state=state,
            waiting=why,
            creator_id=creator_id,
            page=access.page_number(),
            now=now,
        )
        return render_template(
            "staff/earnings.html",
            page=page,
            chains=chains.chains_of(session, page.rows, now=now),
            reasons=reasons(session, now=now),
            words=WAITING_WORDS,
            why_=why,
            creator_id=creator_id,
            state=state,
            states=list(EarningState),
            problems=asked.problems,
        )


@bp.get("/payouts")
def payouts() -> ResponseReturnValue:
    """What did we send, and did it arrive?"""
    asked = Asked()
    state = asked.one_of("state", PayoutState, "state")
    order = order_asked_for(queries.PAYOUT_ORDERS, default="started")
    with reading() as session:
        page = queries.payouts(
            session,
            state=state,
            sort=order.key,
            descending=order.descending,
            page=access.page_number(),
        )
        calls = processor.calls_for(
            session, kind=CallKind.TRANSFER, subject_ids={each.id for each in page.rows}
        )
        return render_template(
            "staff/payouts.html",
            page=page,
            calls=calls,
            state=state,
            states=list(PayoutState),
            order=order,
            problems=asked.problems,
        )


@bp.get("/payouts/<uuid:payout_id>")
def payout(payout_id: UUID) -> ResponseReturnValue:
    """What happened to this payout, at the processor and in the books?"""
    with reading() as session:
        found = queries.payout_seen_by(session, access.actor(), payout_id)
        call = processor.call_for(session, kind=CallKind.TRANSFER, subject_id=payout_id)
        entries = ledger.entries(session, owner=payout_id)
        return render_template(
            "staff/payout.html",
            payout=found,
            frozen=queries.freeze_of(session, found.creator_id),
            steps=queries.steps_of(session, payout_id),
            reversals=queries.reversals_of(session, payout_id),
            account_short=ACCOUNT_SHORT,
            earnings=queries.earnings_in(session, payout_id),
            call=call,
            attempts=processor.attempts_of(session, call.id) if call else [],
            said=said(call) if call else None,
            entries=entries,
            owners=owner_names(session, (line.ref for each in entries for line in each.lines)),
        )


@bp.get("/calls")
def calls() -> ResponseReturnValue:
    """Which calls to the processor do not simply go on?"""
    with reading() as session:
        found = processor.to_look_at(session)
    return render_template(
        "staff/calls.html",
        calls=[*found.stuck, *found.unclear],
        words=WORDS,
        url_of_call=url_of_call,
        said=said,
    )


@bp.get("/calls/<uuid:call_id>")
def call(call_id: UUID) -> ResponseReturnValue:
    """What did we ask of the processor, and what came back? A transfer has its payout's page."""
    with reading() as session:
        found = processor.call_by_id(session, call_id)
        attempts = processor.attempts_of(session, call_id)
    if found.kind is CallKind.TRANSFER:
        return redirect(url_of_call(found))
    return render_template(
        "staff/call.html", call=found, attempts=attempts, words=WORDS, said=said(found)
    )
