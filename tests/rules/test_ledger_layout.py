"""Entries laid out for one call: which accounts to watch, and which falls short."""

from __future__ import annotations

from uuid import UUID

import pytest

from marketplace.ledger.rules import AccountRef, Code, Entry, events
from marketplace.ledger.service.layout import lay_out
from tests.factories.ledger import ALL_FREE, usd

BRAND, CAMPAIGN, OTHER, DEAL = (UUID(int=number) for number in (1, 2, 3, 4))


def allocation(minor: int, campaign_id: UUID = CAMPAIGN) -> Entry:
    return events.allocated(
        allocation_id=UUID(int=minor), brand_id=BRAND, campaign_id=campaign_id, amount=usd(minor)
    )


def commitment(minor: int, revision: int = 1) -> Entry:
    return events.committed(
        collaboration_id=DEAL,
        revision=revision,
        campaign_id=CAMPAIGN,
        amount=usd(minor),
        free=ALL_FREE,
    )


CAMPAIGN_PLACE = 2


def test_what_is_spent_before_it_came_has_to_have_been_there() -> None:
    brand_first = lay_out([allocation(60), commitment(50), allocation(30, OTHER)])
    campaign_first = lay_out([allocation(60), commitment(50, 1), commitment(50, 2), allocation(90)])

    assert brand_first.watched() == {}  # the campaign spends what came before
    assert campaign_first.watched() == {CAMPAIGN_PLACE: 90}  # 40 short in between, 50 more in all


def test_one_unit_spent_too_early_is_watched() -> None:
    assert lay_out([commitment(1), allocation(60)]).watched() == {1: 60}


def test_what_only_falls_is_held_by_its_floor() -> None:
    spent_first = lay_out([commitment(50), allocation(50, OTHER)])

    assert spent_first.watched() == {}


def test_what_has_no_floor_is_not_watched() -> None:
    def moved(net: int) -> Entry:
        return events.processor_moved(
            stripe_balance_transaction_id=f"txn_{net}",
            source_ref=None,
            against=Code.PROCESSOR_FEES,
            net=usd(net),
        )

    assert lay_out([moved(-100), moved(100)]).watched() == {}


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

    assert refusal is not None
    assert (refusal.ref, refusal.available, refusal.needed) == (
        short,
        usd(available),
        usd(needed),
    )


def test_where_nobody_falls_short_there_is_no_refusal() -> None:
    assert lay_out([allocation(60)]).shortage([60, 0]) is None
