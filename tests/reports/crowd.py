"""How does a test get a crowd of members, moved at random through the real actions, and count them by hand?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Return
from hongyan.journeys.refusals import Refused
from hongyan.journeys.states import CloseReason
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Role
from hongyan.organizations.models import Organization
from tests.world import LIBERATION_MIDDLE, NOW, SPARED, TIANSHUI_SOUTH, TODAY, World, add_member, arrival

BRANCHES = ["village", "next_village", "tianshui_south", "liberation_middle", "minqin", "jingning_park"]
PLACES = [TIANSHUI_SOUTH, LIBERATION_MIDDLE, "620102", "650102", "330109", "620826"]
MOVES = [
    "check_in",
    "check_in",
    "accept",
    "accept",
    "forward",
    "register_outside",
    "relocate",
    "start_return",
    "end",
    "cancel",
    "lose",
    "late",
]
MOVE = st.tuples(st.sampled_from(MOVES), st.sampled_from(PLACES))
# The branch; whether he is away for a short time; whether nothing is demanded of him; what happens to him.
LIFE = st.tuples(st.sampled_from(BRANCHES), st.booleans(), st.booleans(), st.lists(MOVE, max_size=5))
LIVES = st.lists(LIFE, min_size=1, max_size=8)
Life = tuple[str, bool, bool, list[tuple[str, str]]]
LATER = NOW + timedelta(days=1)


def seat(world: World, organization: Organization) -> Actor:
    """Sit on an organisation's chair."""
    chair = Seat(Role.SECRETARY, organization.pk, organization.path, organization.short_name)
    user = world.users["province_department"]
    return Actor(code=f"user:{user.pk}", name=user.name, user_id=user.pk, seats=(chair,))


def begin(world: World, life: Life, number: int) -> Journey:
    """Mark one member of the crowd."""
    branch, short, exempt, _ = life
    member = add_member(world, f"crowd{number}", f"众{number}", branch)
    if exempt:
        type(member).objects.filter(pk=member.pk).update(**SPARED)
    return actions.mark(
        member=member,
        by=seat(world, world[branch]),
        at=NOW,
        departs_on=TODAY,
        expected_return_on=TODAY + timedelta(days=60) if short else None,
        destination="65" if number % 2 else "",
    )


def _desk(world: World, journey: Journey, **more: object) -> dict[str, object]:
    return {"journey": journey, "by": seat(world, journey.holder), "at": NOW, **more}


def _home(world: World, journey: Journey, **more: object) -> dict[str, object]:
    return {"journey": journey, "by": seat(world, journey.home), "at": NOW, **more}


def _end(world: World, journey: Journey) -> None:
    """Bring somebody home: the talk, the host's word where one is asked, the end."""
    actions.hold_return_talk(**_home(world, journey))  # type: ignore[arg-type]
    asked = Return.objects.select_related("host").get(journey=journey).host
    if asked:
        by = seat(world, asked)
        actions.write_closing(journey=journey, by=by, at=NOW, note="表现良好")
    actions.end(**_home(world, journey, reason=CloseReason.RETURNED))  # type: ignore[arg-type]


