"""Does the program store anything that the policy does not explain? Asked at every start."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from hongyan.privacy.policy import BrokenPolicy, deviations, policy

# The table Django's database cache makes for itself, where one is configured.
_CACHE_COLUMNS = {"cache_key", "value", "expires"}
# Tables that hold no column of anybody's life: the audit's door is empty whenever somebody could look.
RAW = {"audit_door": set[str]()}
_DATABASE_CACHE = "django.core.cache.backends.db.DatabaseCache"


def stored() -> dict[str, set[str]]:
    """List every column of every table this installation has, by table."""
    models: list[type[Model]] = [*apps.get_models(include_auto_created=True), MigrationRecorder.Migration]
    tables = {
        model._meta.db_table: {str(field.column) for field in model._meta.concrete_fields}
        for model in models
        if model._meta.managed and not model._meta.proxy
    }
    for cache in settings.CACHES.values():
        if cache.get("BACKEND") == _DATABASE_CACHE:
            tables[str(cache["LOCATION"])] = set(_CACHE_COLUMNS)
    return tables


def policy_is_complete(app_configs: Sequence[Any] | None = None, **options: Any) -> list[CheckMessage]:
    """Refuse to start when a column is missing in the policy, or the policy speaks of one that is gone."""
    try:
        found = deviations(stored(), policy())
    except BrokenPolicy as broken:
        found = [str(broken)]
    return [
        Error(sentence, hint="privacy/retention.toml is the list", id=f"privacy.E{number:03d}")
        for number, sentence in enumerate(found, 1)
    ]
