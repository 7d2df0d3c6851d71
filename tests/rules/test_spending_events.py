"""No event spends what a campaign has before somebody has asked what of it is free."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial

import pytest

from marketplace.ledger.rules import (
    GRAMMAR,
    AccountRef,
    Code,
    Entry,
    EntryKind,
    Free,
    InsufficientBalance,
    MalformedEntry,
    Pair,
    check_free,
    events,
)
from tests.factories.chargeback_events import BRAND, CAMPAIGN, ID
from tests.factories.ledger import ALL_FREE, usd
from tests.factories.money_events import DEAL, EVENTS

FUNDS = events.campaign_funds(CAMPAIGN)
LESS = Pair(FUNDS, AccountRef(Code.GOODWILL), usd(500))
SPENDING: dict[str, Callable[..., Entry]] = {
    "committed": partial(
        events.committed,
        collaboration_id=DEAL,
        revision=1,
        campaign_id=CAMPAIGN,
        amount=usd(500),
    ),
    "prizes_set_aside": partial(
        events.prizes_set_aside, challenge_id=ID, campaign_id=CAMPAIGN, amount=usd(500)
    ),
    "refund_held": partial(events.refund_held, refund_id=ID, taken_from=FUNDS, amount=usd(500)),
    "owed_recovered": partial(
        events.owed_recovered, recovery_id=ID, brand_id=BRAND, taken_from=FUNDS, amount=usd(500)
    ),
    "adjusted": partial(events.adjusted, request_id=ID, pairs=[LESS], memo=""),
}


@pytest.mark.parametrize("make", SPENDING.values(), ids=SPENDING)
def test_an_event_takes_all_that_is_free_and_not_a_cent_more(make: Callable[..., Entry]) -> None:
    entry = make(free=Free(usd(500)))
    with pytest.raises(InsufficientBalance) as refusal:
        make(free=Free(usd(499)))

    assert sum(pair.amount.minor for pair in entry.pairs if pair.debit == FUNDS) == 500
    assert (refusal.value.ref, refusal.value.available, refusal.value.needed) == (
        FUNDS, usd(499), usd(500),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["refund_held", "owed_recovered", "adjusted"])
def test_what_may_take_from_elsewhere_asks_where_it_takes_from_a_campaign(name: str) -> None:
    with pytest.raises(MalformedEntry, match="nobody asked what is free"):
        SPENDING[name]()


def test_what_more_than_one_posting_takes_is_counted_together() -> None:
    pairs = [LESS, Pair(FUNDS, AccountRef(Code.LOSSES), usd(1))]

    with pytest.raises(InsufficientBalance) as refusal:
        events.adjusted(request_id=ID, pairs=pairs, memo="", free=Free(usd(500)))

    assert refusal.value.needed == usd(501)


def test_a_campaign_that_is_to_hold_more_is_not_asked() -> None:
    more = Pair(AccountRef(Code.GOODWILL), FUNDS, usd(500))

    assert events.adjusted(request_id=ID, pairs=[more], memo="").pairs == (more,)


def taking_kinds() -> set[EntryKind]:
    return {kind for kind, debit, _ in GRAMMAR if debit is Code.CAMPAIGN_FUNDS}


@pytest.mark.parametrize("kind", sorted(taking_kinds()))
def test_only_fees_and_chargebacks_take_what_rests(kind: EntryKind) -> None:
    """A kind that is added later asks as well, until it is written down here that it need not."""
    pair = Pair(FUNDS, AccountRef(Code.FEE_UNEARNED, CAMPAIGN), usd(1))

    if kind in {"fee", "freeze", "chargeback_withdrawn", "chargeback_lost"}:
        check_free(kind, [pair], None)
    else:
        with pytest.raises(MalformedEntry, match=f"^{kind} spends a campaign's funds"):
            check_free(kind, [pair], None)


def test_every_event_that_spends_can_be_told_what_is_free() -> None:
    """Whatever is made of a kind that asks: it has the argument, and is in the list above."""
    told = {
        name
        for name in events.__all__
        if inspect.isfunction(event := getattr(events, name))
        and "free" in inspect.signature(event).parameters
    }
    made = {entry.kind for make, _ in EVENTS for entry in (make(),) if takes(entry)}

    assert told == set(SPENDING)
    assert made - {make(free=ALL_FREE).kind for make in SPENDING.values()} == {
        "fee", "freeze", "chargeback_withdrawn", "chargeback_lost",
    }  # fmt: skip


def takes(entry: Entry) -> bool:
    return any(pair.debit.code is Code.CAMPAIGN_FUNDS for pair in entry.pairs)
