"""Pictures of statistics: do they show the shares that came with them?"""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.service import LONGEST_REASON
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading, transaction
from marketplace.web import access, uploads
from marketplace.web.asked import Asked, Desk, desk_of
from marketplace.web.audiences import shown
from marketplace.web.forms import BaseForm
from marketplace.web.staff.blueprint import bp


class RefuseForm(BaseForm):
    """Why a picture does not show its shares."""

    reason = TextAreaField(
        "What is wrong?",
        [
            InputRequired("Say why, so that the creator can send a better picture."),
            Length(max=LONGEST_REASON),
        ],
        description="The creator reads this.",
    )


@bp.get("/audiences")
def audiences() -> ResponseReturnValue:
    """Which pictures has nobody looked at, and what became of the others?"""
    asked = Asked()
    only = desk_of(asked)
    pages = queries.waiting_proofs if only is Desk.WAITING else queries.decided_proofs
    with reading() as session:
        return render_template(
            "staff/audiences.html",
            page=pages(session, page=access.page_number()),
            only=only,
            problems=asked.problems,
        )


@bp.get("/audiences/<uuid:proof_id>")
def audience(proof_id: UUID) -> ResponseReturnValue:
    """Does this picture show these shares?"""
    return _page(proof_id, RefuseForm(formdata=None))


@bp.get("/audiences/<uuid:proof_id>/picture")
def audience_picture(proof_id: UUID) -> ResponseReturnValue:
    """The picture itself."""
    with reading() as session:
        proof = queries.proof_by_id(session, proof_id)
    return uploads.send_kept(proof.file_key, content_type=proof.content_type, name=proof.file_name)


@bp.post("/audiences/<uuid:proof_id>/confirm")
def confirm_audience(proof_id: UUID) -> ResponseReturnValue:
    """The shares are in the picture."""
    with transaction() as session:
        creators.confirm_proof(session, actor=access.actor(), proof_id=proof_id, now=utc_now())
    flash("Confirmed. These shares count more; the creator is told.", "success")
    return redirect(url_for("staff.audiences"), 303)


@bp.post("/audiences/<uuid:proof_id>/refuse")
def refuse_audience(proof_id: UUID) -> ResponseReturnValue:
    """The shares are not in the picture."""
    form = RefuseForm()
    if not form.validate_on_submit():
        return _page(proof_id, form), 422
    with transaction() as session:
        creators.refuse_proof(
            session,
            actor=access.actor(),
            proof_id=proof_id,
            reason=form.reason.data,
            now=utc_now(),
        )
    flash("Set aside. These shares count no more; the creator is told why.", "success")
    return redirect(url_for("staff.audiences"), 303)


def _page(proof_id: UUID, form: RefuseForm) -> str:
    with reading() as session:
        proof = queries.proof_by_id(session, proof_id)
        return render_template(
            "staff/audience.html",
            proof=proof,
            audience=shown(proof.snapshot, now=utc_now()),
            form=form,
        )
