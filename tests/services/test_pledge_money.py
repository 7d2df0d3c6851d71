"""A pledge becomes the organisation's by views or at the end, is sent by two, or comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries, service
from marketplace.causes.models import Organisation, Pledge
from marketplace.causes.queries import CauseTotal
from marketplace.causes.rules.pledges import PledgeState, PledgeTerms
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import queries as money
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Code, events
from marketplace.metrics import service as metrics
from marketplace.treasury import service as treasury
from marketplace.treasury.models import FinanceRequest
from tests.conftest import NOON, damage
from tests.factories.campaigns import make_campaign
from tests.factories.causes import BY_VIEWS, FIXED, make_organisation, make_pledge
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import reading_at, walk
from tests.services.agreeing import posted
from tests.services.asking import owe
from tests.services.books import balance, broken, written
from tests.services.paying_in import ask, pay

LATER = NOON + timedelta(days=40)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def reefs(session: Session, stella: Actor) -> Organisation:
    return make_organisation(session, by=stella)


def running(
    session: Session,
    acme: Brand,
    alice: Actor,
    reefs: Organisation,
    terms: PledgeTerms,
    *,
    name: str = "Beans in a minute",
    number: int = 1,
) -> Pledge:
    """The pledge of a funded, published campaign."""
    draft = make_campaign(session, brand=acme, by=alice, name=name, state=CampaignState.DRAFT)
    pledge = make_pledge(session, campaign=draft, organisation=reefs, by=alice, terms=terms)
    pay(session, ask(session, alice, draft), number=number)
    campaigns.publish(session, campaign_id=draft.id, actor=alice, now=NOON)
    service.promise(session, campaign_id=draft.id, now=NOON)
    session.flush()
    return pledge


def book(session: Session, pledge: Pledge, now: datetime) -> tuple[int, int, int, int]:
    """Book it twice: pledged, owed to the organisation, in the wallet; and entries written."""
    service.book_pledge(session, pledge_id=pledge.id, now=now)
    session.flush()
    before = written(session)
    service.book_pledge(session, pledge_id=pledge.id, now=now)
    session.flush()
    assert written(session) == before
    return (
        balance(session, Code.PLEDGED, pledge.campaign_id).minor,
        balance(session, Code.OWED_TO_CAUSE, pledge.organisation_id).minor,
        balance(session, Code.BRAND_FUNDS, pledge.campaign.brand_id).minor,
        pledge.views,
    )


def read(session: Session, pledge: Pledge, *readings: tuple[datetime, int]) -> None:
    """Keep readings of the campaign's one post: when, and how many views."""
    post = session.scalars(
        select(PublishedPost)
        .join(PublishedPost.deliverable)
        .where(Deliverable.campaign_id == pledge.campaign_id)
    ).one()
    for at, views in readings:
        metrics.record_snapshot(session, post_id=post.id, reading=reading_at(at, views=views))
    session.flush()


def close(session: Session, pledge: Pledge, alice: Actor, now: datetime = NOON) -> None:
    campaigns.close(session, campaign_id=pledge.campaign_id, actor=alice, now=now)
    session.flush()


@pytest.fixture
def fixed(session: Session, acme: Brand, alice: Actor, reefs: Organisation) -> Pledge:
    return running(session, acme, alice, reefs, FIXED)


@pytest.fixture
def by_views(
    session: Session, acme: Brand, alice: Actor, bea: Actor, reefs: Organisation
) -> Pledge:
    """5.00 for each 1,000 views, 200.00 at most; one accepted post."""
    pledge = running(session, acme, alice, reefs, BY_VIEWS)
    agreed = make_collaboration(session, campaign=pledge.campaign, creator=bea, by=alice)
    walk(session, agreed, by=alice, creator=bea, to=DeliverableState.ACCEPTED)
    return pledge


def test_a_fixed_pledge_is_owed_when_the_campaign_ends_whatever_came_of_it(
    session: Session, fixed: Pledge, alice: Actor
) -> None:
    assert book(session, fixed, NOON) == (20_000, 0, 0, 0)

    close(session, fixed, alice)

    assert book(session, fixed, NOON) == (0, 20_000, 0, 0)
    assert fixed.state is PledgeState.SETTLED
    assert posted(session, "PledgeSettled") == [{"pledge_id": str(fixed.id)}]
    assert broken(session) == []


def test_a_campaign_that_nobody_closes_ends_with_its_last_day(
    session: Session, fixed: Pledge
) -> None:
    last = datetime.combine(fixed.campaign.ends_on, NOON.timetz())

    assert book(session, fixed, last)[:2] == (20_000, 0)
    assert book(session, fixed, last + timedelta(days=1, hours=12))[:2] == (0, 20_000)


def test_views_make_a_pledge_the_organisations_step_by_step(
    session: Session, by_views: Pledge
) -> None:
    read(session, by_views, (NOON, 1_001), (NOON + timedelta(hours=1), 3_000))

    assert book(session, by_views, NOON + timedelta(minutes=1)) == (19_500, 500, 0, 1_001)
    assert book(session, by_views, NOON + timedelta(hours=2)) == (18_500, 1_500, 0, 3_000)
    assert broken(session) == []


