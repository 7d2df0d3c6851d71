"""What TikTok tells by itself comes in here: verify, keep once, answer. The work is a job's."""

from __future__ import annotations

from flask import Response, request

from marketplace.creators.models import Platform
from marketplace.creators.ports import NotFromPlatform
from marketplace.kernel.clock import utc_now
from marketplace.store.inbox import keep_once
from marketplace.store.session import transaction
from marketplace.web import access
from marketplace.web.hooks import bp, plain, refused_by_size

__all__ = ["bp"]


@bp.post("/tiktok")
def tiktok() -> Response:
    """Answer 400 to what is not from TikTok, 200 to everything else, known or not."""
    if (refused := refused_by_size()) is not None:
        return refused
    try:
        notice = access.gateways().tiktok_notices.verify(
            payload=request.get_data(), signature=request.headers.get("TikTok-Signature", "")
        )
    except NotFromPlatform:
        return plain("bad signature", 400)
    with transaction() as session:
        keep_once(
            session,
            sender=Platform.TIKTOK.value,
            sender_id=notice.key,
            kind=notice.kind,
            account=notice.account,
            object_id=notice.account,
            body=dict(notice.body),
            now=utc_now(),
        )
    return plain("kept", 200)
