"""Ending a collaboration early: what both sides see of it, and how they confirm it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.collaborations import queries as agreements
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState, Party, other_party
from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Ending
from marketplace.deliverables.queries import EndingOutlook, EndingWish
from marketplace.deliverables.rules import (
    ENDING_SENTENCES,
    LATE_DAYS,
    LONGEST_NOTE,
    WAITING_ENDINGS,
    EndingReason,
    EndingState,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.days import over_everywhere, today_somewhere
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.money import Money
from marketplace.store.session import reading, transaction
from marketplace.web import access, render
from marketplace.web.agreements import on_collaboration_page
from marketplace.web.forms import BaseForm
from marketplace.web.navigation import Todo

REASONS: Final = [SelectChoice(each.value, text) for each, text in ENDING_SENTENCES.items()]


class EndForm(BaseForm):
    """Why, and what was shown to happen."""

    reason = RadioField("Why?", [InputRequired("Choose a reason.")], choices=REASONS)
    note = TextAreaField("What the other side should know", [Length(max=LONGEST_NOTE)])
    release = HiddenField()


class AnswerForm(BaseForm):
    """What is said to a wish to end it, and what was shown to happen."""

    answer = TextAreaField("Your answer", [Length(max=LONGEST_NOTE)])
    release = HiddenField()


@dataclass(frozen=True, slots=True)
class EndingView:
    """Where the wish to end a collaboration stands, for one reader.

    party: whose side the reader acts for; None for onlookers. last: the newest wish, if any.
    """

    outlook: EndingOutlook
    last: Ending | None
    party: Party | None
    is_active: bool
    today: date
    now: datetime

    @property
    def waits(self) -> bool:
        return self.last is not None and self.last.state in WAITING_ENDINGS

    @property
    def mine(self) -> bool:
        """True when the reader's side asked."""
        return self.last is not None and self.party is self.last.asked_by

    @property
    def may_ask(self) -> bool:
        open_work = any(line.work.is_open for line in self.outlook.lines)
        return self.is_active and self.party is not None and open_work and not self.waits

    @property
    def may_answer(self) -> bool:
        return (
            self.party is not None
            and self.last is not None
            and self.last.state is EndingState.ASKED
            and not self.mine
        )

    @property
    def may_withdraw(self) -> bool:
        return self.waits and self.mine

    @property
    def may_call_staff(self) -> bool:
        if not self.mine or self.last is None or not self.is_active:
            return False
        over = self.last.state is EndingState.ASKED and self.last.answer_by <= self.now
        return over or self.last.state is EndingState.DECLINED

    @property
    def alone(self) -> bool:
        """True when the reader's side needs nobody else."""
        return self.party is not None and self.outlook.may_alone(self.party, today=self.today)

    @property
    def rule(self) -> str:
        """Who has to agree, in a plain sentence to the reader."""
        if self.alone:
            return "You can end it alone: when you confirm, it has ended."
        if self.party is None:
            return ""
        other = "the creator" if self.party is Party.BRAND else "the brand"
        day = self.outlook.alone[self.party]
        later = (
            f" From {render.moment(over_everywhere(day - timedelta(days=1)))}, {LATE_DAYS} days"
            " after the work was due, you can end it alone if nothing is handed in."
            if day is not None
            else " Work that is in review or live cannot be ended by one side."
        )
        return f"It ends when {other} agrees, or when Fairview decides.{later}"


def view_of(
    session: Session, actor: Actor, collaboration: Collaboration, *, now: datetime
) -> EndingView:
    """Return where the wish to end a collaboration stands, for this reader."""
    return EndingView(
        outlook=queries.ending_outlook(session, collaboration, today=today_somewhere(now)),
        last=queries.last_ending(session, collaboration.id),
        party=agreements.party_of(
            actor, brand_id=collaboration.brand_id, creator_id=collaboration.creator_id
        ),
        is_active=collaboration.state is CollaborationState.ACTIVE,
        today=today_somewhere(now),
        now=now,
    )


