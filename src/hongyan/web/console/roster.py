"""Which members may somebody mark, and who of them is away already?"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from hongyan.journeys.models import Journey
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import begins, under

LISTED = 60
LONGEST = 20
# A county's whole roster is nothing to look through: above this one searches.
BROWSED = 400


def roster(actor: Actor) -> QuerySet[Member]:
    """Select the members of the branches somebody may mark for; who asked to be forgotten is not offered."""
    mine = Q(pk__in=[])
    for seat in actor.seats_for(Power.MARK):
        mine |= under("branch_path", seat.path)
    return Member.objects.filter(mine, erased_at=None, merged_into=None).select_related("branch")


@dataclass(frozen=True)
class RosterRow:
    """One member one may tick; `away` when he has an open journey, `born` where two would read the same."""

    pk: int
    name: str
    branch: str
    away: bool
    born: str = ""


def listed(actor: Actor, text: str = "", *, also: tuple[int, ...] = ()) -> list[RosterRow]:
    """List members by a part of their name or its initials, at home first; `also` stay whatever was asked."""
    rows = roster(actor).annotate(is_away=Exists(Journey.objects.open().filter(member=OuterRef("pk"))))
    text = "".join(filter(str.isprintable, text)).strip()[:LONGEST]
    wanted = rows.filter(Q(name__contains=text) | _by_letters(text)) if text else rows
    if not text and roster(actor)[BROWSED : BROWSED + 1].exists():
        wanted = rows.none()
    found = list(wanted.order_by("is_away", "name", "pk")[:LISTED])
    missing = set(also) - {member.pk for member in found}
    if missing:
        found = [*rows.filter(pk__in=missing), *found]
    same = Counter((member.name, member.branch_id) for member in found)
    return [
        RosterRow(
            member.pk,
            member.name,
            member.branch.short_name,
            member.is_away,
            _born(member) if same[member.name, member.branch_id] > 1 else "",
        )
        for member in found
    ]


def _by_letters(text: str) -> Q:
    """Select by initials, when letters were typed."""
    letters = text.lower() if text.isascii() and text.isalpha() else ""
    return begins("initials", letters) if letters else Q(pk__in=[])


def _born(member: Member) -> str:
    return f"{member.birth_on.year}年{member.birth_on.month}月生" if member.birth_on else ""
