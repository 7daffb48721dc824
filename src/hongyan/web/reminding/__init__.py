"""Reminders, calls and what is late: what officials see of them, and what a member may close."""
