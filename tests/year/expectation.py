"""Which reminders must there be? Worked out from the days alone, without asking the program.

The ladder as the domain has it: in the app and by message at once, by message after one day and after seven, a call
after ten; nothing after a sign of life; a day's rest (twenty hours) between two messages; nothing while the workers
stand still, and what was missed is made up for once they are back.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta

AT_ONCE = (1, 2)
LATER = ((3, 1, True), (4, 7, True), (5, 10, False))
REST = timedelta(hours=20)
MESSAGES = (2, 3, 4)


def steps(
    *,
    marked_at: datetime,
    anchor: datetime,
    heard_at: datetime | None,
    looks: Sequence[datetime],
    ladder: bool = True,
) -> list[int]:
    """List the steps that must have been made, given the moments at which a worker looked."""
    made, last = list(AT_ONCE), marked_at
    for number, days, is_message in LATER if ladder else ():
        due = anchor + timedelta(days=days)
        if is_message:
            due = max(due, last + REST)
        place = bisect_left(looks, due)
        if place == len(looks) or (heard_at is not None and heard_at <= looks[place]):
            break
        made.append(number)
        last = looks[place]
    return made
