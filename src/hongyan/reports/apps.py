"""Which app is this?"""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Register the app."""

    name = "hongyan.reports"
