"""Registers the app."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Names the app."""

    name = "hongyan.documents"
