"""Registers the app."""

from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    """Names the app."""

    name = "hongyan.schedule"
