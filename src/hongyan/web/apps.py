"""Which app is this?"""

from django.apps import AppConfig
from django.core import checks


class WebConfig(AppConfig):
    """Register the app."""

    name = "hongyan.web"

    def ready(self) -> None:
        """Let `check --deploy` ask whether this installation is fit for real people."""
        from hongyan.web.fitness import fit_for_production

        checks.register(fit_for_production, checks.Tags.security, deploy=True)
