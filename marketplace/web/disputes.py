"""A dispute as both sides and staff see it: what is at stake, what was said, whose step is next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial, update_wrapper
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from marketplace.collaborations import queries as agreements
from marketplace.collaborations.rules import Party, other_party
from marketplace.deliverables import queries as works
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.money import Money
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute, DisputeStep
from marketplace.payouts.queries import DisputeTurn
from marketplace.payouts.rules.disputes import (
    EVIDENCE_MOST_BYTES,
    OPEN_DISPUTES,
    REASON_SENTENCES,
    DisputeReason,
    check_evidence,
    reasons_for,
    whose_turn,
)
from marketplace.payouts.service import Said
from marketplace.store.session import reading, transaction
from marketplace.terms import queries as terms
from marketplace.web import access, uploads
from marketplace.web.dispute_forms import AgreeForm, OpenForm, SayForm
from marketplace.web.navigation import Todo

PERCENT: Final = 100
"""Basis points of a percent: people name whole percents."""
EVIDENCE: Final = uploads.Taken(
    "file", check_evidence, EVIDENCE_MOST_BYTES, "Give a link to it instead."
)
WORDS_FOR: Final = {
    "all": "All of it to the creator",
    "part": "A part to the creator, the rest back to the campaign",
    "none": "All of it back to the campaign",
    "goes_on": "Neither: the work goes on as agreed",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What one side would agree to. bps: None for no number. receives: after share and tax."""

    name: str
    bps: int | None
    part: Money | None
    receives: Money | None


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute for one reader. party: whose side the reader speaks for; None for onlookers."""

    dispute: Dispute
    steps: Sequence[DisputeStep]
    names: Mapping[Party, str]
    wishes_of: Mapping[Party, Wish]
    party: Party | None
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.dispute.state in OPEN_DISPUTES

    @property
    def turn(self) -> Party | None:
        """The side that has to answer; None where staff decide."""
        return whose_turn(self.dispute.state, opened_by=self.dispute.opened_by)

    @property
    def mine(self) -> bool:
        """True when the reader's side opened it."""
        return self.party is self.dispute.opened_by

    @property
    def answers(self) -> bool:
        """True when the reader's side has to answer."""
        return self.party is not None and self.turn is self.party

    @property
    def is_late(self) -> bool:
        return self.is_open and self.dispute.due_at <= self.now

    @property
    def theirs_bps(self) -> int | None:
        """The number that the other side would agree to; None where the reader cannot take it."""
        if self.party is None or not self.is_open:
            return None
        return self.dispute.wish_of(other_party(self.party))

    @property
    def wishes(self) -> Sequence[Wish]:
        """Who would agree to which part for the creator."""
        return list(self.wishes_of.values())

    @property
    def ours(self) -> Wish | None:
        """What the reader's side would agree to."""
        return None if self.party is None else self.wishes_of[self.party]

    @property
    def theirs(self) -> Wish | None:
        """What the other side would agree to."""
        return None if self.party is None else self.wishes_of[other_party(self.party)]

    def part(self, bps: int) -> Money:
        """So much of what is disputed."""
        return self.dispute.stake.share(basis_points=bps)

    def who(self, step: DisputeStep) -> str:
        """Who did a step, by name."""
        if step.party is not None:
            return self.names[step.party]
        return "Fairview"


@dataclass(frozen=True, slots=True)
class DisputesPart:
    """What the page of a deliverable says of disputes. may_open: this reader, now.

    rests_until: so long money that went back stays in the campaign for it.
    """

    known: Sequence[Dispute]
    may_open: bool
    rests_until: datetime | None


def part_for(
    session: Session, actor: Actor, deliverable: Deliverable, *, now: datetime
) -> DisputesPart:
    """Return the disputes about a deliverable, and whether the reader may open one."""
    known = queries.disputes_about(session, deliverable.id)
    party = agreements.party_of(
        actor, brand_id=deliverable.brand_id, creator_id=deliverable.creator_id
    )
    may_open = (
        party is not None
        and deliverable.disputed_at is None
        and bool(reasons_for(party, queries.ground_of(session, deliverable), now=now))
    )
    subject_id = deliverable.campaign_id if deliverable.is_entry else deliverable.id
    rest = agreements.resting_for(session, subject_id, now=now) if may_open else None
    return DisputesPart(known, may_open, rest.until if rest else None)


