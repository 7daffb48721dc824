"""Add up what has moved, or count everything anew: the only writers of this app."""

from hongyan.reports.actions.folding import count_anew, fold_due, is_much_unfolded
from hongyan.reports.actions.pacing import pace_due

__all__ = ["count_anew", "fold_due", "is_much_unfolded", "pace_due"]
