"""Whatever the columns are made of leaves a mark of whom it is when it changes."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.creators.models import Creator, CreatorMark, CreatorRecord, Exclusivity
from marketplace.creators.queries import facts
from marketplace.creators.service import record_videos
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from tests.conftest import NOON
from tests.factories.creators import make_audience, make_channel, make_creator, make_rate

OWNED = {
    "channels": "creator_id",
    "rate_cards": "creator_id",
    "creator_records": "creator_id",
    "exclusivities": "creator_id",
    "audience_snapshots": "channel_id",
}
"""Tables of rows that belong to a creator, and the column that says to whom."""


@pytest.fixture
def pair(session: Session, acme: Brand) -> tuple[Creator, Creator]:
    """Two creators; all that is known is of the first, beside the other's channel."""
    ann, other = make_creator(session), make_creator(session)
    channel = make_channel(session, creator_id=ann.id)
    make_channel(session, creator_id=other.id)
    make_audience(session, channel_id=channel.id)
    make_rate(session, creator_id=ann.id)
    session.add(CreatorRecord(creator_id=ann.id, kept_count=1, broken_count=0))
    session.add(
        Exclusivity(
            collaboration_id=new_id(), creator_id=ann.id, brand_id=acme.id, category="food",
            starts_on=date(2026, 11, 1), until_on=date(2026, 12, 1),
        )
    )  # fmt: skip
    session.flush()
    return ann, other


def marked_by(session: Session, statement: str, **given: object) -> set[str]:
    """Of whom a statement left marks."""
    session.execute(text("DELETE FROM creator_marks"))
    assert session.execute(text(statement), given).rowcount == 1  # type: ignore[attr-defined]
    return {str(found) for found in session.scalars(select(CreatorMark.creator_id))}


def test_these_are_all_tables_that_the_columns_are_made_of() -> None:
    read = set(re.findall(r"(?:FROM|JOIN) (\w+)\b(?!\.)", facts._FACTS)) - {"LATERAL"}

    assert read == {*OWNED, "users", "channel_videos"}


@pytest.mark.parametrize("table", OWNED)
def test_a_row_that_is_changed_or_deleted_marks_its_creator(
    session: Session, pair: tuple[Creator, Creator], table: str
) -> None:
    ann, _ = pair
    column = OWNED[table]
    whose = f"{column} = (SELECT id FROM channels WHERE creator_id = :ann)"
    mine = whose if column == "channel_id" else f"{column} = :ann"
    if table == "channels":
        session.execute(text("DELETE FROM audience_snapshots"))

    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        assert marked_by(session, f"{statement} WHERE {mine}", ann=ann.id) == {str(ann.id)}


@pytest.mark.parametrize("table", OWNED)
def test_a_row_that_is_given_to_another_creator_marks_both(
    session: Session, pair: tuple[Creator, Creator], table: str
) -> None:
    ann, other = pair
    column, of_ann, of_other = OWNED[table], ":ann", ":other"
    if column == "channel_id":
        of_ann, of_other = (f"(SELECT id FROM channels WHERE creator_id = {each})"
                            for each in (of_ann, of_other))  # fmt: skip
    if table == "channels":
        session.execute(text("DELETE FROM channels WHERE creator_id = :other"), {"other": other.id})
    given = f"UPDATE {table} SET {column} = {of_other} WHERE {column} = {of_ann}"

    assert marked_by(session, given, ann=ann.id, other=other.id) == {str(ann.id), str(other.id)}


def test_videos_mark_their_creator_by_the_figures_of_the_channel(
    session: Session, pair: tuple[Creator, Creator]
) -> None:
    ann, _ = pair
    session.execute(text("DELETE FROM creator_marks"))
    found = session.scalar(text("SELECT id FROM channels WHERE creator_id = :ann"), {"ann": ann.id})

    record_videos(session, channel_id=found, videos=[])

    assert set(session.scalars(select(CreatorMark.creator_id))) == {ann.id}


def test_an_account_that_is_closed_marks_its_creator(session: Session, bea: Actor) -> None:
    statement = "UPDATE users SET closed_at = :now WHERE id = :bea"

    assert marked_by(session, statement, now=NOON, bea=bea.user_id) == {str(bea.creator_id)}
