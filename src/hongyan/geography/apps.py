"""Registers the app."""

from django.apps import AppConfig


class GeographyConfig(AppConfig):
    """Names the app."""

    name = "hongyan.geography"
