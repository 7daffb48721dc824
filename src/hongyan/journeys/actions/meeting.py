"""Plan a talk or meeting with those who are home, note who came, call it off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.journeys import periods
from hongyan.journeys.actions.hosting import contact
from hongyan.journeys.actions.making import demand
from hongyan.journeys.actions.visiting import locked
from hongyan.journeys.festivals import festival_at
from hongyan.journeys.ladder_models import Means
from hongyan.journeys.meeting_models import Guest, Meeting, MeetingKind
from hongyan.journeys.meeting_rules import why_not_invite, why_not_note_came, why_not_plan
from hongyan.journeys.models import Journey
from hongyan.journeys.rules import standing
from hongyan.journeys.states import Verb
from hongyan.journeys.telling import Tell, to_member
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import moment
from hongyan.members.permissions import Actor
from hongyan.notifications.actions import notify_many
from hongyan.notifications.models import Channel
from hongyan.organizations.models import Organization

INVITED, CALLED_OFF = "invited", "called_off"


@dataclass(frozen=True)
class Planned:
    """What is planned: what, when, where."""

    kind: MeetingKind
    starts_at: datetime
    place: str


def plan_meeting(
    *, organization: Organization, what: Planned, journeys: Collection[int], by: Actor, at: datetime, key: str
) -> Meeting:
    """Plan a talk or meeting for these members of one's own and invite each by message; sent twice, once."""
    demand(why_not_plan(organization, what.starts_at, what.place, by, at))
    with transaction.atomic():
        guests = [one for one in locked(journeys) if why_not_invite(one, organization, by) is None]
        known = Meeting.objects.filter(key=key, planned_by=by.code).first()
        if known:
            return known
        demand(why_not_plan(organization, what.starts_at, what.place, by, at, guests=len(guests)))
        meeting = Meeting.objects.create(
            organization=organization,
            path=organization.path,
            year=festival_at(at).year,
            kind=what.kind,
            starts_at=what.starts_at,
            place=what.place.strip(),
            planned_at=at,
            planned_by=by.code,
            key=key,
        )
        Guest.objects.bulk_create([Guest(meeting=meeting, journey=one) for one in guests])
        _tell(meeting, guests, INVITED, at)
        record(
            actor=by.code,
            verb="plan_meeting",
            subject=f"meeting:{meeting.pk}",
            organization=organization.pk,
            details={"guests": len(guests), "kind": str(what.kind)},
            at=at,
        )
    return meeting


def _tell(meeting: Meeting, journeys: Sequence[Journey], kind: str, at: datetime) -> None:
    """Tell the guests in the app and by message, by day only, once for each meeting."""
    facts = {
        "home": meeting.organization.short_name,
        "when": moment(meeting.starts_at),
        "place": meeting.place,
        "what": MeetingKind(meeting.kind).label,
    }
    tells: list[Tell] = []
    for journey in journeys:
        reachable = bytes(journey.member.phone_sealed) or bytes(journey.member.wechat_sealed)
        tells += to_member(journey, kind, by_message=bool(reachable), **facts)
    tells.sort(key=lambda tell: tell.channel)
    for channel, some in groupby(tells, key=lambda tell: tell.channel):
        medium = "app" if channel == Channel.APP else "sms"
        drafts = [
            tell.draft._replace(dedupe_key=f"{kind}:{meeting.pk}:{tell.draft.subject}:{medium}")
            for tell in some
        ]
        waits = None if channel == Channel.APP else periods.awake(at, in_force(at))
        notify_many(kind=kind, channel=channel, drafts=drafts, at=at, not_before=waits)


def _own(meeting: Meeting) -> Meeting:
    """Lock a meeting and read it as it is now."""
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    return Meeting.objects.select_related("organization").get(pk=meeting.pk)


@transaction.atomic
def note_came(*, meeting: Meeting, came: Collection[int], note: str, by: Actor, at: datetime) -> Meeting:
    """Note who of the guests came, in one go: each of them was spoken with, so home has been in touch."""
    now = _own(meeting)
    demand(why_not_note_came(now, by, at))
    guests = list(now.guests.select_related("journey__member", "journey__home").order_by("journey_id"))
    present = {guest.journey_id for guest in guests} & set(came)
    now.guests.filter(journey__in=present).update(came=True)
    now.guests.exclude(journey__in=present).update(came=False)
    words = f"{MeetingKind(now.kind).label}：{note.strip()}" if note.strip() else MeetingKind(now.kind).label
    for guest in guests:
        # Whoever has left the branch meanwhile, or whose period away is over, came all the same.
        if guest.journey_id in present and standing(Verb.CONTACT, guest.journey, by):
            key = f"meeting:{now.pk}:{guest.journey_id}"
            contact(journey=guest.journey, by=by, at=at, note=words, means=Means.MEETING, key=key)
    now.held_at, now.held_by = at, by.code
    now.save(update_fields=["held_at", "held_by"])
    _write_down(now, "note_came", by, at, came=len(present))
    return now


@transaction.atomic
def call_off(*, meeting: Meeting, by: Actor, at: datetime) -> Meeting:
    """Call a meeting off and tell everybody who was invited."""
    now = _own(meeting)
    demand(why_not_note_came(now, by, now.starts_at))
    now.called_off_at, now.called_off_by = at, by.code
    now.save(update_fields=["called_off_at", "called_off_by"])
    guests = [one.journey for one in now.guests.select_related("journey__member", "journey__home")]
    if now.starts_at > at:
        _tell(now, guests, CALLED_OFF, at)
    _write_down(now, "call_off", by, at)
    return now


def _write_down(meeting: Meeting, verb: str, by: Actor, at: datetime, **details: int) -> None:
    record(
        actor=by.code,
        verb=verb,
        subject=f"meeting:{meeting.pk}",
        organization=meeting.organization_id,
        details=details,
        at=at,
    )
