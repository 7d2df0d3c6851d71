"""What an answer of the processor means for a call, and what to do next. Pure.

The rules of one call, in two sentences: an answer that did not come is never taken for a refusal,
and a refusal counts only when no earlier try is unanswered. A key is kept until either the
processor has said no, or its absence was looked up twice, long after the last send.

Everything that is decided about a call is decided here, over its ``Standing``; the service locks,
counts and writes. So the tests can walk every road of a call by these very functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from marketplace.kernel.currencies import exponent
from marketplace.kernel.money import Money


class CallKind(StrEnum):
    """What we ask of the processor."""

    TRANSFER = "transfer"
    REVERSAL = "reversal"
    REFUND = "refund"
    CHECKOUT = "checkout"
    ACCOUNT = "account"
    PLATFORM_PAYOUT = "platform_payout"
    TOPUP = "topup"
    EVIDENCE = "evidence"
    ACCEPT_LOSS = "accept_loss"


class CallState(StrEnum):
    """Where an intended call stands."""

    READY = "ready"
    SENDING = "sending"
    UNKNOWN = "unknown"
    RETRY = "retry"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    MANUAL = "manual"


class Outcome(StrEnum):
    """What one send came to."""

    DONE = "done"
    UNKNOWN = "unknown"
    """No answer, or a server error: it may have happened."""
    NOT_RUN = "not_run"
    """Turned away before anything ran: rate limit, or the key is in use."""
    REFUSED = "refused"
    MISUSED = "misused"
    """Same key, other parameters: our own mistake."""
    UNAUTHORISED = "unauthorised"
    """Our credentials were not taken; says nothing about the call."""


class Act(StrEnum):
    """What a claimed call needs: to be sent, or to be looked for."""

    SEND = "send"
    LOOK_UP = "look_up"


FINAL: Final = frozenset({CallState.SUCCEEDED, CallState.REFUSED})
WAITING: Final = frozenset({CallState.READY, CallState.RETRY, CallState.UNKNOWN})
MOVES_NO_MONEY: Final = frozenset({CallKind.CHECKOUT, CallKind.ACCOUNT})
"""What may be made twice and does no harm: nobody hears of the other one."""
LEASE: Final = timedelta(minutes=2)
"""How long one worker may hold a call; longer than any send takes."""
KEY_LIFE: Final = timedelta(hours=23)
"""Stripe may forget a key after 24 hours, and then the same key would run again."""
QUIET: Final = timedelta(hours=1)
"""How long after the last send an absence may be believed."""
ABSENCES_NEEDED: Final = 2
CURABLE: Final = frozenset({"balance_insufficient"})
"""Refusals that pass by themselves; tried again under a new key."""
IN_USE: Final = "idempotency_key_in_use"
"""Another try of the same call is running at the processor this very moment."""
SENT_ANEW_UP_TO_UNITS: Final = 1_000
"""In whole units of the currency: what was looked for twice in vain and is more than this is sent
again only when two people say so."""
WAITS: Final = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
SENDS_A_SECOND: Final = 20
"""Over all workers, for each kind of call; Stripe allows 25 transfers a second."""
LONGEST_WAIT: Final = timedelta(seconds=5)
"""How far ahead a worker may have its turn; with none so soon it lets the call lie for a while."""
PROBE_EVERY: Final = timedelta(minutes=10)
"""How often one call is let through while our credentials are not taken."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a call stands: all of it that the rules look at."""

    state: CallState
    next_try_at: datetime
    key_generation: int = 0
    fence: int = 0
    """How often it was taken; an answer that carries an older one is a latecomer's."""
    lease_until: datetime | None = None
    first_sent_at: datetime | None = None
    """When the present key was first sent; starts its clock."""
    last_sent_at: datetime | None = None
    absent_count: int = 0
    """How many look-ups in a row found nothing."""
    look_only: bool = False
    """A person has asked to look for it; nothing is sent meanwhile."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to one claimed call, with what is known of the sends before it.

    tries: sends made under this key, this one included.
    earlier_unanswered: some earlier send under this key never got a clear answer.
    by_itself: the call may be sent anew without a person, once its absence is sure.
    """

    act: Act
    fence: int
    outcome: Outcome
    code: str | None = None
    tries: int = 1
    earlier_unanswered: bool = False
    by_itself: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of a call after an answer.

    next_try_at: None when nothing more is to be done by itself.
    new_key: the next send must carry a new key.
    """

    state: CallState
    next_try_at: datetime | None = None
    new_key: bool = False


def may_go_by_itself(kind: CallKind, amount: Money | None) -> bool:
    """Tell whether a call may be sent anew without a person, once its absence is sure.

    amount: None when it has none in its parameters; then it goes only if it moves no money.
    """
    if kind in MOVES_NO_MONEY:
        return True
    if amount is None:
        return False
    most: int = SENT_ANEW_UP_TO_UNITS * 10 ** exponent(amount.currency)
    return amount.minor <= most


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after so many sends."""
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]


