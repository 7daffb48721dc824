"""Is a restored database erased again before it is used? Django's own command, with that at its end."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from hongyan.privacy.actions import reapply
from hongyan.privacy.models import Tombstone


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then erase again whoever came back with a backup."""
        super().handle(*args, **options)
        connection = connections[options["database"]]
        # Taken to one chosen migration, the tables may not be the ones the program knows.
        whole = options["database"] == DEFAULT_DB_ALIAS and not options["app_label"] and not options["plan"]
        if whole and Tombstone._meta.db_table in connection.introspection.table_names():
            reapply(at=timezone.now(), say=lambda who: self.stdout.write(f"再次删除 {who}"))
