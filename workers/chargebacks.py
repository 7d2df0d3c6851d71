"""What becomes of chargebacks and fraud warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Final, TypeVar

import structlog

from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.messages import ChargebackDue, ChargebackTurned, FraudWarningTurned
from marketplace.funding.models import Chargeback
from marketplace.funding.ports import ChargebackFacts, WarningFacts
from marketplace.funding.rules import ChargebackState, WarningState
from marketplace.kernel.days import moment_in_words
from marketplace.kernel.money import in_words
from marketplace.processor.ports import NoSuchObject, ProcessorUnavailable
from marketplace.store.session import reading, transaction
from workers.alarms import tell_gone
from workers.runtime import Run, TryLater
from workers.sweeping import each_alone
from workers.telling import tell_payers, tell_staff

LOOKED_BACK: Final = timedelta(days=7)
"""How far back a sweep lists what was opened; webhooks are told for three days at most."""

Facts = TypeVar("Facts")
log = structlog.get_logger("workers")


def look_at_chargeback(message: ChargebackDue, run: Run) -> None:
    """Ask the processor how a chargeback stands, and book it."""
    try:
        for facts in _each_known(
            run, run.gateways.payments.chargebacks.chargeback, [message.dispute_id]
        ):
            book_chargeback(facts, run)
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable


def _each_known(
    run: Run, ask: Callable[[str], Facts], remote_ids: Iterable[str]
) -> Iterator[Facts]:
    """What the processor says of each; of one that it does not know staff are told."""
    for remote_id in remote_ids:
        try:
            yield ask(remote_id)
        except NoSuchObject:
            tell_gone(run, what="a chargeback", remote_id=remote_id, path="/staff/chargebacks")


def book_chargeback(facts: ChargebackFacts, run: Run) -> None:
    """Book what was told of a chargeback, unless it is not of our mode."""
    if facts.livemode is not run.settings.livemode:
        log.error("chargeback_of_the_other_mode", dispute_id=facts.dispute_id)
        return
    with transaction() as session:
        if funding.record_chargeback(session, facts=facts, now=run.now) is None:
            log.warning("chargeback_of_no_charge_of_ours", dispute_id=facts.dispute_id)


def book_warning(facts: WarningFacts, run: Run) -> None:
    """Write down what was told of a fraud warning, unless it is not of our mode."""
    if facts.livemode is not run.settings.livemode:
        log.error("warning_of_the_other_mode", warning_id=facts.warning_id)
        return
    with transaction() as session:
        funding.record_warning(session, facts=facts, now=run.now)


def look_for_chargebacks(run: Run) -> None:
    """Look at every chargeback that is open, and for those whose webhook was lost."""
    asked = run.gateways.payments.chargebacks
    since = run.now - LOOKED_BACK
    with reading() as session:
        still_open = {each.stripe_dispute_id for each in queries.open_chargebacks(session)}
        warned = {each.stripe_warning_id for each in queries.open_warnings(session)}
    try:
        listed = list(asked.chargebacks(opened_since=since))
        older = still_open - {facts.dispute_id for facts in listed}
        warnings = list(asked.warnings(warned_since=since))
        unlisted = warned - {facts.warning_id for facts in warnings}
        listed += _each_known(run, asked.chargeback, sorted(older))
        warnings += _each_known(run, asked.warning, sorted(unlisted))
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable
    with each_alone() as each:
        for warning in warnings:
            with each(warning.warning_id):
                book_warning(warning, run)
        for facts in listed:
            with each(facts.dispute_id):
                book_chargeback(facts, run)


def tell_chargeback(message: ChargebackTurned, run: Run) -> None:
    """Tell the brand and finance staff of a turn."""
    with transaction() as session:
        found = queries.chargeback_by_id(session, message.chargeback_id)
        state = ChargebackState(message.state)
        title, text = _words(found, state)
        late = state is ChargebackState.LOST and found.returned
        kind = f"chargeback_{state}" + ("_returned" if late else "")
        tell_payers(
            session,
            found.brand_id,
            kind=kind,
            about=found.id,
            title=title,
            text=text,
            path=f"/brand/campaigns/{found.campaign_id}/money",
            now=run.now,
        )
        tell_staff(
            session,
            kind=kind,
            about=found.id,
            title=title,
            text=_next_step(found, state),
            path=f"/staff/chargebacks/{found.id}",
            now=run.now,
        )


def _words(found: Chargeback, state: ChargebackState) -> tuple[str, str]:
    name, amount = found.campaign.name, in_words(found.amount)
    owed = f" You owe {in_words(found.owed)}." if found.owed else ""
    match state:
        case ChargebackState.INQUIRY:
            return (
                f"A bank asks about a payment for “{name}”",
                "No money was taken. Unspent money waits until the bank has its answer. If you"
                " know the payment, tell your bank so.",
            )
        case ChargebackState.NEEDS_RESPONSE:
            return (
                f"A payment for “{name}” was charged back",
                f"Your bank took {amount} back. Unspent money of the campaign is frozen; what"
                " creators were promised stays theirs. If it was a mistake, tell your bank.",
            )
        case ChargebackState.IN_REVIEW:
            return (
                f"The bank looks at the chargeback for “{name}”",
                "Our answer was sent. Banks take up to 75 days to decide.",
            )
        case ChargebackState.WON | ChargebackState.LOST if found.away and found.returned:
            return (
                f"The chargeback for “{name}” is over: a part of the money came back",
                f"{in_words(found.returned)} of {amount} came back;"
                f" {in_words(found.away)} stay with your bank.{owed}",
            )
        case ChargebackState.WON:
            return (
                f"The chargeback for “{name}” is over: the payment stands",
                "The money is in the campaign again.",
            )
        case ChargebackState.LOST:
            return (
                f"The chargeback for “{name}” is over: the money went back to your bank",
                f"{amount} was taken out of the campaign’s money.{owed}",
            )
        case ChargebackState.CLOSED:
            return (
                f"The bank’s question about “{name}” came to nothing",
                "The campaign’s money is free again.",
            )


def _next_step(found: Chargeback, state: ChargebackState) -> str:
    if found.ended_at is not None and found.owed:
        return f"The brand owes {in_words(found.owed)}: recover it, or ask to write it off."
    if found.evidence_due_by is not None and state is not ChargebackState.IN_REVIEW:
        by = moment_in_words(found.evidence_due_by)
        return f"Answer by {by}: send evidence, or accept the loss."
    return f"{in_words(found.amount)} is at stake." if found.ended_at is None else "It is booked."


def tell_warning(message: FraudWarningTurned, run: Run) -> None:
    """Tell finance staff, and the brand, of a warning and of its end."""
    with transaction() as session:
        found = queries.warning_by_id(session, message.warning_id)
        over = WarningState(message.state) is WarningState.OVER
        name = found.campaign.name
        tell_staff(
            session,
            kind=f"fraud_warning_{message.state}",
            about=found.id,
            title=f"The fraud warning for “{name}” is over"
            if over
            else f"An issuer warns of fraud: “{name}”",
            text=found.note if over else "Ask the brand whether the payment is theirs.",
            path=f"/staff/fraud-warnings/{found.id}",
            now=run.now,
        )
        tell_payers(
            session,
            found.brand_id,
            kind=f"fraud_warning_{message.state}",
            about=found.id,
            title=f"The money of “{name}” is looked at no more"
            if over
            else f"Your card’s bank asks whether a payment for “{name}” is yours",
            text=found.note
            if over
            else "Unspent money of the campaign waits for the answer. Finance staff will ask you.",
            path=f"/brand/campaigns/{found.campaign_id}/money",
            now=run.now,
        )
