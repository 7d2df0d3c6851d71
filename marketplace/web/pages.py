"""Every page: importing the modules with views puts them on their blueprints."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from marketplace.web.brand import applications as brand_applications
from marketplace.web.brand import briefs as brand_briefs
from marketplace.web.brand import campaigns as brand_campaigns
from marketplace.web.brand import cause as brand_cause
from marketplace.web.brand import challenges as brand_challenges
from marketplace.web.brand import collaborations as brand_collaborations
from marketplace.web.brand import creators as brand_creators
from marketplace.web.brand import deliverables as brand_deliverables
from marketplace.web.brand import disputes as brand_disputes
from marketplace.web.brand import endings as brand_endings
from marketplace.web.brand import funding as brand_funding
from marketplace.web.brand import home as brand_home
from marketplace.web.brand import invitations as brand_invitations
from marketplace.web.brand import matches as brand_matches
from marketplace.web.brand import members as brand_members
from marketplace.web.brand import money as brand_money
from marketplace.web.brand import offers as brand_offers
from marketplace.web.brand import plans as brand_plans
from marketplace.web.brand import publishing as brand_publishing
from marketplace.web.brand import reach as brand_reach
from marketplace.web.brand import trends as brand_trends
from marketplace.web.brand.blueprint import bp as brand_pages
from marketplace.web.creator import applications as creator_applications
from marketplace.web.creator import audience as creator_audience
from marketplace.web.creator import briefs as creator_briefs
from marketplace.web.creator import challenges as creator_challenges
from marketplace.web.creator import channels as creator_channels
from marketplace.web.creator import collaborations as creator_collaborations
from marketplace.web.creator import deliverables as creator_deliverables
from marketplace.web.creator import disputes as creator_disputes
from marketplace.web.creator import endings as creator_endings
from marketplace.web.creator import groups as creator_groups
from marketplace.web.creator import home as creator_home
from marketplace.web.creator import offers as creator_offers
from marketplace.web.creator import payouts as creator_payouts
from marketplace.web.creator import profile as creator_profile
from marketplace.web.creator import rates as creator_rates
from marketplace.web.creator import set_aside as creator_set_aside
from marketplace.web.creator import subjects as creator_subjects
from marketplace.web.creator import trends as creator_trends
from marketplace.web.creator import views as creator_views
from marketplace.web.creator.blueprint import bp as creator_pages
from marketplace.web.public import (
    account,
    causes,
    challenges,
    demo,
    fairness,
    home,
    links,
    notifications,
    sign_in,
    sign_up,
)
from marketplace.web.public.blueprint import bp as public_pages
from marketplace.web.staff import audiences as staff_audiences
from marketplace.web.staff import causes as staff_causes
from marketplace.web.staff import chances as staff_chances
from marketplace.web.staff import chargebacks as staff_chargebacks
from marketplace.web.staff import clawbacks as staff_clawbacks
from marketplace.web.staff import clock as staff_clock
from marketplace.web.staff import disputes as staff_disputes
from marketplace.web.staff import endings as staff_endings
from marketplace.web.staff import freezes as staff_freezes
from marketplace.web.staff import home as staff_home
from marketplace.web.staff import ledger as staff_ledger
from marketplace.web.staff import messages as staff_messages
from marketplace.web.staff import payouts as staff_payouts
from marketplace.web.staff import proof as staff_proof
from marketplace.web.staff import reach as staff_reach
from marketplace.web.staff import reconciliation as staff_reconciliation
from marketplace.web.staff import refunds as staff_refunds
from marketplace.web.staff import requests as staff_requests
from marketplace.web.staff import rulings as staff_rulings
from marketplace.web.staff import subjects as staff_subjects
from marketplace.web.staff import suspense as staff_suspense
from marketplace.web.staff import terms as staff_terms
from marketplace.web.staff import treasury as staff_treasury
from marketplace.web.staff import views as staff_views
from marketplace.web.staff import webhooks as staff_webhooks
from marketplace.web.staff.blueprint import bp as staff_pages

__all__ = [
    "BLUEPRINTS",
    "account",
    "brand_applications",
    "brand_briefs",
    "brand_campaigns",
    "brand_cause",
    "brand_challenges",
    "brand_collaborations",
    "brand_creators",
    "brand_deliverables",
    "brand_disputes",
    "brand_endings",
    "brand_funding",
    "brand_home",
    "brand_invitations",
    "brand_matches",
    "brand_members",
    "brand_money",
    "brand_offers",
    "brand_plans",
    "brand_publishing",
    "brand_reach",
    "brand_trends",
    "causes",
    "challenges",
    "creator_applications",
    "creator_audience",
    "creator_briefs",
    "creator_challenges",
    "creator_channels",
    "creator_collaborations",
    "creator_deliverables",
    "creator_disputes",
    "creator_endings",
    "creator_groups",
    "creator_home",
    "creator_offers",
    "creator_payouts",
    "creator_profile",
    "creator_rates",
    "creator_set_aside",
    "creator_subjects",
    "creator_trends",
    "creator_views",
    "demo",
    "fairness",
    "home",
    "links",
    "notifications",
    "sign_in",
    "sign_up",
    "staff_audiences",
    "staff_causes",
    "staff_chances",
    "staff_chargebacks",
    "staff_clawbacks",
    "staff_clock",
    "staff_disputes",
    "staff_endings",
    "staff_freezes",
    "staff_home",
    "staff_ledger",
    "staff_messages",
    "staff_payouts",
    "staff_proof",
    "staff_reach",
    "staff_reconciliation",
    "staff_refunds",
    "staff_requests",
    "staff_rulings",
    "staff_subjects",
    "staff_suspense",
    "staff_terms",
    "staff_treasury",
    "staff_views",
    "staff_webhooks",
]

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (public_pages, brand_pages, creator_pages, staff_pages)
