"""How does a year pass: day by day through the real actions and the real schedule, with people of every temper?

The dice say what people and branches are like; what happens to them the product decides, and they answer to what it
really sent: a phone rings when there is a row in the outbox. (Delivery itself is tested elsewhere: it is not run here.)
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import time_machine
from django.conf import settings
from django.test import override_settings

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Handoff, Journey, Reminder
from hongyan.journeys.refusals import Refused
from hongyan.journeys.states import ON_THE_WAY, CloseReason, Status
from hongyan.members.models import Member
from hongyan.organizations.models import Organization
from hongyan.reports.laws import broken
from hongyan.schedule.working import work_once
from tests.year.ground import Ground, himself

DAY = timedelta(days=1)
# When a day's work is done: the schedule looks twice, between it the desks, those who leave, those who arrive, calls.
MORNING, DESKS, LEAVING, ARRIVING, CALLING, EVENING = (
    time(*at) for at in ((9, 30), (9, 45), (10,), (12,), (15,), (17, 45))
)
SILENT, SLOW, OUTSIDE_SHARE, MOVES = 0.02, 0.05, 0.08, 0.25
PEAK, PEAK_DAYS, PEAK_TIMES = date(2026, 2, 24), 14, 10
# The workers stand still from the evening of one day until after the morning look two days later: 36 hours and more.
OUTAGE = (datetime(2026, 3, 3, 6, tzinfo=SHANGHAI), datetime(2026, 3, 4, 18, tzinfo=SHANGHAI))
# Retention, the calendar and the queue are not what the year is about; the ladder is taken away to see what it is worth.
LEFT_OUT = {"apply_retention", "warn_calendar", "warn_queue"}


@dataclass
class Temper:
    """What somebody is like: after how many messages he checks in, what he does then, how long he stays."""

    needs: int
    lag: int
    by_himself: int
    stays: int
    place: str
    moves_after: int | None

    @property
    def is_silent(self) -> bool:
        """Tell whether nothing reaches him."""
        return self.needs == 9


CALLED, NEVER = 8, 9


@dataclass
class Year:
    """One run: what was planned, what was heard, what went wrong."""

    ground: Ground
    members: list[Member]
    seed: int
    first: date
    days: int
    ladder: bool = True
    every: int = 1
    looks: list[datetime] = field(default_factory=list)
    heard: dict[int, datetime] = field(default_factory=dict)
    tempers: dict[int, Temper] = field(default_factory=dict)
    plans: dict[date, list[Callable[[datetime], None]]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    actions_made: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.slow = {one.pk for one in self.ground.villages if self.dice.random() < SLOW}
        self.jobs = {
            name: line
            for name, line in settings.HONGYAN_JOBS.items()
            if name not in LEFT_OUT and (self.ladder or name != "remind_due")
        }
        self._plan_departures()

    def _plan_departures(self) -> None:
        days = [self.first + number * DAY for number in range(max(1, self.days - 40))]
        weights = [PEAK_TIMES if PEAK <= day < PEAK + PEAK_DAYS * DAY else 1 for day in days]
        for member, day in zip(
            self.members, self.dice.choices(days, weights, k=len(self.members)), strict=True
        ):
            self._on(day, lambda at, member=member: self._mark(member, at))  # type: ignore[misc]

    def _temper(self) -> Temper:
        needs = self.dice.choices((1, 2, 3, CALLED, NEVER), (0.66, 0.16, 0.10, 0.08 - SILENT, SILENT))[0]
        place = self.dice.choice(self.ground.villages).division_id or ""
        if self.dice.random() < OUTSIDE_SHARE:
            place = self.dice.choice(list(self.ground.outside))
        moves = self.dice.randint(20, 60) if self.dice.random() < MOVES else None
        return Temper(
            needs,
            self.dice.randint(0, 2),
            self.dice.randint(25, 90),
            self.dice.randint(40, 200),
            place,
            moves,
        )

    # ── what people do ────────────────────────────────────────────────────────────────────────────────────

    def _on(self, day: date, what: Callable[[datetime], None]) -> None:
        self.plans[day].append(what)

    def _try(self, action: Callable[..., Journey], **words: Any) -> Journey | None:
        try:
            self.actions_made += 1
            return action(**words)
        except Refused as refused:
            self.refused[f"{action.__name__}: {refused.refusal.why}"] += 1
            return None

    def _mark(self, member: Member, at: datetime) -> None:
        temper = self._temper()
        leaves = at.date() + self.dice.choice((0, 0, 0, 3)) * DAY
        journey = self._try(
            actions.mark, member=member, by=self.ground.actor(member.branch_id), at=at, departs_on=leaves,
            destination=temper.place[:6], talk_on=at.date(),
        )  # fmt: skip
        if journey is None:
            return
        self.tempers[journey.pk] = temper
        if temper.needs == 1:
            self._arrives(journey.pk, leaves + temper.lag * DAY)
        elif not temper.is_silent:
            # Without another word he comes forward some day.
            self._arrives(journey.pk, leaves + temper.by_himself * DAY)
        self._on(leaves + temper.stays * DAY, lambda at: self._returns(journey.pk, at))

    def _arrives(self, pk: int, day: date) -> None:
        self._on(day, lambda at: self._check_in(pk, at))

    def _now(self, pk: int) -> Journey:
        return Journey.objects.select_related("member", "home", "host", "holder").get(pk=pk)

    def _check_in(self, pk: int, at: datetime) -> None:
        journey, temper = self._now(pk), self.tempers[pk]
        if journey.status not in (Status.AWAITING, Status.PLANNED):
            return
        at = at.replace(hour=ARRIVING.hour)
        place = Arrival(temper.place, "A" if len(temper.place) > 6 else "B", "本人确认")
        if self._try(actions.check_in, journey=journey, arrival=place, by=himself(journey.member), at=at):
            self._is_heard(pk, at)
            if temper.moves_after and len(temper.place) > 6:
                self._on(at.date() + temper.moves_after * DAY, lambda at: self._moves(pk, at))

    def _is_heard(self, pk: int, at: datetime) -> None:
        self.heard.setdefault(pk, at)

    def _moves(self, pk: int, at: datetime) -> None:
        journey = self._now(pk)
        if journey.status == Status.HOSTED:
            place = Arrival(self.dice.choice(self.ground.villages).division_id or "", "A", "本人确认")
            self._try(actions.relocate, journey=journey, arrival=place, by=himself(journey.member), at=at)

    def _returns(self, pk: int, at: datetime) -> None:
        journey, temper = self._now(pk), self.tempers[pk]
        if journey.status == Status.PLANNED or temper.is_silent and journey.status == Status.AWAITING:
            return
        if journey.status in (Status.CLOSED, Status.RETURNING):
            return
        if self._try(actions.start_return, journey=journey, by=himself(journey.member), at=at):
            self._is_heard(pk, at)
            self._on(at.date() + self.dice.randint(1, 6) * DAY, lambda at: self._closes(pk, at))

    def _closes(self, pk: int, at: datetime) -> None:
        journey = self._now(pk)
        home = self.ground.actor(journey.home_id)
        self._try(actions.hold_return_talk, journey=journey, by=home, at=at, note="一切正常")
        host = journey.host
        if host and host.has_desk and host.pk != journey.home_id:
            words = {"by": self.ground.actor(host.pk), "at": at, "note": "参加组织生活正常"}
            self._try(actions.write_closing, journey=self._now(pk), **words)
        self._try(actions.end, journey=self._now(pk), by=home, at=at, reason=CloseReason.RETURNED)

    # ── what branches do ──────────────────────────────────────────────────────────────────────────────────

    def _desks(self, since: datetime, at: datetime) -> None:
        """Let every desk that got a case since the last look plan when it will answer."""
        new = Handoff.objects.filter(answered_at=None, sent_at__gte=since, sent_at__lt=at)
        for number, receiver in new.exclude(purpose="arrival").values_list("journey_id", "receiver_id"):
            wait = self.dice.randint(5, 12) if receiver in self.slow else self.dice.randint(1, 2)
            self._on(at.date() + wait * DAY, lambda at, n=number, r=receiver: self._answer(n, r, at))  # type: ignore[misc]

    def _answer(self, pk: int, receiver: int, at: datetime) -> None:
        journey = self._now(pk)
        if journey.status not in ON_THE_WAY or journey.holder_id != receiver:
            return
        desk, by = self.ground.organizations[receiver], self.ground.actor(receiver)
        outside = self.ground.outside.get((journey.destination_id or "")[:6])
        if outside and desk.division_id != "6501":
            self._try(
                actions.register_outside, journey=journey, host=outside, by=by, at=at, note="电话确认接收"
            )
        elif desk.can_host:
            self._try(actions.accept, journey=journey, by=by, at=at)
        else:
            self._pass_down(journey, desk, at)

    def _pass_down(self, journey: Journey, desk: Organization, at: datetime) -> None:
        """Let a level above find a village near the place that answers."""
        below = self.ground.below(desk.pk)
        quick = [one for one in below if one.pk not in self.slow] or below
        place = journey.destination_id or ""
        near = max(quick, key=lambda one: (_shared(one.division_id or "", place), -one.pk))
        self._try(
            actions.forward, journey=journey, target=near, by=self.ground.actor(desk.pk), at=at, note="请接收"
        )

    # ── what reminders do ─────────────────────────────────────────────────────────────────────────────────

    def _phones(self, since: datetime, at: datetime) -> None:
        """Let people answer to the messages that were really made since the last look."""
        made = Reminder.objects.filter(
            at__gt=since, at__lte=at, step__gte=3, journey__remind_from__isnull=False
        )
        for pk, step in made.values_list("journey_id", "step"):
            temper = self.tempers[pk]
            if step == 5:
                self._on(at.date(), lambda at, pk=pk: self._call(pk, at))  # type: ignore[misc]
            elif temper.needs == step - 1:
                self._arrives(pk, at.date() + (1 + temper.lag) * DAY)

    def _call(self, pk: int, at: datetime) -> None:
        journey, temper = self._now(pk), self.tempers[pk]
        if journey.status != Status.AWAITING:
            return
        at = at.replace(hour=CALLING.hour)
        reached = not temper.is_silent
        if (
            self._try(
                actions.contact,
                journey=journey,
                by=self.ground.actor(journey.home_id),
                at=at,
                reached=reached,
            )
            and reached
        ):
            self._is_heard(pk, at)
            self._arrives(pk, at.date() + DAY)

    # ── the days ──────────────────────────────────────────────────────────────────────────────────────────

    def run(self) -> None:
        """Let every day pass."""
        since = datetime.combine(self.first, time(0), SHANGHAI)
        with override_settings(HONGYAN_JOBS=self.jobs):
            for number in range(self.days):
                since = self._day(self.first + number * DAY, since)
                if number % self.every == 0 or number == self.days - 1:
                    self._judge(since)

    def _day(self, day: date, since: datetime) -> datetime:
        self._look(datetime.combine(day, MORNING, SHANGHAI))
        noon = datetime.combine(day, LEAVING, SHANGHAI)
        self._phones(since, noon)
        self._desks(since, noon)
        with time_machine.travel(noon, tick=False):
            for what in self.plans.pop(day, ()):
                what(noon)
        evening = datetime.combine(day, EVENING, SHANGHAI)
        self._look(evening)
        return noon

    def _look(self, at: datetime) -> None:
        """Let a worker look, unless they stand still."""
        if OUTAGE[0] <= at < OUTAGE[1]:
            return
        self.looks.append(at)
        with time_machine.travel(at, tick=False):
            work_once(now=lambda: at)

    def _judge(self, at: datetime) -> None:
        """Look for broken laws, and for a case on the way that nobody is accountable for."""
        self.violations += [f"{at:%m-%d} {one.law}: {one.subject} {one.found}" for one in broken()]
        if OUTAGE[0] <= at < OUTAGE[1] + DAY:
            return
        # The last look has put before the level above whatever was late then.
        late = Journey.objects.filter(status__in=ON_THE_WAY, due_at__lt=self.looks[-1])
        self.violations += [f"{at:%m-%d} left late: journey:{pk}" for pk in late.values_list("pk", flat=True)]


def _shared(one: str, other: str) -> int:
    return next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
