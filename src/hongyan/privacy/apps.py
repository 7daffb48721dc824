"""Registers the app."""

from django.apps import AppConfig
from django.core import checks


class PrivacyConfig(AppConfig):
    """Names the app and its check."""

    name = "hongyan.privacy"

    def ready(self) -> None:
        """Let every start ask whether the policy is complete."""
        from hongyan.privacy.checks import policy_is_complete

        checks.register(policy_is_complete)
