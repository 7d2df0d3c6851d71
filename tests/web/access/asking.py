"""What is asked for at each door: the things in the address and what the form says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import url_for

from tests.factories.accounts import PASSWORD
from tests.factories.deliverables import LINK
from tests.web.access.world import World

NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    # endpoint -> the part of its address -> the thing of the world, where that has another name
    "brand.accept": {"deliverable_id": "live"},
    "brand.accept_offer": {"offer_id": "counter"},
    "brand.agree_to_end": {"ending_id": "asked_by_creator"},
    "brand.agree_in_dispute": {"dispute_id": "disputed_by_creator"},
    "brand.amend_campaign": {"campaign_id": "amended"},
    "brand.count_reach": {"campaign_id": "counted"},
    "staff.count_reach": {"campaign_id": "counted"},
    "brand.challenge": {"campaign_id": "challenge_entered"},
    "brand.refuse_entry": {"entry_id": "challenge_entry"},
    "brand.save_challenge": {"campaign_id": "challenge_draft"},
    "creator.challenge": {"campaign_id": "challenge_entered"},
    "creator.entry_check": {"campaign_id": "challenge_entered"},
    "creator.hand_in_entry": {"campaign_id": "challenge_joined"},
    "creator.join_challenge": {"campaign_id": "challenge_new"},
    "creator.name_in_challenge": {"campaign_id": "challenge_joined"},
    "public.challenge": {"campaign_id": "challenge_entered"},
    "brand.call_staff": {"ending_id": "declined_by_creator"},
    "brand.creator": {"creator_id": "listed_id"},
    "brand.decline_to_end": {"ending_id": "asked_by_creator"},
    "brand.decline_offer": {"offer_id": "counter"},
    "brand.discard_amendment": {"campaign_id": "amended"},
    "brand.edit_campaign": {"campaign_id": "draft"},
    "brand.open_dispute": {"deliverable_id": "undisputed"},
    "brand.pledge": {"campaign_id": "draft"},
    "brand.publish_campaign": {"campaign_id": "draft"},
    "brand.refund": {"campaign_id": "closed"},
    "brand.say_category": {"campaign_id": "unsaid"},
    "brand.revoke_invitation": {"invitation_id": "member_invitation"},
    "brand.take_off_cause": {"campaign_id": "giving"},
    "brand.withdraw_dispute": {"dispute_id": "disputed_by_brand"},
    "brand.withdraw_ending": {"ending_id": "asked_by_brand"},
    "creator.agree_in_dispute": {"dispute_id": "disputed_by_brand"},
    "creator.agree_to_end": {"ending_id": "asked_by_brand"},
    "creator.call_staff": {"ending_id": "declined_by_brand"},
    "creator.decline_to_end": {"ending_id": "asked_by_brand"},
    "creator.withdraw_ending": {"ending_id": "asked_by_creator"},
    "creator.decline_invitation": {"invitation_id": "invitation"},
    "creator.hand_in": {"deliverable_id": "awaiting_submission"},
    "creator.paste_post": {"deliverable_id": "approved"},
    "creator.post_check": {"deliverable_id": "checked"},
    "creator.withdraw_offer": {"offer_id": "counter"},
    "creator.appeal_views": {"assessment_id": "views_held"},
    "creator.views_question": {"assessment_id": "views_held"},
    "staff.clear_views": {"assessment_id": "views_held"},
    "staff.confirm_views": {"assessment_id": "views_appealed"},
    "staff.views_question": {"assessment_id": "views_appealed"},
    "staff.decide_dispute": {"dispute_id": "dispute_with_staff"},
    "staff.decide_ending": {"ending_id": "with_staff"},
    "staff.ending": {"ending_id": "with_staff"},
    "staff.freeze": {"creator_id": "listed_id"},
    "staff.ask_write_off": {"brand_id": "owing"},
    "staff.debt": {"brand_id": "owing"},
    "staff.recover": {"brand_id": "owing"},
    "staff.ask_clawback": {"deliverable_id": "paid_work"},
    "staff.take_back": {"deliverable_id": "paid_work"},
    "staff.edit_cause": {"organisation_id": "entered_id"},
    "staff.verify_cause": {"organisation_id": "entered_id"},
    "staff.withdraw_request": {"request_id": "own_request"},
    "public.confirm": {"token": "confirm"},
    "public.invitation": {"token": "join"},
    "public.reset_password": {"token": "reset"},
}

FIXED: Final[Mapping[str, Mapping[str, str]]] = {
    "brand.edit_brief": {"step": "rights"},
    "public.sign_up": {"persona": "brand"},
    "staff.account": {"code": "2020", "currency": "USD"},
}
"""Parts of addresses that are words."""

OFFER: Final = {
    "fee": "400.00",
    "deliverables-0-format": "video",
    "deliverables-0-description": "A recipe in a minute",
    "deliverables-0-draft_due_on": "2026-11-16",
    "deliverables-0-publish_by_on": "2026-11-23",
    "usage_media": "paid",
    "usage_days": "30",
    "revision_rounds": "2",
}
BASICS: Final = {
    "name": "Bread in a minute",
    "budget": "800.00",
    "currency": "USD",
    "starts_on": "2026-11-03",
    "ends_on": "2026-12-31",
    "category": "food",
}
RIGHTS: Final = {
    "fee_low": "120.00",
    "fee_high": "400.00",
    "usage_media": "paid",
    "usage_days": "30",
    "disclosure": "Paid partnership",
    "revision_rounds": "2",
}
AUDIENCE: Final = {
    "taken_on": "2026-11-01",
    "age_1": "40",
    **{
        f"{part}_name_{place}": ""
        for part in ("country", "language", "interest")
        for place in range(5)
    },
}
ORGANISATION: Final = {
    "name": "Open Pages",
    "country": "SE",
    "registration_number": "66",
    "register": "https://register.example/66",
    "website": "https://openpages.example",
    "category": "education",
}
COUNT: Final = {
    "people": "900",
    "counted": "anybody",
    "source": "panel",
    "sample": "400",
    "counted_on": "2026-11-02",
}
END: Final = {"reason": "plans_changed", "note": "", "release": "40000"}
ONCE: Final = {"amount": "5.00", "once": "00000000-0000-4000-8000-00000000000f"}
DEBT: Final = ONCE | {"currency": "USD", "note": "As agreed."}

DISPUTE: Final = {"share": "50", "words": "It was not as agreed.", "link": ""}

FORMS: Final[Mapping[str, Callable[[World], Mapping[str, Any]]]] = {
    "brand.agree_to_end": lambda _: {"release": "40000"},
    "brand.agree_in_dispute": lambda _: {"share": "5000"},
    "brand.end_collaboration": lambda _: END,
    "brand.open_dispute": lambda _: DISPUTE | {"reason": "rights"},
    "brand.say_in_dispute": lambda _: DISPUTE,
    "creator.agree_in_dispute": lambda _: {"share": "2500"},
    "creator.open_dispute": lambda _: DISPUTE | {"reason": "other"},
    "creator.say_in_dispute": lambda _: DISPUTE,
    "creator.agree_to_end": lambda _: {"release": "40000"},
    "creator.end_collaboration": lambda _: END,
    "creator.appeal_views": lambda _: {"words": "A show linked to it."},
    "staff.clear_views": lambda _: {"reason": "A show linked to it."},
    "staff.confirm_views": lambda _: {"reason": "They came from one place."},
    "staff.refuse_audience": lambda _: {"reason": "It shows another week."},
    "staff.decide_dispute": lambda _: {"outcome": "all", "reason": "It was there."},
    "staff.decide_ending": lambda _: {
        "answer": "The launch has moved.",
        "release": "40000",
        "end": "1",
    },
    "brand.accept_plan": lambda world: {
        "plan": "1",
        "budget": "500.00",
        "hand": "y",
        "pick": str(world.ids["planned_id"]),
        "cost": "30000",
    },
    "brand.count_reach": lambda _: COUNT,
    "staff.count_reach": lambda _: COUNT,
    "staff.set_count_aside": lambda _: {"why": "It counts views."},
    "brand.amend_campaign": lambda _: {"change_note": "It is cooked outside."},
    "brand.approve": lambda _: {"version": "1", "comment": ""},
    "brand.change_role": lambda _: {"role": "manager"},
    "brand.choose": lambda world: {"brand_id": str(world.ids["brand_id"])},
    "brand.decline_application": lambda _: {"reason": "fee"},
    "brand.edit_brief": lambda _: RIGHTS,
    "brand.edit_campaign": lambda _: BASICS,
    "brand.fund": lambda _: {"budget": "500.00"},
    "brand.invite": lambda world: {"creator_id": str(world.ids["other_id"])},
    "brand.invite_member": lambda _: {"email": "olga@example.test", "role": "viewer"},
    "brand.make_offer": lambda _: OFFER,
    "brand.new_campaign": lambda _: BASICS,
    "brand.say_category": lambda _: {"category": "food"},
    "brand.pledge": lambda world: {
        "organisation": str(world.ids["organisation_id"]),
        "kind": "fixed",
        "amount": "50.00",
    },
    "brand.refuse_entry": lambda _: {"reason": "It shows another brand."},
    "brand.save_challenge": lambda _: {
        "pool": "900.00",
        "entries_until": "2026-11-10",
        "split": "views",
        "least_views": "100",
    },
    "creator.hand_in_entry": lambda _: {
        "address": "https://www.tiktok.com/@bea.cooks/video/7345678901234567842"
    },
    "creator.join_challenge": lambda _: {"accepted": "y", "is_named": "y"},
    "creator.name_in_challenge": lambda _: {"shown": "1"},
    "brand.refund_wallet": lambda _: ONCE | {"currency": "USD"},
    "brand.request_changes": lambda _: {"version": "1", "comment": "Show the tin."},
    "brand.shortlist": lambda world: {"creator_id": str(world.ids["other_id"]), "keep": "1"},
    "brand.take_back": lambda _: ONCE,
    "brand.use_wallet": lambda _: ONCE,
    "creator.apply_to_brief": lambda _: {"pitch": "I cook on a fire.", "fee": "300.00"},
    "creator.audience": lambda _: AUDIENCE,
    "creator.choose_feed": lambda _: {"choice": "less_topic:gaming"},
    "creator.counter_offer": lambda _: OFFER | {"fee": "450.00"},
    "creator.edit_profile": lambda _: {"display_name": "Bea B.", "country": "US"},
    "creator.groups": lambda _: {"groups": ["rural"]},
    "creator.hand_in": lambda _: {"link": LINK, "checklist": ["0", "1", "2"]},
    "creator.object_to_subject": lambda _: {"subject": "alcohol", "words": "It is ginger beer."},
    "creator.open_payout_account": lambda _: {"country": "US"},
    "creator.paste_post": lambda _: {
        "address": "https://www.tiktok.com/@bea.cooks/video/7345678901234567899"
    },
    "creator.rates": lambda _: {"video": "300.00"},
    "public.create_brand": lambda _: {"name": "Larch", "country": "SE"},
    "public.create_creator": lambda _: {"display_name": "Cleo", "country": "SE"},
    "public.forgot_password": lambda world: {"email": world.emails["owner"]},
    "public.close_account": lambda _: {"password": PASSWORD},
    "public.reset_password": lambda _: {"password": "four quiet kettles"},
    "public.sign_in": lambda world: {"email": world.emails["owner"], "password": PASSWORD},
    "public.sign_up": lambda _: {
        "name": "Nia",
        "email": "nia@example.test",
        "password": "four quiet kettles",
    },
    "staff.edit_cause": lambda _: ORGANISATION,
    "staff.new_cause": lambda _: ORGANISATION | {"registration_number": "77"},
    "staff.verify_cause": lambda _: {"note": "Read the register."},
    "staff.withdraw_cause": lambda _: {"note": "Struck off."},
    "staff.send_to_cause": lambda _: {
        "amount": "10.00",
        "currency": "USD",
        "reference": "FV-1",
        "reason": "The pledge is final.",
    },
    "staff.ask_write_off": lambda _: DEBT,
    "staff.recover": lambda _: DEBT,
    "staff.dismiss_warning": lambda _: {"note": "It was theirs."},
    "staff.submit_evidence": lambda _: {"product_description": "A campaign."},
    "staff.brand_terms": lambda _: {"brand_fee_bps": "12.5", "why": "They ask for more."},
    "staff.take_back_terms": lambda world: {"looked_at": str(world.ids["version_id"])},
    "staff.ask_adjustment": lambda _: {
        "direction": "more",
        "amount": "5.00",
        "currency": "USD",
        "against": "5060",
        "reason": "A voucher.",
    },
    "staff.decline_request": lambda _: {"answer": "Not without a receipt."},
    "staff.identify": lambda _: {"becomes": "5010", "reason": "A fee, by the statement."},
    "staff.refund_not_sent": lambda _: {"reason": "There is no such account."},
    "staff.refund_sent": lambda _: {"reference": "FV-2026-11-0001"},
    "staff.freeze": lambda _: {"reason": "The bank account changed twice today."},
    "staff.ask_clawback": lambda _: {"amount": "10.00", "reason": "Paid twice"},
    "staff.reverse_payout": lambda _: {"amount": "10.00", "reason": "Wrong account."},
    "staff.settle_clawback": lambda _: {
        "amount": "1.00",
        "reason": "Too small to chase.",
        "how": "forgive",
    },
    "staff.pay_out": lambda _: {"amount": "0.01", "currency": "USD"},
    "staff.top_up": lambda _: {"amount": "10.00", "currency": "USD"},
    "staff.rule_call": lambda _: {"ruling": "look_up", "reason": "It is not on the list."},
    "staff.resolve_break": lambda _: {"resolution": "A fee of the processor."},
}
"""What is filled in; nothing where the form is a button."""


QUERIES: Final[Mapping[str, Callable[[World], Mapping[str, Any]]]] = {
    "staff.ask_adjustment": lambda world: {"account": 2010, "owner": world.ids["brand_id"]},
}
"""What the address says after its question mark."""


def path_of(world: World, endpoint: str) -> str:
    """Return the address of a page, with the things of the world in it."""
    (rule,) = world.app.url_map.iter_rules(endpoint)
    named, fixed = NAMES.get(endpoint, {}), FIXED.get(endpoint, {})
    parts = {
        part: fixed[part] if part in fixed else world.ids[named.get(part, part)]
        for part in rule.arguments
    }
    query = QUERIES.get(endpoint, lambda _: {})(world)
    with world.app.test_request_context():
        return url_for(endpoint, **parts, **query)


def form_of(world: World, endpoint: str) -> Mapping[str, Any]:
    """Return what a visitor fills in there."""
    return FORMS.get(endpoint, lambda _: {})(world)
