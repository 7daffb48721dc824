"""What came of a year: did every reminder go out once, and how long did everything take?"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean, median

from hongyan.journeys.ladder import anchor_of
from hongyan.journeys.models import Handoff, Journey, Reminder, Transition
from hongyan.journeys.states import Verb
from hongyan.notifications.models import Notice
from hongyan.organizations.kinds import Kind
from hongyan.schedule.models import Run
from tests.year import expectation
from tests.year.simulation import Year


@dataclass(frozen=True)
class Reminded:
    """How the reminders stand against what was to be expected."""

    expected: int
    duplicate: list[str]
    missing: list[str]


def reminded(year: Year) -> Reminded:
    """Compare every step, and every message in the outbox, with the expectation."""
    made: Mapping[int, Counter[int]] = defaultdict(Counter)
    for pk, step in Reminder.objects.values_list("journey_id", "step"):
        made[pk][step] += 1
    sent = Counter(
        Notice.objects.filter(kind="check_in_reminder")
        .exclude(channel="app")
        .values_list("subject", flat=True)
    )
    expected, duplicate, missing = 0, list[str](), list[str]()
    for pk, marked_at, departs_on in Journey.objects.values_list("pk", "marked_at", "departs_on"):
        wanted = expectation.steps(
            marked_at=marked_at,
            anchor=anchor_of(departs_on, marked_at),
            heard_at=year.heard.get(pk),
            looks=year.looks,
            ladder=year.ladder,
        )
        expected += len(wanted)
        for step in {*wanted, *made[pk]}:
            difference = made[pk][step] - wanted.count(step)
            if difference:
                (duplicate if difference > 0 else missing).append(f"journey:{pk} step {step}")
        messages = sent[f"journey:{pk}"] - sum(step in expectation.MESSAGES for step in wanted)
        if messages:
            (duplicate if messages > 0 else missing).append(f"journey:{pk} message")
    return Reminded(expected, duplicate, missing)


def figures(year: Year) -> dict[str, float]:
    """Say how long everything took."""
    moves: Mapping[str, dict[int, object]] = defaultdict(dict)
    for pk, verb, at in Transition.objects.order_by("-at").values_list("journey_id", "verb", "at"):
        moves[verb][pk] = at
    departed = dict(Journey.objects.values_list("pk", "departs_on"))
    arrived, accepted = moves[Verb.CHECK_IN], {**moves[Verb.REGISTER_OUTSIDE], **moves[Verb.ACCEPT]}
    waits = [max(0, (at.date() - departed[pk]).days) for pk, at in arrived.items()]  # type: ignore[attr-defined]
    hosting = [(at - arrived[pk]).total_seconds() / 86_400 for pk, at in accepted.items() if pk in arrived]  # type: ignore[operator]
    hops = Counter(Handoff.objects.exclude(purpose="arrival").values_list("journey_id", flat=True))
    at_fallback = set(
        Journey.objects.filter(transitions__organization__kind=Kind.MOBILE_BRANCH).values_list(
            "pk", flat=True
        )
    )
    count = len(departed) or 1
    return {
        "journeys": len(departed),
        "moves": Transition.objects.count(),
        "checked in": round(100 * len(arrived) / count, 1),
        "median days to check-in": median(waits) if waits else 0,
        "mean days to check-in": round(mean(waits), 1) if waits else 0,
        "hops per case": round(sum(hops.values()) / max(1, len(hops)), 2),
        "median days to acceptance": round(median(hosting), 1) if hosting else 0,
        "% escalated": round(100 * len(moves[Verb.ESCALATE]) / count, 1),
        "% at fallback": round(100 * len(at_fallback) / count, 1),
        "runs": Run.objects.count(),
    }
