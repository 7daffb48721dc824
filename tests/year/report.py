"""What came of a year: did every reminder go out once and in time, and how long did everything take?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import mean, median
from typing import Any

from hongyan.journeys.models import Handoff, Journey, Raise, Reminder, Search, Transition
from hongyan.journeys.states import Verb
from hongyan.notifications.models import Notice
from hongyan.organizations.kinds import Kind
from hongyan.schedule.models import Run
from tests.year import expectation
from tests.year.simulation import Year
from tests.year.temper import CALLED

# Of the curve in the picture: after how many days from departure.
CURVE = (*range(31), 35, 40, 45, 50, 60, 70, 80, 90)


@dataclass
class Reminded:
    """How the reminders stand against what was to be expected, row by row."""

    expected: int = 0
    duplicate: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def compare(self, what: str, wanted: Iterable[Any], made: Iterable[Any]) -> None:
        """Compare the rows of one journey: each must be there once, at its moment."""
        left = Counter(made)
        left.subtract(Counter(wanted))
        for row, number in sorted(left.items()):
            if number:
                (self.duplicate if number > 0 else self.missing).append(f"{what} {_said(row)}")


def _said(row: Iterable[Any]) -> str:
    return " ".join(f"{one:%m-%dT%H:%M}" if isinstance(one, datetime) else str(one) for one in row)


def reminded(year: Year) -> Reminded:
    """Compare every step, and every message in the outbox, with the expectation."""
    made, sent = defaultdict[int, list[Any]](list), defaultdict[str, list[Any]](list)
    for pk, *step in Reminder.objects.values_list("journey_id", "step", "way", "at").iterator():
        made[pk].append(tuple(step))
    reminders = Notice.objects.filter(kind="check_in_reminder")
    for subject, *notice in reminders.values_list(
        "subject", "channel", "created_at", "not_before"
    ).iterator():
        sent[subject].append(tuple(notice))
    found = Reminded()
    for pk in made.keys() | year.leaves.keys():
        wanted = _wanted(year, pk)
        found.expected += len(wanted)
        found.compare(f"journey:{pk} step", [(one.step, one.way, one.at) for one in wanted], made[pk])
        messages = [(one.way, one.at, one.goes_at) for one in wanted if one.way != expectation.CALL]
        found.compare(f"journey:{pk} message", messages, sent[f"journey:{pk}"])
    return found


def _wanted(year: Year, pk: int) -> list[expectation.Expected]:
    leave = year.leaves.get(pk)
    if leave is None:
        return []
    return expectation.steps(
        marked_at=leave.marked_at,
        departs_on=leave.departs_on,
        heard_at=leave.heard_at,
        looks=year.looks,
        ladder=year.ladder,
    )


@dataclass(frozen=True)
class Told:
    """When what happened to each journey: the timelines, read once."""

    first: Mapping[str, Mapping[int, datetime]]
    departed: Mapping[int, datetime]

    @classmethod
    def of(cls, year: Year) -> "Told":
        """Read the timelines."""
        first: defaultdict[str, dict[int, datetime]] = defaultdict(dict)
        rows = Transition.objects.order_by("-at").values_list("journey_id", "verb", "at")
        for pk, verb, at in rows.iterator():
            first[verb][pk] = at
        anchors = {
            pk: expectation.anchor_of(leave.marked_at, leave.departs_on) for pk, leave in year.leaves.items()
        }
        return cls(first, anchors)

    def waits(self) -> list[int]:
        """List after how many days each who checked in did so."""
        arrived = self.first.get(Verb.CHECK_IN, {})
        return [max(0, (at.date() - self.departed[pk].date()).days) for pk, at in arrived.items()]

    def hosting(self) -> list[float]:
        """List how long it took from checking in to being taken in."""
        accepted = {**self.first.get(Verb.REGISTER_OUTSIDE, {}), **self.first.get(Verb.ACCEPT, {})}
        arrived = self.first.get(Verb.CHECK_IN, {})
        return [(at - arrived[pk]).total_seconds() / 86_400 for pk, at in accepted.items() if pk in arrived]


def figures(year: Year, told: Told) -> dict[str, float]:
    """Say how long everything took."""
    hops = Counter(Handoff.objects.exclude(purpose="arrival").values_list("journey_id", flat=True))
    count, waits, hosting = len(year.leaves) or 1, told.waits(), told.hosting()
    by_phone = [pk for pk, leave in year.leaves.items() if leave.temper.needs == CALLED]
    at_fallback = Journey.objects.filter(transitions__organization__kind=Kind.MOBILE_BRANCH).distinct()
    return {
        "journeys": len(year.leaves),
        "moves": Transition.objects.count(),
        "% checked in": share(len(waits), count),
        "median days to check-in": median(waits) if waits else 0,
        "mean days to check-in": round(mean(waits), 1) if waits else 0,
        "% checked in within 15 days": share(sum(wait <= 15 for wait in waits), count),
        "calls made": sum(len(leave.called) for leave in year.leaves.values()),
        "% reached by a call only, of those whom no message moves": share(
            sum(bool(year.leaves[pk].called) for pk in by_phone), len(by_phone)
        ),
        "silent phones": sum(leave.temper.is_silent for leave in year.leaves.values()),
        "silent phones that are watched or looked for": Search.objects.count(),
        "hops per case": round(sum(hops.values()) / max(1, len(hops)), 2),
        "median days to acceptance": round(median(hosting), 1) if hosting else 0,
        "% escalated": share(len(told.first.get(Verb.ESCALATE, {})), count),
        "% at fallback": share(at_fallback.count(), count),
        "deadlines put before a level above": Raise.objects.filter(level=1).count(),
        "reminders": Reminder.objects.count(),
        "digests": Notice.objects.filter(kind="digest").count(),
        "runs of jobs": Run.objects.count(),
    }


def share(part: int, whole: int) -> float:
    """Say a share in per cent."""
    return round(100 * part / max(1, whole), 1)


def curve(told: Told) -> list[tuple[int, float]]:
    """Say which share of those who left had checked in after so many days."""
    waits, count = Counter(told.waits()), len(told.departed)
    return [(day, share(sum(n for wait, n in waits.items() if wait <= day), count)) for day in CURVE]
