"""Register somebody found, answer for him, let deadlines climb: the only writers of this app."""

from hongyan.finding.actions.answering import answer_found, confirm_found, deny_found
from hongyan.finding.actions.climbing import climb_overdue, settle_answered
from hongyan.finding.actions.companies import add_company, close_company, renew_poster, switch_referrals
from hongyan.finding.actions.parks import deliver_work_starts
from hongyan.finding.actions.referring import confirm_referral, decline_referral, refer
from hongyan.finding.actions.surveying import register_found

__all__ = [
    "add_company",
    "answer_found",
    "climb_overdue",
    "close_company",
    "confirm_found",
    "confirm_referral",
    "decline_referral",
    "deliver_work_starts",
    "deny_found",
    "refer",
    "register_found",
    "renew_poster",
    "settle_answered",
    "switch_referrals",
]