def test_what_was_given_does_not_go_back_when_views_are_corrected(
    session: Session, by_views: Pledge
) -> None:
    read(session, by_views, (NOON, 3_000), (NOON + timedelta(hours=1), 2_000))

    book(session, by_views, NOON)

    assert book(session, by_views, NOON + timedelta(hours=2)) == (18_500, 1_500, 0, 2_000)


def test_views_that_were_not_reached_go_back_to_the_brand(
    session: Session, by_views: Pledge, alice: Actor
) -> None:
    read(session, by_views, (NOON, 3_000))
    close(session, by_views, alice)

    assert book(session, by_views, NOON + timedelta(days=30))[:3] == (18_500, 1_500, 0)
    assert by_views.state is PledgeState.PROMISED
    _finish_work(session, by_views)
    assert book(session, by_views, LATER)[:3] == (0, 1_500, 18_500)
    assert by_views.state is PledgeState.SETTLED
    (bill,) = money.bills_of(session, brand_id=by_views.campaign.brand_id)
    assert (bill.given, bill.pledged, bill.wallet) == (usd(1_500), usd(0), usd(18_500))
    assert broken(session) == []


def test_views_after_the_last_day_count_for_nothing_however_long_the_work_goes_on(
    session: Session, by_views: Pledge, alice: Actor
) -> None:
    """Closed on 2 November, it counts until 2 December is over everywhere: noon UTC of the 3rd."""
    close(session, by_views, alice)
    last = datetime(2026, 12, 3, 12, tzinfo=UTC)
    read(session, by_views, (last, 3_000), (last + timedelta(minutes=1), 9_000))

    assert book(session, by_views, last + timedelta(hours=1)) == (18_500, 1_500, 0, 3_000)
    _finish_work(session, by_views)
    assert book(session, by_views, LATER) == (0, 1_500, 18_500, 3_000)


def test_no_more_is_owed_than_the_ceiling(session: Session, by_views: Pledge) -> None:
    read(session, by_views, (NOON, 9_000_000))

    assert book(session, by_views, NOON)[:3] == (0, 20_000, 0)


def test_no_more_is_owed_than_was_set_aside(
    session: Session, acme: Brand, alice: Actor, reefs: Organisation
) -> None:
    draft = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    pledge = make_pledge(session, campaign=draft, organisation=reefs, by=alice)
    campaigns.publish(session, campaign_id=draft.id, actor=alice, now=NOON)
    service.promise(session, campaign_id=draft.id, now=NOON)
    close(session, pledge, alice)

    assert book(session, pledge, NOON) == (0, 0, 0, 0)
    assert (pledge.state, pledge.owed_minor) == (PledgeState.SETTLED, 0)
    assert queries.pledges_shown(session) == []


def test_money_that_comes_after_the_end_stays_the_brands(
    session: Session, acme: Brand, alice: Actor, reefs: Organisation
) -> None:
    draft = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    pledge = make_pledge(session, campaign=draft, organisation=reefs, by=alice)
    asked = ask(session, alice, draft)
    campaigns.publish(session, campaign_id=draft.id, actor=alice, now=NOON)
    service.promise(session, campaign_id=draft.id, now=NOON)
    close(session, pledge, alice)
    book(session, pledge, NOON)

    pay(session, asked)

    assert balance(session, Code.PLEDGED, draft.id) == usd(0)
    assert balance(session, Code.BRAND_FUNDS, draft.brand_id) == usd(20_000)
    assert broken(session) == []


def send(
    session: Session, actor: Actor, organisation: Organisation, minor: int, **changes: str
) -> FinanceRequest:
    words = {"reference": "TR-1", "reason": "The pledge is final."} | changes
    asked = treasury.ask_cause_payment(
        session,
        actor=actor,
        organisation_id=organisation.id,
        amount=usd(minor),
        now=LATER,
        **words,
    )
    session.flush()
    return asked


def test_an_organisation_is_sent_what_it_is_owed_by_two_people(
    session: Session,
    fixed: Pledge,
    reefs: Organisation,
    alice: Actor,
    stella: Actor,
    theo: Actor,
) -> None:
    close(session, fixed, alice)
    book(session, fixed, NOON)
    asked = send(session, stella, reefs, 15_000)
    before = written(session)

    with pytest.raises(NotPermitted):
        treasury.approve(session, actor=stella, request_id=asked.id, now=LATER)
    assert written(session) == before
    treasury.approve(session, actor=theo, request_id=asked.id, now=LATER)
    session.flush()

    assert balance(session, Code.OWED_TO_CAUSE, reefs.id) == usd(5_000)
    assert queries.paid_of(session, fixed) == usd(15_000)
    assert [part.amount for part in queries.sent_to(session, reefs.id)] == [usd(15_000)]
    assert queries.totals_by_organisation(session, [reefs.id]) == {
        reefs.id: [CauseTotal(waiting=usd(0), owed=usd(5_000), paid=usd(15_000))]
    }
    assert asked.params == {"reference": "TR-1"}
    assert broken(session) == []


