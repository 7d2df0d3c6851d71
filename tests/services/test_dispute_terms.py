"""The clocks of disputes, and what one member of staff decides alone, are terms with a history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.rules import Party
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.payouts import queries as payouts
from marketplace.payouts import service
from marketplace.payouts.rules.disputes import DisputeReason, reasons_for
from marketplace.terms import queries
from marketplace.terms.rules import DisputeDays
from tests.factories import terms
from tests.factories.campaigns import NOON
from tests.factories.ledger import usd
from tests.factories.money import make_paid_campaign
from tests.services.disputing import LATER, accepted_work, call_off, dispute, say, unaccepted

DAY = timedelta(days=1)
LONGER = DisputeDays(answer=9, decide=3, to_open=20)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_paid_campaign(session, brand=acme, by=alice)


def set_days(session: Session, stella: Actor, days: DisputeDays, at: datetime = NOON) -> None:
    terms.set_terms(session, by=stella, at=at, now=NOON, dispute_days=days)


def test_an_installation_begins_with_what_the_product_did_by_itself(session: Session) -> None:
    first = queries.terms_for(session, at=NOON)

    assert first.dispute_days == DisputeDays(answer=5, decide=5, to_open=7)
    for code, dispute_alone, identify_alone in (
        ("USD", 50_000, 10_000), ("JPY", 50_000, 10_000), ("KWD", 500_000, 100_000),
        ("VND", 10_000_000, 2_000_000),
    ):  # fmt: skip
        limits = first.limits_of(code)
        assert limits.dispute_alone == Money(dispute_alone, code)
        assert limits.identify_alone == Money(identify_alone, code)


def test_the_days_to_answer_and_to_decide_are_those_of_the_terms(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    work = accepted_work(session, campaign, alice, bea)
    set_days(session, stella, LONGER, at=LATER)
    opened = dispute(session, work, alice, share=5_000, now=LATER)
    assert opened.due_at == LATER + 9 * DAY

    say(session, opened, bea, now=LATER + DAY)

    assert opened.due_at == LATER + DAY + 3 * DAY


def test_silence_gives_staff_the_days_of_the_terms(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    work = accepted_work(session, campaign, alice, bea)
    opened = dispute(session, work, alice, now=LATER)
    set_days(session, stella, LONGER, at=LATER + DAY)
    assert opened.due_at == LATER + 5 * DAY

    service.move_disputes_on(session, now=LATER + 5 * DAY)

    assert opened.due_at == LATER + 8 * DAY


def test_how_long_an_end_may_be_disputed_is_what_was_in_force_then(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    work = unaccepted(session, campaign, alice, bea, DeliverableState.CHANGES_REQUESTED)
    ended = NOON + 40 * DAY
    call_off(session, work, alice, now=ended)
    terms.set_terms(session, by=stella, at=ended + DAY, now=ended, dispute_days=LONGER)

    ground = payouts.ground_of(session, work)

    assert ground.called_off_until == ended + 7 * DAY
    about = reasons_for(Party.CREATOR, ground, now=ended + 7 * DAY - timedelta(seconds=1))
    assert list(about) == [DisputeReason.CALLED_OFF]


@pytest.mark.parametrize("name", ["answer", "decide", "to_open"])
@pytest.mark.parametrize("days", [0, 31, -1])
def test_days_that_cannot_be_meant_are_refused(
    session: Session, stella: Actor, name: str, days: int
) -> None:
    wrong = replace(LONGER, **{name: days})

    with pytest.raises(InvalidInput) as refused:
        set_days(session, stella, wrong)

    assert refused.value.problems == {f"dispute_{name}_days": "Between 1 and 30 days."}
    assert queries.history(session, page=1).total == 1


@pytest.mark.parametrize("name", ["dispute_alone", "identify_alone"])
def test_an_amount_below_nothing_is_refused(session: Session, stella: Actor, name: str) -> None:
    present = dict(queries.terms_for(session, at=NOON).limits)
    present["USD"] = replace(present["USD"], **{name: usd(-1)})

    with pytest.raises(InvalidInput) as refused:
        terms.set_terms(session, by=stella, at=NOON, now=NOON, limits=present)

    assert list(refused.value.problems) == ["limits_USD"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE terms_versions SET dispute_answer_days = 9",
        "UPDATE terms_limits SET dispute_alone_minor = 9",
    ],
)
def test_what_was_in_force_is_never_changed(session: Session, statement: str) -> None:
    refusal = "terms are never changed|permission denied"  # by the guard, or by the role's rights
    with pytest.raises(DBAPIError, match=refusal), session.begin_nested():
        session.execute(text(statement))
