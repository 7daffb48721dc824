"""The steps of the ladder have versions, and a journey keeps the one it began with.

What an installation had changed until now becomes its first version, for whoever is being reminded as for those who come.
"""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# The steps by default when this was written.
DEFAULT = {1: ("app", 0), 2: ("sms", 0), 3: ("sms", 1), 4: ("sms", 7), 5: ("call", 10)}
EIGHT_HOURS = timedelta(hours=8)


def keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write what was changed before as the first version, with the numbers its steps have."""
    step, change = apps.get_model("journeys", "ReminderStep"), apps.get_model("journeys", "LadderChange")
    rows = list(step.objects.filter(rule="check_in").order_by("changed_at"))
    step.objects.all().delete()
    if not rows:
        return
    last = rows[-1]
    first = change.objects.create(
        rule="check_in", number=1, from_on=(rows[0].changed_at + EIGHT_HOURS).date(), reason="",
        changed_at=last.changed_at, changed_by=last.changed_by,
    )  # fmt: skip
    steps = DEFAULT | {row.number: (row.way, row.delay_days) for row in rows if row.is_active}
    gone = {row.number for row in rows if not row.is_active}
    for number, (way, days) in sorted(steps.items()):
        if number not in gone:
            step.objects.create(
                ladder=first, number=number, way=way, delay_days=days, rule="check_in",
                changed_at=last.changed_at, changed_by=last.changed_by,
            )  # fmt: skip
    apps.get_model("journeys", "Journey").objects.filter(remind_from__isnull=False).update(
        remind_ladder=first
    )
    if schema_editor.connection.vendor == "postgresql":
        # Columns go next: no check of a row may still be waiting for the commit.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("journeys", "0021_exempt_reviews_climb")]

    operations = [
        migrations.CreateModel(
            name="LadderChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=16)),
                ("number", models.PositiveIntegerField()),
                ("from_on", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=40)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "number"), name="ladder_changed_once")
                ]
            },
        ),
        migrations.AddField(
            model_name="journey",
            name="remind_ladder",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="journeys.ladderchange",
            ),
        ),
        migrations.AddField(
            model_name="reminderstep",
            name="ladder",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="journeys.ladderchange",
            ),
        ),
        migrations.RemoveConstraint(model_name="reminderstep", name="reminder_step_once"),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="reminderstep",
            name="ladder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="journeys.ladderchange"
            ),
        ),
        migrations.RemoveField(model_name="reminderstep", name="rule"),
        migrations.RemoveField(model_name="reminderstep", name="is_active"),
        migrations.RemoveField(model_name="reminderstep", name="changed_at"),
        migrations.RemoveField(model_name="reminderstep", name="changed_by"),
        migrations.AddConstraint(
            model_name="reminderstep",
            constraint=models.UniqueConstraint(fields=("ladder", "number"), name="ladder_step_once"),
        ),
    ]
