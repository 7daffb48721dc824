"""Everything that can be done to a letter, and between two installations: the only writers of both."""

from hongyan.exchange.actions.carrying import deliver_due, exchange_due, resend_message, settle_message
from hongyan.exchange.actions.crossing import send_across
from hongyan.exchange.actions.letters import answer_letter, reprint_letter, write_letter
from hongyan.exchange.actions.peering import close_peer, make_keys, open_peer
from hongyan.exchange.actions.taking import take
from hongyan.exchange.actions.telling import tell_peers_due
from hongyan.exchange.actions.waiting import climb_letters_due

__all__ = [
    "answer_letter",
    "climb_letters_due",
    "close_peer",
    "deliver_due",
    "exchange_due",
    "make_keys",
    "open_peer",
    "reprint_letter",
    "resend_message",
    "send_across",
    "settle_message",
    "take",
    "tell_peers_due",
    "write_letter",
]
