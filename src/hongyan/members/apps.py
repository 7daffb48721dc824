"""Which app is this?"""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Register the app."""

    name = "hongyan.members"