def view_of(session: Session, actor: Actor, dispute_id: UUID, *, now: datetime) -> DisputeView:
    """Return a dispute as this reader may see it; NotFound for others."""
    dispute = queries.dispute_seen_by(session, actor, dispute_id)
    names = queries.names_of(dispute)
    return DisputeView(
        dispute=dispute,
        steps=queries.steps_of_dispute(session, dispute_id),
        names=names,
        wishes_of={party: _wish(session, dispute, party, names[party]) for party in Party},
        party=agreements.party_of(actor, brand_id=dispute.brand_id, creator_id=dispute.creator_id),
        now=now,
    )


def _wish(session: Session, dispute: Dispute, party: Party, name: str) -> Wish:
    bps = dispute.wish_of(party)
    if bps is None:
        return Wish(name, None, None, None)
    is_open = dispute.state in OPEN_DISPUTES
    return Wish(
        name=name,
        bps=bps,
        part=dispute.stake.share(basis_points=bps),
        receives=queries.creator_receives(session, dispute, bps) if is_open else None,
    )


def add_doors(bp: Blueprint, side: Party) -> None:
    """Put the pages of disputes among the pages of one side."""

    def door(rule: str, name: str, page: Callable[..., ResponseReturnValue], *methods: str) -> None:
        view = update_wrapper(partial(page, side), page)  # the CSRF guard asks for its name
        bp.add_url_rule(rule, name, view, methods=methods)

    door("/deliverables/<uuid:deliverable_id>/dispute", "open_dispute", open_page, "GET", "POST")
    door("/disputes/<uuid:dispute_id>", "dispute", show_page, "GET")
    door("/disputes/<uuid:dispute_id>/say", "say_in_dispute", say_page, "POST")
    door("/disputes/<uuid:dispute_id>/agree", "agree_in_dispute", agree_page, "POST")
    door("/disputes/<uuid:dispute_id>/withdraw", "withdraw_dispute", withdraw_page, "POST")
    bp.add_url_rule("/disputes/proofs/<uuid:step_id>", "dispute_proof", send_proof)


