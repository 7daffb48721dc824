"""Which app is this?"""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Register the app."""

    name = "hongyan.exchange"
