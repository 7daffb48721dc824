"""Notifications: the outbox through which every message leaves."""
