"""Suggestions, foundings, invitations, and the register of 流动党员党支部."""
