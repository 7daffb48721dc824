"""Enrol a member, appoint an official, issue a token: the only writers of people."""

from hongyan.members.actions.accounts import own_account, set_password
from hongyan.members.actions.appointing import appoint
from hongyan.members.actions.enrolling import enrol, register_user
from hongyan.members.actions.issuing import issue_token, revoke_token, token_digest
from hongyan.members.actions.limiting import LIMITS, Limit, forget_expired, give_back, spend

__all__ = [
    "LIMITS",
    "Limit",
    "appoint",
    "enrol",
    "forget_expired",
    "give_back",
    "issue_token",
    "own_account",
    "register_user",
    "revoke_token",
    "set_password",
    "spend",
    "token_digest",
]
