"""Let the database note whatever comes to count differently from now on; the first fold counts what is there."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from hongyan.reports.actions import triggers


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers up."""
    triggers.stand(schema_editor)


def end(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away."""
    triggers.take_down(schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_figures"),
        ("journeys", "0023_days_of_the_year"),
        ("members", "0012_initials"),
        ("organizations", "0005_initials"),
    ]

    operations = [migrations.RunPython(begin, end)]
