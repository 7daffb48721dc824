"""How do open journeys go from one organisation to another when it takes over, set by set?

Whoever was home, host or desk of a case stays so in its history; from now on it is the successor.
"""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Q

from hongyan.journeys.actions.together import MOST, Together, locked, move_together
from hongyan.journeys.homecomings import Return
from hongyan.journeys.models import Handoff, Journey, JourneyQuerySet
from hongyan.journeys.states import Answer, Status
from hongyan.organizations import paths
from hongyan.organizations.models import Organization

ROLES = ("home", "host", "holder")


def touching(organization_id: int, roles: Iterable[str] = ROLES) -> Q:
    """Select the journeys in which an organisation is home, host or desk."""
    found = Q(pk__in=[])
    for role in roles:
        found |= Q(**{f"{role}_id": organization_id})
    return found


def repoint(
    rows: JourneyQuerySet,
    source: Organization,
    target: Organization,
    move: Together,
    roles: Sequence[str] = ROLES,
) -> dict[str, int]:
    """Let these open journeys go on with another organisation; return how many of what moved."""
    moving = locked(rows.open().filter(touching(source.pk, roles)))
    live = list(
        Handoff.objects.filter(
            receiver=source, answered_at=None, journey_id__in=rows.open().values("pk")
        ).values_list("pk", "journey_id", "common_path")
    )
    handed = {journey for _, journey, _ in live}
    numbers = [one.pk for one in moving]
    for start in range(0, len(numbers), MOST):
        some = Journey.objects.filter(pk__in=numbers[start : start + MOST])
        for role in roles:
            held = some.filter(**{f"{role}_id": source.pk})
            if role == "holder" and "host" not in roles:
                # A part of a branch was split off: cases on the way stay on the desk they lie on.
                held = held.filter(Q(pk__in=handed) | ~Q(status__in=(Status.DISPATCHING, Status.RELOCATING)))
            held.update(**{f"{role}_id": target.pk, f"{role}_path": target.path})
        if "host" in roles:
            # Who still owes a closing note is who hosts now.
            Return.objects.filter(host=source, journey__in=some).update(host=target)
    move_together(move, [(moving, {})])
    _pass_on(live, target, move)
    return {"journeys": len(moving), "handoffs": len(live)}


def _pass_on(live: Sequence[tuple[int, int, str]], target: Organization, move: Together) -> None:
    """Answer what lay on the old desk, and lay the same on the new one, as the hop of this very move."""
    for start in range(0, len(live), MOST):
        some = live[start : start + MOST]
        old = [pk for pk, _, _ in some]
        Handoff.objects.filter(pk__in=old).update(
            answer=Answer.SUPERSEDED, answered_at=move.at, answered_by=move.by
        )
        for common in sorted({path for _, _, path in some}):
            _copy(
                [pk for pk, _, path in some if path == common],
                paths.common(common, target.path),
                target,
                move,
            )
        _name_receiver([journey for _, journey, _ in some], target)


def _copy(old: Sequence[int], common: str, target: Organization, move: Together) -> None:
    at = connection.ops.adapt_datetimefield_value(move.at)
    marks = ", ".join(["%s"] * len(old))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journeys_handoff (journey_id, hop, purpose, sender_id, receiver_id, receiver_path,"
            " common_path, place, sent_at, sent_by, due_at, answer, answered_by, note, explanation)"
            " SELECT h.journey_id, j.version, h.purpose, h.sender_id, %s, %s, %s, h.place, %s, %s, h.due_at,"
            " '', '', h.note, h.explanation FROM journeys_handoff h"
            " JOIN journeys_journey j ON j.id = h.journey_id"
            f" WHERE h.id IN ({marks})",
            [target.pk, target.path, common, at, move.by, *old],
        )


def _name_receiver(journeys: Sequence[int], target: Organization) -> None:
    """Say in the moves just made where the hand-offs went."""
    marks = ", ".join(["%s"] * len(journeys))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journeys_transition SET receiver_id = %s WHERE journey_id IN"
            f" ({marks}) AND number = (SELECT j.version FROM journeys_journey j"
            " WHERE j.id = journeys_transition.journey_id)",
            [target.pk, *journeys],
        )
