"""Which app is this?"""

from django.apps import AppConfig


class FindingConfig(AppConfig):
    """Register the app."""

    name = "hongyan.finding"
