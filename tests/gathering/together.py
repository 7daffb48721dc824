"""How do several people of one home come together in one place?"""

from datetime import datetime
from typing import Any

from hongyan.gathering.actions import answer_consultation, gather_due, propose_branch
from hongyan.gathering.models import Founding, Gathering
from hongyan.gathering.rules import Plan
from hongyan.journeys import actions as moves
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Category, Member
from tests.world import NOW, World, add_member, journey_at

NAMES = ("尚文", "武清", "沈安", "石磊", "易行", "霍远", "贺青", "邵明")


def move_in(world: World, number: int = 3, *, at: datetime = NOW, first: int = 0) -> list[Journey]:
    """Let so many full members of the county be taken in by one community of Chengguan."""
    journeys = []
    for index in range(first, first + number):
        key = f"fellow{index}"
        add_member(world, key, NAMES[index], "village")
        journeys.append(journey_at(world, Status.HOSTED, key, at))
    return journeys


def on_probation(journey: Journey) -> None:
    """Let somebody be on probation."""
    Member.objects.filter(pk=journey.member_id).update(category=Category.PROBATIONARY)


def suggested(world: World, number: int = 3, *, at: datetime = NOW) -> Gathering:
    """Let the night suggest a branch for so many."""
    move_in(world, number, at=at)
    gather_due(at=at)
    return Gathering.objects.open().get()


def plan(world: World, gathering: Gathering, **other: Any) -> Plan:
    """Fill in the form rightly: everybody who is there, the first one leads."""
    people = sorted(Journey.objects.filter(host=world["tianshui_south"]).values_list("pk", flat=True))
    filled: dict[str, Any] = {
        "name": "民勤县驻城关流动党员党支部",
        "host_kind": "chamber",
        "host_body": "兰州民勤商会",
        "address": "城关区天水南路 1 号",
        "phone": "0000-1000022",
        "superior": world["minqin_town"],
        "secretary": people[0] if people else 0,
        "people": people,
        "committee": people[:3] if len(people) >= 7 else [],
    }
    return Plan(**(filled | other))


def proposed(world: World, number: int = 3, *, at: datetime = NOW) -> Founding:
    """Let home propose a branch."""
    gathering = suggested(world, number, at=at)
    home = world.actor("minqin_department")
    return propose_branch(gathering=gathering, plan=plan(world, gathering), by=home, at=at)


def consulted(world: World, number: int = 3, *, answer: str = "agrees", at: datetime = NOW) -> Founding:
    """Let the destination have answered."""
    founding = proposed(world, number, at=at)
    there = world.actor("chengguan_department")
    return answer_consultation(founding=founding, answer=answer, note="场所已看过", by=there, at=at)


def go_home(world: World, journey: Journey, at: datetime) -> None:
    """Let one start for home."""
    moves.start_return(journey=journey, by=world.actor("village_secretary"), at=at)
