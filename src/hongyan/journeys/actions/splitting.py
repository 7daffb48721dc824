"""A part of an organisation becomes one of its own: who goes along, and what of theirs goes with them?

Nothing of a case is left behind: its desk, its hop, its caretaker, its group, what was missed, and what is
unread about it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from hongyan.journeys.actions.handing_over import settle_caretakers, settle_nobody
from hongyan.journeys.actions.holding import demand, hold, seat_of
from hongyan.journeys.actions.repointing import repoint
from hongyan.journeys.actions.together import MOST, Together
from hongyan.journeys.climbing import CLOCKS
from hongyan.journeys.models import Journey, JourneyQuerySet, Raise
from hongyan.journeys.raises import still_open
from hongyan.journeys.reorganizing import why_not_change
from hongyan.journeys.splitting import Part, part_of, why_not_split
from hongyan.journeys.states import Verb
from hongyan.journeys.wording import reorganized
from hongyan.members.actions.following import appointments_follow, lend_spokesman, members_follow
from hongyan.members.caring import spokesman
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.notifications.actions import readdress
from hongyan.organizations import actions as organizations
from hongyan.organizations.kinds import ChangeKind, Kind, Tier
from hongyan.organizations.models import Organization, OrganizationChange
from hongyan.organizations.refusals import Refused, Why, refuse
from hongyan.statements import in_turn


def split_organization(
    *,
    organization: Organization,
    code: str,
    name: str,
    members: Iterable[int] = (),
    hosted: Iterable[int] = (),
    groups: Iterable[str] = (),
    staff: Iterable[int] = (),
    reason: str,
    by: Actor,
    at: datetime,
) -> OrganizationChange:
    """Found an organisation beside this one and give it members, whom it hosts, and people in office."""
    with in_turn():
        hold(organization)
        demand(why_not_change(organization, by, reason))
        part = part_of(organization, members=members, hosted=hosted, groups=groups, staff=staff)
        demand(why_not_split(part))
        new = _founded_beside(organization, code.strip(), name.strip(), by, at)
        why = reorganized(ChangeKind.SPLIT, organization.short_name, new.short_name, reason)
        move = Together(Verb.REORGANIZE, by.code, at, seat_of(by), why)
        moved = {"members": members_follow(Member.objects.filter(pk__in=part.members), new)}
        moved |= _cases_follow(organization, new, part, move)
        moved["appointments"] = _staff_follows(organization, new, part, by, at)
        for one in (new, organization):
            settle_caretakers(one, by.code, seat_of(by), at)
        settle_nobody(new, by.code, seat_of(by), at)
        return organizations.remember_change(
            kind=ChangeKind.SPLIT, before=organization, after=organization, successor=new, reason=reason,
            moved=moved, by=by.code, at=at,
        )  # fmt: skip


def _founded_beside(
    organization: Organization, code: str, name: str, by: Actor, at: datetime
) -> Organization:
    if not name:
        raise Refused(refuse(Why.SAME_NAME))
    if not code or Organization.objects.filter(code=code).exists():
        raise Refused(refuse(Why.CODE_TAKEN, code=code))
    new = organizations.found(
        code=code, name=name, kind=Kind(organization.kind), tier=Tier(organization.tier),
        parent=organization.parent,
        division_id=organization.division_id, has_desk=organization.has_desk,
        host_body=organization.host_body, by=by.code, at=at,
    )  # fmt: skip
    # A part goes on as the whole did: whoever is without a caretaker gets one by the same rule.
    organizations.set_sharing(organization=new, automatic=organization.shares_out, by=by.code, at=at)
    return new


def _cases_follow(source: Organization, target: Organization, part: Part, move: Together) -> dict[str, int]:
    """Let each case go along with as much of it as goes: its home, its host, or both where they are one."""
    own = Journey.objects.open().filter(member_id__in=part.members, home=source)
    sets: tuple[tuple[JourneyQuerySet, tuple[str, ...]], ...] = (
        (own.exclude(host=source), ("home", "holder")),
        (own.filter(host=source), ("home", "host", "holder")),
        (Journey.objects.filter(pk__in=part.hosted), ("host", "holder")),
    )
    moved = {"journeys": 0, "handoffs": 0}
    for rows, roles in sets:
        # Numbers: what is written while it moves must not change who is meant.
        numbers = list(rows.values_list("pk", flat=True))
        for start in range(0, len(numbers), MOST):
            some = numbers[start : start + MOST]
            found = repoint(Journey.objects.filter(pk__in=some), source, target, move, roles)
            moved = {what: moved[what] + number for what, number in found.items()}
            _what_waits_follows(source, target, some, roles)
    _beyond_follows(source, target, part)
    return moved


def _what_waits_follows(
    source: Organization, target: Organization, journeys: list[int], roles: tuple[str, ...]
) -> None:
    """Let what was missed of these cases be owed, and what is unread be read, where they are now."""
    duties = [clock.duty for clock in CLOCKS if clock.debtor.rpartition("__")[2] in roles]
    owed = Raise.objects.filter(still_open(), journey__in=journeys, debtor=source, duty__in=duties)
    owed.update(debtor=target)
    subjects = [f"journey:{pk}" for pk in journeys]
    old, new = f"organization:{source.pk}", f"organization:{target.pk}"
    readdress(old=old, new=new, subjects=subjects)


def _beyond_follows(source: Organization, target: Organization, part: Part) -> None:
    """Let apps above the journeys keep what is theirs with the people it is about."""
    for name in settings.HONGYAN_PART_FOLLOWERS:
        import_string(name)(source=source, target=target, members=part.members)


def _staff_follows(source: Organization, target: Organization, part: Part, by: Actor, at: datetime) -> int:
    """Let people in office go along, and leave neither side without somebody who answers for it."""
    on = timezone.localdate(at)
    moved = appointments_follow(source=source, target=target, by=by.code, at=at, only=part.staff)
    for giver, taker in ((source, target), (target, source)):
        if spokesman(taker.pk, on) is None:
            moved += lend_spokesman(source=giver, target=taker, by=by.code, at=at)
    return moved
