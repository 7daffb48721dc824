"""Registers the app."""

from django.apps import AppConfig


class RosterConfig(AppConfig):
    """Names the app."""

    name = "hongyan.roster"