def is_due(standing: Standing, *, now: datetime) -> bool:
    """Tell whether a worker may take it: its time has come, or its holder died."""
    if standing.state is CallState.SENDING:
        return standing.lease_until is None or standing.lease_until < now
    return standing.state in WAITING and standing.next_try_at <= now


def act_for(*, first_sent_at: datetime | None, now: datetime) -> Act:
    """Send while the key is fresh; after that only look for what earlier sends may have done."""
    if first_sent_at is None or now - first_sent_at < KEY_LIFE:
        return Act.SEND
    return Act.LOOK_UP


def taken(standing: Standing, *, now: datetime) -> tuple[Act, Standing]:
    """Return what a worker that takes the call has to do, and how it stands while that goes on."""
    act = (
        Act.LOOK_UP
        if standing.look_only
        else act_for(first_sent_at=standing.first_sent_at, now=now)
    )
    held = replace(
        standing, state=CallState.SENDING, fence=standing.fence + 1, lease_until=now + LEASE
    )
    if act is Act.LOOK_UP:
        return act, held
    return act, replace(held, first_sent_at=held.first_sent_at or now, last_sent_at=now)


def answered(standing: Standing, given: Given, *, now: datetime) -> Standing:
    """Return how a call stands after an answer.

    A success is believed whoever brings it, even of a call that counted as refused. Any other
    answer counts only when it comes from the call's present holder, and once.
    """
    if given.outcome is Outcome.DONE:
        return succeeded(standing)
    if standing.state is not CallState.SENDING or standing.fence != given.fence:
        return standing
    absences = standing.absent_count
    if given.act is Act.SEND:
        move = after_send(
            given.outcome,
            code=given.code,
            tries=given.tries,
            earlier_unanswered=given.earlier_unanswered,
            now=now,
        )
    elif given.outcome is not Outcome.NOT_RUN:  # nobody could be asked; that says nothing
        move = Move(CallState.UNKNOWN, now + wait_after(given.tries))
    elif standing.look_only:
        move = Move(CallState.MANUAL)
    else:
        absences += 1
        move = after_look_up(
            found=False,
            absences=absences,
            last_sent_at=standing.last_sent_at,
            by_itself=given.by_itself,
            now=now,
        )
    return _moved(replace(standing, absent_count=absences), move)


def succeeded(standing: Standing) -> Standing:
    """Return how a call stands once it is known to be done, whatever was thought before."""
    return replace(standing, state=CallState.SUCCEEDED, lease_until=None, look_only=False)


def _moved(standing: Standing, move: Move) -> Standing:
    rested = replace(
        standing,
        state=move.state,
        lease_until=None,
        next_try_at=move.next_try_at or standing.next_try_at,
        look_only=standing.look_only and move.state is CallState.UNKNOWN,
    )
    if not move.new_key:
        return rested
    return replace(
        rested, key_generation=rested.key_generation + 1, first_sent_at=None, absent_count=0
    )


