"""Registers the app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Names the app."""

    name = "hongyan.audit"
