"""Makes the table of the cache that all processes share; a cache is no model, so it is asked for by name."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def make_table(apps: object, schema_editor: Any) -> None:
    call_command("createcachetable", "hongyan_cache", database=schema_editor.connection.alias, verbosity=0)


def drop_table(apps: object, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE IF EXISTS hongyan_cache")


class Migration(migrations.Migration):
    dependencies = [("members", "0002_trust")]

    operations = [migrations.RunPython(make_table, drop_table)]
