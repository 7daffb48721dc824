"""Does the database itself refuse to change what is remembered, and is the one door in that fence shut?"""

from django.db import connection

from hongyan import statements

# The triggers of migration 0002. SQLite loses them when a later migration rebuilds a table: this tells.
TRIGGERS = {
    "sqlite": (
        "audit_entry_unchanged",
        "audit_entry_kept",
        "audit_access_unchanged",
        "audit_access_kept",
        "audit_seal_unchanged",
        "audit_seal_kept",
    ),
    "postgresql": (
        "audit_entry_kept",
        "audit_entry_whole",
        "audit_access_kept",
        "audit_access_whole",
        "audit_seal_kept",
        "audit_seal_whole",
    ),
}
PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal",
}


def missing() -> list[str]:
    """List the triggers that are gone or switched off."""
    present = {name for (name,) in statements.rows(PRESENT[connection.vendor])}
    return [name for name in TRIGGERS[connection.vendor] if name not in present]


def is_door_open() -> bool:
    """Tell whether a row of audit_door was left behind, so that rows may go at any time."""
    return bool(statements.rows("SELECT 1 FROM audit_door LIMIT 1"))
