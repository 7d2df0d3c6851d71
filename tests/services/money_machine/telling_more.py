"""Events of money, second part: payouts, our own bank, chargebacks, and what nobody asked for."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from marketplace.kernel.money import Money
from marketplace.ledger.rules import AccountRef, Code, Pair, events
from tests.services.money_machine.telling import (
    BRANDS,
    CAMPAIGNS,
    CASES,
    CREATORS,
    PAYOUTS,
    Dice,
    Told,
)


def reserve_payout(d: Dice) -> Told:
    (creator, amount), payout, tax = d.take(2050, CREATORS), d.one(PAYOUTS), d.maybe(3)
    entry = events.payout_reserved(
        payout_id=payout, creator_id=creator, amount=amount, tax_withheld=tax
    )
    return entry, d.moves((2050, creator, 2060, payout, amount), (2050, creator, 2080, None, tax))


def settle_payout(d: Dice) -> Told:
    payout, amount = d.take(2060, PAYOUTS)
    entry = events.payout_settled(payout_id=payout, stripe_transfer_id=d.name("tr"), amount=amount)
    return entry, d.moves((2060, payout, 1010, None, amount))


def release_payout(d: Dice) -> Told:
    (payout, amount), creator, tax = d.take(2060, PAYOUTS), d.one(CREATORS), d.maybe(3)
    entry = events.payout_released(
        payout_id=payout, creator_id=creator, amount=amount, tax_withheld=tax
    )
    return entry, d.moves((2060, payout, 2050, creator, amount), (2080, None, 2050, creator, tax))


def reverse_transfer(d: Dice) -> Told:
    creator, amount = d.one(CREATORS), d.some(150)
    entry = events.transfer_reversed(
        stripe_reversal_id=d.name("trr"), creator_id=creator, amount=amount
    )
    return entry, d.moves((1010, None, 2050, creator, amount))


def decide_clawback(d: Dice) -> Told:
    creator, campaign, amount = d.one(CREATORS), d.one(CAMPAIGNS), d.some(100)
    entry = events.clawback_decided(
        case_id=d.new(), creator_id=creator, campaign_id=campaign, amount=amount
    )
    return entry, d.moves((1110, creator, 2020, campaign, amount))


def reverse_for_clawback(d: Dice) -> Told:
    creator, amount = d.take(1110, CREATORS)
    entry = events.clawback_reversed(
        stripe_reversal_id=d.name("trr"), creator_id=creator, amount=amount
    )
    return entry, d.moves((1010, None, 1110, creator, amount))


def net_clawback(d: Dice) -> Told:
    creator, amount = d.take(1110, CREATORS)
    entry = events.clawback_netted(
        case_id=d.new(), number=d.number(), creator_id=creator, amount=amount
    )
    return entry, d.moves((2050, creator, 1110, creator, amount))


def send_platform_payout(d: Dice) -> Told:
    amount = d.some()
    entry = events.platform_payout_sent(stripe_payout_id=d.name("po"), amount=amount)
    return entry, d.moves((1020, None, 1010, None, amount))


def platform_payout_arrives(d: Dice) -> Told:
    amount = d.some()
    entry = events.platform_payout_arrived(stripe_payout_id=d.name("po"), amount=amount)
    return entry, d.moves((1030, None, 1020, None, amount))


def platform_payout_fails(d: Dice) -> Told:
    amount = d.some()
    entry = events.platform_payout_failed(
        stripe_payout_id=d.name("po"), movement_ref="txn", amount=amount
    )
    return entry, d.moves((1010, None, 1020, None, amount))


def send_topup(d: Dice) -> Told:
    amount = d.some()
    entry = events.topup_sent(stripe_topup_id=d.name("tu"), amount=amount)
    return entry, d.moves((1050, None, 1030, None, amount))


def topup_arrives(d: Dice) -> Told:
    amount = d.some()
    entry = events.topup_arrived(stripe_topup_id=d.name("tu"), amount=amount)
    return entry, d.moves((1010, None, 1050, None, amount))


def topup_is_reversed(d: Dice) -> Told:
    amount = d.some()
    entry = events.topup_reversed(stripe_topup_id=d.name("tu"), movement_ref="txn", amount=amount)
    return entry, d.moves((1050, None, 1010, None, amount))


def withdraw_chargeback(d: Dice) -> Told:
    case, campaign, amount = d.one(CASES), d.one(CAMPAIGNS), d.some(200)
    fee, freeze = d.maybe(), d.part(2020, campaign)
    entry = events.chargeback_withdrawn(
        stripe_dispute_id=d.name("dp"),
        chargeback_id=case,
        campaign_id=campaign,
        amount=amount,
        fee=fee,
        freeze=freeze,
        movement_ref="txn",
    )
    return entry, d.moves(
        (1120, case, 1010, None, amount),
        (5020, None, 1010, None, fee),
        (2020, campaign, 2025, campaign, freeze),
    )


def lose_chargeback(d: Dice) -> Told:
    (case, most), campaign, brand = d.take(1120, CASES), d.one(CAMPAIGNS), d.one(BRANDS)
    frozen, funds = d.part(2025, campaign, 20), d.part(2020, campaign, 20)
    fee, owed = d.part(2100, campaign, 5), d.maybe(most.minor)
    entry = events.chargeback_lost(
        stripe_dispute_id=d.name("dp"),
        chargeback_id=case,
        campaign_id=campaign,
        brand_id=brand,
        from_frozen=frozen,
        from_funds=funds,
        from_fee=fee,
        owed=owed,
    )
    return entry, d.moves(
        (2025, campaign, 1120, case, frozen),
        (2020, campaign, 1120, case, funds),
        (2100, campaign, 1120, case, fee),
        (1100, brand, 1120, case, owed),
    )


def recover_owed(d: Dice) -> Told:
    brand, amount = d.take(1100, BRANDS)
    entry = events.owed_recovered(
        recovery_id=d.new(),
        brand_id=brand,
        taken_from=events.brand_funds(brand),
        amount=amount,
    )
    return entry, d.moves((2010, brand, 1100, brand, amount))


def write_off(d: Dice) -> Told:
    brand, amount = d.take(1100, BRANDS)
    entry = events.written_off(case_id=d.new(), brand_id=brand, amount=amount)
    return entry, d.moves((5030, None, 1100, brand, amount))


def win_chargeback(d: Dice) -> Told:
    (case, amount), campaign = d.take(1120, CASES), d.one(CAMPAIGNS)
    back, unfreeze = d.maybe(), d.part(2025, campaign)
    entry = events.chargeback_won(
        stripe_dispute_id=d.name("dp"),
        chargeback_id=case,
        campaign_id=campaign,
        amount=amount,
        fee_back=back,
        unfreeze=unfreeze,
        movement_ref="txn",
    )
    return entry, d.moves(
        (1010, None, 1120, case, amount),
        (1010, None, 5020, None, back),
        (2025, campaign, 2020, campaign, unfreeze),
    )


def win_late(d: Dice) -> Told:
    case, amount = d.take(1120, CASES)
    campaign, brand = d.one(CAMPAIGNS), d.one(BRANDS)
    debt, given_up, fee = d.part(1100, brand), d.maybe(), d.maybe(5)
    wallet = d.maybe()
    entry = events.chargeback_won_late(
        stripe_dispute_id=d.name("dp"),
        chargeback_id=case,
        campaign_id=campaign,
        brand_id=brand,
        amount=amount,
        fee_back=d.maybe(0),
        to_debt=debt,
        to_wallet=wallet,
        to_losses=given_up,
        to_fee=fee,
        to_funds=amount,
        movement_ref="txn",
    )
    return entry, d.moves(
        (1010, None, 1120, case, amount),
        (1120, case, 1100, brand, debt),
        (1120, case, 2010, brand, wallet),
        (1120, case, 5030, None, given_up),
        (1120, case, 2100, campaign, fee),
        (1120, case, 2020, campaign, amount),
    )


def withdraw_changed(d: Dice) -> Told:
    case, campaign, amount = d.one(CASES), d.one(CAMPAIGNS), d.some(200)
    moved, stood = Money(amount.minor * 2, "EUR"), Money(amount.minor * 2 - 1, "EUR")
    fee, freeze = Money(d.maybe().minor, "EUR"), d.part(2020, campaign)
    entry = events.chargeback_withdrawn(
        stripe_dispute_id=d.name("dp"),
        chargeback_id=case,
        campaign_id=campaign,
        amount=amount,
        fee=fee,
        freeze=freeze,
        movement_ref="txn",
        changed=events.Changed(moved=moved, stood=stood),
    )
    return entry, d.moves(
        (1120, case, 3900, None, amount),
        (3900, None, 1010, None, moved),
        (5040, None, 3900, None, moved - stood),
        (5020, None, 1010, None, fee),
        (2020, campaign, 2025, campaign, freeze),
    )


def freeze(d: Dice) -> Told:
    campaign, amount = d.take(2020, CAMPAIGNS)
    entry = events.frozen(stripe_warning_id=d.name("issfr"), campaign_id=campaign, amount=amount)
    return entry, d.moves((2020, campaign, 2025, campaign, amount))


def unfreeze(d: Dice) -> Told:
    campaign, amount = d.take(2025, CAMPAIGNS)
    entry = events.unfrozen(stripe_warning_id=d.name("issfr"), campaign_id=campaign, amount=amount)
    return entry, d.moves((2025, campaign, 2020, campaign, amount))


def fund_by_exchange(d: Dice) -> Told:
    brand, gross, kept = d.one(BRANDS), d.some(900), d.maybe()
    settled = Money(gross.minor * 2 + 1, "EUR")
    entry = events.funded_by_exchange(
        stripe_charge_id=d.name("ch"),
        brand_id=brand,
        gross=gross,
        settled=settled,
        processor_fee=Money(kept.minor, "EUR"),
    )
    return entry, d.moves(
        (1010, None, 3900, None, settled),
        (3900, None, 2010, brand, gross),
        (5010, None, 1010, None, Money(kept.minor, "EUR")),
    )


def processor_moves(d: Dice) -> Told:
    against = d.draw(st.sampled_from([5010, 1190]))
    amount, comes = d.some(50), d.draw(st.booleans())
    entry = events.processor_moved(
        stripe_balance_transaction_id=d.name("txn"),
        source_ref=None,
        against=Code(against),
        net=amount if comes else -amount,
    )
    told = (1010, None, against, None, amount) if comes else (against, None, 1010, None, amount)
    return entry, d.moves(told)


def unknown_movement(d: Dice) -> Told:
    amount, comes = d.some(50), d.draw(st.booleans())
    entry = events.unidentified(
        stripe_balance_transaction_id=d.name("txn"),
        source_ref=None,
        net=amount if comes else -amount,
    )
    told = (1010, None, 1900, None, amount) if comes else (1900, None, 1010, None, amount)
    return entry, d.moves(told)


def unknown_charge(d: Dice) -> Told:
    gross, kept = d.some(), d.maybe()
    entry = events.unidentified_charge(
        stripe_charge_id=d.name("ch"), gross=gross, processor_fee=kept
    )
    return entry, d.moves((1010, None, 1900, None, gross), (5010, None, 1010, None, kept))


def identify(d: Dice) -> Told:
    if d.draw(st.booleans()):
        brand, amount = d.one(BRANDS), d.some(50)
        pair = Pair(AccountRef(Code.SUSPENSE), events.brand_funds(brand), amount)
        move = (1900, None, 2010, brand, amount)
    else:
        creator, amount = d.take(2050, CREATORS)
        pair = Pair(events.creator_payable(creator), AccountRef(Code.SUSPENSE), amount)
        move = (2050, creator, 1900, None, amount)
    entry = events.identified(movement=d.name("bt:txn"), pair=pair)
    return entry, d.moves(move)


def open_books(d: Dice) -> Told:
    amount = d.some()
    entry = events.opened(name=d.name("bank"), account=Code.BANK_OPERATING, amount=amount)
    return entry, d.moves((1030, None, 3010, None, amount))


OUT_AND_BACK: Final = (
    reserve_payout, settle_payout, release_payout, reverse_transfer, decide_clawback,
    reverse_for_clawback, net_clawback, send_platform_payout, platform_payout_arrives,
    platform_payout_fails, send_topup, topup_arrives, topup_is_reversed, withdraw_chargeback,
    lose_chargeback, recover_owed, write_off, win_chargeback, win_late, withdraw_changed,
    freeze, unfreeze, fund_by_exchange, processor_moves, unknown_movement,
    unknown_charge, identify, open_books,
)  # fmt: skip
