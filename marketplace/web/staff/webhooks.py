"""The webhooks that were kept, what became of them, and handling them again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.payouts import queries as payouts
from marketplace.processor import queries as processor
from marketplace.store import inbox
from marketplace.store.inbox import InboxMessage, InboxState
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.asked import Asked
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.todos import url_of_call

HIDDEN: Final = "(not shown)"
ENDPOINTS: Final = {
    "stripe": "our account",
    "stripe_connect": "creators’ accounts",
    "tiktok": "TikTok accounts",
}


@bp.get("/webhooks")
def webhooks() -> ResponseReturnValue:
    """What did the processor tell us, and what became of it?"""
    asked = Asked()
    state = asked.one_of("state", InboxState, "state")
    about = request.args.get("about", "").strip()
    with reading() as session:
        page = inbox.kept_webhooks(session, state=state, about=about, page=access.page_number())
        return render_template(
            "staff/webhooks.html",
            page=page,
            state=state,
            states=list(InboxState),
            about=about,
            urls=_urls(session, page.rows),
            endpoints=ENDPOINTS,
            problems=asked.problems,
        )


@bp.get("/webhooks/<uuid:inbox_id>")
def webhook(inbox_id: UUID) -> ResponseReturnValue:
    """What exactly did it say, and what became of it?"""
    with reading() as session:
        found = inbox.webhook_by_id(session, inbox_id)
        return render_template(
            "staff/webhook.html",
            webhook=found,
            url=_urls(session, [found]).get(found.object_id),
            others=inbox.kept_webhooks(session, state=None, about=found.object_id, page=1).total - 1
            if found.object_id
            else 0,
            body=json.dumps(_without_secrets(found.body), indent=2, ensure_ascii=False),
            endpoints=ENDPOINTS,
        )


@bp.post("/webhooks/<uuid:inbox_id>/again")
def handle_again(inbox_id: UUID) -> ResponseReturnValue:
    """Handle a webhook once more."""
    with transaction() as session:
        inbox.handle_again(session, inbox_id)
    flash("It is handled again now. What is right already stays as it is.", "success")
    return redirect(url_for("staff.webhook", inbox_id=inbox_id), 303)


def _without_secrets(body: Any) -> Any:
    """The same with nothing that lets its reader act at the processor, as a client secret does."""
    if isinstance(body, dict):
        return {
            name: HIDDEN if name.endswith("secret") and value else _without_secrets(value)
            for name, value in body.items()
        }
    if isinstance(body, list):
        return [_without_secrets(each) for each in body]
    return body


def _urls(session: Session, rows: Sequence[InboxMessage]) -> Mapping[str, str]:
    """Object at the processor -> our page about it, where there is one."""
    named = {row.object_id for row in rows if row.object_id}
    urls = {
        call.remote_id: url_of_call(call)
        for call in processor.calls_that_made(session, remote_ids=named)
        if call.remote_id is not None
    }
    for account in payouts.accounts_at(session, named | {row.account for row in rows}):
        if account.stripe_account_id is not None:
            urls[account.stripe_account_id] = url_for("staff.earnings", creator=account.creator_id)
    return urls
