"""Who may do what for a brand, and which brand a person works for."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, SelectField
from wtforms.validators import InputRequired

from marketplace.accounts import queries
from marketplace.accounts import service as accounts
from marketplace.accounts.rules import MAY, may_manage_team
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.store.session import reading, transaction
from marketplace.web import access, sessions
from marketplace.web.brand.blueprint import bp
from marketplace.web.forms import BaseForm

ROLE_CHOICES: Final = {role.value: role.value.capitalize() for role in Role}


class InviteForm(BaseForm):
    email = EmailField("E-mail", [InputRequired("An e-mail address is needed.")])
    role = SelectField(
        "Role",
        choices=ROLE_CHOICES,
        default=Role.MANAGER.value,
        invalid_choice_message="Choose a role from the list.",
    )


@bp.get("/team")
def members() -> ResponseReturnValue:
    return _team_page(InviteForm())


@bp.post("/team/invitations")
def invite_member() -> ResponseReturnValue:
    form = InviteForm()
    if not form.validate_on_submit():
        return _team_page(form), 422
    try:
        with transaction() as session:
            invitation = accounts.invite_member(
                session,
                actor=access.actor(),
                brand_id=access.brand_id(),
                email=form.email.data,
                role=Role(form.role.data),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _team_page(form), 422
    flash(f"{invitation.email} is invited and has been written to.", "success")
    return redirect(url_for("brand.members"), 303)


@bp.post("/team/invitations/<uuid:invitation_id>/revoke")
def revoke_invitation(invitation_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        invitation = accounts.revoke_invitation(
            session,
            actor=access.actor(),
            brand_id=access.brand_id(),
            invitation_id=invitation_id,
            now=utc_now(),
        )
    flash(f"The invitation of {invitation.email} is taken back.", "success")
    return redirect(url_for("brand.members"), 303)


@bp.post("/team/<uuid:user_id>/role")
def change_role(user_id: UUID) -> ResponseReturnValue:
    asked_for = request.form.get("role", "")
    if asked_for not in set(Role):
        raise InvalidInput({"role": "Choose a role from the list."})
    with transaction() as session:
        accounts.change_role(
            session,
            actor=access.actor(),
            brand_id=access.brand_id(),
            user_id=user_id,
            role=Role(asked_for),
        )
    flash(f"The role is {asked_for} now.", "success")
    return redirect(url_for("brand.members"), 303)


@bp.post("/team/<uuid:user_id>/remove")
def remove_member(user_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        accounts.remove_member(
            session, actor=access.actor(), brand_id=access.brand_id(), user_id=user_id
        )
    if user_id == access.user_id():
        flash("You have left the team.", "success")
        return redirect(url_for("public.home"), 303)
    flash("This person is no longer in the team.", "success")
    return redirect(url_for("brand.members"), 303)


@bp.post("/choose")
def choose() -> ResponseReturnValue:
    """Work for another brand one is a member of, in this browser."""
    try:
        chosen = UUID(request.form.get("brand_id", ""))
    except ValueError:
        raise NotFound("brand") from None
    if not access.actor().belongs_to(chosen):
        raise NotFound("brand")
    sessions.work_for(chosen)
    return redirect(url_for("brand.home"), 303)


def _team_page(form: InviteForm) -> str:
    with reading() as session:
        brand = queries.brand_seen_by(session, access.actor(), access.brand_id())
        team = queries.members_of(session, brand.id)
        invitations = queries.open_invitations(session, brand.id)
        mine = queries.brands_of(session, user_id=access.user_id())
    return render_template(
        "brand/members.html",
        form=form,
        brand=brand,
        team=team,
        invitations=invitations,
        brands=mine,
        me=access.user_id(),
        may_manage=may_manage_team(access.actor().brands.get(brand.id)),
        owners=sum(1 for member in team if member.role is Role.OWNER),
        roles=[
            {"value": role.value, "label": role.value.capitalize(), "may": MAY[role]}
            for role in Role
        ],
        now=utc_now(),
    )
