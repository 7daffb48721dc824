"""Who was found in the demo instead of marked, and which company has a poster?

One waits for his village's word, one for an answer from another province, two were found and taken in, some are kept
elsewhere already; at the chemical park a poster hangs, and an employee nobody has marked can scan it.
"""

from datetime import datetime, timedelta
from typing import Protocol

from hongyan.demo.cast import MEMBERS as CAST
from hongyan.demo.scenes import SOUTH, VILLAGE
from hongyan.finding import actions
from hongyan.finding.models import Consent, Finding
from hongyan.finding.said import Said, tidy
from hongyan.journeys import actions as moves
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member, User
from hongyan.members.permissions import Actor, official
from hongyan.members.sealing import phone_of
from hongyan.organizations import paths
from hongyan.organizations.models import Organization, under

PARK, COMPANY = "demo-chemical-park", "秦川新材料有限公司"
# Found and taken in; then him the village is asked about, and the employee at the park.
TAKEN_IN = 2
MEMBERS, JOURNEYS = TAKEN_IN + 2, TAKEN_IN
# Enough of them for the county to be estimated.
KEPT_ELSEWHERE = 9


class Stage(Protocol):
    """What of the story's director is needed here."""

    def organization(self, place: str) -> Organization:
        """Find an organisation by its place or code."""
        ...

    def at_desk(self, organization_id: int) -> Actor:
        """Build the actor who sits at an organisation's desk."""
        ...

    def enrol(self, home: str, key: str = "") -> Member:
        """Put a member on a branch's roster."""
        ...


def play_found(stage: Stage, now: datetime) -> None:
    """Play everything about people who were found."""
    _hang_poster(stage, now)
    community, village = stage.organization(SOUTH), stage.organization(VILLAGE)
    desk, home = stage.at_desk(community.pk), stage.at_desk(village.pk)
    for number in range(TAKEN_IN):
        at = now - timedelta(days=40 - number)
        finding = _register(community, _said(stage.enrol(VILLAGE)), desk, at)
        done = actions.confirm_found(finding=finding, by=home, at=at + timedelta(hours=5))
        journey = Journey.objects.get(pk=done.handoff.journey_id if done.handoff else 0)
        journey = moves.accept(journey=journey, by=desk, at=at + timedelta(hours=9))
        moves.contact(journey=journey, by=desk, at=now - timedelta(days=6))
    _meet_kept(stage, community, village, desk, now)
    _register(community, _said(stage.enrol(VILLAGE)), desk, now - timedelta(hours=4))
    stranger = tidy(name="石敢当", phone="10000000999", home="浙江省杭州市萧山区")
    _register(community, stranger, desk, now - timedelta(days=2), "330109")
    actions.settle_answered(at=now)


def _said(member: Member) -> Said:
    return tidy(name=member.name, phone=phone_of(member))


def _register(organization: Organization, said: Said, by: Actor, at: datetime, home: str = "") -> Finding:
    return actions.register_found(
        organization=organization, said=said, home=home, consent=Consent.SPOKEN, by=by, at=at
    )


def _meet_kept(
    stage: Stage, community: Organization, village: Organization, desk: Actor, now: datetime
) -> None:
    """Let the community meet members of the county whom others keep already: their homes say so."""
    kept = Journey.objects.filter(status=Status.HOSTED, is_short=False).exclude(host=community)
    county = kept.filter(under("home_path", village.path[: -2 * paths.WIDTH])).select_related(
        "member", "home"
    )
    for number, journey in enumerate(county.order_by("pk")[:KEPT_ELSEWHERE]):
        at = now - timedelta(days=20 - number)
        finding = _register(community, _said(journey.member), desk, at)
        home = stage.at_desk(journey.home_id)
        actions.confirm_found(finding=finding, by=home, at=at + timedelta(hours=3))


def _hang_poster(stage: Stage, now: datetime) -> None:
    """Give the company at the chemical park its poster, and one employee nobody has marked."""
    stage.enrol(CAST["technician"].home, "technician")
    park = stage.organization(PARK)
    secretary = official(User.objects.get(username="chemical_secretary"), now.date())
    actions.add_company(
        organization=park,
        name=COMPANY,
        place=str(park.division_id),
        by=secretary,
        at=now - timedelta(days=30),
    )
