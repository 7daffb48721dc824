"""What the member himself would like is kept beside the question of a transfer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0019_closing_notes_climb"),
    ]

    operations = [
        migrations.AddField(
            model_name="transferquestion",
            name="wish",
            field=models.CharField(
                blank=True,
                choices=[("yes", "愿意转接"), ("no", "暂时不转"), ("talk", "想先谈一谈")],
                db_default="",
                default="",
                max_length=4,
                verbose_name="本人意愿",
            ),
        ),
        migrations.AddField(
            model_name="transferquestion",
            name="wished_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="transferquestion",
            name="wished_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddConstraint(
            model_name="transferquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("wish", ""), ("wished_at", None), ("wished_by", "")),
                    models.Q(
                        models.Q(("wish", ""), _negated=True),
                        ("wished_at__isnull", False),
                        models.Q(("wished_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="transfer_wish_has_who",
            ),
        ),
    ]
