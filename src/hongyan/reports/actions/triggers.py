"""How does the database itself note that a journey came to count differently, whoever changed it and how?

Journeys change in many statements, single and in sets; a writer that forgot to tell would make every figure
wrong. So the note is taken where no writer can go by. SQLite cannot remake a table that a trigger names, and
loses the triggers on it: a later migration that alters one of these tables calls `take_down` before and
`stand` after. Two tests say so.
"""

from collections.abc import Iterator

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from hongyan.journeys.states import Status
from hongyan.reports.counting import COLUMNS, SHIFTS, facts

JOURNEYS, MEMBERS, ORGANIZATIONS = "journeys_journey", "members_member", "organizations_organization"
NAMES = {
    "reports_journey_opened": JOURNEYS,
    "reports_journey_changed": JOURNEYS,
    "reports_journey_gone": JOURNEYS,
    "reports_move_made": "journeys_transition",
    "reports_member_exempted": MEMBERS,
    "reports_organization_placed": ORGANIZATIONS,
}
# Of these columns a figure depends.
_WATCHED = (
    "status", "home_id", "home_path", "host_id", "host_path", "holder_path", "is_short", "lost_at",
    "checked_in_at", "due_at", "destination_id",
)  # fmt: skip
_OPEN = f"{{j}}.status <> '{Status.CLOSED}'"


def _note(row: str, weight: int) -> str:
    """Note what a journey counts as before (OLD) or after (NEW) a change, if it is open."""
    return f"INSERT INTO {SHIFTS} ({COLUMNS}) SELECT {facts(row, str(weight))} WHERE {_OPEN.format(j=row)};"


def _notes(row: str, weight: int, where: str, **instead: str) -> str:
    """Note the same of all open journeys a change elsewhere touches."""
    return (
        f"INSERT INTO {SHIFTS} ({COLUMNS}) SELECT {facts('j', str(weight), **instead)} FROM {JOURNEYS} j"
        f" WHERE {where.format(row=row)} AND {_OPEN.format(j='j')};"
    )


def _differs(vendor: str) -> str:
    is_other = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    return " OR ".join(f"OLD.{name} {is_other} NEW.{name}" for name in _WATCHED)


def _around(where: str, column: str, fact: str) -> str:
    """Take away what counted with the old value of a column elsewhere, add what counts with the new one."""
    return "".join(
        _notes(
            row,
            weight,
            where,
            **{fact: f"coalesce({row}.{column}, '')" if fact == "origin" else f"{row}.{column}"},
        )
        for row, weight in (("OLD", -1), ("NEW", 1))
    )


def _bodies(vendor: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield each trigger: its name, the change it follows, its condition, and what it does."""
    yield "reports_journey_opened", "INSERT", "", _note("NEW", 1)
    yield (
        "reports_journey_changed",
        f"UPDATE OF {', '.join(_WATCHED)}",
        f"WHEN ({_differs(vendor)})",
        _note("OLD", -1) + _note("NEW", 1),
    )
    yield "reports_journey_gone", "DELETE", "", _note("OLD", -1)
    yield (
        "reports_move_made",
        "INSERT",
        "",
        "INSERT INTO reports_newmove (transition_id) VALUES (NEW.id);",
    )
    yield (
        "reports_member_exempted",
        "UPDATE OF is_exempt",
        "WHEN (OLD.is_exempt <> NEW.is_exempt)",
        _around("j.member_id = {row}.id", "is_exempt", "is_exempt"),
    )
    is_other = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    yield (
        "reports_organization_placed",
        "UPDATE OF division_id",
        f"WHEN (OLD.division_id {is_other} NEW.division_id)",
        _around("j.home_id = {row}.id", "division_id", "origin"),
    )


def stand(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers up, in place of any that stand."""
    take_down(schema_editor)
    vendor = schema_editor.connection.vendor
    for name, change, condition, body in _bodies(vendor):
        table = NAMES[name]
        if vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
                f" AS $$ BEGIN {body} RETURN NULL; END $$",
                params=None,
            )
            body = f"EXECUTE FUNCTION {name}()"
        else:
            body = f"BEGIN {body} END"
        schema_editor.execute(
            f"CREATE TRIGGER {name} AFTER {change} ON {table} FOR EACH ROW {condition} {body}", params=None
        )


def take_down(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away."""
    for name in NAMES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
