"""What staff say to a chargeback, and how a brand pays what it owes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.models import Chargeback, ChargebackAnswer
from marketplace.funding.ports import ChargebackFacts
from marketplace.funding.rules import AnswerState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.rules import AccountRef, Code, Pair, events
from marketplace.processor import queries as calls
from marketplace.processor.rules import CallKind, CallState
from marketplace.reconciliation import checks
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.chargebacks import LOST, OPENED, REVIEW, WON, tell
from tests.factories.collaborations import make_collaboration
from tests.factories.money import pay_in


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def balance(session: Session, code: Code, owner: UUID | None = None) -> Money:
    ref = AccountRef(code) if owner is None else AccountRef(code, owner)
    return ledger.balance_of(session, ref, currency="USD")


def broken(session: Session) -> list[str]:
    return [result.name for result in checks.run_all(session) if result.broken]


def posted(session: Session, name: str) -> list[dict[str, Any]]:
    session.flush()
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.name == name).order_by(OutboxMessage.id)
    )
    return [row.body for row in rows]


@pytest.fixture
def funded(session: Session, alice: Actor, bea: Actor, campaign: Campaign) -> Campaign:
    """1,000.00 and 100.00 of fee paid in by ch_1; 400.00 promised, 600.00 unspent."""
    pay_in(session, campaign, by=alice)
    make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    return campaign


TOO_LATE: Final = replace(OPENED, evidence_due_by=NOON - timedelta(seconds=1))
TEXTS: Final = {"product_description": "A campaign.", "uncategorized_text": ""}


def submit(session: Session, actor: Actor, found: Chargeback, **texts: str) -> ChargebackAnswer:
    return funding.submit_evidence(
        session,
        actor=actor,
        chargeback_id=found.id,
        texts=texts or TEXTS,
        now=NOON,
    )


def test_evidence_is_sent_once(session: Session, funded: Campaign, stella: Actor) -> None:
    found = tell(session, OPENED)

    answer = submit(session, stella, found)
    with pytest.raises(Conflict, match="answered already"):
        submit(session, stella, found)
    with pytest.raises(Conflict, match="answered already"):
        funding.accept_loss(session, actor=stella, chargeback_id=found.id, now=NOON)

    call = calls.call_for(session, kind=CallKind.EVIDENCE, subject_id=answer.id)
    assert call is not None
    assert call.params == {
        "dispute_id": "du_1",
        "evidence": {"product_description": "A campaign."},
    }
    call.state = CallState.SUCCEEDED
    for _ in range(2):
        funding.conclude_answer(session, call=call)
    assert answer.state is AnswerState.SENT
    assert posted(session, "ChargebackDue") == [{"dispute_id": "du_1"}]


def test_an_answer_that_was_refused_can_be_given_again(
    session: Session, funded: Campaign, stella: Actor
) -> None:
    found = tell(session, OPENED)
    answer = submit(session, stella, found)
    call = calls.call_for(session, kind=CallKind.EVIDENCE, subject_id=answer.id)
    assert call is not None
    call.state, call.error_text = CallState.REFUSED, "Too much text."
    funding.conclude_answer(session, call=call)
    session.flush()

    assert (answer.state, answer.problem) == (AnswerState.REFUSED, "Too much text.")
    again = funding.accept_loss(session, actor=stella, chargeback_id=found.id, now=NOON)
    assert calls.call_for(session, kind=CallKind.ACCEPT_LOSS, subject_id=again.id) is not None


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"uncategorized_text": ""}, "uncategorized_text"),
        ({"product_description": "x" * 20_001}, "product_description"),
        ({"receipt": "file_1"}, "receipt"),
    ],
)
def test_evidence_that_no_bank_takes_is_refused(
    session: Session, funded: Campaign, stella: Actor, texts: dict[str, str], field: str
) -> None:
    found = tell(session, OPENED)

    with pytest.raises(InvalidInput) as refusal:
        submit(session, stella, found, **texts)

    assert list(refusal.value.problems) == [field]
    assert session.scalars(select(ChargebackAnswer)).all() == []


@pytest.mark.parametrize(
    "told", [REVIEW, LOST, WON, replace(OPENED, evidence_due_by=NOON - timedelta(seconds=1))]
)
def test_a_chargeback_that_takes_no_answer_any_more_gets_none(
    session: Session, funded: Campaign, stella: Actor, told: ChargebackFacts
) -> None:
    found = tell(session, told)

    with pytest.raises(Conflict):
        submit(session, stella, found)
    assert session.scalars(select(ChargebackAnswer)).all() == []


def test_only_staff_answer_chargebacks(session: Session, funded: Campaign, alice: Actor) -> None:
    found = tell(session, OPENED)

    with pytest.raises(NotPermitted):
        submit(session, alice, found)
    with pytest.raises(NotPermitted):
        funding.accept_loss(session, actor=alice, chargeback_id=found.id, now=NOON)


def test_we_can_tell_a_bank_what_was_agreed(session: Session, funded: Campaign) -> None:
    texts = queries.evidence_for(session, tell(session, OPENED))

    assert texts["customer_name"] == "Acme Kitchen"
    assert "“Beans in a minute”" in texts["product_description"]
    assert "the brand’s offer of USD 400.00 was accepted by" in texts["access_activity_log"]


def test_what_a_brand_owes_is_taken_from_its_wallet_once(
    session: Session, acme: Brand, alice: Actor, stella: Actor, funded: Campaign
) -> None:
    tell(session, OPENED, LOST)
    pay_in(session, funded, by=alice, budget=usd(50_000), charge_id="ch_2", charged=usd(60_000))
    books.write_entry(
        session,
        events.identified(
            movement="fund:ch_2",
            pair=Pair(AccountRef(Code.SUSPENSE), events.brand_funds(acme.id), usd(60_000)),
        ),
        occurred_at=NOON,
        actor=stella,
    )
    once = uuid4()

    def recover(actor: Actor, minor: int, note: str = "As agreed.", key: UUID = once) -> None:
        funding.recover_owed(
            session,
            actor=actor,
            brand_id=acme.id,
            amount=usd(minor),
            recovery_id=key,
            note=note,
            now=NOON,
        )
        session.flush()

    with pytest.raises(NotPermitted):
        recover(alice, 44_000)
    with pytest.raises(InvalidInput):
        recover(stella, 44_001)
    with pytest.raises(InvalidInput):
        recover(stella, 44_000, note="")
    for _ in range(2):
        recover(stella, 44_000)

    assert balance(session, Code.OWED_BY_BRAND, acme.id) == usd(0)
    assert balance(session, Code.BRAND_FUNDS, acme.id) == usd(16_000)
    assert broken(session) == []
