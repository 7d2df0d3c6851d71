"""Challenges: last readings, prizes, and whom to tell."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.challenges import queries
from marketplace.challenges import service as challenges
from marketplace.challenges.messages import ChallengeAwarded, ChallengeJoined
from marketplace.challenges.models import Challenge
from marketplace.challenges.rules.life import post_problem
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.rules import resting_sentence
from marketplace.deliverables import queries as deliverables
from marketplace.deliverables.messages import EntryRefused
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Role
from marketplace.kernel.days import day_in_words
from marketplace.kernel.money import in_words
from marketplace.metrics import service as metrics
from marketplace.notifications import service as notifications
from marketplace.store.session import reading, transaction
from workers.runtime import Run
from workers.sweeping import each_alone
from workers.telling import tell_earner

RUNNERS: Final = (Role.OWNER, Role.MANAGER)


def why_no_entry(deliverable: Deliverable, *, published_at: datetime | None) -> str | None:
    """Return why a post is no entry to its challenge by when it was published; None when it is."""
    with reading() as session:
        found = queries.challenge_of(session, deliverable.campaign_id)
        return None if found is None else post_problem(found.days, published_at=published_at)


def award_due(run: Run) -> None:
    """Read every post once more when counting has ended, and award what is final."""
    with reading() as session:
        due = queries.due_for_awards(session, now=run.now)
    with each_alone() as each:
        for challenge_id in due:
            with each(challenge_id):
                _award(challenge_id, run)


def _award(challenge_id: UUID, run: Run) -> None:
    with transaction() as session:
        found = queries.challenge_by_id(session, challenge_id)
        metrics.read_at_once(
            session,
            post_ids=[each.post_id for each in queries.live_entries(session, found)],
            since=found.days.counting_ends_at,
            now=run.now,
        )
    with transaction() as session:
        challenges.award(session, challenge_id=challenge_id, now=run.now)


def remind(run: Run) -> None:
    """Tell everybody in a challenge, and its brand, that counting ends tomorrow."""
    with reading() as session:
        due = queries.due_for_reminding(session, now=run.now)
    with each_alone() as each:
        for challenge_id in due:
            with each(challenge_id), transaction() as session:
                if challenges.note_reminded(session, challenge_id=challenge_id, now=run.now):
                    _tell_of_the_end(session, queries.challenge_by_id(session, challenge_id), run)


def _tell_of_the_end(session: Session, challenge: Challenge, run: Run) -> None:
    name, day = challenge.campaign.name, day_in_words(challenge.campaign.ends_on)
    board = queries.board_of(session, challenge, now=run.now)
    for line in board.lines:
        would = f" It would win {in_words(line.prize)} now." if line.prize else ""
        tell_earner(
            session,
            line.creator_id,
            kind="challenge_ending",
            about=line.entry_id,
            title=f"“{name}” stops counting on {day}",
            text=f"Your post is at place {line.place} of {len(board.lines):,}.{would} Keep it"
            " public until the prizes are awarded.",
            path=f"/creator/challenges/{challenge.campaign_id}",
            now=run.now,
        )
    _tell_runners(
        session,
        challenge,
        kind="challenge_ending",
        title=f"“{name}” stops counting on {day}",
        text=f"{_posts(len(board.lines))} in it. Look at them now: an entry that breaks"
        " the rules can be taken out until the prizes are awarded.",
        run=run,
    )


def tell_joined(message: ChallengeJoined, run: Run) -> None:
    """Tell a creator that they are in; the brand hears of the first one."""
    with transaction() as session:
        entry = queries.entry_by_id(session, message.entry_id)
        challenge = queries.challenge_by_id(session, entry.challenge_id)
        name = challenge.campaign.name
        tell_earner(
            session,
            entry.creator_id,
            kind="challenge_joined",
            about=entry.id,
            title=f"You are in “{name}”",
            text=f"Publish your post and hand it in by"
            f" {day_in_words(challenge.entries_until)}, midnight UTC.",
            path=f"/creator/challenges/{challenge.campaign_id}",
            now=run.now,
        )
        _tell_runners(
            session,
            challenge,
            kind="challenge_joined",
            title=f"{entry.creator.display_name} is the first to join “{name}”",
            text="The prizes stay promised from now on. See who follows on its page.",
            run=run,
        )


def tell_taken_out(message: EntryRefused, run: Run) -> None:
    """Tell a creator why their entry was taken out."""
    with transaction() as session:
        found = deliverables.post_by_id(session, message.post_id)
        challenge = queries.challenge_of(session, found.deliverable.campaign_id)
        if challenge is None:
            return
        again = run.now < challenge.days.entries_end_at
        tell_earner(
            session,
            found.deliverable.creator_id,
            kind="entry_refused",
            about=found.id,
            title=f"Your post was taken out of “{challenge.campaign.name}”",
            text=found.refusal + (" You may hand in another post." if again else ""),
            path=f"/creator/challenges/{challenge.campaign_id}",
            now=run.now,
        )


def tell_awarded(message: ChallengeAwarded, run: Run) -> None:
    """Tell everybody who had a place what they won, and the brand what it came to."""
    with transaction() as session:
        challenge = queries.challenge_by_id(session, message.challenge_id)
        board = queries.board_of(session, challenge, now=run.now)
        for line in board.lines:
            won = f"you won {in_words(line.prize)}" if line.prize else "no prize this time"
            tell_earner(
                session,
                line.creator_id,
                kind="challenge_awarded",
                about=line.entry_id,
                title=f"Place {line.place} in “{challenge.campaign.name}”: {won}",
                text=f"{line.views:,} views of your post count. "
                + (
                    "The prize, less the platform’s share, is on its way: see where it is."
                    if line.prize
                    else "See the final leaderboard."
                ),
                path=f"/creator/challenges/{challenge.campaign_id}",
                now=run.now,
            )
        rest = challenge.pool - challenge.won
        back = f" {in_words(rest)} is the campaign’s again." if rest else ""
        at_rest = collaborations.resting_for(session, challenge.campaign_id, now=run.now)
        if at_rest:
            back += f" {resting_sentence([at_rest])}."
        _tell_runners(
            session,
            challenge,
            kind="challenge_awarded",
            title=f"The prizes of “{challenge.campaign.name}” are awarded",
            text=f"{in_words(challenge.won)} went to {_winners(board)}.{back}",
            run=run,
        )


def _winners(board: queries.Board) -> str:
    count = sum(1 for each in board.lines if each.prize)
    return "1 creator" if count == 1 else f"{count:,} creators"


def _posts(count: int) -> str:
    return "1 post is" if count == 1 else f"{count:,} posts are"


def _tell_runners(
    session: Session, challenge: Challenge, *, kind: str, title: str, text: str, run: Run
) -> None:
    """Tell those who run the brand's campaigns, once for each kind and challenge."""
    notifications.tell_each(
        session,
        accounts.people_who(session, challenge.campaign.brand_id, RUNNERS),
        kind=kind,
        about=challenge.id,
        title=title,
        text=text,
        path=f"/brand/campaigns/{challenge.campaign_id}/challenge",
        now=run.now,
    )
