"""Money that moved at the processor and nobody knows: what was it?"""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import NIL
from marketplace.ledger import queries as ledger
from marketplace.ledger.chart import CHART
from marketplace.ledger.rules import AccountRef, Code, InsufficientBalance
from marketplace.reconciliation.queries import owner_names
from marketplace.reconciliation.rules import age_label
from marketplace.store.session import reading, transaction
from marketplace.terms import queries as terms
from marketplace.treasury import queries
from marketplace.treasury import service as treasury
from marketplace.treasury.queries import Suspended
from marketplace.treasury.rules.identifying import choices
from marketplace.web import access
from marketplace.web.asked import Asked
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.requests import ReasonForm, asked, owners_asked_for, show


class IdentifyForm(ReasonForm):
    """What it was."""

    becomes = RadioField("What was it?", validators=[InputRequired("Choose what it was.")])


@bp.get("/suspense")
def suspense() -> ResponseReturnValue:
    """What moved and nobody knows why, and for how long?"""
    now = utc_now()
    with reading() as session:
        found = queries.suspended_movements(session)
        return render_template(
            "staff/suspense.html",
            movements=[(each, age_label(each.occurred_at, now=now)) for each in found],
        )


@bp.get("/suspense/<uuid:movement_id>")
def movement(movement_id: UUID) -> ResponseReturnValue:
    """What was this movement?"""
    return _page(movement_id, IdentifyForm(formdata=None))


@bp.post("/suspense/<uuid:movement_id>")
def identify(movement_id: UUID) -> ResponseReturnValue:
    """Say what a movement was."""
    form = IdentifyForm()
    with reading() as session:
        found = queries.suspended_movement(session, movement_id)
    form.becomes.choices = _choices(found)
    if not form.validate_on_submit():
        return _page(movement_id, form), 422
    try:
        with transaction() as session:
            made = treasury.ask_identification(
                session,
                actor=access.actor(),
                movement_id=movement_id,
                becomes=AccountRef(Code(int(form.becomes.data)), _owner(form.becomes.data)),
                reason=form.reason.data,
                now=utc_now(),
            )
    except (InvalidInput, InsufficientBalance) as refusal:
        show(form, refusal)
        return _page(movement_id, form), 422
    return asked(made)


def _owner(code: str) -> UUID:
    """Return the chosen owner where the account has one."""
    if not CHART[Code(int(code))].owned:
        return NIL
    return Asked().value("owner", UUID, "") or NIL


def _choices(found: Suspended) -> list[SelectChoice]:
    return [SelectChoice(str(code.value), said) for code, said in choices(found.net).items()]


def _page(movement_id: UUID, form: IdentifyForm) -> str:
    address = Asked()
    owner_id = address.value("owner", UUID, "“{}” is not the id of an owner.")
    asked_for = address.value("account", lambda text: Code(int(text)), "There is no account “{}”.")
    with reading() as session:
        found = queries.suspended_movement(session, movement_id)
        form.becomes.choices = _choices(found)
        owned = {code: CHART[code].owner for code in choices(found.net) if CHART[code].owned}
        code = asked_for if asked_for in owned else next(iter(owned), None)
        if code is not None and owner_id is not None and not form.is_submitted():
            form.becomes.data = str(code.value)
        entry = ledger.entry(session, found.entry_id)
        limits = terms.limits_at(session, found.net.currency, at=utc_now())
        return render_template(
            "staff/movement.html",
            movement=found,
            entry=entry,
            owners=owner_names(session, (line.ref for line in entry.lines)),
            form=form,
            problems=address.problems,
            alone_up_to=limits.identify_alone if limits else None,
            owned=owned,
            code=code,
            q=request.args.get("q", ""),
            found=owners_asked_for(session, code),
            owner=queries.owner_named(session, AccountRef(code, owner_id))
            if code is not None and owner_id is not None
            else None,
        )
