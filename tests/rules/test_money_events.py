"""Every event of money: its key, its kind and its postings, as the table of the books has them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from marketplace.kernel.money import Money
from marketplace.ledger.chart import check_owners
from marketplace.ledger.rules import Code, Entry, MalformedEntry, Pair, check_entry, events

ID = UUID("00000000-0000-0000-0000-00000000000a")
CAMPAIGN = UUID("00000000-0000-0000-0000-00000000000c")
BRAND = UUID("00000000-0000-0000-0000-00000000000b")
CREATOR = UUID("00000000-0000-0000-0000-00000000000d")
DEAL = UUID("00000000-0000-0000-0000-00000000000e")
NOTHING = Money(0, "USD")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


EVENTS: Sequence[tuple[Entry, str, Sequence[str]]] = [
    (
        events.funded(
            stripe_charge_id="ch_1", brand_id=BRAND, gross=usd(1000), processor_fee=usd(30)
        ),
        "fund:ch_1",
        ["D1010 C2010 1000 USD", "D5010 C1010 30 USD"],
    ),
    (
        events.allocated(allocation_id=ID, brand_id=BRAND, campaign_id=CAMPAIGN, amount=usd(7)),
        f"alloc:{ID}",
        ["D2010 C2020 7 USD"],
    ),
    (
        events.fee_taken(campaign_id=CAMPAIGN, number="2", fee=usd(90), tax=usd(19)),
        f"fee:{CAMPAIGN}:2",
        ["D2020 C2100 90 USD", "D2020 C2090 19 USD"],
    ),
    (
        events.fee_returned(campaign_id=CAMPAIGN, number="2", fee=usd(90)),
        f"fee_return:{CAMPAIGN}:2",
        ["D2100 C2020 90 USD"],
    ),
    (
        events.committed(collaboration_id=DEAL, revision=3, campaign_id=CAMPAIGN, amount=usd(500)),
        f"commit:{DEAL}:3",
        ["D2020 C2030 500 USD"],
    ),
    (
        events.earned(
            deliverable_id=ID,
            revision=1,
            collaboration_id=DEAL,
            campaign_id=CAMPAIGN,
            creator_id=CREATOR,
            net=usd(380),
            platform_share=usd(20),
            fee_on_top=usd(40),
        ),
        f"earn:{ID}:1",
        ["D2030 C2040 380 USD", "D2030 C4010 20 USD", "D2100 C4010 40 USD"],
    ),
    (
        events.matured(earning_id=ID, creator_id=CREATOR, amount=usd(380)),
        f"mature:{ID}",
        ["D2040 C2050 380 USD"],
    ),
    (
        events.bonus_earned(
            deliverable_id=ID,
            measurement_id=DEAL,
            collaboration_id=DEAL,
            campaign_id=CAMPAIGN,
            creator_id=CREATOR,
            net=usd(19),
            platform_share=usd(1),
            fee_on_top=usd(2),
        ),
        f"bonus:{ID}:{DEAL}",
        ["D2030 C2040 19 USD", "D2030 C4010 1 USD", "D2100 C4010 2 USD"],
    ),
    (
        events.bonus_corrected(
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
        f"bonusfix:{ID}:{DEAL}",
        [
            "D2040 C2030 1 USD",
            "D2050 C2030 2 USD",
            "D1110 C2030 3 USD",
            "D4010 C2030 4 USD",
            "D4010 C2100 5 USD",
        ],
    ),
    (
        events.commitment_released(
            collaboration_id=DEAL, revision=1, campaign_id=CAMPAIGN, rest=usd(120), fee_back=usd(12)
        ),
        f"uncommit:{DEAL}:1",
        ["D2030 C2020 120 USD", "D2100 C2020 12 USD"],
    ),
    (
        events.refund_held(refund_id=ID, taken_from=events.campaign_funds(CAMPAIGN), amount=usd(5)),
        f"refund:{ID}:hold",
        ["D2020 C2070 5 USD"],
    ),
    (
        events.refund_held(refund_id=ID, taken_from=events.brand_funds(BRAND), amount=usd(5)),
        f"refund:{ID}:hold",
        ["D2010 C2070 5 USD"],
    ),
    (
        events.refund_paid(refund_id=ID, stripe_refund_id="re_1", amount=usd(5)),
        "refund:re_1:paid",
        ["D2070 C1010 5 USD"],
    ),
    (
        events.refund_failed(refund_id=ID, stripe_refund_id="re_1", brand_id=BRAND, amount=usd(5)),
        "refund:re_1:failed",
        ["D2070 C2010 5 USD"],
    ),
    (
        events.refund_failed(refund_id=ID, stripe_refund_id=None, brand_id=BRAND, amount=usd(5)),
        f"refund:{ID}:failed",
        ["D2070 C2010 5 USD"],
    ),
    (
        events.refund_bounced(
            stripe_refund_id="re_1", movement_ref="re_1", brand_id=BRAND, amount=usd(5)
        ),
        "refund:re_1:failed",
        ["D1010 C2010 5 USD"],
    ),
    (
        events.payout_reserved(
            payout_id=ID, creator_id=CREATOR, amount=usd(300), tax_withheld=usd(80)
        ),
        f"payout:{ID}:reserve",
        ["D2050 C2060 300 USD", "D2050 C2080 80 USD"],
    ),
    (
        events.payout_settled(payout_id=ID, stripe_transfer_id="tr_1", amount=usd(300)),
        f"payout:{ID}:settle",
        ["D2060 C1010 300 USD"],
    ),
    (
        events.payout_released(payout_id=ID, creator_id=CREATOR, amount=usd(300)),
        f"payout:{ID}:release",
        ["D2060 C2050 300 USD"],
    ),
    (
        events.transfer_reversed(stripe_reversal_id="trr_1", creator_id=CREATOR, amount=usd(9)),
        "trr:trr_1",
        ["D1010 C2050 9 USD"],
    ),
    (
        events.clawback_decided(
            case_id=ID, creator_id=CREATOR, campaign_id=CAMPAIGN, amount=usd(9)
        ),
        f"claw:{ID}",
        ["D1110 C2020 9 USD"],
    ),
    (
        events.clawback_reversed(stripe_reversal_id="trr_1", creator_id=CREATOR, amount=usd(9)),
        "trr:trr_1",
        ["D1010 C1110 9 USD"],
    ),
    (
        events.clawback_netted(case_id=ID, number=2, creator_id=CREATOR, amount=usd(9)),
        f"clawnet:{ID}:2",
        ["D2050 C1110 9 USD"],
    ),
    (
        events.platform_payout_sent(stripe_payout_id="po_1", amount=usd(9)),
        "po:po_1:out",
        ["D1020 C1010 9 USD"],
    ),
    (
        events.platform_payout_arrived(stripe_payout_id="po_1", amount=usd(9)),
        "po:po_1:in",
        ["D1030 C1020 9 USD"],
    ),
    (
        events.platform_payout_failed(stripe_payout_id="po_1", movement_ref="po_1", amount=usd(9)),
        "po:po_1:failed",
        ["D1010 C1020 9 USD"],
    ),
    (
        events.topup_sent(stripe_topup_id="tu_1", amount=usd(9)),
        "tu:tu_1:out",
        ["D1050 C1030 9 USD"],
    ),
    (
        events.topup_arrived(stripe_topup_id="tu_1", amount=usd(9)),
        "tu:tu_1:in",
        ["D1010 C1050 9 USD"],
    ),
    (
        events.topup_reversed(stripe_topup_id="tu_1", movement_ref="tu_1", amount=usd(9)),
        "tu:tu_1:reversed",
        ["D1050 C1010 9 USD"],
    ),
    (
        events.chargeback_withdrawn(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            amount=usd(500),
            fee=usd(15),
            freeze=usd(200),
            movement_ref="dp_1",
        ),
        "dp:dp_1:withdrawn",
        ["D1120 C1010 500 USD", "D5020 C1010 15 USD", "D2020 C2025 200 USD"],
    ),
    (
        events.chargeback_lost(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            brand_id=BRAND,
            from_frozen=usd(200),
            owed=usd(300),
        ),
        "dp:dp_1:lost",
        ["D2025 C1120 200 USD", "D1100 C1120 300 USD"],
    ),
    (
        events.written_off(case_id=ID, brand_id=BRAND, amount=usd(300)),
        f"writeoff:{ID}",
        ["D5030 C1100 300 USD"],
    ),
    (
        events.chargeback_won(
            stripe_dispute_id="dp_1",
            chargeback_id=ID,
            campaign_id=CAMPAIGN,
            amount=usd(500),
            fee_back=usd(15),
            unfreeze=usd(200),
            movement_ref="dp_1",
        ),
        "dp:dp_1:reinstated",
        ["D1010 C1120 500 USD", "D1010 C5020 15 USD", "D2025 C2020 200 USD"],
    ),
    (
        events.frozen(stripe_warning_id="issfr_1", campaign_id=CAMPAIGN, amount=usd(9)),
        "efw:issfr_1",
        ["D2020 C2025 9 USD"],
    ),
    (
        events.unfrozen(stripe_warning_id="issfr_1", campaign_id=CAMPAIGN, amount=usd(9)),
        "efw:issfr_1:over",
        ["D2025 C2020 9 USD"],
    ),
    (
        events.adjusted(
            request_id=ID,
            pairs=[
                Pair(events.SUSPENSE, events.creator_payable(CREATOR), usd(9)),
            ],
            memo="",
        ),
        f"adj:{ID}",
        ["D1900 C2050 9 USD"],
    ),
    (
        events.funded_by_exchange(
            stripe_charge_id="ch_1",
            brand_id=BRAND,
            gross=Money(1000, "EUR"),
            settled=usd(1080),
            processor_fee=usd(31),
        ),
        "fund:ch_1",
        ["D1010 C3900 1080 USD", "D3900 C2010 1000 EUR", "D5010 C1010 31 USD"],
    ),
    (
        events.processor_moved(
            stripe_balance_transaction_id="txn_1",
            source_ref=None,
            against=Code.PROCESSOR_FEES,
            net=usd(-9),
        ),
        "bt:txn_1",
        ["D5010 C1010 9 USD"],
    ),
    (
        events.processor_moved(
            stripe_balance_transaction_id="txn_1",
            source_ref=None,
            against=Code.PROCESSOR_RESERVE,
            net=usd(9),
        ),
        "bt:txn_1",
        ["D1010 C1190 9 USD"],
    ),
    (
        events.unidentified(stripe_balance_transaction_id="txn_1", source_ref=None, net=usd(9)),
        "bt:txn_1",
        ["D1010 C1900 9 USD"],
    ),
    (
        events.unidentified(stripe_balance_transaction_id="txn_1", source_ref=None, net=usd(-9)),
        "bt:txn_1",
        ["D1900 C1010 9 USD"],
    ),
    (
        events.unidentified_charge(stripe_charge_id="ch_1", gross=usd(9), processor_fee=usd(1)),
        "fund:ch_1",
        ["D1010 C1900 9 USD", "D5010 C1010 1 USD"],
    ),
    (
        events.identified(
            movement="bt:txn_1",
            pair=Pair(events.SUSPENSE, events.brand_funds(BRAND), usd(9)),
        ),
        "ident:bt:txn_1",
        ["D1900 C2010 9 USD"],
    ),
    (
        events.opened(name="bank", account=Code.BANK_OPERATING, amount=usd(9)),
        "opening:bank",
        ["D1030 C3010 9 USD"],
    ),
]


@pytest.mark.parametrize(
    ("entry", "key", "postings"), EVENTS, ids=lambda v: getattr(v, "idem_key", "")
)
def test_an_event_has_its_key_and_its_postings(
    entry: Entry, key: str, postings: Sequence[str]
) -> None:
    assert entry.idem_key == key
    assert [
        f"D{p.debit.code} C{p.credit.code} {p.amount.minor} {p.amount.currency}"
        for p in entry.pairs
    ] == list(postings)


@pytest.mark.parametrize("entry", [row[0] for row in EVENTS], ids=lambda e: e.idem_key)
def test_an_event_is_within_the_grammar(entry: Entry) -> None:
    check_entry(entry)
    check_owners(entry.pairs)


def test_the_processors_object_is_named_where_its_balance_moves() -> None:
    moving = [
        e for e, _, _ in EVENTS if any("1010" in f"{p.debit.code} {p.credit.code}" for p in e.pairs)
    ]

    assert [e.idem_key for e in moving if e.source_ref is None] == []


def test_parts_of_nothing_are_left_out() -> None:
    entry = events.funded(
        stripe_charge_id="ch_1", brand_id=BRAND, gross=usd(1000), processor_fee=NOTHING
    )

    assert len(entry.pairs) == 1


def test_a_part_below_nothing_is_refused() -> None:
    with pytest.raises(MalformedEntry, match="-1 is no amount of a posting"):
        events.matured(earning_id=ID, creator_id=CREATOR, amount=usd(-1))