def open_page(side: Party, deliverable_id: UUID) -> ResponseReturnValue:
    """Show what opening a dispute does, and open it."""
    now, actor = utc_now(), access.actor()
    with reading() as session:
        work = _work(session, actor, deliverable_id, side)
        sheet = works.sheet_of(session, work)
        reasons = reasons_for(side, queries.ground_of(session, work), now=now)
        known = queries.disputes_about(session, work.id)
        clocks = terms.dispute_days_at(session, at=now)
    running = next((each for each in known if each.closed_at is None), None)
    if running is not None:
        return _to(side, running.id)
    form = OpenForm()
    if side is Party.CREATOR:
        form.share.label.text = "You should get, in percent"
    form.reason.choices = [SelectChoice(each.value, REASON_SENTENCES[each]) for each in reasons]
    if len(reasons) == 1 and form.reason.data is None:
        form.reason.data = form.reason.choices[0].value

    def page() -> str:
        return render_template(
            "parts/dispute_open_page.html",
            side=side.value,
            form=form,
            work=work,
            sheet=sheet,
            answer_days=clocks.answer,
            decide_days=clocks.decide,
            largest_mb=_LARGEST_MB,
        )

    if not reasons:
        raise Conflict(
            "There is nothing here that you could dispute now: the time for it is over, or it was"
            " settled"
        )
    if not form.is_submitted():
        return page()
    if not form.validate():
        return page(), 422
    try:
        with (
            uploads.kept(form.file.data, folder=uploads.upload_folder(), taken=EVIDENCE) as proof,
            transaction() as session,
        ):
            opened = payouts.open_dispute(
                session,
                deliverable_id=deliverable_id,
                reason=DisputeReason(form.reason.data),
                share_bps=form.share.data * PERCENT,
                said=Said(form.words.data, form.link.data or "", proof),
                actor=actor,
                now=now,
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return page(), 422
    flash("The dispute is open, and the other side is told.", "success")
    return _to(side, opened.id)


def show_page(side: Party, dispute_id: UUID, form: SayForm | None = None) -> str:
    """Show a dispute to one of its sides; NotFound for others."""
    actor, now = access.actor(), utc_now()
    with reading() as session:
        view = view_of(session, actor, dispute_id, now=now)
    _check_side(actor, view.dispute.brand_id, view.dispute.creator_id, side)
    form = SayForm(formdata=None) if form is None else form
    if side is Party.CREATOR:
        form.share.label.text = "You get, in percent"
    return render_template(
        "parts/dispute_page.html",
        side=side.value,
        view=view,
        form=form,
        reasons=REASON_SENTENCES,
        largest_mb=_LARGEST_MB,
    )


def say_page(side: Party, dispute_id: UUID) -> ResponseReturnValue:
    """Say something in a dispute."""
    form = SayForm()
    if not form.validate_on_submit():
        return show_page(side, dispute_id, form), 422
    try:
        with (
            uploads.kept(form.file.data, folder=uploads.upload_folder(), taken=EVIDENCE) as proof,
            transaction() as session,
        ):
            payouts.say_in_dispute(
                session,
                dispute_id=dispute_id,
                said=Said(form.words.data, form.link.data or "", proof),
                share_bps=None if form.share.data is None else form.share.data * PERCENT,
                actor=access.actor(),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return show_page(side, dispute_id, form), 422
    flash("Said, and the other side is told.", "success")
    return _to(side, dispute_id)


def agree_page(side: Party, dispute_id: UUID) -> ResponseReturnValue:
    """Take the number that was shown."""
    text = AgreeForm().share.data or ""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Conflict("Open the page again and look at the number")
    with transaction() as session:
        payouts.agree_in_dispute(
            session,
            dispute_id=dispute_id,
            share_bps=int(text),
            actor=access.actor(),
            now=utc_now(),
        )
    flash("Settled and booked. Both sides know.", "success")
    return _to(side, dispute_id)


def withdraw_page(side: Party, dispute_id: UUID) -> ResponseReturnValue:
    """Take one's own dispute back."""
    with transaction() as session:
        payouts.withdraw_dispute(
            session, dispute_id=dispute_id, actor=access.actor(), now=utc_now()
        )
    flash("Withdrawn. The money goes on as agreed.", "success")
    return _to(side, dispute_id)


def send_proof(step_id: UUID) -> Response:
    """Send a file that shows something to whoever may see the dispute."""
    with reading() as session:
        step = queries.proof_seen_by(session, access.actor(), step_id)
    if step.file_key is None:
        raise NotFound("file")
    return uploads.send_kept(step.file_key, content_type=step.content_type, name=step.file_name)


def turn_todo(turn: DisputeTurn, url: str, now: datetime) -> Todo:
    """Return what a home says of a dispute that its reader has to answer."""
    dispute = turn.dispute
    return Todo(
        title=f"{turn.other} disputes “{dispute.deliverable.description}”",
        detail=f"{REASON_SENTENCES[dispute.reason]} Without an answer Fairview decides.",
        action_label="Answer",
        url=url,
        due=dispute.due_at,
        late=dispute.due_at <= now,
    )


_LARGEST_MB: Final = EVIDENCE_MOST_BYTES // (1024 * 1024)


def _work(session: Session, actor: Actor, deliverable_id: UUID, side: Party) -> Deliverable:
    work = works.deliverable_seen_by(session, actor, deliverable_id)
    _check_side(actor, work.brand_id, work.creator_id, side)
    speaks_for = agreements.party_of(actor, brand_id=work.brand_id, creator_id=work.creator_id)
    if speaks_for is not side:
        raise NotPermitted("open a dispute; the creator, and owners or managers of the brand can")
    return work


def _check_side(actor: Actor, brand_id: UUID, creator_id: UUID, side: Party) -> None:
    """Raise NotFound for somebody on the other side, or none: this is another reader's page."""
    on_side = actor.belongs_to(brand_id) if side is Party.BRAND else actor.creator_id == creator_id
    if not on_side:
        raise NotFound("dispute")


def _to(side: Party, dispute_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(f"{side.value}.dispute", dispute_id=dispute_id), 303)
