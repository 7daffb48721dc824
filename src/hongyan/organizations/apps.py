"""Which app is this?"""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """Register the app."""

    name = "hongyan.organizations"
