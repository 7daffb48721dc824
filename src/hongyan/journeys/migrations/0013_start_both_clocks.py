"""Give both sides of everybody who is away already their clock: none is late for a duty nobody has told them of."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from hongyan.journeys.periods import DEFAULT, contact_due


def start(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let the host's clock go on as it goes, and home's begin now."""
    connection = schema_editor.connection
    due = connection.ops.adapt_datetimefield_value(contact_due(timezone.now(), DEFAULT))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journeys_journey SET home_due_at = %s WHERE status IN ('dispatching', 'hosted', 'relocating')",
            [due],
        )
        cursor.execute(
            "UPDATE journeys_journey SET host_due_at = CASE WHEN status = 'hosted' THEN due_at ELSE %s END"
            " WHERE status IN ('hosted', 'relocating') AND host_id IN"
            " (SELECT id FROM organizations_organization WHERE has_desk)",
            [due],
        )
        # Where the host has no desk, the deadline of the case is home's.
        cursor.execute(
            "UPDATE journeys_journey SET home_due_at = due_at WHERE status = 'hosted' AND host_due_at IS NULL"
        )


class Migration(migrations.Migration):
    dependencies = [("journeys", "0012_deadlines_that_climb"), ("organizations", "0001_initial")]

    operations = [migrations.RunPython(start, migrations.RunPython.noop)]
