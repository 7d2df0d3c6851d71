"""Every event of money: drawn at random, as the product makes it and as the design says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st

from marketplace.kernel.money import Money
from marketplace.ledger.rules import AccountRef, Code, Entry, Free, Pair, events
from tests.services.money_machine.model import Books, Move

Draw = Callable[[st.SearchStrategy[Any]], Any]


def uuids(kind: int, count: int) -> list[UUID]:
    """Return a few ids that say what they are of."""
    return [UUID(int=(kind << 64) + number) for number in range(1, count + 1)]


BRANDS, CAMPAIGNS, DEALS = uuids(1, 2), uuids(2, 2), uuids(3, 3)
CREATORS, PAYOUTS, REFUNDS, CASES = uuids(4, 2), uuids(5, 12), uuids(6, 12), uuids(7, 2)
ORGANISATIONS = uuids(8, 2)
CAMPAIGN_OF: Final = dict(zip(DEALS, [CAMPAIGNS[0], CAMPAIGNS[0], CAMPAIGNS[1]], strict=True))
CURRENCIES: Final = ("USD", "USD", "USD", "JPY", "KWD")


@dataclass
class Dice:
    """What an event is made of, drawn in one currency by what there is."""

    draw: Draw
    currency: str
    books: Books

    def one(self, of: list[UUID]) -> UUID:
        chosen: UUID = self.draw(st.sampled_from(of))
        return chosen

    def name(self, prefix: str) -> str:
        return f"{prefix}_{self.draw(st.integers(0, 99))}"

    def new(self) -> UUID:
        """An id that was seldom told before."""
        return UUID(int=(9 << 64) + self.draw(st.integers(0, 99)))

    def number(self) -> int:
        drawn: int = self.draw(st.integers(1, 99))
        return drawn

    def some(self, most: int = 300) -> Money:
        return Money(self.draw(st.integers(1, most)), self.currency)

    def maybe(self, most: int = 20) -> Money:
        """An amount that may be nothing."""
        return Money(self.draw(st.integers(0, most)), self.currency)

    def take(self, code: int, of: list[UUID], most: int = 200) -> tuple[UUID, Money]:
        """Whose, and how much; mostly somebody who has it, and no more than is there."""
        held = {one: self.books.held.get((code, one, self.currency), 0) for one in of}
        rich = [one for one in of if held[one] > 0]
        if not rich or self.draw(st.integers(0, 9)) == 0:
            return self.one(of), self.some(most)
        owner = self.one(rich)
        return owner, self.some(min(most, held[owner]))

    def part(self, code: int, owner: UUID, most: int = 60) -> Money:
        """An amount that may be nothing, mostly no more than is there."""
        held = self.books.held.get((code, owner, self.currency), 0)
        return self.maybe(most if self.draw(st.integers(0, 9)) == 0 else min(most, held))

    def moves(self, *told: tuple[int, UUID | None, int, UUID | None, Money]) -> list[Move]:
        """Return the moves of the design's table; parts of nothing are left out."""
        return [(d, od, c, oc, m.minor, m.currency) for d, od, c, oc, m in told if m.minor]


Told = tuple[Entry, list[Move]]


def fund(d: Dice) -> Told:
    brand, gross, kept = d.one(BRANDS), d.some(900), d.maybe()
    entry = events.funded(
        stripe_charge_id=d.name("ch"), brand_id=brand, gross=gross, processor_fee=kept
    )
    return entry, d.moves((1010, None, 2010, brand, gross), (5010, None, 1010, None, kept))


def allocate(d: Dice) -> Told:
    (brand, amount), campaign = d.take(2010, BRANDS, 600), d.one(CAMPAIGNS)
    entry = events.allocated(
        allocation_id=d.new(), brand_id=brand, campaign_id=campaign, amount=amount
    )
    return entry, d.moves((2010, brand, 2020, campaign, amount))


def take_fee(d: Dice) -> Told:
    (campaign, fee), tax, kept = d.take(2020, CAMPAIGNS, 60), d.maybe(), d.maybe(10)
    entry = events.fee_taken(
        campaign_id=campaign, number=d.name("n"), fee=fee, tax=tax, processor_fee=kept
    )
    return entry, d.moves(
        (2020, campaign, 2100, campaign, fee),
        (2020, campaign, 2090, None, tax),
        (2020, campaign, 5010, None, kept),
    )