def after_send(
    outcome: Outcome, *, code: str | None, tries: int, earlier_unanswered: bool, now: datetime
) -> Move:
    """Decide after one send.

    code: the processor's machine-readable code of a refusal.
    tries: sends made under this key, this one included.
    earlier_unanswered: some earlier send under this key never got a clear answer.
    """
    soon = now + (WAITS[0] if code == IN_USE else wait_after(tries))
    match outcome:
        case Outcome.DONE:
            return Move(CallState.SUCCEEDED)
        case Outcome.UNKNOWN:
            return Move(CallState.UNKNOWN, soon)
        case Outcome.NOT_RUN | Outcome.UNAUTHORISED:
            return Move(CallState.UNKNOWN if earlier_unanswered else CallState.RETRY, soon)
        case Outcome.MISUSED:
            return Move(CallState.MANUAL)
        case Outcome.REFUSED:
            if earlier_unanswered:
                return Move(CallState.UNKNOWN, soon)
            if code in CURABLE:
                return Move(CallState.RETRY, now + WAITS[-1], new_key=True)
            return Move(CallState.REFUSED)


def after_look_up(
    *, found: bool, absences: int, last_sent_at: datetime | None, by_itself: bool, now: datetime
) -> Move:
    """Decide after looking for the object at the processor.

    absences: look-ups in a row that found nothing, this one included.
    by_itself: whether it may be sent anew without a person.
    """
    if found:
        return Move(CallState.SUCCEEDED)
    quiet = last_sent_at is None or now - last_sent_at >= QUIET
    if absences < ABSENCES_NEEDED or not quiet:
        return Move(CallState.UNKNOWN, now + QUIET)
    if not by_itself:
        return Move(CallState.MANUAL)
    return Move(CallState.READY, now, new_key=True)


class Ruling(StrEnum):
    """What a person may decide about a call that waits for one."""

    LOOK_UP = "look_up"
    """Look for it at the processor once more."""
    NEW_KEY = "new_key"
    """It was not done: send it again under a new key."""
    GIVE_UP = "give_up"
    """It was not done and shall not be: what was reserved for it is free again."""


def ruled(standing: Standing, ruling: Ruling, *, now: datetime) -> Standing:
    """Return how a call that waited for a person goes on."""
    match ruling:
        case Ruling.LOOK_UP:
            return replace(standing, state=CallState.UNKNOWN, next_try_at=now, look_only=True)
        case Ruling.GIVE_UP:
            return replace(standing, state=CallState.REFUSED)
        case Ruling.NEW_KEY:
            return _moved(standing, Move(CallState.READY, now, new_key=True))


@dataclass(frozen=True, slots=True)
class DayCompared:
    """What a day of results at the processor and our calls do not agree on.

    to_take_over: result and call of what was done and we do not know of. strangers: results of no
    call of ours. missing: results we have booked and did not see, with their calls.
    """

    to_take_over: list[tuple[str, UUID]]
    strangers: list[str]
    missing: list[tuple[str, UUID]]


def compare_day(made: Mapping[str, UUID | None], ours: Mapping[UUID, str | None]) -> DayCompared:
    """Compare both ways.

    made: result -> the call it names. ours: call -> its result, of all calls that are named or have
    ended that day; None: it has none yet.
    """
    to_take_over, strangers = [], []
    for remote_id, call_id in made.items():
        if call_id is None or call_id not in ours:
            strangers.append(remote_id)
        elif ours[call_id] != remote_id:
            to_take_over.append((remote_id, call_id))
    missing = [
        (remote_id, call_id)
        for call_id, remote_id in ours.items()
        if remote_id is not None and remote_id not in made
    ]
    return DayCompared(to_take_over, strangers, missing)
