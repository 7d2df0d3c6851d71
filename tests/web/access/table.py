"""Who gets what at every door of the product: one row for each page and each button.

in: sent to sign in and back. begin: sent to the page where one becomes a brand or a creator.
Below a row, after the arrow: where its redirects lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.web.access.staff_table import STAFF
from tests.web.access.world import VISITORS


@dataclass(frozen=True, slots=True)
class Row:
    """What every kind of visitor gets at one door."""

    method: str
    endpoint: str
    gets: Mapping[str, str]
    leads_to: frozenset[str]


def _rows(table: str) -> list[Row]:
    head, *lines = (line for line in table.replace("\n    ->", " ->").splitlines() if line)
    audience, *visitors = head.split()
    assert tuple(visitors) == VISITORS
    return [_row(line, audience) for line in lines]


def _row(line: str, audience: str) -> Row:
    left, _, leads_to = line.partition("->")
    method, name, *cells = left.split()
    return Row(
        method=method,
        endpoint=name if "." in name else f"{audience}.{name}",
        gets=dict(zip(VISITORS, cells, strict=True)),
        leads_to=frozenset(leads_to.split()),
    )


PUBLIC: Final = """
public                       nobody owner manager finance viewer creator other rival staff new
GET  health.live             200    200   200     200     200    200     200   200   200   200
GET  health.ready            200    200   200     200     200    200     200   200   200   200
POST hooks.stripe_connect    400    400   400     400     400    400     400   400   400   400
POST hooks.stripe_platform   400    400   400     400     400    400     400   400   400   400
POST hooks.tiktok            400    400   400     400     400    400     400   400   400   400
GET  account                 in     200   200     200     200    200     200   200   200   200
POST close_account           in     409   303     303     303    409     303   303   303   303
    -> public.home
GET  cause                   200    200   200     200     200    200     200   200   200   200
GET  causes                  200    200   200     200     200    200     200   200   200   200
GET  challenge               200    200   200     200     200    200     200   200   200   200
GET  challenges              200    200   200     200     200    200     200   200   200   200
GET  confirm                 200    200   200     200     200    200     200   200   200   200
POST confirm                 303    303   303     303     303    303     303   303   303   303
    -> public.home public.sign_in
GET  confirmation            in     200   200     200     200    200     200   200   200   200
POST confirmation            in     303   303     303     303    303     303   303   303   303
    -> public.confirmation
GET  create_brand            in     200   200     200     200    200     200   200   200   200
POST create_brand            in     303   303     303     303    303     303   303   303   303
    -> brand.home
GET  create_creator          in     200   200     200     200    303     303   200   200   200
    -> creator.home
POST create_creator          in     303   303     303     303    303     303   303   303   303
    -> creator.edit_profile creator.home
GET  demo                    404    404   404     404     404    404     404   404   404   404
GET  demo_mail               404    404   404     404     404    404     404   404   404   404
POST demo_sign_in            404    404   404     404     404    404     404   404   404   404
GET  demo_styleguide         404    404   404     404     404    404     404   404   404   404
GET  fairness                200    200   200     200     200    200     200   200   200   200
GET  forgot_password         200    200   200     200     200    200     200   200   200   200
POST forgot_password         303    303   303     303     303    303     303   303   303   303
    -> public.look_in_mail
GET  home                    200    303   303     303     303    303     303   303   303   303
    -> brand.home creator.home public.start staff.home
GET  invitation              200    200   200     200     200    200     200   200   200   200
POST invitation              200    409   409     409     409    409     409   409   409   303
    -> brand.home
GET  look_in_mail            200    200   200     200     200    200     200   200   200   200
POST mark_all_read           in     303   303     303     303    303     303   303   303   303
    -> public.notifications
GET  notifications           in     200   200     200     200    200     200   200   200   200
GET  open_notification       in     302   404     404     404    404     404   404   404   404
    -> brand.deliverables
GET  reset_password          200    200   200     200     200    200     200   200   200   200
POST reset_password          303    303   303     303     303    303     303   303   303   303
    -> public.home
GET  sign_in                 200    303   303     303     303    303     303   303   303   303
    -> public.home
POST sign_in                 303    303   303     303     303    303     303   303   303   303
    -> public.home
POST sign_out                303    303   303     303     303    303     303   303   303   303
    -> public.home
GET  sign_up                 200    303   303     303     303    303     303   303   303   303
    -> public.create_brand public.home
POST sign_up                 303    303   303     303     303    303     303   303   303   303
    -> public.create_brand public.home
