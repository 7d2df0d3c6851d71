"""A first history of money in which every kind of account comes to hold something."""

from __future__ import annotations

from uuid import UUID, uuid5

from marketplace.kernel.ids import NIL
from marketplace.kernel.money import Money
from marketplace.ledger.rules import Free, events
from tests.services.money_machine.telling import (
    BRANDS,
    CAMPAIGNS,
    CASES,
    CREATORS,
    DEALS,
    ORGANISATIONS,
    PAYOUTS,
    REFUNDS,
    Told,
)


def first_history(currency: str) -> list[Told]:
    """Return events that leave something for each of the others to move, in one currency."""
    brand, campaign, deal = BRANDS[0], CAMPAIGNS[0], DEALS[0]
    creator, case = CREATORS[0], CASES[0]

    def much(minor: int) -> Money:
        return Money(minor, currency)

    def one(name: str) -> UUID:
        return uuid5(NIL, f"{name} {currency}")

    told = [
        (
            events.funded(
                stripe_charge_id=f"ch_first_{currency}",
                brand_id=brand,
                gross=much(2_000),
                processor_fee=much(60),
            ),
            [(1010, None, 2010, brand, 2_000), (5010, None, 1010, None, 60)],
        ),
        (
            events.allocated(
                allocation_id=one("a"), brand_id=brand, campaign_id=campaign, amount=much(1_500)
            ),
            [(2010, brand, 2020, campaign, 1_500)],
        ),
        (
            events.fee_taken(
                campaign_id=campaign,
                number=f"first {currency}",
                fee=much(150),
                tax=much(0),
                processor_fee=much(0),
            ),
            [(2020, campaign, 2100, campaign, 150)],
        ),
        (
            events.committed(
                collaboration_id=deal,
                revision=100 + len(currency) + ord(currency[0]),
                campaign_id=campaign,
                amount=much(800),
                free=Free(much(800)),
            ),
            [(2020, campaign, 2030, deal, 800)],
        ),
        (
            events.earned(
                deliverable_id=one("w"),
                revision=1,
                collaboration_id=deal,
                campaign_id=campaign,
                creator_id=creator,
                net=much(500),
                platform_share=much(25),
                fee_on_top=much(50),
            ),
            [
                (2030, deal, 2040, creator, 500),
                (2030, deal, 4010, None, 25),
                (2100, campaign, 4010, None, 50),
            ],
        ),
        (
            events.matured(earning_id=one("e"), creator_id=creator, amount=much(350)),
            [(2040, creator, 2050, creator, 350)],
        ),
        (
            events.payout_reserved(
                payout_id=PAYOUTS[ord(currency[0]) % 3],
                creator_id=creator,
                amount=much(150),
                tax_withheld=much(0),
            ),
            [(2050, creator, 2060, PAYOUTS[ord(currency[0]) % 3], 150)],
        ),
        (
            events.refund_held(
                refund_id=REFUNDS[ord(currency[0]) % 3],
                taken_from=events.brand_funds(brand),
                amount=much(100),
            ),
            [(2010, brand, 2070, REFUNDS[ord(currency[0]) % 3], 100)],
        ),
        (
            events.chargeback_withdrawn(
                stripe_dispute_id=f"dp_first_{currency}",
                chargeback_id=case,
                campaign_id=campaign,
                amount=much(200),
                fee=much(15),
                freeze=much(150),
                movement_ref="txn",
            ),
            [
                (1120, case, 1010, None, 200),
                (5020, None, 1010, None, 15),
                (2020, campaign, 2025, campaign, 150),
            ],
        ),
        (
            events.clawback_decided(
                case_id=one("c"), creator_id=creator, campaign_id=campaign, amount=much(80)
            ),
            [(1110, creator, 2020, campaign, 80)],
        ),
        (
            events.pledge_set_aside(
                pledge_id=one("p"),
                paid_with=one("a"),
                brand_id=brand,
                campaign_id=campaign,
                amount=much(90),
            ),
            [(2010, brand, 2110, campaign, 90)],
        ),
        (
            events.pledge_owed(
                pledge_id=one("p"),
                before=much(0),
                campaign_id=campaign,
                organisation_id=ORGANISATIONS[0],
                amount=much(40),
            ),
            [(2110, campaign, 2120, ORGANISATIONS[0], 40)],
        ),
        (
            events.prizes_set_aside(
                challenge_id=one("q"),
                campaign_id=campaign,
                amount=much(120),
                free=Free(much(120)),
            ),
            [(2020, campaign, 2035, campaign, 120)],
        ),
    ]
    return [(entry, [(*move, currency) for move in moves]) for entry, moves in told]
