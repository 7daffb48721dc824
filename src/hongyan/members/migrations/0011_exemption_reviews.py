"""Give each exemption its day of review; those that have none get it from today, so that no desk drowns."""

from datetime import timedelta
from typing import Any

from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone

# As the rules have them when this was written; officials set them by the page since.
DAYS = {"ill": 366, "disabled": 731}
OTHERS = 1096


def give_days(apps: Any, schema_editor: Any) -> None:
    """Write the day of review where it is missing, and take it away where nothing is to be reviewed."""
    members = apps.get_model("members", "Member").objects.all()
    today = timezone.localdate()
    dayless = members.filter(is_exempt=True, exempt_review_on=None)
    for kind, days in DAYS.items():
        dayless.filter(exempt_kind=kind).update(exempt_review_on=today + timedelta(days=days))
    dayless.update(exempt_review_on=today + timedelta(days=OTHERS))
    members.filter(is_exempt=False).exclude(exempt_review_on=None).update(exempt_review_on=None)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0010_fewer_indexes"),
        ("organizations", "0004_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="exempt_due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="复核期限"),
        ),
        migrations.RunPython(give_days, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=Q(("is_exempt", True)), fields=["exempt_review_on"], name="member_exempt_review"
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=Q(("exempt_due_at__isnull", False)),
                fields=["exempt_due_at"],
                name="member_exempt_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("exempt_due_at", None), ("exempt_review_on", None), ("is_exempt", False)),
                    Q(("exempt_review_on__isnull", False), ("is_exempt", True)),
                    _connector="OR",
                ),
                name="member_exempt_is_reviewed",
            ),
        ),
    ]
