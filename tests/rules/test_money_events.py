"""Every event of money: its key, its kind and its postings, as the table of the books has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from marketplace.kernel.money import Money
from marketplace.ledger.chart import CHART, check_owners
from marketplace.ledger.rules import (
    AccountRef,
    Code,
    Entry,
    MalformedEntry,
    Pair,
    check_entry,
    events,
)
from tests.factories.chargeback_events import BRAND, CAMPAIGN, ID
from tests.factories.ledger import ALL_FREE, usd
from tests.factories.money_events import CREATOR, DEAL, EVENTS, NOTHING


def told(entry: Entry) -> str:
    """Kind, key, what statements will name, postings."""
    postings = ", ".join(
        f"D{pair.debit.code} C{pair.credit.code} {pair.amount.minor} {pair.amount.currency}"
        for pair in entry.pairs
    ).replace(" USD", "")
    return f"{entry.kind} | {entry.idem_key} | {entry.source_ref or '-'} | {postings}"


@pytest.mark.parametrize(("make", "expected"), EVENTS)
def test_an_event_has_its_key_and_its_postings(make: Callable[[], Entry], expected: str) -> None:
    assert told(make()) == expected


@pytest.mark.parametrize("make", [row[0] for row in EVENTS])
def test_an_event_is_within_the_grammar(make: Callable[[], Entry]) -> None:
    entry = make()

    check_entry(entry)
    check_owners(entry.pairs)


def test_the_processors_object_is_named_where_its_balance_moves() -> None:
    told = [row[0]() for row in EVENTS]
    moving = [e for e in told if any(events.AT_PROCESSOR in {p.debit, p.credit} for p in e.pairs)]

    assert [e.idem_key for e in moving if e.source_ref is None] == []


OWNERS = {
    Code.OWED_BY_BRAND: BRAND,
    Code.OWED_BY_CREATOR: CREATOR,
    Code.CHARGEBACK_OPEN: ID,
    Code.BRAND_FUNDS: BRAND,
    Code.CAMPAIGN_FUNDS: CAMPAIGN,
    Code.CAMPAIGN_FROZEN: CAMPAIGN,
    Code.COMMITTED: DEAL,
    Code.CREATOR_PENDING: CREATOR,
    Code.CREATOR_PAYABLE: CREATOR,
    Code.PAYOUT_IN_FLIGHT: ID,
    Code.REFUND_IN_FLIGHT: ID,
    Code.FEE_UNEARNED: CAMPAIGN,
    Code.PLEDGED: CAMPAIGN,
    Code.PRIZE_POOL: CAMPAIGN,
    Code.OWED_TO_CAUSE: ID,
}


def test_every_account_belongs_to_whom_the_event_names() -> None:
    used = {ref for make, _ in EVENTS for pair in make().pairs for ref in (pair.debit, pair.credit)}

    assert {ref for ref in used if CHART[ref.code].owned} == {
        AccountRef(code, owner) for code, owner in OWNERS.items()
    }


def test_the_smallest_movement_goes_the_right_way() -> None:
    gain = events.unidentified(
        stripe_balance_transaction_id="txn_1", source_ref="src_1", net=usd(1)
    )

    assert gain.pairs == (Pair(events.AT_PROCESSOR, events.SUSPENSE, usd(1)),)
    assert gain.source_ref == "src_1"


REMEMBERING: Sequence[Callable[..., Entry]] = [
    partial(
        events.funded, stripe_charge_id="ch_1", brand_id=BRAND, gross=usd(1), processor_fee=NOTHING
    ),
    partial(
        events.funded_by_exchange,
        stripe_charge_id="ch_1",
        brand_id=BRAND,
        gross=Money(1, "EUR"),
        settled=usd(1),
        processor_fee=NOTHING,
    ),
    partial(
        events.committed,
        collaboration_id=DEAL,
        revision=1,
        campaign_id=CAMPAIGN,
        amount=usd(1),
        free=ALL_FREE,
    ),
    partial(
        events.earned,
        deliverable_id=ID,
        revision=1,
        collaboration_id=DEAL,
        campaign_id=CAMPAIGN,
        creator_id=CREATOR,
        net=usd(1),
        platform_share=NOTHING,
        fee_on_top=NOTHING,
    ),
    partial(
        events.bonus_earned,
        deliverable_id=ID,
        measurement_id=DEAL,
        collaboration_id=DEAL,
        campaign_id=CAMPAIGN,
        creator_id=CREATOR,
        net=usd(1),
        platform_share=NOTHING,
        fee_on_top=NOTHING,
    ),
    partial(
        events.bonus_corrected,
        deliverable_id=ID,
        measurement_id=DEAL,
        collaboration_id=DEAL,
        campaign_id=CAMPAIGN,
        creator_id=CREATOR,
        from_pending=usd(1),
        from_payable=NOTHING,
        from_paid=NOTHING,
        platform_share=NOTHING,
        fee_on_top=NOTHING,
    ),
    partial(
        events.commitment_released,
        collaboration_id=DEAL,
        revision=1,
        campaign_id=CAMPAIGN,
        rest=usd(1),
        fee_back=NOTHING,
    ),
    partial(
        events.unidentified, stripe_balance_transaction_id="txn_1", source_ref=None, net=usd(1)
    ),
    partial(
        events.pledge_owed,
        pledge_id=ID,
        before=NOTHING,
        campaign_id=CAMPAIGN,
        organisation_id=BRAND,
        amount=usd(1),
    ),
    partial(events.prizes_returned, challenge_id=ID, campaign_id=CAMPAIGN, amount=usd(1)),
    partial(
        events.prize_won,
        deliverable_id=ID,
        campaign_id=CAMPAIGN,
        creator_id=CREATOR,
        net=usd(1),
        platform_share=NOTHING,
        fee_on_top=NOTHING,
    ),
]


@pytest.mark.parametrize("make", REMEMBERING)
def test_an_event_keeps_the_memo_it_is_given(make: Callable[..., Entry]) -> None:
    assert make(memo="Fee for “A video”").memo == "Fee for “A video”"
    assert make().memo == ""


def test_an_adjustment_keeps_what_its_two_people_wrote() -> None:
    assert events.adjusted(request_id=ID, pairs=[], memo="A goodwill").memo == "A goodwill"


def test_only_a_wrong_charge_says_something_by_itself() -> None:
    said = {memo for make, _ in EVENTS if (memo := make().memo)}

    assert said == {"The charge is not what was asked for"}


def test_parts_of_nothing_are_left_out() -> None:
    entry = events.funded(
        stripe_charge_id="ch_1", brand_id=BRAND, gross=usd(1000), processor_fee=NOTHING
    )

    assert len(entry.pairs) == 1


def test_a_part_below_nothing_is_refused() -> None:
    with pytest.raises(MalformedEntry, match="-1 is no amount of a posting"):
        events.matured(earning_id=ID, creator_id=CREATOR, amount=usd(-1))
