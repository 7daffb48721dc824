"""Whom does somebody look at in an emergency, until when, and who is told?"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.actions.limiting import spend
from hongyan.members.models import BreakGlass, Member, User
from hongyan.members.permissions import Actor
from hongyan.members.refusals import Refused, Why, refuse
from hongyan.members.roles import Power
from hongyan.members.rules import OPEN_FOR, open_glass, why_not_break_glass
from hongyan.members.sealing import phone_of
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Channel
from hongyan.notifications.texts import said_moment


def note_failed_look_up(*, by: Actor, power: Power, at: datetime) -> None:
    """Remember that somebody looked for a person and found nobody; never what he looked for."""
    seat = next(iter(by.seats_for(power)), None)
    organization = seat.organization_id if seat else None
    record(actor=by.code, verb="look_up_failed", subject=by.code, organization=organization, at=at)


def may_break_glass(*, by: Actor, at: datetime) -> bool:
    """Count one emergency look-up, whether it finds somebody or not."""
    return spend("break_glass", about=by.code, at=at)


@transaction.atomic
def break_glass(
    *, member: Member, reason: str, by: Actor, at: datetime, places: Collection[str] = ()
) -> BreakGlass:
    """Open one person outside one's scope for two hours; he and his branch are told with it."""
    # Two windows at once: the second waits here and then finds the first one open.
    user = User.objects.select_for_update().get(pk=by.user_id or 0)
    refusal = why_not_break_glass(by, member, reason, at, (member.branch_path, *places))
    if refusal:
        raise Refused(refusal)
    seat = by.seats_for(Power.BREAK_GLASS)[0]
    glass = BreakGlass.objects.create(
        user=user,
        organization_id=seat.organization_id,
        member=member,
        reason=" ".join(reason.split()),
        opened_at=at,
        expires_at=at + OPEN_FOR,
    )
    record(
        actor=by.code,
        verb="break_glass",
        subject=f"member:{member.pk}",
        organization=seat.organization_id,
        details={"break_glass": glass.pk},
        at=at,
    )
    _tell_both(glass, seat.name, at)
    return glass


def _tell_both(glass: BreakGlass, organization: str, at: datetime) -> None:
    """Tell the member, in the app and by message, and his branch."""
    member = glass.member
    facts = {
        "organization": organization,
        "from": said_moment(at),
        "until": said_moment(glass.expires_at),
    }
    told = (
        ("emergency_look", f"member:{member.pk}", Channel.APP, ""),
        ("emergency_look", f"member:{member.pk}", Channel.SMS, phone_of(member)),
        ("emergency_look_home", f"organization:{member.branch_id}", Channel.APP, ""),
    )
    for kind, recipient, channel, address in told:
        notify(
            kind=kind,
            recipient=recipient,
            channel=channel,
            subject=f"break_glass:{glass.pk}",
            facts=facts,
            at=at,
            address=address,
        )


@transaction.atomic
def close_glass(*, by: Actor, at: datetime) -> None:
    """End one's emergency early."""
    glass = open_glass(by.user_id, at)
    if glass is None or not BreakGlass.objects.filter(pk=glass.pk, closed_at=None).update(closed_at=at):
        raise Refused(refuse(Why.NOBODY_OPENED))
    record(
        actor=by.code,
        verb="close_glass",
        subject=f"member:{glass.member_id}",
        organization=glass.organization_id,
        details={"break_glass": glass.pk},
        at=at,
    )
