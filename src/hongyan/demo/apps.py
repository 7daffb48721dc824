"""Which app is this?"""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Register the app."""

    name = "hongyan.demo"
