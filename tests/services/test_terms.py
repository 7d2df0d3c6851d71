"""Terms are set in versions, and nothing that was agreed changes with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import queries as campaigns
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code
from marketplace.terms import queries, service
from marketplace.terms.models import BrandTermsVersion, TermsVersion
from marketplace.terms.rules import Bearer, BrandTerms, PlatformTerms
from tests.factories import terms
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import make_application, make_collaboration, make_offer
from tests.factories.money import (
    make_accepted,
    make_earning,
    make_payout,
    make_payout_account,
    pay_in,
)

DAY = timedelta(days=1)


def present(session: Session, at: datetime = NOON) -> PlatformTerms:
    return queries.terms_for(session, at=at)


def set_terms(session: Session, actor: Actor, *, at: datetime = NOON, **changes: Any) -> UUID:
    return terms.set_terms(session, by=actor, at=at, now=NOON, **changes)


def set_for_brand(
    session: Session, actor: Actor, brand: Brand, own: BrandTerms, *, at: datetime = NOON
) -> None:
    service.set_brand_terms(
        session,
        actor=actor,
        brand_id=brand.id,
        own=own,
        valid_from=at,
        why="They bring us work.",
        now=NOON,
    )
    session.flush()


def versions(session: Session) -> tuple[int, int]:
    session.flush()
    return (
        session.scalar(select(func.count()).select_from(TermsVersion)) or 0,
        session.scalar(select(func.count()).select_from(BrandTermsVersion)) or 0,
    )


def test_an_installation_begins_with_terms(session: Session) -> None:
    first = present(session)

    assert (first.brand_fee_bps, first.creator_fee_bps, first.hold_days) == (1_000, 500, 7)
    assert first.processor_fees_by is Bearer.PLATFORM
    assert len(first.currencies) == 20
    assert first.limits_of("USD").funding_least == Money(5_000, "USD")
    assert first.limits_of("JPY").payout_least == Money(1_000, "JPY")


def test_new_terms_count_from_their_moment_and_the_old_stay_known(
    session: Session, stella: Actor
) -> None:
    set_terms(session, stella, at=NOON + DAY, brand_fee_bps=1_250, hold_days=14)

    assert present(session).brand_fee_bps == 1_000
    assert present(session, NOON + DAY).brand_fee_bps == 1_250
    assert present(session, NOON + DAY).hold_days == 14
    assert [v.why for v in queries.to_come(session, after=NOON)] == ["We looked at our costs."]
    assert queries.history(session, page=1).total == 2


def test_terms_to_come_can_be_taken_back(session: Session, stella: Actor) -> None:
    coming = set_terms(session, stella, at=NOON + DAY, brand_fee_bps=1_250)

    service.take_back(
        session, actor=stella, version_id=coming, looked_at=queries.last_set(session), now=NOON
    )
    session.flush()

    assert present(session, NOON + DAY).brand_fee_bps == 1_000
    assert queries.history(session, page=1).total == 3
    with pytest.raises(Conflict):
        service.take_back(
            session, actor=stella, version_id=coming, looked_at=queries.last_set(session), now=NOON
        )


def test_a_brands_own_terms_are_put_over_everybodys(
    session: Session, stella: Actor, acme: Brand
) -> None:
    set_for_brand(session, stella, acme, BrandTerms(brand_fee_bps=700))
    set_terms(session, stella, creator_fee_bps=300)

    own = queries.terms_for(session, at=NOON, brand_id=acme.id)

    assert (own.brand_fee_bps, own.creator_fee_bps) == (700, 300)
    assert present(session).brand_fee_bps == 1_000
    assert [row.brand.name for row in queries.brands_apart(session, at=NOON)] == [acme.name]


def test_a_brand_can_be_as_everybody_again(session: Session, stella: Actor, acme: Brand) -> None:
    set_for_brand(session, stella, acme, BrandTerms(brand_fee_bps=700))
    service.set_brand_terms(
        session,
        actor=stella,
        brand_id=acme.id,
        own=BrandTerms(),
        valid_from=NOON + DAY,
        why="The trial is over.",
        now=NOON,
    )
    session.flush()

    later = queries.terms_for(session, at=NOON + DAY, brand_id=acme.id)
    assert later.brand_fee_bps == 1_000
    assert len(queries.brand_history(session, brand_id=acme.id)) == 2


def test_a_published_campaign_keeps_the_terms_of_its_publication(
    session: Session, stella: Actor, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    set_terms(
        session, stella, at=NOON + DAY, brand_fee_bps=2_000, creator_fee_bps=1_000, hold_days=30
    )

    later = NOON + 2 * DAY
    application = make_application(session, campaign=campaign, creator=bea, now=later)
    offer = make_offer(session, application=application, by=alice, now=later)
    funding = pay_in(session, campaign, by=alice)

    assert (offer.brand_fee_bps, offer.creator_fee_bps, offer.hold_days) == (1_000, 500, 7)
    assert funding.platform_fee == Money(10_000, "USD")


def test_the_next_campaign_has_the_new_terms(
    session: Session, stella: Actor, acme: Brand, alice: Actor, bea: Actor
) -> None:
    set_terms(session, stella, brand_fee_bps=2_000, creator_fee_bps=1_000, hold_days=30)
    campaign = make_campaign(session, brand=acme, by=alice)

    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)

    assert (offer.brand_fee_bps, offer.creator_fee_bps, offer.hold_days) == (2_000, 1_000, 30)
    assert campaigns.terms_of(session, campaign, now=NOON).brand_fee_bps == 2_000


def test_tax_and_the_processors_fee_are_lines_of_the_payment_and_of_the_books(
    session: Session, stella: Actor, acme: Brand, alice: Actor
) -> None:
    set_terms(session, stella, fee_tax_bps=1_900, processor_fees_by=Bearer.BRAND)
    campaign = make_campaign(session, brand=acme, by=alice)

    paid = pay_in(session, campaign, by=alice, fee=Money(3_373, "USD"))

    def balance(code: Code, owner: UUID | None = None) -> Money:
        ref = AccountRef(code) if owner is None else AccountRef(code, owner)
        return ledger.balance_of(session, ref, currency="USD")

    # 1,000.00, 100.00 on top and 19.00 of tax; of 1,152.73 the processor takes 33.73 by its list.
    assert paid.fee_tax == Money(1_900, "USD")
    assert paid.processor_fee == Money(3_373, "USD")
    assert paid.total == Money(115_273, "USD")
    assert balance(Code.CAMPAIGN_FUNDS, campaign.id) == Money(100_000, "USD")
    assert balance(Code.FEE_UNEARNED, campaign.id) == Money(10_000, "USD")
    assert balance(Code.SALES_TAX) == Money(1_900, "USD")
    assert balance(Code.PROCESSOR_FEES) == Money(0, "USD")


def test_tax_is_kept_back_from_a_creator_when_the_payout_begins(
    session: Session, stella: Actor, acme: Brand, alice: Actor, bea: Actor
) -> None:
    country = session.execute(text("UPDATE creators SET country = 'DE' RETURNING id")).all()
    assert country
    session.expire_all()
    set_terms(session, stella, withholding={"DE": 1_500})
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)

    earning = make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    make_payout_account(session, bea)
    payout = make_payout(session, bea)

    # Of 400.00 we keep 20.00; of the other 380.00 the state gets 57.00.
    assert earning.net == Money(38_000, "USD")
    assert earning.receives == Money(32_300, "USD")
    assert payout.amount == Money(32_300, "USD")
    assert payout.withheld == Money(5_700, "USD")
    withheld = ledger.balance_of(session, AccountRef(Code.TAX_WITHHELD), currency="USD")
    assert withheld == Money(5_700, "USD")


def test_an_offer_cannot_be_changed_to_other_shares(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    for column in ("fee_tax_bps", "withheld_bps", "brand_fee_bps", "creator_fee_bps"):
        with pytest.raises(IntegrityError, match="offers_keep_their_terms"), session.begin_nested():
            session.execute(text(f"UPDATE offers SET {column} = 1"))


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE terms_versions SET brand_fee_bps = 0",
        "DELETE FROM terms_limits",
        "DELETE FROM terms_versions",
        "TRUNCATE terms_versions CASCADE",
        "TRUNCATE brand_terms_versions",
    ],
)
def test_terms_are_never_changed_in_the_database(session: Session, attack: str) -> None:
    refusal = "terms are never changed|permission denied"  # by the guard, or by the role's rights
    with pytest.raises(DBAPIError, match=refusal), session.begin_nested():
        session.execute(text(attack))

    assert present(session).brand_fee_bps == 1_000


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"brand_fee_bps": 10_001}, "brand_fee_bps", "Between 0 and 100\xa0%."),
        ({"brand_fee_bps": -1}, "brand_fee_bps", "Between 0 and 100\xa0%."),
        ({"creator_fee_bps": 5_001}, "creator_fee_bps", "Between 0 and 50\xa0%."),
        ({"hold_days": 91}, "hold_days", "Between 0 and 90 days."),
        ({"processor_fee_bps": 2_001}, "processor_fee_bps", "Between 0 and 20\xa0%."),
        ({"withholding": {"XX": 100}}, "withholding",
         "There is no country XX: use two letters, like DE."),
        ({"withholding": {"DE": 10_000}}, "withholding",
         "The tax for DE is between 0.01\xa0% and 99.99\xa0%."),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(
    session: Session, stella: Actor, changes: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_terms(session, stella, **changes)

    assert refusal.value.problems == {field: sentence}
    assert versions(session) == (1, 0)


def test_a_fee_that_does_not_cover_the_processors_is_refused(
    session: Session, stella: Actor
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_terms(session, stella, brand_fee_bps=100)

    assert refusal.value.problems == {
        "brand_fee_bps": (
            "Of a payment for a budget of USD 50.00 the processor keeps USD 1.76, more than our"
            " fee of USD 0.50: raise it or the smallest payment, or let the brand bear the"
            " processor’s fee."
        )
    }
    assert versions(session) == (1, 0)


def test_a_brands_fee_must_cover_the_processors_too(
    session: Session, stella: Actor, acme: Brand
) -> None:
    with pytest.raises(InvalidInput):
        set_for_brand(session, stella, acme, BrandTerms(brand_fee_bps=0))

    set_for_brand(
        session, stella, acme, BrandTerms(brand_fee_bps=0, processor_fees_by=Bearer.BRAND)
    )
    assert versions(session) == (1, 1)


def test_a_smallest_payment_below_what_the_processor_takes_is_refused(
    session: Session, stella: Actor
) -> None:
    limits = dict(present(session).limits)
    limits["SEK"] = replace(limits["SEK"], funding_least=Money(299, "SEK"))

    with pytest.raises(InvalidInput) as refusal:
        set_terms(session, stella, limits=limits)

    assert refusal.value.problems == {
        "limits_SEK": "The processor takes no payment below SEK 3.00."
    }


def test_the_past_is_not_changed(session: Session, stella: Actor, acme: Brand) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_terms(session, stella, at=NOON - DAY, hold_days=1)
    with pytest.raises(InvalidInput):
        set_for_brand(session, stella, acme, BrandTerms(hold_days=1), at=NOON - DAY)

    assert refusal.value.problems == {
        "valid_from": "Terms cannot be changed for a time that is over."
    }
    assert versions(session) == (1, 0)


def test_nobody_overwrites_what_they_have_not_seen(session: Session, stella: Actor) -> None:
    seen = queries.last_set(session)
    set_terms(session, stella, hold_days=10)

    with pytest.raises(Conflict):
        service.set_terms(
            session,
            actor=stella,
            terms=present(session),
            valid_from=NOON,
            why="Mine.",
            looked_at=seen,
            processor=terms.Stripe(),
            now=NOON,
        )
    assert versions(session) == (2, 0)


def test_only_staff_set_terms(session: Session, alice: Actor, bea: Actor, acme: Brand) -> None:
    for somebody in (alice, bea):
        with pytest.raises(NotPermitted):
            set_terms(session, somebody, hold_days=0)
        with pytest.raises(NotPermitted):
            set_for_brand(session, somebody, acme, BrandTerms(hold_days=0))

    assert versions(session) == (1, 0)


def test_terms_of_a_brand_that_is_not_there_are_not_found(session: Session, stella: Actor) -> None:
    with pytest.raises(NotFound):
        service.set_brand_terms(
            session,
            actor=stella,
            brand_id=UUID(int=7),
            own=BrandTerms(hold_days=1),
            valid_from=NOON,
            why="Why not?",
            now=NOON,
        )
