"""Boundaries are redrawn: what would follow is looked at, splits are decided, a generation goes live."""
