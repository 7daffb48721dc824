"""Registers the app."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Names the app."""

    name = "hongyan.vault"
