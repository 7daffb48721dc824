"""What do the lists of people found show: to the finder a state, to whoever is asked the person?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from hongyan.finding.models import Finding, Outcome, Source
from hongyan.finding.rules import outcome_of
from hongyan.finding.said import FINDING, Said, said_of
from hongyan.journeys.models import Journey
from hongyan.journeys.states import ON_THE_WAY
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization, under
from hongyan.web.cards import surname_only
from hongyan.web.deadlines import Deadline, deadline
from hongyan.web.places import name_in_full

PER_PAGE = 25
WAITING = "正在核实"
GONE = "已按期清空"
TONES = {Outcome.CONFIRMED: "green", Outcome.OUTSIDE: "green", Outcome.KNOWN: "", Outcome.UNCONFIRMED: ""}
# He was confirmed, and his case waits on the finder's desk no longer.
PASSED = "已到过您的待办，不用再登记。"
# What the finder does next; the same for everybody whom nobody could name.
NEXT = {
    "": "已请其党组织核实，有结果会通知您。",
    Outcome.CONFIRMED: "已到您的待办，请按期接收。",
    Outcome.OUTSIDE: "外地党组织已确认，请按流入党员联系。",
    Outcome.KNOWN: "已有党组织与他联系，不用再登记。",
    Outcome.UNCONFIRMED: "没有核实到。本人愿意时，请他联系自己的党支部。",
}


@dataclass(frozen=True)
class OwnRow:
    """One person as his finder sees him: a surname and a state, nothing of any roster."""

    who: str
    source: str
    organization: str
    at: datetime
    state: str
    tone: str
    next: str


@dataclass(frozen=True)
class AskedRow:
    """One person as the desk that is asked sees him."""

    pk: int
    who: str
    of: str
    finder: str
    source: str
    at: datetime
    is_member: bool
    deadline: Deadline | None


def registered_by(actor: Actor) -> QuerySet[Finding]:
    """Fetch what one's own organisations have registered, the latest first."""
    ids = [seat.organization_id for seat in actor.seats_for(Power.ASSIST)]
    rows = Finding.objects.filter(organization_id__in=ids).select_related("handoff", "organization")
    return rows.order_by("-registered_at", "-pk")


def asked_of(actor: Actor) -> QuerySet[Finding]:
    """Fetch those somebody may answer for: on his desk or below."""
    scope = Q(pk__in=[])
    for seat in actor.seats_for(Power.MARK):
        scope |= under("holder_path", seat.path)
    rows = Finding.objects.filter(scope)
    return rows.select_related("organization", "holder", "member__branch", "company", "handoff")


def waiting(actor: Actor) -> QuerySet[Finding]:
    """Keep those nobody has answered yet, the most urgent first; a report on a journey stands on its case."""
    return asked_of(actor).filter(closed_at=None, handoff=None).order_by("due_at", "pk")


def owed(actor: Actor, at: datetime) -> tuple[int, Deadline | None]:
    """Count whom somebody is asked about, with the deadline of the most urgent."""
    found = waiting(actor).order_by().aggregate(number=Count("pk"), first=Min("due_at"))
    return found["number"], deadline(found["first"], at)


def own_rows(findings: Sequence[Finding]) -> list[OwnRow]:
    """Say each person registered to his finder."""
    arrived = _on_desks([finding.member_id for finding in findings if finding.member_id])
    return [_own(finding, (finding.member_id, finding.organization_id) in arrived) for finding in findings]


def _on_desks(members: Sequence[int]) -> set[tuple[int, int]]:
    """Find whose cases wait on which desk: (member, desk)."""
    cases = Journey.objects.filter(member_id__in=members, status__in=ON_THE_WAY)
    return set(cases.values_list("member_id", "holder_id"))


def _own(finding: Finding, waits: bool) -> OwnRow:
    outcome, name = outcome_of(finding), said_of(finding, FINDING).name
    return OwnRow(
        who=surname_only(name) if name else GONE,
        source=str(Source(finding.source).label),
        organization=finding.organization.short_name,
        at=finding.registered_at,
        state=str(Outcome(outcome).label) if outcome else WAITING,
        tone=TONES[Outcome(outcome)] if outcome else "gold",
        next=NEXT[outcome] if waits or outcome != Outcome.CONFIRMED else PASSED,
    )


def asked_rows(findings: Sequence[Finding], at: datetime) -> list[AskedRow]:
    """Say each person to the desk that is asked."""
    return [
        AskedRow(
            pk=finding.pk,
            who=finding.member.name if finding.member else said_of(finding, FINDING).name,
            of=finding.member.branch.short_name if finding.member else home_of(finding),
            finder=finding.organization.short_name,
            source=str(Source(finding.source).label),
            at=finding.registered_at,
            is_member=finding.member is not None,
            deadline=deadline(finding.due_at, at),
        )
        for finding in findings
    ]


def home_of(finding: Finding) -> str:
    """Name the home somebody gave, by his own words or by its place."""
    said: Said = said_of(finding, FINDING)
    return said.home or name_in_full(finding.home_place_id or "")


def own_counters(actor: Actor) -> list[Organization]:
    """List the organisations somebody may register people for."""
    ids = [seat.organization_id for seat in actor.seats_for(Power.ASSIST)]
    return list(Organization.objects.open().filter(pk__in=ids).order_by("path"))
