"""What staff are asked for, subject by subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask import url_for
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from marketplace.authenticity import queries as authenticity
from marketplace.causes import queries as causes
from marketplace.creators import queries as creators
from marketplace.deliverables import queries as endings
from marketplace.funding import queries as funding
from marketplace.funding.models import Refund
from marketplace.funding.rules import ANSWERABLE
from marketplace.kernel.counts import counted
from marketplace.payouts import queries as payouts
from marketplace.processor import queries as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind
from marketplace.store import inbox, outbox
from marketplace.store.inbox import InboxState
from marketplace.treasury import queries as treasury
from marketplace.web import access, render
from marketplace.web.navigation import Todo
from marketplace.web.staff.answers import said

RECENTLY: Final = timedelta(days=30)
"""How long a payment that went wrong stays on the list of things to look at."""
SINGLY: Final = 5
"""More calls than this to one kind of trouble are told in one line."""
WORDS: Final = {
    CallKind.TRANSFER: "payout",
    CallKind.REVERSAL: "payout to be taken back",
    CallKind.REFUND: "refund",
    CallKind.CHECKOUT: "payment page",
    CallKind.ACCOUNT: "payout account",
    CallKind.PLATFORM_PAYOUT: "payout to our bank",
    CallKind.TOPUP: "top-up",
    CallKind.EVIDENCE: "chargeback’s evidence",
    CallKind.ACCEPT_LOSS: "chargeback we accept",
}


Asked = Callable[[Session, datetime, Any], list[Todo]]
"""Handed what the glance has found of the subject."""


def _calls_to_look_at(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    calls = processor.to_look_at(session)
    return [
        *_calls(calls.stuck, one="A {} waits for a person", many="{} calls wait for a person"),
        *_calls(
            calls.unclear,
            one="The processor’s answer about a {} is unclear",
            many="The processor’s answer about {} calls is unclear",
            detail="We keep asking what became of it; nothing is sent twice.",
        ),
    ]


def _calls(found: Sequence[ProcessorCall], *, one: str, many: str, detail: str = "") -> list[Todo]:
    if len(found) > SINGLY:
        return [Todo(many.format(len(found)), "See the calls", url_for("staff.calls"))]
    return [
        Todo(
            title=one.format(WORDS[call.kind]),
            detail=detail or _last_word(call),
            action_label="Open",
            url=url_of_call(call),
        )
        for call in found
    ]


def _last_word(call: ProcessorCall) -> str:
    answer = said(call)
    return answer.words if answer else f"Planned {render.moment(call.planned_at)}"


def url_of_call(call: ProcessorCall) -> str:
    """Return where a call to the processor is shown: a transfer with its payout."""
    if call.kind is CallKind.TRANSFER:
        return url_for("staff.payout", payout_id=call.subject_id)
    return url_for("staff.call", call_id=call.id)


def _requests_to_decide(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    """What others have asked for; one's own waits for somebody else."""
    return [
        Todo(
            title=f"{each.maker.name} asks for a second person",
            detail=f"{render.state_label(each.kind)}"
            f"{f' of {render.money(each.amount)}' if each.amount else ''}. {each.reason}",
            action_label="Look at it",
            url=url_for("staff.request", request_id=each.id),
        )
        for each in treasury.open_requests(session)
        if each.maker_id != access.user_id()
    ]


