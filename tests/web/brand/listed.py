"""Where the matches of a campaign are, and what can be pressed there."""

from __future__ import annotations

import re

from marketplace.campaigns.models import Campaign


def invite_buttons(page: str) -> list[str]:
    return re.findall(r'<button[^>]*form="do-invite"[^>]*>', page)


def matches_of(campaign: Campaign) -> str:
    return f"/brand/campaigns/{campaign.id}/matches"
