"""Audit: who did what, and who looked at whom; ids and codes only."""
