"""Commands of the schedule."""