GET  start                   200    200   200     200     200    200     200   200   200   200
"""

BRAND: Final = """
brand                        nobody owner manager finance viewer creator other rival staff new
POST accept                  in     303   303     403     403    403     403   404   403   begin
    -> brand.deliverable
POST accept_offer            in     303   303     403     403    403     403   404   403   begin
    -> brand.collaboration
POST accept_plan             in     303   303     403     403    403     403   404   403   begin
    -> brand.invitations
POST agree_in_dispute        in     303   303     403     403    403     403   404   403   begin
    -> brand.dispute
POST agree_to_end            in     303   303     403     403    403     403   404   403   begin
    -> brand.collaboration
POST amend_campaign          in     303   303     403     403    403     403   404   403   begin
    -> brand.brief_versions
GET  application             in     200   200     200     200    403     403   404   403   begin
GET  applications            in     200   200     200     200    403     403   404   403   begin
POST approve                 in     303   303     403     403    403     403   404   403   begin
    -> brand.deliverable
GET  billing                 in     200   200     200     200    403     403   200   403   begin
GET  brief_versions          in     200   200     200     200    403     403   404   403   begin
POST ask_plan_bound          in     303   303     303     303    403     403   404   403   begin
    -> brand.plan
POST call_staff              in     303   303     403     403    403     403   404   403   begin
    -> brand.collaboration
GET  campaign                in     200   200     200     200    403     403   404   403   begin
GET  campaign_cause          in     200   200     200     200    403     403   404   403   begin
GET  campaign_collaborations in     200   200     200     200    403     403   404   403   begin
GET  campaign_money          in     200   200     200     200    403     403   404   403   begin
GET  campaign_reach          in     200   200     200     200    403     403   404   403   begin
GET  campaign_trend          in     200   200     200     200    403     403   404   403   begin
GET  campaigns               in     200   200     200     200    403     403   200   403   begin
GET  challenge               in     200   200     200     200    403     403   404   403   begin
POST change_role             in     303   403     403     403    403     403   404   403   begin
    -> brand.members
POST choose                  in     303   303     303     303    403     403   404   403   begin
    -> brand.home
GET  close_campaign          in     200   200     403     403    403     403   404   403   begin
POST close_campaign          in     303   303     403     403    403     403   404   403   begin
    -> brand.campaign
GET  collaboration           in     200   200     200     200    403     403   404   403   begin
POST count_reach             in     303   303     403     403    403     403   404   403   begin
    -> brand.campaign_reach
GET  creator                 in     200   200     200     200    403     403   200   403   begin
GET  creators                in     200   200     200     200    403     403   200   403   begin
POST decline_application     in     303   303     403     403    403     403   404   403   begin
    -> brand.applications
POST decline_offer           in     303   303     403     403    403     403   404   403   begin
    -> brand.application
POST decline_to_end          in     303   303     403     403    403     403   404   403   begin
    -> brand.collaboration
GET  deliverable             in     200   200     200     200    403     403   404   403   begin
GET  deliverables            in     200   200     200     200    403     403   200   403   begin
POST discard_amendment       in     303   303     403     403    403     403   404   403   begin
    -> brand.brief_versions
GET  dispute                 in     200   200     200     200    403     403   404   403   begin
GET  dispute_proof           in     200   200     200     200    403     403   404   403   begin
GET  edit_brief              in     200   200     403     403    403     403   404   403   begin
POST edit_brief              in     303   303     403     403    403     403   404   403   begin
    -> brand.edit_brief
GET  edit_campaign           in     200   200     403     403    403     403   404   403   begin
POST edit_campaign           in     303   303     403     403    403     403   404   403   begin
    -> brand.edit_brief
GET  end_collaboration       in     200   200     403     403    403     403   404   403   begin
POST end_collaboration       in     303   303     403     403    403     403   404   403   begin
    -> brand.collaboration
POST fund                    in     303   403     303     403    403     403   404   403   begin
    -> brand.funding
GET  funding                 in     200   200     200     200    403     403   404   403   begin
GET  home                    in     200   200     200     200    403     403   200   403   begin
GET  invitations             in     200   200     200     200    403     403   404   403   begin
POST invite                  in     303   303     403     403    403     403   404   403   begin
    -> brand.invitations
POST invite_member           in     303   403     403     403    403     403   303   403   begin
    -> brand.members
POST keep_rules              in     303   303     403     403    403     403   404   403   begin
    -> brand.matches
GET  make_offer              in     200   200     403     403    403     403   404   403   begin
POST make_offer              in     303   303     403     403    403     403   404   403   begin
    -> brand.offer
