"""Start the ladder of everybody who is awaited already: the reminder he had when he was marked was its first step."""

from datetime import timedelta

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

SILENT = (
    "status IN ('planned', 'awaiting') AND contacted_at IS NULL AND NOT EXISTS (SELECT 1 FROM notifications_notice n"
    " WHERE n.subject = 'journey:' || journeys_journey.id AND n.kind = 'says_abroad')"
)


def start(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Count from now, so that an upgrade sends nobody three messages at once."""
    connection, now = schema_editor.connection, timezone.now().replace(microsecond=0)
    moment, tomorrow = (connection.ops.adapt_datetimefield_value(at) for at in (now, now + timedelta(days=1)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE journeys_journey SET remind_from = %s, remind_step = 2, remind_at = %s WHERE {SILENT}",  # noqa: S608 - our own words
            [moment, tomorrow],
        )
        for step, way in ((1, "app"), (2, "sms")):
            cursor.execute(
                "INSERT INTO journeys_reminder (journey_id, rule, step, anchor, way, at, by)"
                " SELECT id, 'check_in', %s, remind_from, %s, marked_at, marked_by FROM journeys_journey"
                " WHERE remind_from IS NOT NULL",
                [step, way],
            )


class Migration(migrations.Migration):
    dependencies = [("journeys", "0003_reminder_ladder"), ("notifications", "0001_initial")]

    operations = [migrations.RunPython(start, migrations.RunPython.noop)]