@on_collaboration_page
def on_collaboration(
    session: Session, actor: Actor, collaboration: Collaboration, now: datetime
) -> Mapping[str, Any]:
    """Give the page of a collaboration what there is to say about its ending."""
    return {
        "ending": view_of(session, actor, collaboration, now=now),
        "ending_reasons": ENDING_SENTENCES,
    }


def end_page(side: Party, collaboration_id: UUID) -> ResponseReturnValue:
    """Show what would happen, and ask to end it once that is confirmed."""
    now = utc_now()
    with reading() as session:
        agreed = agreements.collaboration_seen_by(session, access.actor(), collaboration_id)
        view = view_of(session, access.actor(), agreed, now=now)
    if view.party is None:
        raise NotPermitted("end this collaboration; its creator, and owners or managers can")
    if not view.may_ask:
        raise Conflict("There is nothing here that you could end")
    form = EndForm()

    def page() -> str:
        form.release.data = str(view.outlook.release.minor)
        return render_template(
            f"{side.value}/end_collaboration.html",
            side=side.value,
            form=form,
            view=view,
            collaboration=agreed,
            campaign=agreed.campaign,
            other=agreed.creator.display_name
            if side is Party.BRAND
            else agreed.campaign.brand.name,
        )

    if not form.is_submitted():
        return page()
    if not form.validate():
        return page(), 422
    try:
        with transaction() as session:
            ending = deliverables.ask_to_end(
                session,
                collaboration_id=collaboration_id,
                reason=EndingReason(form.reason.data),
                note=form.note.data or "",
                release=shown_release(form, agreed),
                actor=access.actor(),
                now=now,
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return page(), 422
    if ending.state is EndingState.ALONE:
        flash("The collaboration has ended, and the other side is told.", "success")
    else:
        flash("The other side is asked. The work goes on until there is an answer.", "success")
    return _back(side, collaboration_id)


Act = Callable[..., Ending]


def answer_page(side: Party, ending_id: UUID, act: Act, done: str) -> ResponseReturnValue:
    """Carry out one answer to a wish; what was shown to happen is what may happen."""
    form = AnswerForm()
    with reading() as session:
        seen = queries.ending_seen_by(session, access.actor(), ending_id)
    with transaction() as session:
        extra: dict[str, Any] = {}
        if act is deliverables.agree_to_end:
            extra["release"] = shown_release(form, seen.collaboration)
        elif act is deliverables.decline_to_end:
            extra["answer"] = form.answer.data or ""
        act(session, ending_id=ending_id, actor=access.actor(), now=utc_now(), **extra)
    flash(done, "success")
    return _back(side, seen.collaboration_id)


def shown_release(form: BaseForm, agreed: Collaboration) -> Money:
    """Return what goes back to the campaign as the page had it; raises Conflict for nonsense."""
    text = form.release.data or ""
    if not (text.isascii() and text.isdigit() and len(text) < 15):
        raise Conflict("Open the page again and look at what would happen")
    return Money(int(text), agreed.campaign.currency)


def _back(side: Party, collaboration_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(f"{side.value}.collaboration", collaboration_id=collaboration_id), 303)


def asked_by_name(ending: Ending) -> tuple[str, str]:
    """Return who asked and who answers, by name."""
    agreed = ending.collaboration
    names = {Party.BRAND: agreed.campaign.brand.name, Party.CREATOR: agreed.creator.display_name}
    return names[ending.asked_by], names[other_party(ending.asked_by)]


def wish_todo(wish: EndingWish, url: str, now: datetime) -> Todo:
    """Return what a home says of a wish that waits for its reader's answer."""
    return Todo(
        title=f"{wish.other} wants to end a collaboration",
        detail=wish.campaign_name,
        action_label="Answer",
        url=url,
        due=wish.answer_by,
        late=wish.answer_by <= now,
    )
