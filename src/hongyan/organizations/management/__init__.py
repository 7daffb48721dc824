"""Doors to this app from a shell."""
