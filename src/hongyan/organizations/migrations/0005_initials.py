"""Write down the initials of every organisation there is."""

from typing import Any

from django.db import migrations, models

import hongyan.organizations.models
from hongyan.initials import place_initials

BATCH = 5_000


def write_initials(apps: Any, schema_editor: Any) -> None:
    """Fill the column, batch by batch."""
    rows = apps.get_model("organizations", "Organization").objects.order_by("pk")
    table, after = rows.model._meta.db_table, 0
    while found := list(rows.filter(pk__gt=after).values_list("pk", "short_name")[:BATCH]):
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET initials = %s WHERE id = %s",
                [(place_initials(name), pk) for pk, name in found],
            )
        after = found[-1][0]


class Migration(migrations.Migration):
    dependencies = [
        ("geography", "0002_generations"),
        ("organizations", "0004_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="initials",
            field=hongyan.organizations.models.InitialsField(
                blank=True, db_default="", default="", max_length=60
            ),
        ),
        migrations.RunPython(write_initials, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(fields=["initials", "path"], name="organization_initials"),
        ),
    ]