def _endings_to_decide(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    waiting = len(endings.endings_with_staff(session))
    if not waiting:
        return []
    return [
        Todo(
            title=counted(waiting, "ending to decide", "endings to decide"),
            detail="Two sides do not agree whether their collaboration ends.",
            action_label="Decide",
            url=url_for("staff.endings"),
        )
    ]


def _fundings_gone_wrong(session: Session, now: datetime, _found: Any) -> list[Todo]:
    return [
        Todo(
            title=f"A payment for “{each.campaign.name}” went wrong",
            detail=f"{render.money(each.total)}, {render.day(each.requested_at)}. {each.problem}",
            action_label="See its entries",
            url=url_for("staff.journal", owner=each.campaign_id),
        )
        for each in funding.failed_fundings(session, since=now - RECENTLY)
    ]


def _refunds_gone_wrong(session: Session, now: datetime, _found: Any) -> list[Todo]:
    return [
        Todo(
            title=f"A refund {_refund_of(each)} failed",
            detail=f"{render.money(each.amount)}. {each.problem}",
            action_label="See its entries",
            url=url_for("staff.journal", owner=each.id),
        )
        for each in funding.failed_refunds(session, since=now - RECENTLY)
    ]


def _chargebacks_to_answer(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    """Those whose deadline runs."""
    return [
        Todo(
            title=f"Answer the chargeback for “{each.campaign.name}”",
            detail=f"{render.money(each.amount)} is at stake.",
            action_label="Answer it",
            url=url_for("staff.chargeback", chargeback_id=each.id),
            due=each.evidence_due_by,
        )
        for each in funding.open_chargebacks(session)
        if each.state in ANSWERABLE
    ]


def _warnings_to_look_at(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    return [
        Todo(
            title=f"An issuer warns of fraud: “{each.campaign.name}”",
            detail=f"{render.money(each.frozen)} is frozen until you have asked the brand.",
            action_label="Look at it",
            url=url_for("staff.fraud_warning", warning_id=each.id),
        )
        for each in funding.open_warnings(session)
    ]


def _debts(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    debts = funding.debts_by_brand(session)
    if not debts:
        return []
    return [
        Todo(
            title=counted(len(debts), "brand owes", "brands owe") + " money of a lost chargeback",
            detail="; ".join(
                ", ".join(render.money(each) for each in sums)
                for sums in list(debts.values())[:SINGLY]
            ),
            action_label="See who",
            url=url_for("staff.chargebacks"),
        )
    ]


def _bank_transfers_to_send(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    due = funding.bank_transfers_due(session)
    if not due:
        return []
    return [
        Todo(
            title=counted(len(due), "refund waits", "refunds wait") + " for a bank transfer",
            detail=", ".join(render.money(each.amount) for each in due[:SINGLY]),
            action_label="Send them",
            url=url_for("staff.refunds"),
        )
    ]


def _disputes_to_decide(_session: Session, now: datetime, found: Sequence[datetime]) -> list[Todo]:
    first = min(found)
    return [
        Todo(
            title=counted(len(found), "dispute waits for our word", "disputes wait for our word"),
            detail="Brand and creator do not agree about money that is held until we decide.",
            action_label="Decide",
            url=url_for("staff.disputes"),
            due=first,
            late=first <= now,
        )
    ]


def _causes_to_pay(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    return [
        Todo(
            title=f"{name} is owed {render.money(amount)}",
            detail="Pledges that became its own; they go out by bank transfer.",
            action_label="Send it",
            url=url_for("staff.cause", organisation_id=organisation_id),
        )
        for organisation_id, name, amount in causes.owed_now(session)
    ]


def _pictures_to_judge(_session: Session, _now: datetime, waiting: int) -> list[Todo]:
    return [
        Todo(
            title=counted(waiting, "picture of an audience waits", "pictures of audiences wait"),
            detail="Do they show the shares that came with them? Until then those count 30\xa0%."
            if waiting > 1
            else "Does it show the shares that came with it? Until then those count 30\xa0%.",
            action_label="Look at them" if waiting > 1 else "Look at it",
            url=url_for("staff.audiences"),
        )
    ]


def _objections_to_decide(_session: Session, _now: datetime, waiting: int) -> list[Todo]:
    return [
        Todo(
            title=counted(waiting, "objection to a subject waits", "objections to subjects wait"),
            detail="Do the posts touch what was found in them? Until then some brands do not see"
            " the creator.",
            action_label="Look at them" if waiting > 1 else "Look at it",
            url=url_for("staff.subjects"),
        )
    ]


def _appeals_to_decide(_session: Session, now: datetime, found: Sequence[datetime]) -> list[Todo]:
    first = min(found)
    return [
        Todo(
            title=counted(
                len(found),
                "creator waits for our word on their views",
                "creators wait for our word on their views",
            ),
            detail="They say that they are people’s. Without a word from us they count.",
            action_label="Decide",
            url=url_for("staff.views"),
            due=first,
            late=first <= now,
        )
    ]


def _refund_of(refund: Refund) -> str:
    return f"for “{refund.campaign.name}”" if refund.campaign else "from a wallet"


def _jobs_to_retry(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    failed = outbox.failed(session, page=1).total
    if not failed:
        return []
    return [
        Todo(
            title=counted(failed, "job failed", "jobs failed"),
            detail="Each is tried again for three quarters of an hour, but what a rule refused.",
            action_label="See why",
            url=url_for("staff.messages"),
        )
    ]


def _webhooks_to_look_at(session: Session, _now: datetime, _found: Any) -> list[Todo]:
    stuck = inbox.stuck_count(session)
    if not stuck:
        return []
    return [
        Todo(
            title=counted(stuck, "webhook cannot be handled", "webhooks cannot be handled"),
            detail="They are tried again for three days.",
            action_label="See why",
            url=url_for("staff.webhooks", state=InboxState.WAITING),
        )
    ]


SUBJECTS: Final[Sequence[tuple[ColumnElement[Any], Asked]]] = (
    (processor.ANY_TO_LOOK_AT, _calls_to_look_at),
    (treasury.ANY_OPEN_REQUEST, _requests_to_decide),
    (funding.ANY_OPEN_CHARGEBACK, _chargebacks_to_answer),
    (funding.ANY_OPEN_WARNING, _warnings_to_look_at),
    (funding.ANY_DEBT, _debts),
    (endings.ANY_ENDING_WITH_STAFF, _endings_to_decide),
    (payouts.DISPUTES_WITH_STAFF_DUE, _disputes_to_decide),
    (authenticity.APPEALS_DUE, _appeals_to_decide),
    (funding.ANY_BANK_TRANSFER_DUE, _bank_transfers_to_send),
    (causes.ANY_OWED, _causes_to_pay),
    (funding.ANY_FAILED_FUNDING, _fundings_gone_wrong),
    (funding.ANY_FAILED_REFUND, _refunds_gone_wrong),
    (creators.PROOFS_WAITING, _pictures_to_judge),
    (creators.OBJECTIONS_WAITING, _objections_to_decide),
    (outbox.ANY_FAILED, _jobs_to_retry),
    (inbox.ANY_STUCK, _webhooks_to_look_at),
)
"""What there is of a subject at a glance, and who tells of it; asked only where there is some."""
