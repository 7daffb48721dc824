"""Register somebody found, answer for him, let deadlines climb: the only writers of this app."""

from hongyan.finding.actions.answering import answer_found, confirm_found, deny_found
from hongyan.finding.actions.climbing import climb_overdue, settle_answered
from hongyan.finding.actions.surveying import register_found

__all__ = [
    "answer_found",
    "climb_overdue",
    "confirm_found",
    "deny_found",
    "register_found",
    "settle_answered",
]
