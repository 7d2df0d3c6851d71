"""Our own money on its way, and who hears of what finance asks for and decides."""

from __future__ import annotations

from typing import Final

from marketplace.kernel.days import day_in_words
from marketplace.kernel.money import in_words
from marketplace.notifications import service as notifications
from marketplace.processor.ports import NoSuchObject, ProcessorUnavailable
from marketplace.store.outbox import post
from marketplace.store.session import reading, transaction
from marketplace.treasury import queries
from marketplace.treasury import service as treasury
from marketplace.treasury.messages import (
    BankMoveDue,
    BankMoveEnded,
    RequestAsked,
    RequestDecided,
)
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.own_money import BankMoveState, Direction
from marketplace.treasury.rules.requests import RequestState
from workers.alarms import tell_gone
from workers.runtime import Run, TryLater
from workers.sweeping import each_alone
from workers.telling import tell_staff

MANUAL: Final = "manual"
ENDS: Final = {
    BankMoveState.ARRIVED: "has arrived",
    BankMoveState.REFUSED: "was refused",
    BankMoveState.FAILED: "has failed",
    BankMoveState.CANCELLED: "was cancelled",
}


def look_at_move(message: BankMoveDue, run: Run) -> None:
    """Ask the processor how a payout or top-up of ours stands, and book it."""
    with reading() as session:
        move = queries.bank_move_by_id(session, message.move_id)
    if move.stripe_id is None:
        return
    try:
        facts = run.gateways.payments.treasury.move(move.direction, move.stripe_id)
    except NoSuchObject:
        tell_gone(run, what="a movement", remote_id=move.stripe_id, path="/staff/treasury")
        return
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable
    with transaction() as session:
        treasury.record_bank_move(session, move_id=move.id, facts=facts, now=run.now)


def ring_open_moves(run: Run) -> None:
    """Look again at every payout and top-up that is under way: its webhook may have been lost."""
    del run
    with transaction() as session:
        for move_id in queries.moves_to_look_at(session):
            post(session, BankMoveDue(move_id=move_id))


def check_schedule(run: Run) -> None:
    """Look whether the processor pays us out by itself; that would take client money along."""
    try:
        interval = run.gateways.payments.treasury.payout_interval()
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable
    with transaction() as session:
        treasury.record_schedule(session, interval=interval, now=run.now)
        if interval != MANUAL:
            tell_staff(
                session,
                kind="payout_schedule",
                about=f"{interval}:{run.now:%Y-%m-%d}",
                title="The payment service pays us out by itself",
                text=f"Its schedule is set to {interval}, so it takes client money to our bank."
                " Set it to manual.",
                path="/staff/treasury",
                now=run.now,
            )


def watch_ages(run: Run) -> None:
    """Tell staff of money that lies with us for long, once at each limit."""
    with reading() as session:
        found = queries.lying_long(session, now=run.now)
    with each_alone() as each:
        for lying in found:
            with each(lying.campaign_id), transaction() as session:
                tell_staff(
                    session,
                    kind="money_lies",
                    about=f"{lying.campaign_id}:{lying.limit}:{lying.since:%Y-%m-%d}",
                    title=f"{in_words(lying.amount)} of “{lying.name}” lies with us",
                    text=f"Its oldest part came in on {day_in_words(lying.since)}, {lying.limit}"
                    " days ago or more. Outside the United States it has to be paid on or given"
                    " back within 90.",
                    path="/staff/treasury",
                    now=run.now,
                )


def tell_move_ended(message: BankMoveEnded, run: Run) -> None:
    """Tell whoever asked what became of a payout or top-up of ours."""
    with transaction() as session:
        move = queries.bank_move_by_id(session, message.move_id)
        what = "payout to our bank" if move.direction is Direction.TO_BANK else "top-up"
        notifications.tell(
            session,
            user_id=move.asked_by,
            kind="bank_move_ended",
            title=f"The {what} of {in_words(move.amount)} {ENDS[BankMoveState(message.state)]}",
            text=move.problem or "The books say so too.",
            path="/staff/treasury",
            once_key=f"bank_move_ended:{move.id}:{message.state}",
            now=run.now,
        )


def tell_asked(message: RequestAsked, run: Run) -> None:
    """Tell everybody who may approve a request that it waits."""
    with transaction() as session:
        request = queries.request_by_id(session, message.request_id)
        tell_staff(
            session,
            kind="request_asked",
            about=request.id,
            title=f"{request.maker.name} asks for a second person",
            text=f"{_what(request)}. {request.reason}",
            path=f"/staff/requests/{request.id}",
            now=run.now,
            but=request.maker_id,
        )


def tell_decided(message: RequestDecided, run: Run) -> None:
    """Tell whoever asked what became of it."""
    with transaction() as session:
        request = queries.request_by_id(session, message.request_id)
        who = request.checker.name if request.checker else "Nobody else"
        done = request.state is RequestState.EXECUTED
        notifications.tell(
            session,
            user_id=request.maker_id,
            kind="request_decided",
            title=f"{who} {'approved' if done else 'declined'} what you asked for",
            text=f"{_what(request)} is booked." if done else request.answer,
            path=f"/staff/requests/{request.id}",
            once_key=f"request_decided:{request.id}",
            now=run.now,
        )


def _what(request: FinanceRequest) -> str:
    kind = request.kind.value.replace("_", " ").capitalize()
    return f"{kind} of {in_words(request.amount)}" if request.amount else kind
