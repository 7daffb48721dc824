"""How often may something be tried: counted in one row for all processes, so that a limit is exact?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F

from hongyan.members.models import Attempts
from hongyan.statements import in_turn, rows
from hongyan.vault.sealing import keyed_hash

_SQL = (
    "INSERT INTO members_attempts (key, slot, tried, expires_at) VALUES (%s, %s, 1, %s)"
    " ON CONFLICT (key, slot) DO UPDATE SET tried = members_attempts.tried + 1 RETURNING tried"
)


@dataclass(frozen=True)
class Limit:
    """How many times something may be tried in one window of time."""

    name: str
    times: int
    per: timedelta


# Every limit of the installation; `about` is what a call names: a phone, an account, an address, or one of
# them with the place it is tried from. `…_from_all` counts strangers only: a browser somebody has come in by
# before is counted apart, so that no stranger can lock the owner out.
LIMITS = {
    limit.name: limit
    for limit in (
        Limit("code_sent_to_phone", 5, timedelta(hours=1)),
        Limit("code_sent_to_phone_from_all", 10, timedelta(hours=1)),
        Limit("code_sent_to_phone_a_day", 20, timedelta(days=1)),
        Limit("code_asked_from_address", 30, timedelta(hours=1)),
        Limit("code_sent_by_all", 3_000, timedelta(hours=1)),
        Limit("code_guessed", 5, timedelta(minutes=15)),
        Limit("code_guessed_from_all", 30, timedelta(minutes=15)),
        Limit("password_guessed", 5, timedelta(minutes=15)),
        Limit("password_guessed_from_all", 30, timedelta(minutes=15)),
        Limit("password_guessed_from_address", 50, timedelta(minutes=15)),
        Limit("second_factor_guessed", 5, timedelta(minutes=15)),
        Limit("paper_code_guessed_from_address", 10, timedelta(minutes=15)),
        Limit("letter_code_guessed_from_address", 20, timedelta(minutes=15)),
        # Neighbours are few, and what they say is signed: whoever is not believed so often is nobody.
        Limit("exchange_not_believed", 60, timedelta(minutes=15)),
        Limit("window_look_up", 60, timedelta(hours=1)),
        # Nobody may have home asked about everybody.
        Limit("survey", 60, timedelta(hours=1)),
        Limit("survey_of_organization", 300, timedelta(days=1)),
        # No phone is flooded, no poster turned into a machine that sends messages to strangers.
        Limit("referral_to_phone", 3, timedelta(days=1)),
        Limit("referral_from_address", 20, timedelta(hours=1)),
        Limit("referral_by_observer", 30, timedelta(hours=1)),
        Limit("referral_of_company", 200, timedelta(days=1)),
        Limit("referral_by_all", 1_000, timedelta(hours=1)),
        # A park sends its newcomers now and then, not one name after the other.
        Limit("park_delivery", 30, timedelta(hours=1)),
        Limit("break_glass", 5, timedelta(days=1)),
        Limit("export", 20, timedelta(days=1)),
    )
}


def spend(name: str, *, about: str, at: datetime) -> bool:
    """Count one attempt and tell whether it was still allowed; the count stays whatever follows."""
    return spend_each([(name, about, at)])


def spend_each(counts: Sequence[tuple[str, str, datetime]]) -> bool:
    """Count one attempt by each (limit, about, at), all or none, and tell whether every one still allowed it.

    Together, because of two attempts at once each might else get the last of one count and miss the last of
    another: both refused, though one was allowed.
    """
    # In one order for all, so that no two attempts wait for each other.
    places = sorted((*_place(LIMITS[name], about, at), name) for name, about, at in counts)
    with in_turn():
        # All are counted, also behind one that refuses.
        tried = [(_tried(key, slot, LIMITS[name]), LIMITS[name].times) for key, slot, name in places]
    return all(times <= most for times, most in tried)


def _tried(key: str, slot: int, limit: Limit) -> int:
    """Count one more in one row and return how many there are now."""
    ends = datetime.fromtimestamp((slot + 1) * int(limit.per.total_seconds()), UTC)
    ((tried,),) = rows(_SQL, [key, slot, connection.ops.adapt_datetimefield_value(ends)])
    return int(tried)


def _place(limit: Limit, about: str, at: datetime) -> tuple[str, int]:
    """Name the row that counts: what it is about, hashed, and the window of time."""
    key = f"{limit.name}:{keyed_hash(about, purpose='attempts')}"
    return key, int(at.timestamp()) // int(limit.per.total_seconds())


def give_back(name: str, *, about: str, at: datetime) -> None:
    """Take back one attempt that was no guess, because it was right."""
    key, slot = _place(LIMITS[name], about, at)
    Attempts.objects.filter(key=key, slot=slot, tried__gt=0).update(tried=F("tried") - 1)


def forget_expired(*, at: datetime) -> int:
    """Drop the counts whose window is over; return how many."""
    return Attempts.objects.filter(expires_at__lt=at).delete()[0]
