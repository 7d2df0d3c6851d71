"""A creator's money: where it is, why it is not further, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from uuid import UUID

from babel import Locale
from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.messages import PayoutAccountChanged
from marketplace.payouts.models import PayoutAccount
from marketplace.payouts.queries import chains
from marketplace.payouts.rules import PAYOUT_COUNTRIES
from marketplace.processor.ports import ProcessorUnavailable
from marketplace.store.outbox import post
from marketplace.store.session import at_one_moment, reading, transaction
from marketplace.web import access, render
from marketplace.web.creator.blueprint import bp
from marketplace.web.creator.home import need
from marketplace.web.forms import BaseForm
from marketplace.web.navigation import Todo


class PayoutAccountForm(BaseForm):
    country = SelectField(
        "Country of your bank account",
        choices=[SelectChoice(code, Locale("en").territories[code]) for code in PAYOUT_COUNTRIES],
    )


@bp.get("/earnings")
def earnings() -> ResponseReturnValue:
    """Where is my money, and why not yet?"""
    now = utc_now()
    with at_one_moment() as session:
        creator_id = access.creator_id()
        creator = creators.creator_by_id(session, creator_id)
        page = queries.earnings_of_creator(
            session, creator_id=creator_id, page=access.page_number(), now=now
        )
        return render_template(
            "creator/earnings.html",
            sums=queries.sums_of(session, creator_id),
            page=page,
            chains=chains.chains_of(session, page.rows, now=now),
            promised=chains.promised_to(session, creator_id=creator_id, now=now),
            account=queries.account_of(session, creator_id),
            payouts=queries.payouts_of_creator(session, creator_id=creator_id),
            bank=queries.bank_payouts_of(session, creator_id),
            taken_back=queries.cases_of_creator(session, creator_id),
            contact=parseaddr(current_app.extensions["settings"].mail_sender)[1],
            form=PayoutAccountForm(data={"country": creator.country}),
        )


@need
def payout_account_to_set_up(
    session: Session, _actor: Actor, creator_id: UUID, _now: datetime
) -> Sequence[Todo]:
    """An account to be paid to, once there is something to pay."""
    sums = [each.pending + each.payable for each in queries.sums_of(session, creator_id)]
    earned = ", ".join(render.money(each) for each in sums if each.minor > 0)
    account = queries.account_of(session, creator_id)
    if not earned or not _wants_its_creator(account):
        return []
    return [
        Todo(
            title="Set up your payout account",
            detail=f"{earned} is earned and cannot be sent to you without it.",
            action_label="Set it up",
            url=url_for("creator.earnings", _anchor="account"),
        )
    ]


def _wants_its_creator(account: PayoutAccount | None) -> bool:
    """Whether there is none to be paid to, or one that its creator has to do something for."""
    if account is None or account.closed_at is not None:
        return True
    return not account.transfers_active and bool(account.asked)


@bp.get("/payouts/<uuid:payout_id>")
def payout(payout_id: UUID) -> ResponseReturnValue:
    """What was in this payout, and did it arrive?"""
    with reading() as session:
        return render_template(
            "creator/payout.html",
            payout=queries.payout_seen_by(session, access.actor(), payout_id),
            steps=queries.steps_of(session, payout_id),
            earnings=queries.earnings_in(session, payout_id),
        )


@bp.post("/payouts/left-over")
def pay_left_over() -> ResponseReturnValue:
    """Send what is below the smallest payout, for whoever is about to leave."""
    with transaction() as session:
        sent = payouts.pay_left_over(session, actor=access.actor(), now=utc_now())
    if sent:
        flash("It is on its way. Close your account once it has arrived.", "success")
    else:
        flash("There is nothing to be sent now.", "info")
    return redirect(url_for("public.account"), 303)


@bp.post("/payout-account")
def open_payout_account() -> ResponseReturnValue:
    """Ask for an account to be paid to; the next page leads on to the processor's form."""
    form = PayoutAccountForm()
    if not form.validate_on_submit():
        raise InvalidInput({"country": "Choose the country your bank account is in."})
    with transaction() as session:
        payouts.open_account(
            session,
            actor=access.actor(),
            country=form.country.data,
            email=current_user.email,
            now=utc_now(),
        )
    return redirect(url_for("creator.continue_payout_account"), 303)


@bp.get("/payout-account/continue")
def continue_payout_account() -> ResponseReturnValue:
    """Lead on to the processor's own form by a fresh link, as soon as the account is made."""
    with reading() as session:
        account = queries.account_of(session, access.creator_id())
    if account is None or account.closed_at is not None:
        return redirect(url_for("creator.earnings"), 303)
    if account.stripe_account_id is None:
        return render_template("creator/payout_account_wait.html")
    base = current_app.extensions["settings"].base_url
    try:
        link = access.gateways().accounts.onboarding_link(
            account.stripe_account_id,
            return_url=base + url_for("creator.payout_account_back"),
            refresh_url=base + url_for("creator.continue_payout_account"),
        )
    except ProcessorUnavailable as unavailable:
        raise Conflict(
            "The payment service does not answer now; try again in a few minutes"
        ) from unavailable
    return redirect(link, 303)


@bp.get("/payout-account/back")
def payout_account_back() -> ResponseReturnValue:
    """Come back from the processor's form: a job looks how the account stands now."""
    with transaction() as session:
        account = queries.account_of(session, access.creator_id())
        if account is not None:
            post(session, PayoutAccountChanged(payout_account_id=account.id))
    flash("Thank you. We are checking your payout account now.", "info")
    return redirect(url_for("creator.earnings"), 303)
