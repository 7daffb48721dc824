"""Write down the initials of every member there is, and in which drawer the last digits of his phone lie."""

from typing import Any

from django.db import migrations, models

import hongyan.organizations.models
from hongyan.initials import name_initials
from hongyan.members.sealing import PHONE, phone_tail
from hongyan.vault.sealing import Unsealable, unseal

BATCH = 5_000


def write_keys(apps: Any, schema_editor: Any) -> None:
    """Fill both columns, batch by batch; who is erased has neither."""
    rows = apps.get_model("members", "Member").objects.filter(erased_at=None).order_by("pk")
    table, after = rows.model._meta.db_table, 0
    columns = ("pk", "uid", "name", "phone_sealed")
    while found := list(rows.filter(pk__gt=after).values_list(*columns)[:BATCH]):
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET initials = %s, phone_tail = %s WHERE id = %s",
                [(name_initials(name), _tail(bytes(phone), uid), pk) for pk, uid, name, phone in found],
            )
        after = found[-1][0]


def _tail(sealed: bytes, uid: str) -> int | None:
    try:
        return phone_tail(unseal(sealed, place=PHONE, row=uid)) if sealed else None
    except Unsealable:
        # Its key is gone: nobody can call him either.
        return None


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0011_exemption_reviews"),
        ("organizations", "0005_initials"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="initials",
            field=hongyan.organizations.models.InitialsField(
                blank=True, db_default="", default="", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="phone_tail",
            field=models.SmallIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(write_keys, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(fields=["initials", "branch_path"], name="member_initials"),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(fields=["phone_tail", "branch_path"], name="member_phone_tail"),
        ),
    ]
