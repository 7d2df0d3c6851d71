"""What follows from work handed in, reviewed, pasted and accepted."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.creators import queries as creators
from marketplace.creators.ports import Failure, FailureKind
from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.messages import (
    DeliverableAccepted,
    PostPasted,
    PostPublished,
    PostRefused,
    SubmissionReceived,
    SubmissionReviewed,
)
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import PostState, Verdict, older_than_agreement
from marketplace.kernel.actor import SYSTEM, Role
from marketplace.kernel.days import day_in_words, moment_in_words
from marketplace.metrics import service as metrics
from marketplace.metrics.messages import PostNotVisible
from marketplace.metrics.ports import LinkTrouble, PostFacts
from marketplace.metrics.rules.addresses import parse_post_address
from marketplace.notifications import service as notifications
from marketplace.store.session import reading, transaction
from workers.access import ask_posts, raise_for
from workers.authenticity import assess_read
from workers.challenges import why_no_entry
from workers.runtime import Run
from workers.sweeping import until_none_is_due

LINK_TROUBLE: Final = {
    LinkTrouble.DEAD: "TikTok does not know this short link, or no longer. Open your post and paste"
    " its full address.",
    LinkTrouble.ELSEWHERE: "This short link does not lead to a post on TikTok. Open your post and"
    " paste its full address.",
    LinkTrouble.ENDLESS: "This short link leads from one short link to the next without an end."
    " Open your post and paste its full address.",
}
JUDGES = (Role.OWNER, Role.MANAGER)
"""Who hears of a brand's deliverables."""


def check_post(message: PostPasted, run: Run) -> None:
    """Ask the platform whether a pasted post exists and is the creator's own."""
    with reading() as session:
        found = queries.post_by_id(session, message.post_id)
    if found.state is not PostState.CHECKING:
        return
    external_id = _followed(found, run)
    if external_id is None:
        return
    answers = ask_posts(found.channel_id, [external_id], run)
    if answers is None:
        _refuse(found, _cannot_read(found), run)
        return
    answer = answers[external_id]
    if isinstance(answer, PostFacts):
        _confirm(found, answer, run)
    elif answer.kind is FailureKind.NOT_VISIBLE:
        _refuse(found, _not_shown(found), run)
    else:
        raise_for(answer)


def _followed(found: PublishedPost, run: Run) -> str | None:
    """Return the id of the pasted post, following a short link; None once that is refused."""
    address = parse_post_address(found.address)
    if not address.is_short:
        return found.external_id
    led = run.gateways.tiktok_links.follow(address)
    if isinstance(led, Failure):
        raise_for(led)
    if isinstance(led, LinkTrouble):
        _refuse(found, LINK_TROUBLE[led], run)
        return None
    with transaction() as session:
        named = deliverables.name_post(
            session, post_id=found.id, external_id=led.video_id, address=led.canonical
        )
    if not named:
        _refuse(found, "This post already stands for another deliverable.", run)
        return None
    return led.video_id


def _confirm(found: PublishedPost, facts: PostFacts, run: Run) -> None:
    if (reason := _too_old(found, facts)) is not None:
        _refuse(found, reason, run)
        return
    with transaction() as session:
        if deliverables.confirm_published(
            session,
            post_id=found.id,
            published_at=facts.published_at,
            address=facts.address,
            now=run.now,
        ):
            metrics.start_tracking(session, post_id=found.id, now=run.now)
            metrics.record_snapshot(session, post_id=found.id, reading=facts.reading)
            assess_read(session, [found.id], now=run.now)


def _too_old(found: PublishedPost, facts: PostFacts) -> str | None:
    """Return why a post cannot be the one that is owed, by when it was published."""
    if found.deliverable.is_entry:
        return why_no_entry(found.deliverable, published_at=facts.published_at)
    agreed_at = found.deliverable.collaboration.agreed_at
    if not older_than_agreement(published_at=facts.published_at, agreed_at=agreed_at):
        return None
    return (
        f"This post was published before you agreed on this work on {day_in_words(agreed_at)}."
        " Paste the post that you made for it."
    )


def _refuse(found: PublishedPost, reason: str, run: Run) -> None:
    with transaction() as session:
        deliverables.refuse_post(session, post_id=found.id, reason=reason, now=run.now)


def _not_shown(found: PublishedPost) -> str:
    return (
        f"TikTok does not show this post to {_channel_name(found)}: it is another account’s,"
        " private, removed or not there. Check that it is public, then paste its address again."
    )


def _cannot_read(found: PublishedPost) -> str:
    return (
        f"TikTok no longer lets Fairview read {_channel_name(found)}. Connect the account again on"
        " the page Channels, then paste the address again."
    )


def _channel_name(found: PublishedPost) -> str:
    return f"@{found.channel.handle}" if found.channel.handle else "your account"


def accept_silent(run: Run) -> None:
    """Accept every live post whose brand has let the time to object pass."""
    until_none_is_due(
        lambda session, ids: deliverables.accept_silent(session, now=run.now, ids=ids),
        lambda session: deliverables.silent_ids(session, now=run.now),
    )


def ring_unchecked(run: Run) -> None:
    """Ring again for posts that were pasted a while ago and not checked."""
    with transaction() as session:
        deliverables.ring_unchecked(session, now=run.now)


