"""What happens to a letter nobody answers: a call, a second letter, then the desk above."""

from datetime import datetime

from hongyan.exchange.models import Letter
from hongyan.journeys.models import Journey
from hongyan.journeys.recording import tell
from hongyan.journeys.states import ON_THE_WAY
from hongyan.journeys.telling import to_desk
from hongyan.journeys.wording import day
from hongyan.members.permissions import CLOCK
from hongyan.statements import in_turn


def climb_letters_due(*, at: datetime, limit: int = 500) -> int:
    """Look after the letters whose next moment has come; return how many.

    First the desk is asked to call, then, when the answer is due, to write a second time; the case itself
    goes to the desk above by its own deadline. A letter whose case went on by another way is put aside.
    """
    due = Letter.objects.live().filter(next_at__lte=at).order_by("next_at")
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        with in_turn():
            done += _look_after(pk, at)
    return done


def _look_after(pk: int, at: datetime) -> bool:
    row = Letter.objects.live().filter(pk=pk, next_at__lte=at)
    letter = row.select_related("receiver").first()
    if letter is None:
        # Another worker, or the answer, was faster.
        return False
    journey = Journey.objects.select_related("member", "home", "holder").get(pk=letter.journey_id)
    if journey.status not in ON_THE_WAY:
        return bool(row.update(withdrawn_at=at, withdrawn_by=CLOCK.code, next_at=None))
    late = at >= letter.due_at
    # The last look ends it: what is still open then climbs by the case's own deadline.
    if not row.filter(next_at=letter.next_at).update(next_at=None if late else letter.due_at):
        return False
    kind = "letter_call" if not late else "letter_again" if letter.ordinal == 1 else "letter_late"
    facts = {"receiver": letter.receiver.short_name, "due": day(journey.due_at or letter.due_at)}
    if not late:
        facts["due"] = day(letter.due_at)
    tell([to_desk(journey, journey.holder, kind, **facts)], at=at)
    return True
