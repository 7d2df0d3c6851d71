"""The table of the books: every event, made of plain ids and amounts, beside what it must come to.

Written as kind, key, what statements will name, postings; amounts are in cents unless a currency is
named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules import Code, Entry, Pair, events
from tests.factories.chargeback_events import BRAND, CAMPAIGN, CHARGEBACKS, ID
from tests.factories.ledger import ALL_FREE, usd

CREATOR = UUID("00000000-0000-0000-0000-00000000000d")
DEAL = UUID("00000000-0000-0000-0000-00000000000e")
NOTHING = Money(0, "USD")


EVENTS: Sequence[tuple[Callable[[], Entry], str]] = [
    (
        lambda: events.funded(
            stripe_charge_id="ch_1", brand_id=BRAND, gross=usd(1000), processor_fee=usd(30)
        ),
        "fund | fund:ch_1 | ch_1 | D1010 C2010 1000, D5010 C1010 30",
    ),
    (
        lambda: events.allocated(
            allocation_id=ID, brand_id=BRAND, campaign_id=CAMPAIGN, amount=usd(7)
        ),
        f"allocate | alloc:{ID} | - | D2010 C2020 7",
    ),
    (
        lambda: events.fee_taken(
            campaign_id=CAMPAIGN, number="2", fee=usd(90), tax=usd(19), processor_fee=usd(33)
        ),
        f"fee | fee:{CAMPAIGN}:2 | - | D2020 C2100 90, D2020 C2090 19, D2020 C5010 33",
    ),
    (
        lambda: events.fee_returned(campaign_id=CAMPAIGN, number="2", fee=usd(90), tax=usd(19)),
        f"fee_return | fee_return:{CAMPAIGN}:2 | - | D2100 C2020 90, D2090 C2020 19",
    ),
    (
        lambda: events.committed(
            collaboration_id=DEAL,
            revision=3,
            campaign_id=CAMPAIGN,
            amount=usd(500),
            free=ALL_FREE,
        ),
        f"commit | commit:{DEAL}:3 | - | D2020 C2030 500",
    ),
    (
        lambda: events.earned(
            deliverable_id=ID,
            revision=1,
            collaboration_id=DEAL,
            campaign_id=CAMPAIGN,
            creator_id=CREATOR,
            net=usd(380),
            platform_share=usd(20),
            fee_on_top=usd(40),
        ),
        f"earn | earn:{ID}:1 | - | D2030 C2040 380, D2030 C4010 20, D2100 C4010 40",
    ),
    (
        lambda: events.matured(earning_id=ID, creator_id=CREATOR, amount=usd(380)),
        f"mature | mature:{ID} | - | D2040 C2050 380",
    ),
    (
        lambda: events.bonus_earned(
            deliverable_id=ID,
            measurement_id=DEAL,
            collaboration_id=DEAL,
            campaign_id=CAMPAIGN,
            creator_id=CREATOR,
            net=usd(19),
            platform_share=usd(1),
            fee_on_top=usd(2),
        ),
        f"bonus | bonus:{ID}:{DEAL} | - | D2030 C2040 19, D2030 C4010 1, D2100 C4010 2",
    ),
    (
        lambda: events.bonus_corrected(
            deliverable_id=ID,
            measurement_id=DEAL,
            collaboration_id=DEAL,
            campaign_id=CAMPAIGN,
            creator_id=CREATOR,
            from_pending=usd(1),
            from_payable=usd(2),
            from_paid=usd(3),
            platform_share=usd(4),
            fee_on_top=usd(5),
        ),
        f"bonus_fix | bonusfix:{ID}:{DEAL} | - | D2040 C2030 1, D2050 C2030 2, D1110 C2030 3"
        ", D4010 C2030 4, D4010 C2100 5",
    ),
    (
        lambda: events.commitment_released(
            collaboration_id=DEAL, revision=1, campaign_id=CAMPAIGN, rest=usd(120), fee_back=usd(12)
        ),
        f"release_commitment | uncommit:{DEAL}:1 | - | D2030 C2020 120, D2100 C2020 12",
    ),
    (
        lambda: events.refund_held(
            refund_id=ID, taken_from=events.campaign_funds(CAMPAIGN), amount=usd(5), free=ALL_FREE
        ),
        f"refund_hold | refund:{ID}:hold | - | D2020 C2070 5",
    ),
    (
        lambda: events.refund_held(
            refund_id=ID, taken_from=events.brand_funds(BRAND), amount=usd(5)
        ),
        f"refund_hold | refund:{ID}:hold | - | D2010 C2070 5",
    ),
    (
        lambda: events.refund_paid(refund_id=ID, stripe_refund_id="re_1", amount=usd(5)),
        "refund_paid | refund:re_1:paid | re_1 | D2070 C1010 5",
    ),
    (
        lambda: events.refund_paid(
            refund_id=ID,
            stripe_refund_id="re_1",
            amount=Money(500, "EUR"),
            changed=events.Changed(moved=usd(560), stood=usd(540)),
        ),
        "refund_paid | refund:re_1:paid | re_1"
        " | D2070 C3900 500 EUR, D3900 C1010 560, D5040 C3900 20",
    ),
    (
        lambda: events.refund_paid_by_bank(refund_id=ID, amount=usd(5)),
        f"refund_paid | refund:{ID}:bank | - | D2070 C1030 5",
    ),
    (
        lambda: events.refund_paid_by_bank(refund_id=ID, amount=Money(500, "EUR"), stood=usd(540)),
        f"refund_paid | refund:{ID}:bank | - | D2070 C1030 500 EUR, D5040 C3900 500 EUR,"
        " D3900 C5040 540",
    ),
    (
        lambda: events.refund_failed(
            refund_id=ID, stripe_refund_id="re_1", brand_id=BRAND, amount=usd(5)
        ),
        "refund_failed | refund:re_1:failed | - | D2070 C2010 5",
    ),
    (
        lambda: events.refund_failed(
            refund_id=ID, stripe_refund_id=None, brand_id=BRAND, amount=usd(5)
        ),
        f"refund_failed | refund:{ID}:failed | - | D2070 C2010 5",
    ),
    (
        lambda: events.refund_bounced(
            stripe_refund_id="re_1", movement_ref="re_1", brand_id=BRAND, amount=usd(5)
        ),
        "refund_failed | refund:re_1:failed | re_1 | D1010 C2010 5",
    ),
    (
        lambda: events.refund_bounced(
            stripe_refund_id="re_1",
            movement_ref="re_1",
            brand_id=BRAND,
            amount=Money(500, "EUR"),
            changed=events.Changed(moved=usd(570), stood=usd(540)),
        ),
        "refund_failed | refund:re_1:failed | re_1"
        " | D1010 C3900 570, D3900 C2010 500 EUR, D3900 C5040 30",
    ),
    (
        lambda: events.payout_reserved(
            payout_id=ID, creator_id=CREATOR, amount=usd(300), tax_withheld=usd(80)
        ),
        f"payout_reserve | payout:{ID}:reserve | - | D2050 C2060 300, D2050 C2080 80",
    ),
    (
        lambda: events.payout_settled(payout_id=ID, stripe_transfer_id="tr_1", amount=usd(300)),
        f"payout_settle | payout:{ID}:settle | tr_1 | D2060 C1010 300",
    ),
    (
        lambda: events.payout_released(
            payout_id=ID, creator_id=CREATOR, amount=usd(300), tax_withheld=usd(45)
        ),
        f"payout_release | payout:{ID}:release | - | D2060 C2050 300, D2080 C2050 45",
    ),
    (
        lambda: events.transfer_reversed(
            stripe_reversal_id="trr_1", creator_id=CREATOR, amount=usd(9)
        ),
        "transfer_reversal | trr:trr_1 | trr_1 | D1010 C2050 9",
    ),
    (
        lambda: events.clawback_decided(
            case_id=ID, creator_id=CREATOR, campaign_id=CAMPAIGN, amount=usd(9)
        ),
        f"clawback | claw:{ID} | - | D1110 C2020 9",
    ),
    (
        lambda: events.clawback_reversed(
            stripe_reversal_id="trr_1", creator_id=CREATOR, amount=usd(9)
        ),
        "clawback_reversal | trr:trr_1 | trr_1 | D1010 C1110 9",
    ),
    (
        lambda: events.clawback_netted(case_id=ID, number=2, creator_id=CREATOR, amount=usd(9)),
        f"clawback_net | clawnet:{ID}:2 | - | D2050 C1110 9",
    ),
    (
        lambda: events.platform_payout_sent(stripe_payout_id="po_1", amount=usd(9)),
        "platform_payout_sent | po:po_1:out | po_1 | D1020 C1010 9",
    ),
    (
        lambda: events.platform_payout_arrived(stripe_payout_id="po_1", amount=usd(9)),
        "platform_payout_arrived | po:po_1:in | - | D1030 C1020 9",
    ),
    (
        lambda: events.platform_payout_failed(
            stripe_payout_id="po_1", movement_ref="po_1", amount=usd(9)
        ),
        "platform_payout_failed | po:po_1:failed | po_1 | D1010 C1020 9",
    ),
    (
        lambda: events.topup_sent(stripe_topup_id="tu_1", amount=usd(9)),
        "topup_sent | tu:tu_1:out | - | D1050 C1030 9",
    ),
    (
        lambda: events.topup_arrived(stripe_topup_id="tu_1", amount=usd(9)),
        "topup_arrived | tu:tu_1:in | tu_1 | D1010 C1050 9",
    ),
    (
        lambda: events.topup_reversed(stripe_topup_id="tu_1", movement_ref="tu_1", amount=usd(9)),
        "topup_reversed | tu:tu_1:reversed | tu_1 | D1050 C1010 9",
    ),
    *CHARGEBACKS,
    (
        lambda: events.frozen(stripe_warning_id="issfr_1", campaign_id=CAMPAIGN, amount=usd(9)),
        "freeze | efw:issfr_1 | - | D2020 C2025 9",
    ),
    (
        lambda: events.unfrozen(stripe_warning_id="issfr_1", campaign_id=CAMPAIGN, amount=usd(9)),
        "unfreeze | efw:issfr_1:over | - | D2025 C2020 9",
    ),
    (
        lambda: events.adjusted(
            request_id=ID,
            pairs=[
                Pair(events.SUSPENSE, events.creator_payable(CREATOR), usd(9)),
            ],
            memo="",
        ),
        f"adjust | adj:{ID} | - | D1900 C2050 9",
    ),
    (
        lambda: events.funded_by_exchange(
            stripe_charge_id="ch_1",
            brand_id=BRAND,
            gross=Money(1000, "EUR"),
            settled=usd(1080),
            processor_fee=usd(31),
        ),
        "exchange | fund:ch_1 | ch_1 | D1010 C3900 1080, D3900 C2010 1000 EUR, D5010 C1010 31",
    ),
    (
        lambda: events.processor_moved(
            stripe_balance_transaction_id="txn_1",
            source_ref=None,
            against=Code.PROCESSOR_FEES,
            net=usd(-9),
        ),
        "processor_movement | bt:txn_1 | txn_1 | D5010 C1010 9",
    ),
    (
        lambda: events.processor_moved(
            stripe_balance_transaction_id="txn_1",
            source_ref=None,
            against=Code.PROCESSOR_RESERVE,
            net=usd(9),
        ),
        "processor_movement | bt:txn_1 | txn_1 | D1010 C1190 9",
    ),
    (
        lambda: events.unidentified(
            stripe_balance_transaction_id="txn_1", source_ref=None, net=usd(9)
        ),
        "suspense | bt:txn_1 | txn_1 | D1010 C1900 9",
    ),
    (
        lambda: events.unidentified(
            stripe_balance_transaction_id="txn_1", source_ref=None, net=usd(-9)
        ),
        "suspense | bt:txn_1 | txn_1 | D1900 C1010 9",
    ),
    (
        lambda: events.unidentified_charge(
            stripe_charge_id="ch_1", gross=usd(9), processor_fee=usd(1)
        ),
        "suspense | fund:ch_1 | ch_1 | D1010 C1900 9, D5010 C1010 1",
    ),
    (
        lambda: events.identified(
            movement="bt:txn_1",
            pair=Pair(events.SUSPENSE, events.brand_funds(BRAND), usd(9)),
        ),
        "identify | ident:bt:txn_1 | - | D1900 C2010 9",
    ),
    (
        lambda: events.opened(name="bank", account=Code.BANK_OPERATING, amount=usd(9)),
        "opening | opening:bank | - | D1030 C3010 9",
    ),
    (
        lambda: events.pledge_set_aside(
            pledge_id=DEAL, paid_with=ID, brand_id=BRAND, campaign_id=CAMPAIGN, amount=usd(9)
        ),
        f"pledge_set_aside | pledge:{DEAL}:{ID} | - | D2010 C2110 9",
    ),
    (
        lambda: events.pledge_returned(
            pledge_id=DEAL, before=usd(3), campaign_id=CAMPAIGN, brand_id=BRAND, amount=usd(9)
        ),
        f"pledge_return | pledge_return:{DEAL}:3 | - | D2110 C2010 9",
    ),
    (
        lambda: events.pledge_owed(
            pledge_id=DEAL,
            before=usd(4),
            campaign_id=CAMPAIGN,
            organisation_id=ID,
            amount=usd(9),
        ),
        f"pledge_owed | pledge_owed:{DEAL}:4 | - | D2110 C2120 9",
    ),
    (
        lambda: events.pledge_paid(request_id=ID, organisation_id=ID, amount=usd(9)),
        f"pledge_paid | pledge_paid:{ID} | - | D2120 C1030 9",
    ),
    (
        lambda: events.prizes_set_aside(
            challenge_id=ID, campaign_id=CAMPAIGN, amount=usd(900), free=ALL_FREE
        ),
        f"prizes_set_aside | prizes:{ID} | - | D2020 C2035 900",
    ),
    (
        lambda: events.prizes_returned(challenge_id=ID, campaign_id=CAMPAIGN, amount=usd(9)),
        f"prizes_return | prizes_return:{ID} | - | D2035 C2020 9",
    ),
    (
        lambda: events.prize_won(
            deliverable_id=ID,
            campaign_id=CAMPAIGN,
            creator_id=CREATOR,
            net=usd(95),
            platform_share=usd(5),
            fee_on_top=usd(10),
        ),
        f"prize | prize:{ID} | - | D2035 C2040 95, D2035 C4010 5, D2100 C4010 10",
    ),
]
