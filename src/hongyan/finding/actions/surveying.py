"""Register somebody who was found; the finder gets one and the same answer, whoever it was."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from hongyan.audit.actions import record
from hongyan.finding.asking import Desk, outside_desk
from hongyan.finding.matching import is_enough, matched
from hongyan.finding.models import Company, Consent, Finding, Outcome, Source
from hongyan.finding.refusals import Refused, Why, refuse
from hongyan.finding.said import FINDING, Said
from hongyan.finding.telling import tell_desk
from hongyan.finding.wording import day
from hongyan.journeys import periods
from hongyan.journeys.actions import find
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.refusals import Refused as MoveRefused
from hongyan.journeys.states import Purpose, Status
from hongyan.journeys.terms import in_force
from hongyan.members.actions.limiting import spend_each
from hongyan.members.models import Member, new_uid
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Power, Role
from hongyan.organizations.models import Organization
from hongyan.statements import in_turn

STILL_TO_COME = (Status.PLANNED, Status.AWAITING)


class Manner(TypedDict, total=False):
    """How somebody was found, where it was not by a survey."""

    source: Source
    company: Company | None
    # He has made the move himself already: nobody has to be asked.
    outcome: Outcome | None


def register_found(
    *,
    organization: Organization,
    said: Said,
    home: str,
    consent: Consent | None,
    by: Actor,
    at: datetime,
    key: str | None = None,
) -> Finding:
    """Register somebody a community has found: home is asked, or whoever can answer from outside."""
    seat = by.seat_at(Power.ASSIST, organization.path)
    if seat is None:
        raise Refused(refuse(Why.NOT_HERE))
    if consent is None:
        raise Refused(refuse(Why.NO_CONSENT))
    if not is_enough(said, home):
        raise Refused(refuse(Why.TOO_LITTLE))
    # Each attempt counts, whomever it meets: a count that differed would tell who is a member.
    counts = [("survey", by.code, at), ("survey_of_organization", organization.code, at)]
    if not spend_each(counts):
        raise Refused(refuse(Why.TOO_OFTEN))
    return bring_in(organization=organization, said=said, home=home, consent=consent, by=by, at=at, key=key)


def bring_in(
    *,
    organization: Organization,
    said: Said,
    home: str,
    consent: Consent,
    by: Actor,
    at: datetime,
    key: str | None = None,
    **manner: Unpack[Manner],
) -> Finding:
    """Write one finding and ask whoever can say who he is; the same key twice is one finding."""
    with in_turn():
        done = Finding.objects.filter(key=key).first() if key else None
        if done:
            return done
        member = matched(said, home)
        journey = _open_journey(member)
        met = _Met(organization, said, home, consent, member, journey, manner.pop("outcome", None))
        desk = _asked(met, by, at)
        finding = _written(met, desk, by, at, key=key, **manner)
        if finding.closed_at is None and desk.handoff is None:
            kind = "found_unmarked" if member else "found_unknown"
            facts = {"sender": organization.short_name, "due": day(desk.due_at)}
            tell_desk(finding, desk.holder, kind, at, **facts)
        return finding


@dataclass(frozen=True)
class _Met:
    """Somebody met: what was said of him, and what the rosters know of it."""

    finder: Organization
    said: Said
    home: str
    consent: Consent
    member: Member | None
    journey: Journey | None
    moved: Outcome | None = None

    @property
    def outcome(self) -> Outcome | None:
        """Say how it ends at once: he has moved by himself, or his finder keeps him already."""
        kept = self.journey is not None and self.journey.host_id == self.finder.pk
        return self.moved or (Outcome.KNOWN if kept else None)


def _written(met: _Met, desk: Desk, by: Actor, at: datetime, **more: Any) -> Finding:
    """Write the finding and its audit entry."""
    uid, done = new_uid(), met.outcome
    finding = Finding.objects.create(
        uid=uid,
        organization=met.finder,
        organization_path=met.finder.path,
        said_sealed=met.said.sealed(FINDING, uid),
        home_place_id=met.home or None,
        consent=met.consent,
        member=met.member,
        was_marked=met.journey is not None,
        handoff=desk.handoff,
        holder=desk.holder,
        holder_path=desk.holder.path,
        due_at=None if done else desk.due_at,
        registered_at=at,
        registered_by=by.code,
        outcome=done or "",
        closed_at=at if done else None,
        closed_by=by.code if done else "",
        **more,
    )
    subject, details = f"finding:{finding.pk}", {"source": str(finding.source)}
    record(
        actor=by.code,
        verb="register_found",
        subject=subject,
        organization=met.finder.pk,
        details=details,
        at=at,
    )
    return finding


def _open_journey(member: Member | None) -> Journey | None:
    rows = Journey.objects.open().select_related("member", "home", "host", "holder")
    return rows.filter(member=member).first() if member else None


def _asked(met: _Met, by: Actor, at: datetime) -> Desk:
    """Decide who is asked: home by its journey's own report, home by a request, or somebody outside."""
    if met.member is None:
        return outside_desk(met.home, met.finder, at)
    journey = met.journey
    if met.outcome or journey is None or Status(journey.status) not in STILL_TO_COME:
        return Desk(met.member.branch, periods.hop_due(at, in_force(at)))
    handoff = report(journey, met.finder, by, at, met.said.employer)
    return Desk(journey.home, handoff.due_at, handoff)


def as_finder(code: str, finder: Organization) -> Actor:
    """Act for the organisation that met somebody, as whoever registered him did at its counter."""
    seat = Seat(Role.WINDOW, finder.pk, finder.path, finder.short_name)
    return Actor(code=code, seats=(seat,))


def report(journey: Journey, finder: Organization, by: Actor, at: datetime, employer: str = "") -> Handoff:
    """Tell home by the usual move that a member it waits for was met, unless it is asked already."""
    waiting = journey.handoffs.filter(answered_at=None, purpose=Purpose.ARRIVAL)
    try:
        if not waiting.exists():
            find(journey=journey, by=as_finder(by.code, finder), at=at, employer=employer)
    except MoveRefused:
        # Another finder was faster in this very moment: home is asked all the same.
        pass
    return waiting.get()
