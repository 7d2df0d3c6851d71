"""What every kind of visitor gets at the doors of staff."""

from __future__ import annotations

from typing import Final

STAFF: Final = """
staff                        nobody owner manager finance viewer creator other rival staff new
POST accept_loss             in     404   404     404     404    404     404   404   303   404
    -> staff.chargeback
GET  account                 in     404   404     404     404    404     404   404   200   404
GET  adjustment              in     404   404     404     404    404     404   404   200   404
POST approve_request         in     404   404     404     404    404     404   404   303   404
    -> staff.request
POST ask_adjustment          in     404   404     404     404    404     404   404   303   404
    -> staff.request
POST ask_clawback            in     404   404     404     404    404     404   404   422   404
POST ask_write_off           in     404   404     404     404    404     404   404   303   404
    -> staff.request
GET  audience                in     404   404     404     404    404     404   404   200   404
GET  audience_picture        in     404   404     404     404    404     404   404   200   404
GET  audiences               in     404   404     404     404    404     404   404   200   404
GET  break                   in     404   404     404     404    404     404   404   200   404
GET  breaks                  in     404   404     404     404    404     404   404   200   404
GET  call                    in     404   404     404     404    404     404   404   200   404
GET  calls                   in     404   404     404     404    404     404   404   200   404
GET  brand_terms             in     404   404     404     404    404     404   404   200   404
POST brand_terms             in     404   404     404     404    404     404   404   303   404
    -> staff.brand_terms
POST clear_subject           in     404   404     404     404    404     404   404   303   404
    -> staff.subjects
POST confirm_audience        in     404   404     404     404    404     404   404   303   404
    -> staff.audiences
GET  choose_brand_terms      in     404   404     404     404    404     404   404   303   404
    -> staff.terms
POST check_now               in     404   404     404     404    404     404   404   303   404
    -> staff.proof
GET  cause                   in     404   404     404     404    404     404   404   200   404
GET  causes                  in     404   404     404     404    404     404   404   200   404
GET  chances                 in     404   404     404     404    404     404   404   200   404
GET  chargeback              in     404   404     404     404    404     404   404   200   404
GET  chargebacks             in     404   404     404     404    404     404   404   200   404
GET  clawback                in     404   404     404     404    404     404   404   200   404
GET  clawbacks               in     404   404     404     404    404     404   404   200   404
GET  campaign_reach          in     404   404     404     404    404     404   404   200   404
POST count_reach             in     404   404     404     404    404     404   404   303   404
    -> staff.reach
POST set_count_aside         in     404   404     404     404    404     404   404   303   404
    -> staff.reach
GET  reach                   in     404   404     404     404    404     404   404   200   404
GET  clock                   in     404   404     404     404    404     404   404   404   404
GET  debt                    in     404   404     404     404    404     404   404   200   404
POST decide_dispute          in     404   404     404     404    404     404   404   303   404
    -> staff.dispute
POST decide_ending           in     404   404     404     404    404     404   404   303   404
    -> staff.endings
POST decline_request         in     404   404     404     404    404     404   404   303   404
    -> staff.request
POST dismiss_warning         in     404   404     404     404    404     404   404   303   404
    -> staff.chargebacks
GET  dispute                 in     404   404     404     404    404     404   404   200   404
GET  dispute_proof           in     404   404     404     404    404     404   404   200   404
GET  disputes                in     404   404     404     404    404     404   404   200   404
GET  earnings                in     404   404     404     404    404     404   404   200   404
GET  edit_cause              in     404   404     404     404    404     404   404   200   404
POST edit_cause              in     404   404     404     404    404     404   404   303   404
    -> staff.cause
GET  ending                  in     404   404     404     404    404     404   404   200   404
GET  endings                 in     404   404     404     404    404     404   404   200   404
GET  entry                   in     404   404     404     404    404     404   404   200   404
POST freeze                  in     404   404     404     404    404     404   404   303   404
    -> staff.freezes
GET  freezes                 in     404   404     404     404    404     404   404   200   404
GET  fraud_warning           in     404   404     404     404    404     404   404   200   404
POST handle_again            in     404   404     404     404    404     404   404   303   404
    -> staff.webhook
GET  home                    in     404   404     404     404    404     404   404   200   404
POST identify                in     404   404     404     404    404     404   404   303   404
    -> staff.request
GET  journal                 in     404   404     404     404    404     404   404   200   404
GET  ledger                  in     404   404     404     404    404     404   404   200   404
POST lift_freeze             in     404   404     404     404    404     404   404   303   404
    -> staff.freezes
GET  messages                in     404   404     404     404    404     404   404   200   404
GET  movement                in     404   404     404     404    404     404   404   200   404
GET  new_cause               in     404   404     404     404    404     404   404   200   404
POST new_cause               in     404   404     404     404    404     404   404   303   404
    -> staff.cause
GET  new_freeze              in     404   404     404     404    404     404   404   200   404
POST pay_out                 in     404   404     404     404    404     404   404   422   404
GET  new_terms               in     404   404     404     404    404     404   404   200   404
POST new_terms               in     404   404     404     404    404     404   404   422   404
GET  payout                  in     404   404     404     404    404     404   404   200   404
GET  payouts                 in     404   404     404     404    404     404   404   200   404
GET  proof                   in     404   404     404     404    404     404   404   200   404
POST read_statement          in     404   404     404     404    404     404   404   303   404
    -> staff.reconciliation
GET  reconciliation          in     404   404     404     404    404     404   404   200   404
GET  reconciliation_csv      in     404   404     404     404    404     404   404   422   404
POST refuse_audience         in     404   404     404     404    404     404   404   303   404
    -> staff.audiences
GET  request                 in     404   404     404     404    404     404   404   200   404
GET  requests                in     404   404     404     404    404     404   404   200   404
POST recover                 in     404   404     404     404    404     404   404   303   404
    -> staff.debt
GET  refund                  in     404   404     404     404    404     404   404   200   404
POST refund_not_sent         in     404   404     404     404    404     404   404   303   404
    -> staff.refunds
POST refund_sent             in     404   404     404     404    404     404   404   303   404
    -> staff.refunds
GET  refunds                 in     404   404     404     404    404     404   404   200   404
POST resolve_break           in     404   404     404     404    404     404   404   303   404
    -> staff.breaks
GET  reversal                in     404   404     404     404    404     404   404   200   404
POST reverse_payout          in     404   404     404     404    404     404   404   409   404
POST rule_call               in     404   404     404     404    404     404   404   409   404
GET  ruling                  in     404   404     404     404    404     404   404   200   404
POST retry                   in     404   404     404     404    404     404   404   303   404
    -> staff.messages
POST send_to_cause           in     404   404     404     404    404     404   404   303   404
    -> staff.request
POST settle_clawback         in     404   404     404     404    404     404   404   303   404
    -> staff.request
POST skip                    in     404   404     404     404    404     404   404   404   404
GET  subjects                in     404   404     404     404    404     404   404   200   404
GET  suspense                in     404   404     404     404    404     404   404   200   404
GET  take_back               in     404   404     404     404    404     404   404   200   404
POST take_back_terms         in     404   404     404     404    404     404   404   303   404
    -> staff.terms
GET  terms                   in     404   404     404     404    404     404   404   200   404
POST top_up                  in     404   404     404     404    404     404   404   303   404
    -> staff.treasury_page
GET  treasury_page           in     404   404     404     404    404     404   404   200   404
POST submit_evidence         in     404   404     404     404    404     404   404   303   404
    -> staff.chargeback
POST verify_cause            in     404   404     404     404    404     404   404   303   404
    -> staff.cause
POST withdraw_cause          in     404   404     404     404    404     404   404   303   404
    -> staff.cause
POST withdraw_request        in     404   404     404     404    404     404   404   303   404
    -> staff.requests
GET  views                   in     404   404     404     404    404     404   404   200   404
GET  views_question          in     404   404     404     404    404     404   404   200   404
POST clear_views             in     404   404     404     404    404     404   404   303   404
    -> staff.views_question
POST confirm_views           in     404   404     404     404    404     404   404   303   404
    -> staff.views_question
GET  webhook                 in     404   404     404     404    404     404   404   200   404
GET  webhooks                in     404   404     404     404    404     404   404   200   404
POST uphold_subject          in     404   404     404     404    404     404   404   303   404
    -> staff.subjects
"""