GET  matches                 in     200   200     200     200    403     403   404   403   begin
GET  members                 in     200   200     200     200    403     403   200   403   begin
GET  new_campaign            in     200   200     403     403    403     403   200   403   begin
POST new_campaign            in     303   303     403     403    403     403   303   403   begin
    -> brand.edit_brief
GET  offer                   in     200   200     200     200    403     403   404   403   begin
GET  open_dispute            in     200   200     403     403    403     403   404   403   begin
POST open_dispute            in     303   303     403     403    403     403   404   403   begin
    -> brand.dispute
GET  plan                    in     200   200     200     200    403     403   404   403   begin
GET  plan_bound              in     200   200     200     200    403     403   404   403   begin
GET  settled_plan            in     200   200     303     303    403     403   404   403   begin
    -> brand.plan
POST pledge                  in     303   303     403     403    403     403   404   403   begin
    -> brand.campaign_cause
POST publish_campaign        in     303   303     403     403    403     403   404   403   begin
    -> brand.campaign
POST refund                  in     303   403     303     403    403     403   404   403   begin
    -> brand.campaign_money
POST refund_wallet           in     303   403     303     403    403     403   422   403   begin
    -> brand.billing
GET  refuse_entry            in     200   200     403     403    403     403   404   403   begin
POST refuse_entry            in     303   303     403     403    403     403   404   403   begin
    -> brand.challenge
POST remove_member           in     303   403     403     403    403     403   404   403   begin
    -> brand.members
POST request_changes         in     303   303     403     403    403     403   404   403   begin
    -> brand.deliverable
POST revoke_invitation       in     303   403     403     403    403     403   404   403   begin
    -> brand.members
POST ride_trend              in     303   303     403     403    403     403   404   403   begin
    -> brand.campaign_trend
POST save_challenge          in     303   303     403     403    403     403   404   403   begin
    -> brand.edit_brief
POST say_category            in     303   303     403     403    403     403   404   403   begin
    -> brand.campaign
POST say_in_dispute          in     303   303     403     403    403     403   404   403   begin
    -> brand.dispute
POST shortlist               in     303   303     403     403    403     403   404   403   begin
    -> brand.matches
POST shortlist_application   in     303   303     403     403    403     403   404   403   begin
    -> brand.application
GET  submission_file         in     200   200     200     200    403     403   404   403   begin
POST take_back               in     303   403     303     403    403     403   404   403   begin
    -> brand.campaign_money
POST take_off_cause          in     303   303     403     403    403     403   404   403   begin
    -> brand.campaign_cause
GET  trends                  in     200   200     200     200    403     403   200   403   begin
POST use_wallet              in     303   403     303     403    403     403   404   403   begin
    -> brand.campaign_money
POST withdraw_dispute        in     303   303     403     403    403     403   404   403   begin
    -> brand.dispute
GET  words                   in     200   200     200     200    403     403   200   403   begin
POST withdraw_ending         in     303   303     403     403    403     403   404   403   begin
    -> brand.collaboration
POST withdraw_offer          in     303   303     403     403    403     403   404   403   begin
    -> brand.application
"""

CREATOR: Final = """
creator                      nobody owner manager finance viewer creator other rival staff new
POST accept_offer            in     403   403     403     403    303     404   403   403   begin
    -> creator.collaboration
POST agree_in_dispute        in     403   403     403     403    303     404   403   403   begin
    -> creator.dispute
POST agree_to_end            in     403   403     403     403    303     404   403   403   begin
    -> creator.collaboration
GET  applications            in     403   403     403     403    200     200   403   403   begin
POST apply_to_brief          in     403   403     403     403    303     303   403   403   begin
    -> creator.applications
GET  audience                in     403   403     403     403    200     200   403   403   begin
POST audience                in     403   403     403     403    303     409   403   403   begin
    -> creator.channels
GET  brief                   in     403   403     403     403    200     200   403   403   begin
GET  briefs                  in     403   403     403     403    200     200   403   403   begin
GET  briefs_set_aside        in     403   403     403     403    200     200   403   403   begin
POST call_staff              in     403   403     403     403    303     404   403   403   begin
    -> creator.collaboration
GET  challenge               in     403   403     403     403    200     200   403   403   begin
GET  channels                in     403   403     403     403    200     200   403   403   begin
POST choose_feed             in     403   403     403     403    303     303   403   403   begin
    -> creator.briefs
GET  collaboration           in     403   403     403     403    200     404   403   403   begin
GET  collaborations          in     403   403     403     403    200     200   403   403   begin
GET  connect_tiktok          in     403   403     403     403    303     303   403   403   begin
    -> 127.0.0.1:1
