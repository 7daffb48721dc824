"""Take in an export, confirm it, write it, give it up: the only writers of the roster's exports."""

from hongyan.roster.actions.answering import answer_gone
from hongyan.roster.actions.applying import (
    confirm_intake,
    discard_intake,
    go_on,
    take_rejected,
    write_intake,
)
from hongyan.roster.actions.merging import dismiss_pair, merge_members, undo_merge
from hongyan.roster.actions.pairing import find_duplicates, find_duplicates_nightly
from hongyan.roster.actions.purging import forget_unread, purge_rows
from hongyan.roster.actions.taking_in import Incoming, incoming, incoming_path, take_in

__all__ = [
    "Incoming",
    "answer_gone",
    "confirm_intake",
    "discard_intake",
    "dismiss_pair",
    "find_duplicates",
    "find_duplicates_nightly",
    "forget_unread",
    "go_on",
    "incoming",
    "incoming_path",
    "merge_members",
    "purge_rows",
    "take_in",
    "take_rejected",
    "undo_merge",
    "write_intake",
]
