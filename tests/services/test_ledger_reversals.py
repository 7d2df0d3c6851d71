"""A mistake in the ledger is undone by its mirror, once."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.ledger import queries, service
from marketplace.ledger.rules import (
    AccountRef,
    EntryKind,
    InsufficientBalance,
    Pair,
)
from tests.factories.ledger import (
    OCCURRED_AT,
    PROCESSOR,
    make_brand_funds,
    make_entry,
    usd,
)
from tests.services.books import FEES, held, written


def reverse(session: Session, entry_id: int) -> int:
    return service.reverse_entry(
        session, entry_id=entry_id, occurred_at=OCCURRED_AT, actor=SYSTEM, memo="Wrong brand"
    )


def test_a_mistake_is_undone_by_its_mirror(session: Session, brand_funds: AccountRef) -> None:
    processor = held(session, PROCESSOR)
    entry_id = make_entry(
        session,
        (PROCESSOR, brand_funds, usd(500)),
        (FEES, PROCESSOR, usd(45)),
        kind=EntryKind.FUND,
        idem_key="fund:ch_wrong",
    )

    reversal_id = reverse(session, entry_id)

    assert held(session, brand_funds) == 0
    assert held(session, PROCESSOR) == processor
    assert queries.pairs_of(session, reversal_id) == [
        Pair(debit=brand_funds, credit=PROCESSOR, amount=usd(500)),
        Pair(debit=PROCESSOR, credit=FEES, amount=usd(45)),
    ]
    view = queries.entry(session, reversal_id)
    assert (view.kind, view.idem_key, view.memo) == (
        EntryKind.REVERSAL,
        "reverse:fund:ch_wrong",
        "Wrong brand",
    )
    assert view.reverses_id == entry_id
    assert queries.entry(session, entry_id).reversed_by_id == reversal_id


def test_a_mistake_is_undone_once(session: Session, brand_funds: AccountRef) -> None:
    entry_id = make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(500))
    first = reverse(session, entry_id)
    make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(700))
    before = written(session)

    assert reverse(session, entry_id) == first
    assert written(session) == before
    assert held(session, brand_funds) == 700


def test_a_reversal_is_not_reversed(session: Session, brand_funds: AccountRef) -> None:
    reversal_id = reverse(
        session, make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(500))
    )

    with pytest.raises(Conflict) as refusal:
        reverse(session, reversal_id)

    assert refusal.value.reason == "A reversal is not reversed; write the entry anew"
    assert held(session, brand_funds) == 0


def test_what_has_moved_on_cannot_be_reversed(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef
) -> None:
    entry_id = make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(500))
    make_entry(session, (brand_funds, campaign_funds, usd(1)), kind=EntryKind.ALLOCATE)

    with pytest.raises(InsufficientBalance) as refusal:
        reverse(session, entry_id)

    assert (refusal.value.available, refusal.value.needed) == (usd(499), usd(500))
    assert queries.entry(session, entry_id).reversed_by_id is None


def test_there_is_nothing_to_reverse_where_nothing_was_written(session: Session) -> None:
    with pytest.raises(NotFound) as refusal:
        reverse(session, 10**15)

    assert refusal.value.thing == "journal entry"


def test_a_reversal_needs_no_memo(session: Session, brand_funds: AccountRef) -> None:
    entry_id = make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(500))

    reversal_id = service.reverse_entry(
        session, entry_id=entry_id, occurred_at=OCCURRED_AT, actor=SYSTEM
    )

    assert queries.entry(session, reversal_id).memo == ""