def step(world: World, journey: Journey, move: str, place: str) -> None:
    """Make one move if the table allows it; two things that only the clock does are written by hand."""
    journey = Journey.objects.select_related("holder", "home", "member").get(pk=journey.pk)
    here = Actor(code=f"member:{journey.member_id}", member_id=journey.member_id)
    go = {
        "journey": journey,
        "by": here,
        "at": NOW,
        "arrival": arrival(place, "A" if len(place) > 9 else "B"),
    }
    made: dict[str, Callable[[], object]] = {
        "check_in": lambda: actions.check_in(**go),  # type: ignore[arg-type]
        "relocate": lambda: actions.relocate(**go),  # type: ignore[arg-type]
        "accept": lambda: actions.accept(**_desk(world, journey)),  # type: ignore[arg-type]
        "forward": lambda: actions.forward(**_desk(world, journey, target=world["weiyuan_road"])),  # type: ignore[arg-type]
        "register_outside": lambda: actions.register_outside(
            **_desk(world, journey, host=world["xiaoshan"], note="回执")  # type: ignore[arg-type]
        ),
        "start_return": lambda: actions.start_return(**_home(world, journey)),  # type: ignore[arg-type]
        "end": lambda: _end(world, journey),
        "cancel": lambda: actions.cancel(**_home(world, journey, note="误标")),  # type: ignore[arg-type]
        "lose": lambda: Journey.objects.open().filter(pk=journey.pk).update(lost_at=NOW, lost_by="user:1"),
        "late": lambda: Journey.objects.open().filter(pk=journey.pk).update(due_at=NOW),
    }
    try:
        made[move]()
    except Refused:
        pass


def populate(world: World, lives: list[Life]) -> None:
    """Let every life of the crowd happen."""
    for number, life in enumerate(lives):
        journey = begin(world, life, number)
        for move, place in life[3]:
            step(world, journey, move, place)


@dataclass(frozen=True)
class Facts:
    """One journey as a plain row; the figures below are counted from these in Python, not by the product."""

    pk: int
    status: str
    home: str
    host: str
    holder: str
    short: bool
    exempt: bool
    lost: bool
    checked_in: bool
    late: bool
    fallback: bool


def rows(at: datetime) -> list[Facts]:
    """Read every journey as plain facts."""
    return [
        Facts(
            journey.pk,
            journey.status,
            journey.home.path,
            journey.host.path if journey.host and journey.status != "closed" else "",
            journey.holder.path,
            journey.is_short,
            journey.member.is_exempt,
            journey.lost_at is not None,
            journey.checked_in_at is not None,
            journey.due_at is not None and journey.due_at < at,
            journey.host is not None and journey.host.kind == "mobile_branch",
        )
        for journey in Journey.objects.select_related("home", "host", "holder", "member")
    ]


def recount(facts: list[Facts], path: str, own: bool = False) -> dict[str, set[int]]:
    """Count every figure of one scope by hand: the numbers of the journeys, by the name of the figure."""

    def here(other: str) -> bool:
        return bool(other) and (other == path if own else other.startswith(path))

    people = [one for one in facts if one.status != "closed" and not one.short]
    out = [one for one in people if here(one.home)]
    hosted = ("hosted", "relocating")
    guests = [one for one in people if one.status in hosted and here(one.host)]
    strangers = [one for one in guests if not one.home.startswith(one.host)]
    work = [one for one in facts if one.status != "closed" and here(one.holder)]
    waiting = [one for one in out if one.status in ("planned", "awaiting")]
    kept = [one for one in out if one.status in hosted and not one.lost]
    figures = {
        "out": out,
        "checked_in": [one for one in out if one.checked_in],
        "awaiting": waiting,
        "late_check_in": [one for one in waiting if one.late and not one.exempt],
        "dispatching": [one for one in out if one.status == "dispatching"],
        "hosted": [one for one in out if one.status in hosted],
        "returning": [one for one in out if one.status == "returning"],
        "within": [one for one in kept if here(one.host)],
        "outside": [one for one in kept if not here(one.host)],
        "in_transit": [one for one in out if one.status not in hosted and not one.lost],
        "out_of_contact": [one for one in out if one.lost],
        "short": [one for one in facts if one.status != "closed" and one.short and here(one.home)],
        "in": strangers,
        "in_from_outside": [one for one in strangers if not here(one.home)],
        "fallback": [one for one in guests if one.fallback],
        "on_desk": [one for one in work if one.status in ("dispatching", "relocating")],
        "overdue": [one for one in work if one.late and not one.exempt],
    }
    return {name: {one.pk for one in ones} for name, ones in figures.items()}