def tell_received(message: SubmissionReceived, run: Run) -> None:
    """Tell the brand that there is something to review, and until when."""
    with transaction() as session:
        handed, deliverable = queries.submission_by_id(session, message.submission_id)
        names = queries.sheet_of(session, deliverable)
        by = deliverable.answer_by
        due = f" Please answer by {moment_in_words(by)}." if by else ""
        _tell_brand(
            session,
            deliverable,
            kind="submission_received",
            title=f"{names.creator_name} has handed in version {handed.number}",
            text=f"“{deliverable.description}” for {names.campaign_name}.{due}",
            key=handed.id,
            run=run,
        )


def tell_reviewed(message: SubmissionReviewed, run: Run) -> None:
    """Tell the creator what the brand says of a version."""
    with transaction() as session:
        handed, deliverable = queries.submission_by_id(session, message.submission_id)
        review = queries.review_of(session, handed.id)
        names = queries.sheet_of(session, deliverable)
        if review.verdict is Verdict.APPROVED:
            title = f"{names.brand_name} has approved version {handed.number}"
            text = (
                f"Publish “{deliverable.description}” by {day_in_words(deliverable.publish_by_on)}"
                " and paste its address."
            )
        else:
            title = f"{names.brand_name} asks for changes to version {handed.number}"
            text = review.comment
        _tell_creator(
            session,
            deliverable,
            kind="submission_reviewed",
            title=title,
            text=text,
            key=handed.id,
            run=run,
        )


def tell_published(message: PostPublished, run: Run) -> None:
    """Tell both sides that the platform confirms the post."""
    with transaction() as session:
        deliverable = queries.post_by_id(session, message.post_id).deliverable
        names = queries.sheet_of(session, deliverable)
        if deliverable.is_entry:
            _tell_creator(
                session,
                deliverable,
                kind="post_published",
                title=f"Your post is in “{names.campaign_name}”",
                text="TikTok confirms it. Its views count from now on; see your place.",
                key=message.post_id,
                run=run,
            )
            return
        until = f" by {moment_in_words(deliverable.answer_by)}" if deliverable.answer_by else ""
        _tell_brand(
            session,
            deliverable,
            kind="post_published",
            title=f"{names.creator_name}’s post is live",
            text=f"“{deliverable.description}” for {names.campaign_name}. Accept it{until};"
            " without a word from you it is accepted then.",
            key=message.post_id,
            run=run,
        )
        _tell_creator(
            session,
            deliverable,
            kind="post_published",
            title="TikTok confirms your post",
            text=f"{names.brand_name} can accept it{until}. Its views are read from now on.",
            key=message.post_id,
            run=run,
        )


def tell_refused(message: PostRefused, run: Run) -> None:
    """Tell the creator why the pasted address does not count."""
    with transaction() as session:
        found = queries.post_by_id(session, message.post_id)
        _tell_creator(
            session,
            found.deliverable,
            kind="post_refused",
            title="We could not confirm your post",
            text=found.refusal,
            key=found.id,
            run=run,
        )


def tell_accepted(message: DeliverableAccepted, run: Run) -> None:
    """Tell the creator that the live post is accepted."""
    with transaction() as session:
        deliverable = queries.deliverable_seen_by(session, SYSTEM, message.deliverable_id)
        names = queries.sheet_of(session, deliverable)
        _tell_creator(
            session,
            deliverable,
            kind="deliverable_accepted",
            title=f"{names.brand_name} has accepted your post",
            text=f"“{deliverable.description}” for {names.campaign_name} is done.",
            key=deliverable.id,
            run=run,
        )


def tell_not_visible(message: PostNotVisible, run: Run) -> None:
    """Tell both sides that the platform no longer shows a live post."""
    with transaction() as session:
        found = queries.post_by_id(session, message.post_id)
        deliverable = found.deliverable
        names = queries.sheet_of(session, deliverable)
        if deliverable.is_entry:
            _tell_creator(
                session,
                deliverable,
                kind="post_not_visible",
                title="Your post is not to be seen",
                text=f"TikTok did not show it twice in a row. Make it public again: while it is"
                f" gone it has no place in “{names.campaign_name}”.",
                key=f"{found.id}:{run.now:%Y-%m-%d}",
                run=run,
            )
            return
        _tell_brand(
            session,
            deliverable,
            kind="post_not_visible",
            title=f"{names.creator_name}’s post is not to be seen",
            text="TikTok did not show it twice in a row: it is private or removed. It is not"
            " accepted by itself while that is so.",
            key=f"{found.id}:{run.now:%Y-%m-%d}",
            run=run,
        )
        _tell_creator(
            session,
            deliverable,
            kind="post_not_visible",
            title="Your post is not to be seen",
            text="TikTok did not show it twice in a row. Make it public again; until then it"
            " cannot be accepted by itself.",
            key=f"{found.id}:{run.now:%Y-%m-%d}",
            run=run,
        )


def _tell_brand(
    session: Session,
    deliverable: Deliverable,
    *,
    kind: str,
    title: str,
    text: str,
    key: UUID | str,
    run: Run,
) -> None:
    notifications.tell_each(
        session,
        accounts.people_who(session, deliverable.brand_id, JUDGES),
        kind=kind,
        about=key,
        title=title,
        text=text,
        path=f"/brand/deliverables/{deliverable.id}",
        now=run.now,
    )


def _tell_creator(
    session: Session,
    deliverable: Deliverable,
    *,
    kind: str,
    title: str,
    text: str,
    key: UUID | str,
    run: Run,
) -> None:
    user_id = creators.user_id_of(session, deliverable.creator_id)
    if user_id is not None:
        notifications.tell(
            session,
            user_id=user_id,
            kind=kind,
            title=title,
            text=text,
            path=f"/creator/deliverables/{deliverable.id}",
            now=run.now,
            once_key=f"{kind}:{key}:{user_id}",
        )
