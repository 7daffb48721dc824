"""How does a year pass: day by day through the real actions and the real schedule, with people of every temper?

The dice say what people and branches are like; what happens to them the product decides, and they answer to what it
really sent: a phone rings when there is a row in the outbox. (Delivery itself is tested elsewhere: it is not run here.)
What many do on one day goes through the actions for many; every tenth member taps himself, through those for one.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import time_machine
from django.conf import settings
from django.test import override_settings

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions
from hongyan.journeys.actions.many import Outcome
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Handoff, Journey, Raise, Reminder
from hongyan.journeys.refusals import Refused
from hongyan.journeys.states import ON_THE_WAY, Status
from hongyan.members.models import Member
from hongyan.schedule import actions as schedule
from hongyan.schedule.working import carry_out
from tests.year.digests import desks_to_tell, told_differently
from tests.year.ground import Ground, himself
from tests.year.temper import (
    DAY,
    OUTAGE,
    PEAK,
    PEAK_DAYS,
    PEAK_TIMES,
    SLOW,
    Temper,
    temper_of,
)

# When a day's work is done. The evening's look falls into the quiet hours: its messages wait for the morning.
MORNING, LEAVING, ARRIVING, CALLING, EVENING = (time(*at) for at in ((9, 30), (10,), (12,), (15,), (21, 30)))
# Retention, warnings and the roster are not what the year is about.
LEFT_OUT = {"apply_retention", "warn_calendar", "warn_queue", "find_duplicates"}
# Each branch speaks with all its people in one round; a slow one every second time only.
ROUND = 28
# Of those who arrive and leave: who does it on his own phone.
BY_HIMSELF = 0.1
OUTSIDE_DESK = "6501"


@dataclass
class Leave:
    """What the simulation itself knows of one journey: what the expectation is worked out from."""

    temper: Temper
    member: Member
    marked_at: datetime
    departs_on: date
    heard_at: datetime | None = None
    called: list[datetime] = field(default_factory=list)


@dataclass
class Year:
    """One run: what was planned, what was heard, what went wrong."""

    ground: Ground
    members: list[Member]
    seed: int
    first: date
    days: int
    ladder: bool = True
    # Judges the evening of a day; returns what is wrong.
    judge: Callable[["Year", datetime, int], Iterable[str]] = lambda year, at, number: ()
    # Another handler in the place of a job's, to see that its fault is found.
    faulty: dict[str, str] = field(default_factory=dict)
    looks: list[datetime] = field(default_factory=list)
    leaves: dict[int, Leave] = field(default_factory=dict)
    plans: dict[date, dict[str, list[Any]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    refused: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    digests: int = 0
    actions_made: Counter[str] = field(default_factory=Counter)
    progress: Callable[[int, "Year"], None] = lambda number, year: None

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.slow = {one.pk for one in self.ground.villages if self.dice.random() < SLOW}
        self.jobs = {
            name: (line[0], self.faulty.get(name, line[1]), *line[2:])
            for name, line in settings.HONGYAN_JOBS.items()
            if name not in LEFT_OUT and (self.ladder or name != "remind_due")
        }
        days = [self.first + number * DAY for number in range(max(1, self.days - 40))]
        weights = [PEAK_TIMES if PEAK <= day < PEAK + PEAK_DAYS * DAY else 1 for day in days]
        for member, day in zip(
            self.members, self.dice.choices(days, weights, k=len(self.members)), strict=True
        ):
            self.plans[day]["marks"].append(member)

    # ── the days ──────────────────────────────────────────────────────────────────────────────────────────

    def run(self) -> None:
        """Let every day pass."""
        since = datetime.combine(self.first, time(0), SHANGHAI)
        with override_settings(HONGYAN_JOBS=self.jobs):
            for number in range(self.days):
                day = self.first + number * DAY
                since = self._day(day, number, since)
                evening = datetime.combine(day, EVENING, SHANGHAI)
                with time_machine.travel(evening, tick=False):
                    self.violations += self.judge(self, evening, number)
                self.progress(number, self)

    def _day(self, day: date, number: int, since: datetime) -> datetime:
        self._look(datetime.combine(day, MORNING, SHANGHAI))
        noon = datetime.combine(day, LEAVING, SHANGHAI)
        self._phones(since, noon)
        self._above(since, noon)
        self._desks(since, noon)
        with time_machine.travel(noon, tick=False):
            # Who is marked may arrive on the very same day: each step looks at the plans as they are by then.
            for kind, do in self._steps().items():
                if planned := self.plans[day].pop(kind, None):
                    do(planned, noon)
            self.plans.pop(day)
            self._round(number, noon)
        self._look(datetime.combine(day, EVENING, SHANGHAI))
        return noon

    def _steps(self) -> dict[str, Callable[[list[Any], datetime], None]]:
        return {
            "answers": self._answer,
            "marks": self._mark,
            "arrivals": self._arrive,
            "moves": self._move,
            "calls": self._call,
            "returns": self._return,
            "homecomings": self._close,
        }

    def _look(self, at: datetime) -> None:
        """Let a worker look, unless they stand still: one process, all its runs taken at once."""
        if OUTAGE[0] <= at < OUTAGE[1]:
            return
        # The digest of a day goes with its first look.
        is_first = not self.looks or self.looks[-1].date() != at.date()
        wanted = desks_to_tell(at) if is_first else set()
        self.digests += len(wanted)
        self.looks.append(at)
        with time_machine.travel(at, tick=False):
            schedule.plan_due(at=at)
            for run in schedule.take_due(at=at, limit=100, scheduled=True):
                if not carry_out(run, now=lambda: at):
                    self.violations.append(f"{at:%m-%d} {run.job} failed")
        self.violations += told_differently(at, wanted)

    def on(self, day: date, kind: str, what: object) -> None:
        """Plan something for a day."""
        self.plans[day][kind].append(what)

    # ── doing ─────────────────────────────────────────────────────────────────────────────────────────────

    def _one(self, action: Callable[..., Journey], **words: Any) -> bool:
        self.actions_made[action.__name__] += 1
        try:
            action(**words)
        except Refused as refused:
            self.refused[f"{action.__name__}: {refused.refusal.why}"] += 1
            return False
        return True

    def _many(self, action: Callable[..., Outcome], ids: Iterable[int], **words: Any) -> list[int]:
        """Do something with many; return with whom it was done."""
        picked = dict.fromkeys(sorted(ids))
        if not picked:
            return []
        by_place = "arrivals" in words
        outcome = action(**words) if by_place else action(picked=picked, **words)
        self.actions_made[action.__name__] += len(picked)
        for refusal in outcome.refused.values():
            self.refused[f"{action.__name__}: {refusal.why}"] += 1
        return outcome.done

    def _rows(self, ids: Iterable[int], *names: str) -> dict[int, tuple[Any, ...]]:
        rows = Journey.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", *names)
        return {pk: tuple(rest) for pk, *rest in rows}

    def _heard(self, ids: Iterable[int], at: datetime) -> None:
        for pk in ids:
            self.leaves[pk].heard_at = self.leaves[pk].heard_at or at

    # ── what people do ────────────────────────────────────────────────────────────────────────────────────

    def _mark(self, members: list[Member], at: datetime) -> None:
        today, tempers = at.date(), dict[int, Temper]()
        leavings = {}
        for member in members:
            temper = tempers[member.pk] = temper_of(self.dice, self.ground)
            leaves = today + self.dice.choice((0, 0, 0, 3)) * DAY
            leavings[member.pk] = actions.Leaving(leaves, temper.place[:6], {"talk_on": today})
        by = self.ground.actors({member.branch_id for member in members})
        known = {member.pk: member for member in members}
        marked = actions.mark_many(leavings=leavings, by=by, at=at)
        self.actions_made["mark_many"] += len(leavings)
        for refusal in marked.refused.values():
            self.refused[f"mark_many: {refusal.why}"] += 1
        for pk, journey in marked.done.items():
            leave = Leave(tempers[pk], known[pk], at, leavings[pk].departs_on)
            self.leaves[journey.pk] = leave
            self._lives(journey.pk, leave)

    def _lives(self, pk: int, leave: Leave) -> None:
        temper, leaves = leave.temper, leave.departs_on
        if temper.needs == 1:
            self.on(leaves + temper.lag * DAY, "arrivals", pk)
        elif not temper.is_silent:
            # Without another word he comes forward some day.
            self.on(leaves + temper.by_himself * DAY, "arrivals", pk)
        self.on(leaves + temper.stays * DAY, "returns", pk)

    def _arrival(self, pk: int, place: str) -> Arrival:
        return Arrival(place, "A" if len(place) > 6 else "B", "本人确认")

    def _arrive(self, ids: list[int], at: datetime) -> None:
        at = at.replace(hour=ARRIVING.hour)
        rows = self._rows(ids, "status")
        coming = {
            pk: self._arrival(pk, self.leaves[pk].temper.place)
            for pk, (status,) in rows.items()
            if status in (Status.AWAITING, Status.PLANNED)
        }
        done = self._tell(coming, at, actions.check_in, actions.check_in_many)
        self._heard(done, at)
        for pk in done:
            temper = self.leaves[pk].temper
            if temper.moves_after and len(temper.place) > 6:
                self.on(at.date() + temper.moves_after * DAY, "moves", pk)

    def _tell(
        self,
        coming: dict[int, Arrival],
        at: datetime,
        one: Callable[..., Journey],
        many: Callable[..., Outcome],
    ) -> list[int]:
        """Let some tap on their own phones and the others be entered at a window."""
        tapping = [pk for pk in coming if self.dice.random() < BY_HIMSELF]
        done = [
            pk
            for pk in tapping
            if self._one(
                one, journey=Journey(pk=pk), arrival=coming[pk], by=himself(self.leaves[pk].member), at=at
            )
        ]
        others = {pk: coming[pk] for pk in coming.keys() - set(tapping)}
        window = self.ground.actor(self.ground.villages[0].pk)
        return done + self._many(many, others, arrivals=others, by=window, at=at)

    def _move(self, ids: list[int], at: datetime) -> None:
        rows = self._rows(ids, "status", "destination_id")
        villages = [one.division_id or "" for one in self.ground.villages]
        coming = {
            pk: self._arrival(pk, self.dice.choice(villages))
            for pk, (status, _) in rows.items()
            if status == Status.HOSTED
        }
        self._tell(coming, at, actions.relocate, actions.relocate_many)

    def _return(self, ids: list[int], at: datetime) -> None:
        going = []
        rows = self._rows(ids, "status", "home_id")
        for pk, (status, _) in rows.items():
            silent = self.leaves[pk].temper.is_silent and status == Status.AWAITING
            if not silent and status not in (Status.PLANNED, Status.CLOSED, Status.RETURNING):
                going.append(pk)
        tapping = {pk for pk in going if self.dice.random() < BY_HIMSELF}
        done = [
            pk
            for pk in sorted(tapping)
            if self._one(
                actions.start_return, journey=Journey(pk=pk), by=himself(self.leaves[pk].member), at=at
            )
        ]
        by = self.ground.actors({rows[pk][1] for pk in going})
        done += self._many(actions.start_return_many, set(going) - tapping, by=by, at=at)
        self._heard(done, at)
        for pk in done:
            self.on(at.date() + self.dice.randint(1, 6) * DAY, "homecomings", pk)

    def _close(self, ids: list[int], at: datetime) -> None:
        rows = self._rows(ids, "home_id", "host_id")
        home = self.ground.actors({row[0] for row in rows.values()})
        self._many(actions.hold_return_talk_many, rows, by=home, at=at, note="一切正常")
        hosted = {
            pk: host
            for pk, (at_home, host) in rows.items()
            if host and host != at_home and self.ground.organizations[host].has_desk
        }
        hosts = self.ground.actors(set(hosted.values()))
        self._many(actions.write_closing_many, hosted, by=hosts, at=at, note="参加组织生活正常")
        self._many(actions.end_many, rows, by=home, at=at)

    # ── what branches do ──────────────────────────────────────────────────────────────────────────────────

    def _desks(self, since: datetime, at: datetime) -> None:
        """Let every desk that got a case since the last look plan when it will answer."""
        new = Handoff.objects.filter(answered_at=None, sent_at__gte=since, sent_at__lt=at).order_by("pk")
        waiting = new.exclude(purpose="arrival").values_list("journey_id", "receiver_id", "sent_at")
        for number, receiver, sent_at in waiting:
            wait = self.dice.randint(5, 12) if receiver in self.slow else self.dice.randint(1, 2)
            day = sent_at.astimezone(SHANGHAI).date() + wait * DAY
            self.on(max(day, at.date()), "answers", (number, receiver))

    def _answer(self, waiting: list[tuple[int, int]], at: datetime) -> None:
        rows = self._rows({pk for pk, _ in waiting}, "status", "holder_id", "destination_id")
        taking, passing, outside = set[int](), dict[int, Any](), dict[int, Any]()
        for pk, receiver in waiting:
            status, holder, place = rows[pk]
            if status not in ON_THE_WAY or holder != receiver:
                continue
            desk, far = self.ground.organizations[holder], self.ground.outside.get((place or "")[:6])
            if far and desk.division_id != OUTSIDE_DESK:
                outside[pk] = far
            elif desk.can_host:
                taking.add(pk)
            else:
                passing[pk] = self.ground.near(desk.pk, place or "", self.slow)
        by = self.ground.actors({rows[pk][1] for pk in (*taking, *passing, *outside)})
        self._many(actions.accept_many, taking, by=by, at=at)
        self._many(actions.forward_many, passing, targets=passing, by=by, at=at, note="请接收")
        for pk, host in sorted(outside.items()):
            words = {"journey": Journey(pk=pk), "host": host, "note": "电话确认接收"}
            self._one(actions.register_outside, by=by, at=at, **words)

    def _round(self, number: int, at: datetime) -> None:
        """Let the branches whose day it is speak with everybody of theirs who is away, and whom they host."""
        for place, branch in enumerate(self.ground.hosts):
            if (number + place) % (2 * ROUND if branch.pk in self.slow else ROUND):
                continue
            by = self.ground.actor(branch.pk)
            for side in ("home", "host"):
                due = {f"{side}_id": branch.pk, f"{side}_due_at__isnull": False}
                ids = Journey.objects.filter(**due).exclude(status=Status.CLOSED).order_by("pk")
                if side == "host":
                    ids = ids.exclude(home_id=branch.pk)
                self._many(actions.contact_many, ids.values_list("pk", flat=True), by=by, at=at)

    # ── what reminders do ─────────────────────────────────────────────────────────────────────────────────

    def _phones(self, since: datetime, at: datetime) -> None:
        """Let people answer to the messages that were really made since the last look."""
        made = Reminder.objects.filter(
            at__gt=since, at__lte=at, step__gte=3, journey__remind_from__isnull=False
        )
        for pk, step in made.order_by("pk").values_list("journey_id", "step"):
            temper = self.leaves[pk].temper
            if step == 5:
                self.on(at.date(), "calls", pk)
            elif temper.needs == step - 1:
                self.on(at.date() + (1 + temper.lag) * DAY, "arrivals", pk)

    def _above(self, since: datetime, at: datetime) -> None:
        """Let a home call whose missing member was put before the level above: a slow one at the second time."""
        new = Raise.objects.filter(duty="check_in", at__gt=since, at__lte=at).order_by("pk")
        for pk, level, home in new.values_list("journey_id", "level", "debtor_id"):
            if level == (2 if home in self.slow else 1):
                self.on(at.date() + DAY, "calls", pk)

    def _call(self, ids: list[int], at: datetime) -> None:
        at = at.replace(hour=CALLING.hour)
        rows = self._rows(ids, "status", "home_id")
        calling = [pk for pk, (status, _) in rows.items() if status == Status.AWAITING]
        by = self.ground.actors({rows[pk][1] for pk in calling})
        for reached in (True, False):
            some = [pk for pk in calling if self.leaves[pk].temper.is_silent is not reached]
            done = self._many(actions.contact_many, some, by=by, at=at, reached=reached)
            for pk in done:
                self.leaves[pk].called.append(at)
                if reached:
                    self.on(at.date() + DAY, "arrivals", pk)
            if reached:
                self._heard(done, at)
