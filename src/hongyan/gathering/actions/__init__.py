"""Suggest, found, ask to join, watch: the only writers of this app."""

from hongyan.gathering.actions.founding import (
    answer_consultation,
    consult_again,
    drop_founding,
    found_branch,
    propose_branch,
)
from hongyan.gathering.actions.joining import answer_join, ask_to_join, invite_to_join
from hongyan.gathering.actions.suggesting import decline_gathering, gather_due
from hongyan.gathering.actions.watching import climb_foundings_due, watch_branches_due

__all__ = [
    "answer_consultation",
    "answer_join",
    "ask_to_join",
    "climb_foundings_due",
    "consult_again",
    "decline_gathering",
    "drop_founding",
    "found_branch",
    "gather_due",
    "invite_to_join",
    "propose_branch",
    "watch_branches_due",
]
