"""What follows an organisation that is merged, split, renamed, closed or moved: everything, at once.

One transaction; nobody is orphaned, every desk follows, and the history says what happened and why.
"""

import copy
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from hongyan.journeys.actions.handing_over import settle_caretakers
from hongyan.journeys.actions.holding import demand, hold, seat_of
from hongyan.journeys.actions.repointing import repoint, touching
from hongyan.journeys.actions.splitting import split_organization
from hongyan.journeys.actions.together import Together, locked, move_together
from hongyan.journeys.models import Handoff, Journey, Raise
from hongyan.journeys.raises import still_open
from hongyan.journeys.reorganizing import (
    why_not_change,
    why_not_move,
    why_not_name,
    why_not_succeed,
)
from hongyan.journeys.states import Verb
from hongyan.journeys.wording import reorganized
from hongyan.members.actions.following import (
    appointments_follow,
    end_appointments,
    members_follow,
)
from hongyan.members.models import Member
from hongyan.members.permissions import CLOCK, Actor
from hongyan.notifications.actions import readdress
from hongyan.organizations import actions as organizations
from hongyan.organizations.kinds import ChangeKind
from hongyan.organizations.models import Organization, OrganizationChange, under
from hongyan.organizations.succession import heir_of
from hongyan.statements import in_turn


def _took_over(
    source: Organization, target: Organization, why: str, by: str, seat: int | None, at: datetime
) -> dict[str, int]:
    """Let everything of one organisation be another's: members, cases, ground, notices, what stands above."""
    moved = {"members": members_follow(Member.objects.filter(branch=source), target)}
    move = Together(Verb.REORGANIZE, by, at, seat, why)
    moved |= repoint(Journey.objects.all(), source, target, move)
    moved |= organizations.join_ground(source=source, target=target)
    # What was missed lies before the successor, and is owed by it.
    for place in ("organization", "debtor"):
        Raise.objects.filter(still_open(), **{place: source}).update(**{place: target})
    readdress(old=f"organization:{source.pk}", new=f"organization:{target.pk}")
    for name in settings.HONGYAN_FOLLOWERS:
        # Apps above the journeys keep something of an organisation, too; the journeys do not know them.
        import_string(name)(source=source, target=target)
    return moved


def merge_organization(
    *,
    organization: Organization,
    successor: Organization,
    reason: str,
    by: Actor,
    at: datetime,
    staff_follows: bool = True,
    kind: ChangeKind = ChangeKind.MERGE,
) -> OrganizationChange:
    """Let another organisation take over everything, and close this one."""
    with in_turn():
        hold(organization, successor)
        demand(why_not_change(organization, by, reason) or why_not_succeed(organization, successor, by))
        before = copy.copy(organization)
        why = reorganized(kind, organization.short_name, successor.short_name, reason)
        moved = _took_over(organization, successor, why, by.code, seat_of(by), at)
        staff = appointments_follow if staff_follows else end_appointments
        moved["appointments"] = staff(source=organization, target=successor, by=by.code, at=at)
        settle_caretakers(successor, by.code, seat_of(by), at)
        children = list(Organization.objects.open().filter(parent=organization).order_by("path"))
        for child in children:
            organizations.reparent(organization=child, parent=successor)
        organizations.close(organization=organization, by=by.code, at=at)
        moved["below"] = len(children)
        return organizations.remember_change(
            kind=kind, before=before, after=organization, successor=successor, reason=reason, moved=moved,
            by=by.code, at=at,
        )  # fmt: skip


def close_organization(
    *,
    organization: Organization,
    successor: Organization,
    reason: str,
    by: Actor,
    at: datetime,
    staff_follows: bool = False,
) -> OrganizationChange:
    """Close an organisation; all that is open goes to a successor, its people lose their duty."""
    return merge_organization(
        organization=organization,
        successor=successor,
        reason=reason,
        by=by,
        at=at,
        staff_follows=staff_follows,
        kind=ChangeKind.CLOSE,
    )


def rename_organization(
    *, organization: Organization, name: str, short_name: str = "", reason: str, by: Actor, at: datetime
) -> OrganizationChange:
    """Give an organisation another name; its old one stays in its history."""
    with in_turn():
        hold(organization)
        demand(why_not_change(organization, by, reason) or why_not_name(organization, name))
        before = copy.copy(organization)
        called = name.strip()
        organizations.rename(organization=organization, name=called, short_name=short_name.strip() or called)
        return organizations.remember_change(
            kind=ChangeKind.RENAME, before=before, after=organization, successor=None, reason=reason,
            moved={}, by=by.code, at=at,
        )  # fmt: skip


def move_organization(
    *, organization: Organization, parent: Organization, reason: str, by: Actor, at: datetime
) -> OrganizationChange:
    """Hang an organisation with everything below it under another parent."""
    with in_turn():
        hold(organization, parent)
        demand(why_not_change(organization, by, reason) or why_not_move(organization, parent, by))
        before = copy.copy(organization)
        below = Organization.objects.under(organization.path).count() - 1
        # Which levels registered a hop on its way is not to be read off the new place.
        there = Handoff.objects.filter(under("receiver_path", organization.path))
        there.exclude(under("common_path", organization.path)).update(common_path="")
        organizations.reparent(organization=organization, parent=parent)
        _stand_elsewhere(organization, by, at, reason)
        return organizations.remember_change(
            kind=ChangeKind.MOVE, before=before, after=organization, successor=parent, reason=reason,
            moved={"below": below}, by=by.code, at=at,
        )  # fmt: skip


def _stand_elsewhere(organization: Organization, by: Actor, at: datetime, reason: str) -> None:
    """Say of every open journey that its home or host stands elsewhere now; past days stay as they were."""
    path = organization.path
    there = Journey.objects.open().filter(under("home_path", path) | under("host_path", path))
    move = Together(Verb.REORGANIZE, by.code, at, seat_of(by), reason)
    move_together(move, [(locked(there), {})])


def follow_closed_due(*, at: datetime, limit: int) -> int:
    """Send on what came to an organisation in the very moment it was closed; return how many journeys."""
    done = 0
    for role in ("holder", "host", "home"):
        late = Journey.objects.open().filter(**{f"{role}__closed_at__isnull": False})
        for pk in dict.fromkeys(late.order_by(role).values_list(f"{role}_id", flat=True)[:limit]):
            source = Organization.objects.get(pk=pk)
            target = heir_of(source)
            if target.closed_at is None:
                done += _followed(source, target, at)
    return done


def _followed(source: Organization, target: Organization, at: datetime) -> int:
    with in_turn():
        hold(source, target)
        why = reorganized(ChangeKind.CLOSE, source.short_name, target.short_name, "")
        move = Together(Verb.REORGANIZE, CLOCK.code, at, None, why)
        found = repoint(Journey.objects.filter(touching(source.pk)), source, target, move)
        settle_caretakers(target, CLOCK.code, None, at)
    return found["journeys"]


Change = Callable[..., OrganizationChange]
CHANGES: dict[ChangeKind, Change] = {
    ChangeKind.MERGE: merge_organization,
    ChangeKind.CLOSE: close_organization,
    ChangeKind.RENAME: rename_organization,
    ChangeKind.MOVE: move_organization,
    ChangeKind.SPLIT: split_organization,
}