def return_fee(d: Dice) -> Told:
    (campaign, fee), tax = d.take(2100, CAMPAIGNS, 60), d.maybe(10)
    entry = events.fee_returned(campaign_id=campaign, number=d.name("n"), fee=fee, tax=tax)
    return entry, d.moves((2100, campaign, 2020, campaign, fee), (2090, None, 2020, campaign, tax))


def commit(d: Dice) -> Told:
    campaign, amount = d.take(2020, CAMPAIGNS)
    deal = d.one([each for each in DEALS if CAMPAIGN_OF[each] == campaign])
    entry = events.committed(
        collaboration_id=deal,
        revision=d.number(),
        campaign_id=campaign,
        amount=amount,
        free=Free(amount),
    )
    return entry, d.moves((2020, campaign, 2030, deal, amount))


def earn(d: Dice) -> Told:
    (deal, net), creator = d.take(2030, DEALS), d.one(CREATORS)
    campaign = CAMPAIGN_OF[deal]
    share, on_top = d.maybe(5), d.part(2100, campaign, 10)
    entry = events.earned(
        deliverable_id=d.new(),
        revision=d.number(),
        collaboration_id=deal,
        campaign_id=campaign,
        creator_id=creator,
        net=net,
        platform_share=share,
        fee_on_top=on_top,
    )
    return entry, d.moves(
        (2030, deal, 2040, creator, net),
        (2030, deal, 4010, None, share),
        (2100, campaign, 4010, None, on_top),
    )


def mature(d: Dice) -> Told:
    creator, amount = d.take(2040, CREATORS)
    entry = events.matured(earning_id=d.new(), creator_id=creator, amount=amount)
    return entry, d.moves((2040, creator, 2050, creator, amount))


def earn_bonus(d: Dice) -> Told:
    (deal, net), creator = d.take(2030, DEALS, 80), d.one(CREATORS)
    campaign = CAMPAIGN_OF[deal]
    share, on_top = d.maybe(5), d.part(2100, campaign, 10)
    entry = events.bonus_earned(
        deliverable_id=d.new(),
        measurement_id=d.new(),
        collaboration_id=deal,
        campaign_id=campaign,
        creator_id=creator,
        net=net,
        platform_share=share,
        fee_on_top=on_top,
    )
    return entry, d.moves(
        (2030, deal, 2040, creator, net),
        (2030, deal, 4010, None, share),
        (2100, campaign, 4010, None, on_top),
    )


def correct_bonus(d: Dice) -> Told:
    deal, creator = d.one(DEALS), d.one(CREATORS)
    campaign = CAMPAIGN_OF[deal]
    pending, payable = d.part(2040, creator), d.part(2050, creator)
    paid, share, on_top = d.maybe(60), d.maybe(), d.maybe(10)
    entry = events.bonus_corrected(
        deliverable_id=d.new(),
        measurement_id=d.new(),
        collaboration_id=deal,
        campaign_id=campaign,
        creator_id=creator,
        from_pending=pending,
        from_payable=payable,
        from_paid=paid,
        platform_share=share,
        fee_on_top=on_top,
    )
    return entry, d.moves(
        (2040, creator, 2030, deal, pending),
        (2050, creator, 2030, deal, payable),
        (1110, creator, 2030, deal, paid),
        (4010, None, 2030, deal, share),
        (4010, None, 2100, campaign, on_top),
    )


def release_commitment(d: Dice) -> Told:
    deal, rest = d.take(2030, DEALS)
    campaign = CAMPAIGN_OF[deal]
    back = d.part(2100, campaign, 10)
    entry = events.commitment_released(
        collaboration_id=deal,
        revision=d.number(),
        campaign_id=campaign,
        rest=rest,
        fee_back=back,
    )
    return entry, d.moves(
        (2030, deal, 2020, campaign, rest), (2100, campaign, 2020, campaign, back)
    )


