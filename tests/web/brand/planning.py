"""What tests of plan pages share."""

from __future__ import annotations

import html
import re

from marketplace.campaigns.models import Campaign


def plan_of(campaign: Campaign, **asked: object) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/brand/campaigns/{campaign.id}/plan" + (f"?plan=1&{query}" if asked else "")


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def accepting(page: str) -> dict[str, list[str]]:
    """What the form that accepts the plan would send."""
    found: dict[str, list[str]] = {}
    for field in re.findall(r'<input type="hidden" form="accept"[^>]*>', page):
        name, value = (re.search(rf'{each}="([^"]*)"', field) for each in ("name", "value"))
        assert name
        assert value
        found.setdefault(name[1], []).append(html.unescape(value[1]))
    return found