GET  continue_payout_account in     403  403   403     403     409    303     403   403   begin
    -> creator.earnings
GET  counter_offer           in     403   403     403     403    200     404   403   403   begin
POST counter_offer           in     403   403     403     403    303     404   403   403   begin
    -> creator.offer
POST decline_invitation      in     403   403     403     403    303     404   403   403   begin
    -> creator.briefs
POST decline_offer           in     403   403     403     403    303     404   403   403   begin
    -> creator.applications
POST decline_to_end          in     403   403     403     403    303     404   403   403   begin
    -> creator.collaboration
GET  deliverable             in     403   403     403     403    200     404   403   403   begin
GET  deliverables            in     403   403     403     403    200     200   403   403   begin
POST disconnect_channel      in     403   403     403     403    303     404   403   403   begin
    -> creator.channels
GET  dispute                 in     403   403     403     403    200     404   403   403   begin
GET  dispute_proof           in     403   403     403     403    200     404   403   403   begin
GET  earnings                in     403   403     403     403    200     200   403   403   begin
GET  edit_profile            in     403   403     403     403    200     200   403   403   begin
POST edit_profile            in     403   403     403     403    303     303   403   403   begin
    -> creator.edit_profile
GET  end_collaboration       in     403   403     403     403    200     404   403   403   begin
POST end_collaboration       in     403   403     403     403    303     404   403   403   begin
    -> creator.collaboration
GET  entry_check             in     403   403     403     403    200     404   403   403   begin
GET  groups                  in     403   403     403     403    200     200   403   403   begin
POST groups                  in     403   403     403     403    303     303   403   403   begin
    -> creator.groups
POST hand_in                 in     403   403     403     403    303     404   403   403   begin
    -> creator.deliverable
POST hand_in_entry           in     403   403     403     403    303     404   403   403   begin
    -> creator.challenge
GET  home                    in     403   403     403     403    200     200   403   403   begin
POST join_challenge          in     403   403     403     403    303     409   403   403   begin
    -> creator.challenge
POST name_in_challenge       in     403   403     403     403    303     404   403   403   begin
    -> creator.challenge
GET  offer                   in     403   403     403     403    200     404   403   403   begin
GET  offers                  in     403   403     403     403    200     200   403   403   begin
GET  open_challenges         in     403   403     403     403    200     200   403   403   begin
GET  open_dispute            in     403   403     403     403    200     404   403   403   begin
POST open_dispute            in     403   403     403     403    303     404   403   403   begin
    -> creator.dispute
POST open_payout_account     in     403   403     403     403    303     303   403   403   begin
    -> creator.continue_payout_account
POST paste_post              in     403   403     403     403    303     404   403   403   begin
    -> creator.deliverable
POST pay_left_over           in     403   403     403     403    303     303   403   403   begin
    -> public.account
GET  payout                  in     403   403     403     403    200     404   403   403   begin
GET  payout_account_back     in     403   403     403     403    303     303   403   403   begin
    -> creator.earnings
GET  post_check              in     403   403     403     403    200     404   403   403   begin
GET  rates                   in     403   403     403     403    200     200   403   403   begin
POST rates                   in     403   403     403     403    303     303   403   403   begin
    -> creator.rates
POST read_channel            in     403   403     403     403    303     404   403   403   begin
    -> creator.channels
POST say_in_dispute          in     403   403     403     403    303     404   403   403   begin
    -> creator.dispute
GET  submission_file         in     403   403     403     403    200     404   403   403   begin
POST object_to_subject       in     403   403     403     403    303     409   403   403   begin
    -> creator.subjects
GET  subjects                in     403   403     403     403    200     200   403   403   begin
GET  tiktok_callback         in     403   403     403     403    409     409   403   403   begin
GET  trends                  in     403   403     403     403    200     200   403   403   begin
GET  views_question          in     403   403     403     403    200     404   403   403   begin
POST appeal_views            in     403   403     403     403    303     404   403   403   begin
    -> creator.views_question
POST withdraw_application    in     403   403     403     403    303     404   403   403   begin
    -> creator.applications
POST withdraw_dispute        in     403   403     403     403    303     404   403   403   begin
    -> creator.dispute
POST withdraw_ending         in     403   403     403     403    303     404   403   403   begin
    -> creator.collaboration
POST withdraw_offer          in     403   403     403     403    303     404   403   403   begin
    -> creator.applications
"""

ROWS: Final = [row for table in (PUBLIC, BRAND, CREATOR, STAFF) for row in _rows(table)]
