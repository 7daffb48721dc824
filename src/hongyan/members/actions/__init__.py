"""Enrol a member, appoint an official, issue a token: the only writers of people."""

from hongyan.members.actions.absorbing import Numbers, absorb, give_back_member
from hongyan.members.actions.accounts import bind_wechat, own_account, set_password, unbind_wechat
from hongyan.members.actions.appointing import appoint
from hongyan.members.actions.closing_channels import close_channel, open_channel
from hongyan.members.actions.enrolling import enrol, register_user, welcome
from hongyan.members.actions.enrolling_many import (
    Amendment,
    Newcomer,
    Seals,
    amend_many,
    enrol_many,
    sealed,
)
from hongyan.members.actions.exempting import continue_exemption, end_exemption, exempt
from hongyan.members.actions.factors import (
    add_passkey,
    add_totp,
    forget_factors,
    remove_factor,
    renew_recovery_codes,
)
from hongyan.members.actions.issuing import issue_token, revoke_token, token_digest
from hongyan.members.actions.limiting import LIMITS, Limit, forget_expired, give_back, spend, spend_each
from hongyan.members.actions.paper import PAPER_REASON_LABELS, PaperReason, print_paper_code, use_paper_code

__all__ = [
    "LIMITS",
    "PAPER_REASON_LABELS",
    "Amendment",
    "Limit",
    "Newcomer",
    "Numbers",
    "PaperReason",
    "Seals",
    "absorb",
    "add_passkey",
    "add_totp",
    "amend_many",
    "appoint",
    "bind_wechat",
    "close_channel",
    "end_exemption",
    "continue_exemption",
    "enrol",
    "enrol_many",
    "exempt",
    "forget_expired",
    "forget_factors",
    "give_back",
    "give_back_member",
    "issue_token",
    "open_channel",
    "own_account",
    "print_paper_code",
    "register_user",
    "remove_factor",
    "renew_recovery_codes",
    "revoke_token",
    "sealed",
    "set_password",
    "spend",
    "spend_each",
    "token_digest",
    "unbind_wechat",
    "use_paper_code",
    "welcome",
]
