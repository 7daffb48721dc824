"""Everything that can be done to a letter: the only code that writes one."""

from hongyan.exchange.actions.letters import answer_letter, reprint_letter, write_letter
from hongyan.exchange.actions.waiting import climb_letters_due

__all__ = ["answer_letter", "climb_letters_due", "reprint_letter", "write_letter"]
