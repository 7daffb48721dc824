"""What did a move do that was asked for by its key, and how does its journey stand now?"""

from dataclasses import dataclass
from datetime import UTC, datetime

from hongyan.statements import Row, rows


@dataclass(frozen=True)
class Contact:
    """An organisation and whom to call there."""

    pk: int
    code: str
    name: str
    contact_name: str
    contact_phone: str


@dataclass(frozen=True)
class Made:
    """One move that was made, and the journey as it is at this moment."""

    key: str
    journey_id: int
    verb: str
    at: datetime
    number: int
    target: str
    receiver: Contact | None
    # Of the hand-off this move opened.
    due_at: datetime | None
    reason: str
    # Of the journey now, which may be later than the move.
    version: int
    status: str
    next_due_at: datetime | None
    holder: Contact
    host: Contact | None


# How many columns of a row are the move's and the journey's own, and how many tell of each organisation.
_OWN, _EACH = 11, 5


def _contact(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in ("id", "code", "name", "contact_name", "contact_phone"))


_SQL = (
    "SELECT m.key, m.journey_id, m.verb, m.at, m.number, m.target, h.due_at, h.explanation ->> 'reason',"
    f" j.version, j.status, j.due_at, {_contact('r')}, {_contact('d')}, {_contact('t')}"
    " FROM journeys_transition m JOIN journeys_journey j ON j.id = m.journey_id"
    " JOIN organizations_organization d ON d.id = j.holder_id"
    " LEFT JOIN organizations_organization t ON t.id = j.host_id"
    " LEFT JOIN organizations_organization r ON r.id = m.receiver_id"
    " LEFT JOIN journeys_handoff h ON h.journey_id = m.journey_id AND h.hop = m.number"
    " WHERE m.key >= %s AND m.key <= %s LIMIT 2"
)


def moves_keyed(first: str, last: str) -> list[Made]:
    """Read the moves whose keys lie between these two, two at most."""
    return [_made(row) for row in rows(_SQL, [first, last])]


def _made(values: Row) -> Made:
    key, journey, verb, at, number, target, due, reason, version, status, next_due = values[:_OWN]
    receiver, holder, host = (_called(values[at : at + _EACH]) for at in range(_OWN, len(values), _EACH))
    if holder is None:
        raise RuntimeError("a journey without a holder")
    return Made(
        key=key,
        journey_id=journey,
        verb=verb,
        at=_moment(at),
        number=number,
        target=target,
        receiver=receiver,
        due_at=_moment(due) if due else None,
        reason=reason or "",
        version=version,
        status=status,
        next_due_at=_moment(next_due) if next_due else None,
        holder=holder,
        host=host,
    )


def _called(values: Row) -> Contact | None:
    return Contact(*values) if values[0] is not None else None


def _moment(value: datetime) -> datetime:
    """Read a moment: SQLite keeps it in UTC without saying so."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)
