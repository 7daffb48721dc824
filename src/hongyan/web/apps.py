"""Which app is this?"""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Register the app."""

    name = "hongyan.web"
