"""Draft a campaign, write its brief, publish, amend and close it."""

from marketplace.campaigns.service.briefs import amend_brief, discard_amendment, save_brief
from marketplace.campaigns.service.closing import close, close_challenge
from marketplace.campaigns.service.drafting import draft_campaign, edit_campaign, say_category
from marketplace.campaigns.service.publishing import publish, publish_challenge

__all__ = [
    "amend_brief",
    "close",
    "close_challenge",
    "discard_amendment",
    "draft_campaign",
    "edit_campaign",
    "publish",
    "publish_challenge",
    "save_brief",
    "say_category",
]
