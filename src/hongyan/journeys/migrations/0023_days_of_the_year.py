"""The year of an organisation is counted day by day, from an index of the moves that it counts only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0022_ladders_in_versions"),
        ("organizations", "0004_changes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(
                condition=models.Q(verb__in=["mark", "check_in"]),
                fields=["home_path", "verb", "at"],
                name="transition_left",
            ),
        ),
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(
                condition=models.Q(verb="accept"),
                fields=["host_path", "at", "home_path"],
                name="transition_came",
            ),
        ),
    ]
