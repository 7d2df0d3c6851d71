"""The table of the books, the part of chargebacks; as in ``money_events``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules import Entry, events
from tests.factories.ledger import usd

ID = UUID("00000000-0000-0000-0000-00000000000a")
CAMPAIGN = UUID("00000000-0000-0000-0000-00000000000c")
BRAND = UUID("00000000-0000-0000-0000-00000000000b")
CHARGEBACKS: Sequence[tuple[Callable[[], Entry], str]] = [
    (
        lambda: events.chargeback_withdrawn(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            amount=usd(500),
            fee=usd(15),
            freeze=usd(200),
            movement_ref="dp_1",
        ),
        "chargeback_withdrawn | dp:dp_1:withdrawn | dp_1 | D1120 C1010 500, D5020 C1010 15"
        ", D2020 C2025 200",
    ),
    (
        lambda: events.chargeback_lost(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            brand_id=BRAND,
            from_frozen=usd(200),
            from_funds=usd(70),
            from_fee=usd(30),
            owed=usd(200),
        ),
        "chargeback_lost | dp:dp_1:lost | -"
        " | D2025 C1120 200, D2020 C1120 70, D2100 C1120 30, D1100 C1120 200",
    ),
    (
        lambda: events.owed_recovered(
            recovery_id=ID, brand_id=BRAND, taken_from=events.brand_funds(BRAND), amount=usd(120)
        ),
        f"owed_recovered | recover:{ID} | - | D2010 C1100 120",
    ),
    (
        lambda: events.written_off(case_id=ID, brand_id=BRAND, amount=usd(300)),
        f"write_off | writeoff:{ID} | - | D5030 C1100 300",
    ),
    (
        lambda: events.chargeback_won(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            amount=usd(500),
            fee_back=usd(15),
            unfreeze=usd(200),
            movement_ref="dp_1",
        ),
        "chargeback_won | dp:dp_1:reinstated | dp_1 | D1010 C1120 500, D1010 C5020 15"
        ", D2025 C2020 200",
    ),
    (
        lambda: events.chargeback_withdrawn(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            amount=Money(500, "EUR"),
            fee=usd(15),
            freeze=Money(200, "EUR"),
            movement_ref="dp_1",
            changed=events.Changed(moved=usd(530), stood=usd(540)),
        ),
        "chargeback_withdrawn | dp:dp_1:withdrawn | dp_1 | D1120 C3900 500 EUR, D3900 C1010 530"
        ", D3900 C5040 10, D5020 C1010 15, D2020 C2025 200 EUR",
    ),
    (
        lambda: events.chargeback_won(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            amount=Money(500, "EUR"),
            fee_back=usd(15),
            unfreeze=Money(200, "EUR"),
            movement_ref="dp_1",
            changed=events.Changed(moved=usd(530), stood=usd(540)),
        ),
        "chargeback_won | dp:dp_1:reinstated | dp_1 | D1010 C3900 530, D3900 C1120 500 EUR"
        ", D5040 C3900 10, D1010 C5020 15, D2025 C2020 200 EUR",
    ),
    (
        lambda: events.chargeback_won_late(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            brand_id=BRAND,
            amount=usd(500),
            fee_back=usd(15),
            to_debt=usd(100),
            to_wallet=usd(60),
            to_losses=usd(40),
            to_fee=usd(30),
            to_funds=usd(270),
            movement_ref="dp_1",
        ),
        "chargeback_won | dp:dp_1:reinstated | dp_1 | D1010 C1120 500, D1010 C5020 15"
        ", D1120 C1100 100, D1120 C2010 60, D1120 C5030 40, D1120 C2100 30, D1120 C2020 270",
    ),
    (
        lambda: events.chargeback_won_late(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            brand_id=BRAND,
            amount=Money(500, "EUR"),
            fee_back=usd(0),
            to_debt=Money(500, "EUR"),
            to_wallet=Money(0, "EUR"),
            to_losses=Money(0, "EUR"),
            to_fee=Money(0, "EUR"),
            to_funds=Money(0, "EUR"),
            movement_ref="dp_1",
            changed=events.Changed(moved=usd(530), stood=usd(540)),
        ),
        "chargeback_won | dp:dp_1:reinstated | dp_1 | D1010 C3900 530, D3900 C1120 500 EUR"
        ", D5040 C3900 10, D1120 C1100 500 EUR",
    ),
]
