"""Doors to the schedule from a shell."""
