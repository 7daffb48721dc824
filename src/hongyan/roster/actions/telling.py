"""Who is told when an away member is gone from an export, or moved to another branch by it?"""

from collections.abc import Sequence
from datetime import datetime

from hongyan.journeys.models import Journey
from hongyan.notifications.actions import notify_many
from hongyan.notifications.models import Channel
from hongyan.notifications.rows import Draft
from hongyan.organizations.models import Organization
from hongyan.roster.models import Gone, GoneReason, Intake

CLOCK = "system:clock"


def tell_gone(intake: Intake, at: datetime) -> int:
    """Flag away members who are not in the export to their branches: nobody else would notice."""
    missing = intake.gone_members.filter(is_away=True, answered_at=None).values("member")
    journeys = Journey.objects.open().filter(member__in=missing)
    drafts = [
        Draft(
            f"organization:{home}", f"journey:{pk}", {"link": f"/journeys/{pk}/"},
            dedupe_key=f"gone_from_roster:{intake.pk}:{pk}",
        )
        for pk, home in journeys.values_list("pk", "home_id")
    ]  # fmt: skip
    return notify_many(kind="gone_from_roster", channel=Channel.APP, drafts=drafts, at=at)


def tell_moved(moves: Sequence[tuple[int, int, int]], at: datetime) -> int:
    """Tell both branches of a member who changed branch while away; moves are (member, from, to)."""
    if not moves:
        return 0
    journeys = Journey.objects.open().filter(member__in=[member for member, _, _ in moves])
    away = {member: (pk, home) for pk, member, home in journeys.values_list("pk", "member_id", "home_id")}
    names = dict(
        Organization.objects.filter(pk__in={place for move in moves for place in move[1:]}).values_list(
            "pk", "short_name"
        )
    )
    leaving, coming = [], []
    for member, old, new in moves:
        if member not in away:
            continue
        journey, home = away[member]
        key = f"moved_while_away:{journey}:{new}"
        facts = {"branch": names[new], "link": f"/journeys/{journey}/"}
        leaving.append(Draft(f"organization:{home}", f"journey:{journey}", facts, dedupe_key=f"{key}:home"))
        facts = {"home": names.get(home, names[old]), "link": f"/organizations/{home}/"}
        coming.append(Draft(f"organization:{new}", f"member:{member}", facts, dedupe_key=f"{key}:new"))
    told = notify_many(kind="moved_while_away", channel=Channel.APP, drafts=leaving, at=at)
    return told + notify_many(kind="came_while_away", channel=Channel.APP, drafts=coming, at=at)


def answer_back(intake: Intake, at: datetime) -> int:
    """Close the question about members an earlier export lacked and this one names again."""
    again = Gone.objects.filter(answered_at=None, seen_again_in=intake)
    return again.update(reason=GoneReason.BACK, answered_at=at, answered_by=CLOCK)
