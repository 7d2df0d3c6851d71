"""Creators are found by the beginnings of the words of their names and handles."""

from __future__ import annotations

import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.causes.models import Organisation
from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import Creator
from marketplace.creators.queries import MarketFilters
from marketplace.creators.service import CreatorRow
from marketplace.kernel.actor import Actor
from marketplace.store.base import Base
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.causes import make_organisation
from tests.factories.creators import make_channel, make_creator


def found(session: Session, words: str) -> list[str]:
    session.flush()
    page = queries.market(session, filters=MarketFilters(words=words), sort="name")
    assert page.total == len(page.rows)
    return [each.creator.display_name for each in page.rows]


@pytest.fixture
def people(session: Session) -> None:
    """Five creators of the market, each with a handle."""
    for name, handle in (
        ("Anna Maria Lopez", "anna_runs"),
        ("Zoë O’Brien", "@zoe.bakes"),
        ("50% off", "a_b"),
        ("田中太郎", None),
        ("Ruth", "truns"),
    ):
        make_channel(session, creator_id=make_creator(session, display_name=name).id, handle=handle)


ANNA, ZOE = "Anna Maria Lopez", "Zoë O’Brien"


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("many", [0, 2_000], ids=["row by row", "by index"])
@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("anna", [ANNA]),
        ("@anna", [ANNA]),
        ("ANN", [ANNA]),
        ("runs", [ANNA]),
        ("anna_runs", [ANNA]),
        ("@anna.runs", [ANNA]),
        ("annaruns", [ANNA]),
        ("lopez, anna", [ANNA]),
        ("Lopez @anna_runs", [ANNA]),
        ("anna zoe", []),
        ("anna bakes", []),
        ("nna", []),
        ("zoe", [ZOE]),
        ("ZOË bak", [ZOE]),
        ("o'brien", [ZOE]),
        ("obrien", [ZOE]),
        ("50%", ["50% off"]),
        ("a_b", ["50% off"]),
        ("太郎", ["田中太郎"]),
        ("a", ["50% off", ANNA]),
        ("a anna an ann", [ANNA]),
        ("an\0na", []),
        ("anna:*&!('\\", [ANNA]),
        ("anna" * 2_000, []),
        ("anna " * 2_000, [ANNA]),
    ],
)
def test_each_word_typed_begins_a_word_of_the_name_or_the_handle(
    monkeypatch: pytest.MonkeyPatch, session: Session, words: str, names: list[str], many: int
) -> None:
    monkeypatch.setattr("marketplace.creators.queries.names.MANY", many)
    assert found(session, words) == names


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("words", ["  ", "%", "_", "@", "... !?", "🔥", "\0"])
def test_blanks_and_signs_alone_are_no_search_and_the_market_is_counted_to_its_end(
    monkeypatch: pytest.MonkeyPatch, session: Session, words: str
) -> None:
    monkeypatch.setattr(sys.modules[queries.market.__module__], "COUNTED_MOST", 2)
    assert len(found(session, words)) == 5
    assert queries.market(session, filters=MarketFilters(words=words)).is_counted


def test_the_words_follow_a_name_and_a_handle_wherever_they_are_written(
    session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id, handle="old.handle")
    assert (found(session, "bea"), found(session, "handle")) == (["Bea"], ["Bea"])

    creators.edit_profile(
        session, actor=bea, display_name="Beate Ost", country="DE", topics=["books"], bio=""
    )
    channel.handle = "beate_reads"
    for words in ("beate", "ost", "reads"):
        assert found(session, words) == ["Beate Ost"]
    assert found(session, "handle") == []
    channel.handle = None
    assert found(session, "reads") == []


def test_who_becomes_a_creator_or_is_imported_is_found(session: Session, alice: Actor) -> None:
    made = creators.create_creator(
        session, actor=alice, display_name=" Aliće  Wu", country=None, topics=[], bio="", now=NOON
    )
    make_channel(session, creator_id=made.id, handle=None)
    rows = [CreatorRow(2, "x-9'7:k", 5, 0, 1), CreatorRow(3, "aa11", 5, 0, 1)]
    creators.import_creators(session, rows, refuse=lambda *_: None, now=NOON)

    assert found(session, "alice wu") == ["Aliće Wu"]
    assert found(session, "x-9'7") == ["Creator x-9'7:k"]
    assert found(session, "creator") == ["Creator aa11", "Creator x-9'7:k"]


def test_only_the_handle_of_the_main_channel_counts(session: Session, bea: Actor) -> None:
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id, handle="shown")
    make_channel(session, creator_id=bea.creator_id, external_id="other", handle="hidden")

    assert (found(session, "shown"), found(session, "hidden")) == (["Bea"], [])


@pytest.mark.parametrize("named", [Brand, Campaign, Creator, Organisation])
def test_the_database_refuses_a_name_without_its_words(
    session: Session, acme: Brand, alice: Actor, stella: Actor, named: type[Base]
) -> None:
    make_campaign(session, brand=acme, by=alice)
    make_organisation(session, by=stella)
    make_creator(session)
    table = named.__table__
    rest = ", ".join({*table.columns.keys()} - {"id", "name_words"})
    again = f"INSERT INTO {table} (id, {rest}) SELECT gen_random_uuid(), {rest} FROM {table}"

    with pytest.raises(IntegrityError, match='null value in column "name_words"'):
        session.execute(text(again))


@pytest.mark.parametrize(
    ("handle", "words"), [("bea_cooks", None), (None, "beacooks")], ids=["without", "left over"]
)
def test_the_database_refuses_a_handle_without_its_words_and_words_without_a_handle(
    session: Session, handle: str | None, words: str | None
) -> None:
    channel = make_channel(session, creator_id=make_creator(session).id)

    with pytest.raises(IntegrityError, match="ck_channels_handle_has_its_words"):
        session.execute(
            text(
                "UPDATE channels SET handle = :handle, handle_words = CAST(:words AS tsvector)"
                " WHERE id = :id"
            ),
            {"handle": handle, "words": words, "id": channel.id},
        )
