"""Migration 0100 lets rest what went back before it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from tests.architecture.migrating import Past, go, go_back, loosen, reached, written
from tests.databases import Template, database

DAY = timedelta(days=1)
Rests = dict[UUID, tuple[UUID, str, int, str, datetime]]
READ = (
    "terms_versions", "deliverables", "deliverable_steps", "endings", "disputes", "view_bonuses",
    "collaborations", "challenges", "entry_prizes",
)  # fmt: skip


class Ended(Past):
    """What has ended, and what of it was disputed."""

    def called_off(self, *, days_ago: int, by: str = "brand", state: str = "alone") -> UUID:
        """A deliverable of 400.00 that was called off so long ago."""
        agreed = uuid4()
        self.add("endings", collaboration_id=agreed, asked_by=by, state=state)
        made = self.add(
            "deliverables",
            collaboration_id=agreed,
            campaign_id=CAMPAIGN,
            fee_minor=40_000,
            currency="EUR",
        )
        at = self.now - days_ago * DAY
        self.add("deliverable_steps", deliverable_id=made, event="cancel", happened_at=at)
        return made

    def bonus(self, *, days_ago: int, gross: int = 5_000, agreed: str = "completed") -> UUID:
        """A bonus of 300.00 at most whose count ended so long ago."""
        work = uuid4()
        self.add(
            "view_bonuses",
            deliverable_id=work,
            campaign_id=CAMPAIGN,
            collaboration_id=self.add("collaborations", state=agreed),
            cap_minor=30_000,
            gross_minor=gross,
            currency="USD",
            ended_at=self.now - days_ago * DAY,
        )
        return work

    def challenge(self, *, won: int) -> UUID:
        """A challenge with 900.00 of prizes, of which so much was won."""
        campaign = uuid4()
        self.add("challenges", campaign_id=campaign, pool_minor=90_000, won_minor=won)
        return campaign

    def prize(self, campaign: UUID, *, most: int, won: int, days_left: int) -> UUID:
        """What an entry won, beside the most that it could have."""
        work = self.add("deliverables", campaign_id=campaign)
        self.add(
            "entry_prizes",
            deliverable_id=work,
            most_minor=most,
            won_minor=won,
            currency="USD",
            disputable_until=self.now + days_left * DAY,
        )
        return work

    def dispute(self, work: UUID, about: str, state: str) -> UUID:
        self.add("disputes", deliverable_id=work, about=about, state=state)
        return work


CAMPAIGN = UUID(int=1)


@pytest.fixture(scope="module")
def at_0099(template: Template) -> Iterator[Template]:
    """With terms of 7 days to dispute and, since three days ago, of 14."""
    name = f"template_{uuid4().hex[:12]}"
    with database(template.server, name) as url:
        with reached(url) as engine:
            _migrate_to_0099(engine)
        yield Template(template.server, name)


def _migrate_to_0099(engine: Engine) -> None:
    go(engine, to="0099")
    loosen(engine, READ)
    with written(engine) as connection:
        past = Past(connection)
        connection.execute(text("DELETE FROM terms_versions"))
        for valid, said, days in ((60, 60, 2), (60, 50, 7), (3, 40, 14)):
            past.add(
                "terms_versions",
                valid_from=past.now - valid * DAY,
                set_at=past.now - said * DAY,
                dispute_to_open_days=days,
            )
        connection.commit()


@pytest.fixture
def before(at_0099: Template) -> Iterator[Engine]:
    with at_0099.copied() as url, reached(url) as engine:
        yield engine


def upgraded(engine: Engine) -> Rests:
    go(engine, to="0100")
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT subject_id, campaign_id, why, amount_minor, currency, rests_until"
                " FROM resting_funds"
            )
        )
        return {row.subject_id: tuple(row)[1:] for row in rows}


def test_work_that_the_brand_called_off_alone_rests_by_the_terms_of_that_day(
    before: Engine,
) -> None:
    with written(before) as connection:
        past = Ended(connection)
        old, new = past.called_off(days_ago=6), past.called_off(days_ago=2)
        past.called_off(days_ago=8)
        past.called_off(days_ago=1, by="creator")
        past.called_off(days_ago=1, state="agreed")
        withdrawn = past.dispute(past.called_off(days_ago=6), "called_off", "withdrawn")
        other = past.dispute(past.called_off(days_ago=6), "held", "settled")
        for state in ("asked", "with_staff", "settled", "decided"):
            past.dispute(past.called_off(days_ago=6), "called_off", state)
        now = past.now
        connection.commit()

    whole = (CAMPAIGN, "called_off", 40_000, "EUR")
    assert upgraded(before) == {
        old: (*whole, now + 1 * DAY),
        new: (*whole, now + 12 * DAY),
        withdrawn: (*whole, now + 1 * DAY),
        other: (*whole, now + 1 * DAY),
    }


def test_what_a_bonus_did_not_earn_rests_once_it_went_back(before: Engine) -> None:
    with written(before) as connection:
        past = Ended(connection)
        old, new = past.bonus(days_ago=6), past.bonus(days_ago=2, gross=1, agreed="cancelled")
        past.bonus(days_ago=8)
        past.bonus(days_ago=1, agreed="active")
        past.bonus(days_ago=1, gross=30_000)
        withdrawn = past.dispute(past.bonus(days_ago=6), "bonus", "withdrawn")
        for state in ("asked", "with_staff", "settled", "decided"):
            past.dispute(past.bonus(days_ago=6), "bonus", state)
        now = past.now
        connection.commit()

    assert upgraded(before) == {
        old: (CAMPAIGN, "bonus", 25_000, "USD", now + 1 * DAY),
        new: (CAMPAIGN, "bonus", 29_999, "USD", now + 12 * DAY),
        withdrawn: (CAMPAIGN, "bonus", 25_000, "USD", now + 1 * DAY),
    }


def test_prizes_rest_together_as_far_as_they_can_be_asked_for_and_nobody_won_them(
    before: Engine,
) -> None:
    with written(before) as connection:
        past = Ended(connection)
        wide, narrow, over = (past.challenge(won=won) for won in (20_000, 20_000, 0))
        past.prize(wide, most=50_000, won=20_000, days_left=2)
        past.prize(wide, most=50_000, won=0, days_left=3)
        past.prize(narrow, most=25_000, won=20_000, days_left=1)
        asked = past.prize(narrow, most=50_000, won=0, days_left=5)
        past.dispute(asked, "prize", "asked")
        past.prize(narrow, most=50_000, won=0, days_left=-1)
        past.prize(over, most=50_000, won=0, days_left=-1)
        now = past.now
        connection.commit()

    assert upgraded(before) == {
        wide: (wide, "prizes", 70_000, "USD", now + 3 * DAY),
        narrow: (narrow, "prizes", 5_000, "USD", now + 1 * DAY),
    }


def test_going_back_forgets_it_all(before: Engine) -> None:
    with written(before) as connection:
        rests = Ended(connection).bonus(days_ago=1)
        connection.commit()
    assert set(upgraded(before)) == {rests}

    go_back(before, to="0099")

    with before.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM resting_funds")) == 0
