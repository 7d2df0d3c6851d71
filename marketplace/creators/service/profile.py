"""Who a creator is and what they usually ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators.models import Creator, CreatorRecord, CreatorSource, RateCard
from marketplace.creators.rules import profile_problems, rate_problems
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.rows import rows_given
from marketplace.terms.queries import terms_for


def create_creator(
    session: Session,
    *,
    actor: Actor,
    display_name: str,
    country: str | None,
    topics: Sequence[str],
    bio: str,
    now: datetime,
) -> Creator:
    """Make the actor a creator; one person is one creator, so a second time is a Conflict.

    country: ISO 3166 code, or None. topics: of TOPICS. Raises NotPermitted, InvalidInput.
    """
    if actor.user_id is None:
        raise NotPermitted("become a creator without signing in")
    _check(display_name=display_name, country=country, topics=topics, bio=bio)
    name = _one_line(display_name)
    creator_id = session.scalar(
        insert(Creator)
        .values(
            id=new_id(),
            user_id=actor.user_id,
            display_name=name,
            name_words=name,
            country=country,
            topics=list(dict.fromkeys(topics)),
            bio=bio.strip(),
            source=CreatorSource.SIGNED_UP,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Creator.user_id])
        .returning(Creator.id)
    )
    if creator_id is None:
        raise Conflict("You have a creator profile already")
    return queries.creator_by_id(session, creator_id)


def edit_profile(
    session: Session,
    *,
    actor: Actor,
    display_name: str,
    country: str | None,
    topics: Sequence[str],
    bio: str,
    away_until: date | None = None,
) -> Creator:
    """Change what brands see of the actor's own profile; raises NotPermitted, InvalidInput.

    away_until: the last day on which they take no work.
    """
    creator = queries.creator_by_id(session, own_creator(actor, "change this profile"))
    _check(display_name=display_name, country=country, topics=topics, bio=bio)
    creator.display_name = _one_line(display_name)
    creator.country = country
    creator.topics = list(dict.fromkeys(topics))
    creator.bio = bio.strip()
    creator.away_until = away_until
    return creator


def record_outcomes(session: Session, outcomes: Mapping[UUID, tuple[int, int]]) -> int:
    """Write down what came of creators' collaborations: kept, and broken; returns who changed.

    A second time changes nothing.
    """
    return _record(session, outcomes, ("kept_count", "broken_count"))


def record_answers(session: Session, answers: Mapping[UUID, tuple[int, int]]) -> int:
    """Write down what creators' applications led to: offers, and refusals; returns who changed.

    A second time changes nothing.
    """
    return _record(session, answers, ("offered_count", "declined_count"))


def record_views(session: Session, followed: Mapping[UUID, tuple[int, int, int]]) -> int:
    """Write down what came of creators' videos: how many, met, low; returns who changed.

    A second time changes nothing.
    """
    return _record(session, followed, ("videos_count", "views_met_count", "views_low_count"))


def _record(
    session: Session, counted: Mapping[UUID, tuple[int, ...]], names: tuple[str, ...]
) -> int:
    if not counted:
        return 0
    nothing = dict.fromkeys(("kept_count", "broken_count"), 0)
    rows = [
        {"creator_id": creator_id, **nothing, **dict(zip(names, counts, strict=True))}
        for creator_id, counts in sorted(counted.items())
    ]
    given = rows_given(CreatorRecord, list(rows[0]), rows)
    adding = insert(CreatorRecord).from_select(
        list(rows[0]), select(*(given.c[name] for name in rows[0]))
    )
    present = CreatorRecord.__table__.c
    changed = session.execute(
        adding.on_conflict_do_update(
            index_elements=[CreatorRecord.creator_id],
            set_={name: adding.excluded[name] for name in names},
            where=or_(*(present[name] != adding.excluded[name] for name in names)),
        ).returning(CreatorRecord.creator_id)
    )
    return len(changed.all())


def set_rates(
    session: Session,
    *,
    actor: Actor,
    currency: str,
    rates: Mapping[str, Money],
    now: datetime,
) -> None:
    """Set what the actor usually asks in one currency, for one piece of each format.

    What is left out is no longer offered; other currencies stay as they are. A second time
    changes nothing. Raises NotPermitted, InvalidInput under the format's name.
    """
    creator_id = own_creator(actor, "set these rates")
    problems = rate_problems(rates, currencies=terms_for(session, at=now).currencies)
    problems |= {
        name: f"This rate is not in {currency}."
        for name, rate in rates.items()
        if rate.currency != currency
    }
    if problems:
        raise InvalidInput(problems)
    session.execute(
        delete(RateCard).where(
            RateCard.creator_id == creator_id,
            RateCard.currency == currency,
            RateCard.format.not_in(list(rates)),
        )
    )
    for name, rate in rates.items():
        session.execute(
            insert(RateCard)
            .values(
                id=new_id(),
                creator_id=creator_id,
                format=name,
                fee_minor=rate.minor,
                currency=currency,
            )
            .on_conflict_do_update(
                index_elements=[RateCard.creator_id, RateCard.format, RateCard.currency],
                set_={"fee_minor": rate.minor},
            )
        )


def own_creator(actor: Actor, act: str) -> UUID:
    """Return the creator that the actor is; raises NotPermitted for anybody else."""
    if actor.creator_id is None:
        raise NotPermitted(act)
    return actor.creator_id


def _check(*, display_name: str, country: str | None, topics: Sequence[str], bio: str) -> None:
    problems = profile_problems(
        display_name=_one_line(display_name), country=country, topics=topics, bio=bio.strip()
    )
    if problems:
        raise InvalidInput(problems)


def _one_line(text: str) -> str:
    return " ".join(text.split())