@pytest.mark.parametrize(
    ("minor", "changes", "field"),
    [
        (20_001, {}, "amount"),
        (100, {"reference": ""}, "reference"),
        (100, {"reason": ""}, "reason"),
    ],
)
def test_a_transfer_that_cannot_be_is_not_asked_for(
    session: Session,
    fixed: Pledge,
    reefs: Organisation,
    alice: Actor,
    stella: Actor,
    minor: int,
    changes: dict[str, str],
    field: str,
) -> None:
    close(session, fixed, alice)
    book(session, fixed, NOON)
    before = written(session)

    with pytest.raises(InvalidInput) as refusal:
        send(session, stella, reefs, minor, **changes)

    assert list(refusal.value.problems) == [field]
    assert written(session) == before


def test_nothing_is_sent_to_an_organisation_whose_verification_was_taken_back(
    session: Session,
    fixed: Pledge,
    reefs: Organisation,
    alice: Actor,
    stella: Actor,
    theo: Actor,
) -> None:
    close(session, fixed, alice)
    book(session, fixed, NOON)
    asked = send(session, stella, reefs, 15_000)
    service.withdraw_verification(
        session, actor=stella, organisation_id=reefs.id, note="Struck off.", now=LATER
    )

    with pytest.raises(Conflict):
        treasury.approve(session, actor=theo, request_id=asked.id, now=LATER)
    treasury.decline(session, actor=theo, request_id=asked.id, answer="Not now.", now=LATER)
    with pytest.raises(Conflict):
        send(session, stella, reefs, 15_000)

    assert balance(session, Code.OWED_TO_CAUSE, reefs.id) == usd(20_000)


def test_what_was_owed_first_is_paid_first(
    session: Session,
    acme: Brand,
    alice: Actor,
    reefs: Organisation,
    stella: Actor,
    theo: Actor,
) -> None:
    first = running(session, acme, alice, reefs, FIXED)
    second = running(
        session, acme, alice, reefs, replace(FIXED, amount=usd(5_000)), name="Soup", number=2
    )
    for pledge in (first, second):
        close(session, pledge, alice)
        book(session, pledge, NOON)
    asked = send(session, stella, reefs, 21_000)
    treasury.approve(session, actor=theo, request_id=asked.id, now=LATER)
    session.flush()

    assert queries.paid_of(session, first) == usd(20_000)
    assert queries.paid_of(session, second) == usd(1_000)


def test_the_check_finds_a_pledge_that_says_more_than_the_books(
    session: Session, fixed: Pledge
) -> None:
    more = "UPDATE pledges SET set_aside_minor = set_aside_minor + 1 WHERE id = :id"
    damage(session, more, id=fixed.id)

    assert broken(session) == ["C1"]


def test_an_organisation_without_money_has_no_totals(session: Session, reefs: Organisation) -> None:
    assert queries.totals_by_organisation(session, [reefs.id, new_id()]) == {}


def _finish_work(session: Session, pledge: Pledge) -> None:
    """Every collaboration of the campaign is completed."""
    done = "UPDATE collaborations SET state = 'completed' WHERE campaign_id = :id"
    damage(session, done, id=pledge.campaign_id)


def test_nothing_more_is_owed_while_an_issuer_warns_of_a_payment(
    session: Session, fixed: Pledge, alice: Actor
) -> None:
    campaign_id, part = fixed.campaign_id, usd(1_000)
    frozen = events.frozen(stripe_warning_id="issfr_1", campaign_id=campaign_id, amount=part)
    ledger.write_entry(session, frozen, occurred_at=NOON, actor=SYSTEM)
    close(session, fixed, alice)

    assert book(session, fixed, NOON)[:2] == (20_000, 0)
    assert (fixed.state, queries.is_held(session, fixed)) == (PledgeState.PROMISED, True)

    over = events.unfrozen(stripe_warning_id="issfr_1", campaign_id=campaign_id, amount=part)
    ledger.write_entry(session, over, occurred_at=NOON, actor=SYSTEM)
    assert book(session, fixed, NOON)[:2] == (0, 20_000)


def test_nothing_more_is_owed_while_the_brand_owes_for_a_lost_chargeback(
    session: Session, fixed: Pledge, acme: Brand, alice: Actor
) -> None:
    owe(session, acme, 5_000)
    close(session, fixed, alice)

    assert book(session, fixed, NOON)[:2] == (20_000, 0)

    written_off = events.written_off(case_id=new_id(), brand_id=acme.id, amount=usd(5_000))
    ledger.write_entry(session, written_off, occurred_at=NOON, actor=SYSTEM)
    assert book(session, fixed, NOON)[:2] == (0, 20_000)
