"""What do the pages show of a suggestion, a founding and its people: names only to whom they are known?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from hongyan.gathering.kinds import UNDER_WAY
from hongyan.gathering.models import Founding, FoundingMember, Gathering, Invitation
from hongyan.gathering.rules import (
    is_outside,
    place_name,
    why_not_again,
    why_not_answer,
    why_not_decide,
    why_not_drop,
)
from hongyan.gathering.together import Number, counts_of, full_of, people_of
from hongyan.journeys.models import Journey
from hongyan.members.models import Category
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import Power
from hongyan.organizations.models import under
from hongyan.web.cards import card_of, may_know
from hongyan.web.deadlines import Deadline, deadline

SHOWN = 200


@dataclass(frozen=True)
class Row:
    """One suggestion in the list, counted at this moment."""

    gathering: Gathering
    number: Number
    founding: Founding | None
    place: str
    is_home: bool
    state: str
    tone: str


@dataclass(frozen=True)
class Person:
    """One of those who are together, as far as this viewer may know him."""

    journey: Journey
    name: str
    full: bool
    host: str
    is_known: bool


def gatherings_of(actor: Actor) -> QuerySet[Gathering]:
    """Fetch the suggestions of both sides this official speaks for."""
    rows = Gathering.objects.visible_to(actor).select_related("home", "host", "place", "branch")
    return rows.order_by("-suggested_at", "pk")


def foundings_of(actor: Actor) -> QuerySet[Founding]:
    """Fetch the foundings of suggestions somebody sees, and those that climbed to him."""
    rows = Founding.objects.filter(
        Q(gathering__in=Gathering.objects.visible_to(actor).order_by().values("pk")) | _held_by(actor)
    )
    return rows.select_related(
        "gathering__home", "gathering__host", "gathering__place", "gathering__branch", "holder",
        "superior", "branch",
    )  # fmt: skip


def _held_by(actor: Actor) -> Q:
    scope = Q(pk__in=[])
    for seat in actor.seats_for(Power.GATHER):
        scope |= under("holder_path", seat.path)
    return scope


def is_home(actor: Actor, gathering: Gathering) -> bool:
    """Tell whether somebody speaks for home: he sees the people, the other side those it hosts."""
    return actor.seat_over(Power.GATHER, gathering.home_path) is not None


def list_rows(actor: Actor) -> list[Row]:
    """Say each open suggestion: how many are there now, and what is being done."""
    found = list(gatherings_of(actor).filter(ended_at=None)[:SHOWN])
    numbers = counts_of(found)
    rows = Founding.objects.filter(gathering__in=found, state__in=UNDER_WAY).select_related("holder")
    under_way = {row.gathering_id: row for row in rows}
    return [_row(actor, row, numbers[row.pk], under_way.get(row.pk)) for row in found]


def _row(actor: Actor, gathering: Gathering, number: Number, founding: Founding | None) -> Row:
    state, tone = "可以设立党支部", "gold"
    if founding:
        state, tone = founding.get_state_display(), "blue"
    elif gathering.rests_until:
        state, tone = f"暂不考虑，{gathering.rests_until.month}月{gathering.rests_until.day}日再提", ""
    elif gathering.branch:
        state, tone = f"可以加入{gathering.branch.short_name}", "gold"
    home = is_home(actor, gathering)
    return Row(gathering, number, founding, place_name(gathering), home, state, tone)


def people(actor: Actor, gathering: Gathering, *, everybody: bool = True) -> list[Person]:
    """List those of a suggestion this viewer may know, the full members first; the others are a number."""
    rows = people_of(gathering) if everybody else full_of(people_of(gathering))
    rows = rows.select_related("member", "home", "host", "destination").order_by("member__category", "pk")
    return [_person(actor, row) for row in rows[: 2 * SHOWN] if may_know(actor, row)]


def _person(actor: Actor, journey: Journey) -> Person:
    return Person(
        journey=journey,
        name=card_of(actor, journey).name,
        full=journey.member.category == Category.FULL,
        host=journey.host.short_name if journey.host else "",
        is_known=may_know(actor, journey),
    )


@dataclass(frozen=True)
class Founder:
    """One of those proposed for a branch, with what he shall do in it."""

    row: FoundingMember
    name: str
    is_known: bool


def founders(actor: Actor, founding: Founding) -> list[Founder]:
    """List the people of a founding; of whom this viewer may not know, a surname."""
    rows = founding.people.select_related("journey__member", "journey__home", "journey__host")
    found = rows.order_by("-is_secretary", "-on_committee", "-is_full", "pk")
    return [Founder(row, card_of(actor, row.journey).name, may_know(actor, row.journey)) for row in found]


@dataclass(frozen=True)
class Step:
    """One step of a founding, in words."""

    label: str
    answer: str
    organization: str
    who: str
    at: datetime
    note: str


def steps_of(founding: Founding) -> list[Step]:
    """List what was done, the latest first."""
    rows = list(founding.steps.select_related("organization").order_by("-pk"))
    names = names_of({row.by for row in rows})
    return [
        Step(
            row.get_verb_display(),
            row.get_answer_display() if row.answer else "",
            row.organization.short_name if row.organization else "",
            names.get(row.by, ""),
            row.at,
            row.note,
        )
        for row in rows
    ]


def due_of(founding: Founding) -> Deadline | None:
    """Say until when the next answer is owed."""
    return deadline(founding.due_at, timezone.now())


def may_of(actor: Actor, founding: Founding) -> dict[str, Any]:
    """Say which steps are this person's now, and why not those that are not."""
    decide = why_not_decide(founding, actor)
    return {
        "may_answer": why_not_answer(founding, actor) is None,
        "may_decide": decide is None,
        "why_not_decide": decide.sentence if decide else "",
        "may_ask_again": why_not_again(founding, actor) is None,
        "may_drop": why_not_drop(founding, actor) is None,
        "is_outside": is_outside(founding),
        "place": place_name(founding.gathering),
    }


def answers(actor: Actor, founding: Founding) -> list[tuple[Invitation, str]]:
    """List who was asked to join the branch and what he said, where home looks at its own people."""
    if founding.branch is None or not is_home(actor, founding.gathering):
        return []
    rows = Invitation.objects.filter(branch=founding.branch).select_related(
        "journey__member", "journey__home", "journey__host"
    )
    return [(row, card_of(actor, row.journey).name) for row in rows.order_by("pk")[:SHOWN]]


def known_ids(rows: Iterable[Any]) -> list[int]:
    """List the members whose names a page shows."""
    return [row.journey.member_id for row in rows if row.is_known]


def journeys_of(chosen: Sequence[Founder]) -> list[int]:
    """List the members whose whole name stands among the people of a founding."""
    return [one.row.journey.member_id for one in chosen if one.is_known]
