"""Registers the app."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Names the app."""

    name = "hongyan.privacy"
