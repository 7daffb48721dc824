"""What has been tried to find somebody, what not yet, and whom does a list of the unheard name?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Journey, Search, SearchAttempt
from hongyan.journeys.search_rules import open_search
from hongyan.journeys.searches import Outcome, Way
from hongyan.journeys.states import AWAY
from hongyan.members.permissions import Actor
from hongyan.organizations.models import under
from hongyan.web.cards import Card, card_of
from hongyan.web.console.places_said import destination_of, home_of
from hongyan.web.deadlines import Deadline, deadline

PER_PAGE = 50
MONTH = 30.4


@dataclass(frozen=True)
class Tried:
    """One attempt in words."""

    way: str
    day: date
    who: str
    outcome: str
    tone: str
    note: str


@dataclass(frozen=True)
class Log:
    """A search in words: since when, what was tried, what not, and until when the next step is due."""

    search: Search
    heard_on: date
    days: int
    tried: tuple[Tried, ...]
    untried: tuple[str, ...]
    deadline: Deadline | None


TONES = {Outcome.NOTHING: "", Outcome.TRACE: "gold", Outcome.REACHED: "green"}


def days_since(heard_on: date, at: datetime) -> int:
    """Count the days since somebody was last heard of."""
    return (at.astimezone(SHANGHAI).date() - heard_on).days


def log_of(search: Search, at: datetime) -> Log:
    """Read the log of a search, the newest attempt first."""
    rows = list(search.attempts.order_by("-tried_on", "-pk"))
    done = {row.way for row in rows}
    return Log(
        search=search,
        heard_on=search.heard_on,
        days=days_since(search.heard_on, at),
        tried=tuple(
            Tried(
                row.get_way_display(),
                row.tried_on,
                row.who,
                row.get_outcome_display(),
                TONES[Outcome(row.outcome)],
                row.note,
            )
            for row in rows
        ),
        untried=tuple(way.label for way in Way if way not in done),
        deadline=deadline(search.next_due_at, at),
    )


def next_step_due(actor: Actor, journey: Journey) -> datetime | None:
    """Say until when the next step of the search is due, where one is going on."""
    search = open_search(journey)
    return search.next_due_at if search else None


@dataclass(frozen=True)
class Line:
    """One person on the list: who, since when, what was tried, until when the next step is due."""

    journey: Journey
    card: Card
    home: str
    destination: str
    heard_on: date
    days: int
    attempts: int
    last_way: str
    deadline: Deadline | None
    is_exempt: bool


def unheard_of(actor: Actor) -> QuerySet[Journey]:
    """List whom nobody hears of, at home or hosted within somebody's reach; a card names nobody lost."""
    scope = Q(pk__in=[])
    for path in actor.visible_paths:
        scope |= under("home_path", path) | under("host_path", path)
    quiet = Q(lost_at__isnull=False) | Q(watched_at__isnull=False)
    return Journey.objects.filter(scope & quiet, status__in=AWAY)


GROUPS = {
    "lost": Q(lost_at__isnull=False, member__is_exempt=False),
    "watched": Q(lost_at=None, member__is_exempt=False),
    "cared": Q(member__is_exempt=True),
}
TITLES = {
    "lost": "失联关注",
    "watched": "三个月没有联系",
    "cared": "关心对象",
}
LEADS = {
    "lost": "联系不上的党员。逐项查找，登记每一次，材料齐了由支部决定。",
    "watched": "现在打个电话，多半就联系上了。",
    "cared": "年老、患病或残疾，不作硬性要求。打个电话问候就好。",
}


def lines_of(journeys: Sequence[Journey], actor: Actor, at: datetime) -> list[Line]:
    """Say each of these people; they come from `with_search`."""
    return [_line(journey, actor, at) for journey in journeys]


def with_search(journeys: QuerySet[Journey]) -> QuerySet[Journey]:
    """Read people with their open search and its attempts, in a constant number of queries."""
    tries = Prefetch("attempts", SearchAttempt.objects.order_by("-tried_on", "-pk"), to_attr="tries")
    going_on = Search.objects.filter(found_at=None).prefetch_related(tries)
    near = journeys.select_related("member", "home", "host", "holder", "destination")
    return near.prefetch_related(Prefetch("searches", going_on, to_attr="going_on"))


def _line(journey: Journey, actor: Actor, at: datetime) -> Line:
    going_on: list[Search] = journey.going_on  # type: ignore[attr-defined]
    search = going_on[0] if going_on else None
    tries: list[SearchAttempt] = search.tries if search else []  # type: ignore[attr-defined]
    heard = search.heard_on if search else journey.departs_on
    return Line(
        journey=journey,
        card=card_of(actor, journey),
        home=home_of(journey),
        destination=destination_of(journey),
        heard_on=heard,
        days=days_since(heard, at),
        attempts=len(tries),
        last_way=tries[0].get_way_display() if tries else "",
        deadline=deadline(search.next_due_at, at) if search else None,
        is_exempt=journey.member.is_exempt,
    )
