"""How long each step may take."""

from dataclasses import dataclass
from datetime import date, datetime, time

from hongyan.geography.calendar import SHANGHAI, after_days, after_working_days


@dataclass(frozen=True)
class Periods:
    """The default periods of the rules; days are calendar days unless they say working."""

    mobile_after_days: int = 183
    check_in_days: int = 15
    hop_working_days: int = 2
    contact_days: int = 30
    return_talk_days: int = 15
    call_working_days: int = 2
    closing_note_working_days: int = 5
    credential_check_days: int = 366
    hop_limit: int = 8
    link_days: int = 60
    resend_minutes: int = 10
    # For somebody found whom no roster names: an answer has to come from outside the platform.
    outside_answer_days: int = 15
    # Over which days fair shares among caretakers are counted.
    fair_share_days: int = 30


DEFAULT = Periods()


def check_in_due(departs_on: date, at: datetime) -> datetime:
    """Say until when a member should have checked in: counted from departure, never from the past."""
    start = datetime.combine(departs_on, time(9), SHANGHAI)
    return after_days(max(start, at), DEFAULT.check_in_days)


def talk_due(departs_on: date, at: datetime) -> datetime:
    """Say until when the talk before departure should have happened."""
    return max(after_days(datetime.combine(departs_on, time(9), SHANGHAI), 0), after_days(at, 0))


def hop_due(at: datetime) -> datetime:
    """Say until when a desk should have answered."""
    return after_working_days(at, DEFAULT.hop_working_days)


def call_due(at: datetime) -> datetime:
    """Say until when somebody whom no message reaches should have been called."""
    return after_working_days(at, DEFAULT.call_working_days)


def contact_due(at: datetime) -> datetime:
    """Say until when the next contact is due."""
    return after_days(at, DEFAULT.contact_days)


def return_talk_due(at: datetime) -> datetime:
    """Say until when the talk after the return is due."""
    return after_days(at, DEFAULT.return_talk_days)


def outside_answer_due(at: datetime) -> datetime:
    """Say until when somebody outside the platform should have answered about a person found."""
    return after_days(at, DEFAULT.outside_answer_days)


def closing_note_due(at: datetime) -> datetime:
    """Say until when the host should have written how its hosting ended."""
    return after_working_days(at, DEFAULT.closing_note_working_days)


def is_short(departs_on: date, expected_return_on: date | None) -> bool:
    """Tell a short absence (under half a year) from mobility."""
    return (
        expected_return_on is not None and (expected_return_on - departs_on).days < DEFAULT.mobile_after_days
    )