def hold_refund(d: Dice) -> Told:
    refund = d.one(REFUNDS)
    if d.draw(st.booleans()):
        brand, amount = d.take(2010, BRANDS)
        taken, code, owner = events.brand_funds(brand), 2010, brand
    else:
        campaign, amount = d.take(2020, CAMPAIGNS)
        taken, code, owner = events.campaign_funds(campaign), 2020, campaign
    entry = events.refund_held(refund_id=refund, taken_from=taken, amount=amount, free=Free(amount))
    return entry, d.moves((code, owner, 2070, refund, amount))


def pay_refund(d: Dice) -> Told:
    refund, amount = d.take(2070, REFUNDS)
    entry = events.refund_paid(refund_id=refund, stripe_refund_id=d.name("re"), amount=amount)
    return entry, d.moves((2070, refund, 1010, None, amount))


def pay_refund_changed(d: Dice) -> Told:
    refund, amount = d.take(2070, REFUNDS)
    moved, stood = Money(amount.minor * 2, "EUR"), Money(amount.minor * 2 - 1, "EUR")
    entry = events.refund_paid(
        refund_id=refund,
        stripe_refund_id=d.name("re"),
        amount=amount,
        changed=events.Changed(moved=moved, stood=stood),
    )
    return entry, d.moves(
        (2070, refund, 3900, None, amount),
        (3900, None, 1010, None, moved),
        (5040, None, 3900, None, moved - stood),
    )


def bounce_refund_changed(d: Dice) -> Told:
    brand, amount = d.one(BRANDS), d.some(200)
    moved, stood = Money(amount.minor * 2, "EUR"), Money(amount.minor * 2 - 1, "EUR")
    entry = events.refund_bounced(
        stripe_refund_id=d.name("re"),
        movement_ref="txn",
        brand_id=brand,
        amount=amount,
        changed=events.Changed(moved=moved, stood=stood),
    )
    return entry, d.moves(
        (1010, None, 3900, None, moved),
        (3900, None, 2010, brand, amount),
        (3900, None, 5040, None, moved - stood),
    )


def pay_refund_by_bank(d: Dice) -> Told:
    refund, amount = d.take(2070, REFUNDS)
    stood = Money(amount.minor * 2, "EUR") if d.draw(st.booleans()) else None
    entry = events.refund_paid_by_bank(refund_id=refund, amount=amount, stood=stood)
    told: list[tuple[int, UUID | None, int, UUID | None, Money]] = [
        (2070, refund, 1030, None, amount)
    ]
    if stood is not None:
        told += [(5040, None, 3900, None, amount), (3900, None, 5040, None, stood)]
    return entry, d.moves(*told)


def fail_refund(d: Dice) -> Told:
    (refund, amount), brand = d.take(2070, REFUNDS), d.one(BRANDS)
    named = d.name("re") if d.draw(st.booleans()) else None
    entry = events.refund_failed(
        refund_id=refund, stripe_refund_id=named, brand_id=brand, amount=amount
    )
    return entry, d.moves((2070, refund, 2010, brand, amount))


def bounce_refund(d: Dice) -> Told:
    brand, amount = d.one(BRANDS), d.some(200)
    entry = events.refund_bounced(
        stripe_refund_id=d.name("re"), movement_ref="txn", brand_id=brand, amount=amount
    )
    return entry, d.moves((1010, None, 2010, brand, amount))


def adjust(d: Dice) -> Told:
    code, owner = d.draw(
        st.sampled_from(
            [(1100, BRANDS[0]), (1110, CREATORS[0]), (2010, BRANDS[1]), (2050, CREATORS[1])]
        )
    )
    against = d.draw(st.sampled_from([1900, 5030, 5050, 5060]))
    amount, rises = d.some(100), d.draw(st.booleans())
    mine, other = AccountRef(Code(code), owner), AccountRef(Code(against))
    pair = Pair(mine, other, amount) if rises else Pair(other, mine, amount)
    entry = events.adjusted(request_id=d.new(), pairs=[pair], memo="Counted again")
    move = (code, owner, against, None, amount) if rises else (against, None, code, owner, amount)
    return entry, d.moves(move)


COMING_AND_EARNING: Final = (
    fund, allocate, take_fee, return_fee, commit, earn, mature, earn_bonus, correct_bonus,
    release_commitment, hold_refund, pay_refund, pay_refund_by_bank, fail_refund, bounce_refund,
    pay_refund_changed, bounce_refund_changed, adjust,
)  # fmt: skip
