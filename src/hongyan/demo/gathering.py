"""Which branch far from home was founded in the demo, and who is suggested to form one?

Some of 民勤县 live in 安宁区 and have founded a branch there after the district was consulted; others are together in
城关区, and both departments see that they could.
"""

from datetime import datetime, timedelta

from hongyan.demo.found import Stage
from hongyan.demo.scenes import SOUTH, VILLAGE
from hongyan.gathering import actions
from hongyan.gathering.kinds import Consultation, HostKind
from hongyan.gathering.models import Gathering, Invitation
from hongyan.gathering.rules import Plan
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions as moves
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.members.actions import appoint, register_user
from hongyan.members.models import Category, Member
from hongyan.members.permissions import official
from hongyan.members.roles import Role
from hongyan.organizations.models import Organization

SETUP = "system:demo"
# Whom no rule asks from which day on a duty is given.
HANDS = "system:setup"
COUNTY, TOWN, DISTRICT, THERE = "620621", "620621100", "620105", "620105002009"
# So many found the branch, so many more are together in the other district.
FOUNDERS, TOGETHER = 4, 3
MEMBERS = JOURNEYS = FOUNDERS + TOGETHER


def play_gathering(stage: Stage, now: datetime) -> None:
    """Let a branch be founded in one district, and one be suggested in the other."""
    for number in range(FOUNDERS):
        _move_in(stage, THERE, _morning(now, 120 + number))
    for number in range(TOGETHER):
        _move_in(stage, SOUTH, _morning(now, 70 + number))
    county = stage.organization(COUNTY)
    actions.gather_due(at=_morning(now, 30))
    found = Gathering.objects.open().filter(home=county, place_id=DISTRICT).select_related("host").first()
    if found is not None and found.branch is None:
        _found(stage, found, now)
    actions.gather_due(at=now - timedelta(hours=5))
    actions.watch_branches_due(at=now - timedelta(hours=5))


def _morning(now: datetime, days: int) -> datetime:
    """Return ten o'clock so many days ago."""
    return (now - timedelta(days=days)).astimezone(SHANGHAI).replace(hour=10, minute=5, second=0)


def _move_in(stage: Stage, place: str, at: datetime) -> Journey:
    """Let one more full member of the village be taken in by a community."""
    member = stage.enrol(VILLAGE)
    Member.objects.filter(pk=member.pk).update(category=Category.FULL)
    home, there = stage.at_desk(member.branch_id), stage.organization(place)
    journey = moves.mark(
        member=member,
        by=home,
        at=at,
        departs_on=at.astimezone(SHANGHAI).date(),
        destination=place[:6],
        talk_on=at.astimezone(SHANGHAI).date(),
    )
    arrival = Arrival(place, "A", f"本人确认在{there.short_name}")
    journey = moves.check_in(journey=journey, arrival=arrival, by=home, at=at + timedelta(days=2))
    desk = stage.at_desk(journey.holder_id)
    return moves.accept(journey=journey, by=desk, at=at + timedelta(days=2, hours=3))


def _found(stage: Stage, gathering: Gathering, now: datetime) -> None:
    home, at = stage.at_desk(gathering.home_id), _morning(now, 26)
    people = list(Journey.objects.filter(home__division_id=VILLAGE, host__division_id=THERE).order_by("pk"))
    chosen = [row.pk for row in people if row.member.category == Category.FULL][-FOUNDERS:]
    plan = Plan(
        name="民勤县驻安宁区流动党员党支部",
        host_kind=HostKind.CHAMBER,
        host_body="兰州民勤商会",
        address="安宁区培黎街道党群服务中心二楼",
        phone="0000-6210105",
        superior=stage.organization(TOWN),
        secretary=chosen[0],
        people=chosen,
    )
    founding = actions.propose_branch(gathering=gathering, plan=plan, by=home, at=at)
    there = stage.at_desk(founding.holder_id)
    answered_at, note = at + timedelta(days=4), "同意，请每季度把活动情况告诉我们"
    founding = actions.answer_consultation(
        founding=founding, answer=Consultation.REMARKS, note=note, by=there, at=answered_at
    )
    founding = actions.found_branch(founding=founding, by=home, at=at + timedelta(days=6))
    if founding.branch:
        _join(stage, founding.branch, _morning(now, 18))


def _join(stage: Stage, branch: Organization, at: datetime) -> None:
    """Let all but the last say yes, and the new secretary take them in."""
    user = register_user(username="anning_branch", name=branch.contact_name, by=SETUP, at=at)
    appoint(user=user, role=Role.SECRETARY, organization=branch, from_on=at.date(), by=HANDS, at=at)
    secretary = official(user, at.date())
    for row in list(Invitation.objects.filter(branch=branch).order_by("pk"))[:-1]:
        home = stage.at_desk(row.journey.home_id)
        done = actions.answer_join(invitation=row, agreed=True, by=home, at=at)
        journey = moves.accept(
            journey=Journey.objects.get(pk=done.journey_id), by=secretary, at=at + timedelta(hours=5)
        )
        moves.contact(journey=journey, by=secretary, at=at + timedelta(days=12))
