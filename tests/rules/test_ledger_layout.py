"""Entries laid out for one call: how far accounts fall, and which falls short."""

from __future__ import annotations

from uuid import UUID

import pytest

from marketplace.ledger.rules import AccountRef, Code, Entry, events
from marketplace.ledger.service.layout import lay_out
from tests.factories.ledger import usd

BRAND, CAMPAIGN, OTHER, DEAL = (UUID(int=number) for number in (1, 2, 3, 4))


def allocation(minor: int, campaign_id: UUID = CAMPAIGN) -> Entry:
    return events.allocated(
        allocation_id=UUID(int=minor), brand_id=BRAND, campaign_id=campaign_id, amount=usd(minor)
    )


def commitment(minor: int) -> Entry:
    return events.committed(
        collaboration_id=DEAL, revision=1, campaign_id=CAMPAIGN, amount=usd(minor)
    )


def test_an_account_falls_as_far_as_its_entries_take_it_one_after_the_other() -> None:
    comes_first = lay_out([allocation(60), commitment(50), allocation(30, OTHER)])
    goes_first = lay_out([commitment(50), allocation(60), allocation(30, OTHER)])

    assert comes_first.lowest() == [-90, 0, 0, 0]  # the brand, its campaign, the deal, the other
    assert goes_first.lowest() == [-50, 0, -90, 0]  # the campaign, the deal, the brand, the other


def test_what_has_no_floor_falls_nowhere() -> None:
    charged = events.processor_moved(
        stripe_balance_transaction_id="txn_1",
        source_ref=None,
        against=Code.PROCESSOR_FEES,
        net=usd(-100),
    )

    assert lay_out([charged]).lowest() == [0, 0]


@pytest.mark.parametrize(
    ("held", "short", "available", "needed"),
    [
        ([59, 0, 0, 0], events.brand_funds(BRAND), 59, 60),
        ([60, 0, 0, 0], events.brand_funds(BRAND), 0, 30),
        ([None, None, None, None], events.brand_funds(BRAND), 0, 60),
    ],
)
def test_the_first_account_that_falls_short_is_named(
    held: list[int | None], short: AccountRef, available: int, needed: int
) -> None:
    layout = lay_out([allocation(60), commitment(50), allocation(30, OTHER)])

    refusal = layout.shortage(held)

    assert (refusal.ref, refusal.available, refusal.needed) == (
        short,
        usd(available),
        usd(needed),
    )


def test_where_nobody_falls_short_there_is_no_refusal() -> None:
    with pytest.raises(ValueError, match=r"^no account falls short$"):
        lay_out([allocation(60)]).shortage([60, 0])
