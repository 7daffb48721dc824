"""How do thousands of invented people and their periods away become rows?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from hongyan.audit.models import Entry
from hongyan.audit.rules import details_text
from hongyan.demo import lives
from hongyan.demo.ladders import REMINDER, climb
from hongyan.demo.lives import Life
from hongyan.demo.people import Person, Registry
from hongyan.demo.plots import PLOTS, Stage, closed
from hongyan.demo.rows import insert
from hongyan.demo.tree import Node
from hongyan.geography.calendar import SHANGHAI
from hongyan.initials import name_initials
from hongyan.journeys.models import Handoff, Journey, Reminder, Return, Search, SearchAttempt, Transition
from hongyan.members.models import Exemption, Member
from hongyan.members.sealing import id_number_hash, phone_hash, seal_id_number, seal_phone, tail_finder

MEMBER = (
    "id", "uid", "name", "initials", "sex", "ethnicity", "birth_on", "education", "category", "joined_on", "branch_id",
    "branch_path", "occupation", "phone_sealed", "phone_hash", "phone_tail", "id_number_sealed", "id_number_hash",
    "emergency_contact", "emergency_phone_sealed", "is_exempt", "exempt_kind",
    "exempt_review_on", "credential_number", "created_at", "created_by",
)  # fmt: skip
ENTRY = ("at", "actor", "verb", "subject", "organization_id", "details")
# Of all periods away so many have ended, half of them of people who went away again.
ENDED = 0.06
# Every ended period was over this long before today: nobody who left since overlaps with himself.
BETWEEN = timedelta(days=300)
SETUP = "system:demo"
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Crowd:
    """The people and their lives, ready to be written."""

    people: list[tuple[int, Person, Node]]
    lives: list[Life]


def homes(stage: Stage) -> tuple[list[Node], list[float]]:
    """List the village branches people leave, with weights added up: some send many, most send few."""
    branches, weights, total = [], [], 0.0
    for county in sorted({place[:6] for place in stage.tree.at if len(place) == 12}):
        for node in stage.tree.hosts_in(county):
            total += stage.random.paretovariate(1.6) * (0.4 if "社区" in node.title.short_name else 1.0)
            branches.append(node)
            weights.append(total)
    return branches, weights


def invent(stage: Stage, registry: Registry, members: int, journeys: int, progress: Progress) -> Crowd:
    """Invent members and journeys (members ≥ journeys), both numbered from 1."""
    branches, weights = homes(stage)
    homes_drawn = stage.random.choices(branches, cum_weights=weights, k=members)
    people = [
        (number, registry.person(home.division or ""), home) for number, home in enumerate(homes_drawn, 1)
    ]
    ended = int(journeys * ENDED)
    away = people[: journeys - ended]
    plots = stage.random.choices([plot for plot, _ in PLOTS], [weight for _, weight in PLOTS], k=len(away))
    played: list[Life] = []
    for (member, _, home), plot in zip(away, plots, strict=True):
        life = Life(len(played) + 1, member, home, stage.random, stage.now)
        plot(stage, life)
        played.append(life)
        if len(played) % 500 == 0:
            progress(len(played) / journeys)
    # Half of the ended ones are at home for good; the others, who left again since, have two files.
    recent = [life for life in played if stage.now - life.row["marked_at"] < BETWEEN]
    again = stage.random.sample(recent, min(ended // 2, len(recent)))
    stayed = people[len(away) : journeys - len(again)]
    for member, home in [(life.member, life.home) for life in again] + [(pk, home) for pk, _, home in stayed]:
        life = Life(len(played) + 1, member, home, stage.random, stage.now)
        closed(stage, life)
        played.append(life)
    return Crowd(people, played)


def _exemption(pk: int, person: Person, at: datetime) -> tuple[str, date | None]:
    """Say why nothing hard is asked of somebody and when one looks at it again: spread over three years."""
    if not person.is_exempt:
        return "", None
    return Exemption.OLD.value, at.astimezone(SHANGHAI).date() + timedelta(days=20 + pk * 37 % 1000)


def _member_rows(people: list[tuple[int, Person, Node]], at: datetime) -> Iterator[tuple[Any, ...]]:
    tail_of = tail_finder()
    for pk, person, home in people:
        uid = person.uid
        yield (
            pk, uid, person.name, name_initials(person.name), person.sex.value, person.ethnicity, person.birth_on, person.education,
            person.category.value, person.joined_on, home.pk, home.path, person.occupation,
            seal_phone(person.phone, uid), phone_hash(person.phone), tail_of(person.phone), seal_id_number(person.id_number, uid),
            id_number_hash(person.id_number), "", b"", person.is_exempt, *_exemption(pk, person, at),
            f"GS{pk:08d}", at, SETUP,
        )  # fmt: skip


@lru_cache(maxsize=256)
def _details(source: str, target: str) -> str:
    return details_text({"from": source, "to": target})


def _entry_rows(played: list[Life]) -> Iterator[tuple[Any, ...]]:
    for life in played:
        for pk, _, verb, source, target, at, by, organization, *_ in life.moves:
            yield at, by, verb, f"journey:{pk}", organization, _details(source, target)


def write(crowd: Crowd, at: datetime, progress: Progress) -> None:
    """Write the people and their lives, table by table."""
    insert(Member, MEMBER, _member_rows(crowd.people, at))
    progress(0.3)
    reminders = [row for life in crowd.lives for row in climb(life)]
    insert(Journey, lives.JOURNEY, ([life.row[column] for column in lives.JOURNEY] for life in crowd.lives))
    progress(0.45)
    insert(Handoff, lives.HANDOFF, (hop for life in crowd.lives for hop in life.hops))
    progress(0.6)
    insert(Reminder, REMINDER, reminders)
    backs = (life.back for life in crowd.lives if life.back)
    insert(Return, lives.RETURN, ([back[column] for column in lives.RETURN] for back in backs))
    looked = [life for life in crowd.lives if life.search]
    insert(Search, lives.SEARCH, ([life.search[column] for column in lives.SEARCH] for life in looked))  # type: ignore[index]
    insert(SearchAttempt, lives.ATTEMPT, (row for life in looked for row in life.attempts))
    progress(0.65)
    insert(Transition, lives.TRANSITION, (move for life in crowd.lives for move in life.moves))
    progress(0.85)
    insert(Entry, ENTRY, _entry_rows(crowd.lives))
    progress(1.0)
