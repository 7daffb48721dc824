"""Mark many as away at once: what marking each of them does, asked and written by the set."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hongyan.journeys.actions.many import BATCH
from hongyan.journeys.actions.marking import Leave, division_of, mark, new_journey, opening
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.recording import Collision
from hongyan.journeys.recording_many import write_first_many
from hongyan.journeys.refusals import Refusal, Refused, Why, refuse
from hongyan.journeys.rules import why_a_guest, why_away, why_wrong_leave
from hongyan.journeys.states import POWER, Verb
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.statements import in_turn


@dataclass(frozen=True)
class Leaving:
    """When one member leaves and where to, with what else is known of it."""

    departs_on: date
    destination: str = ""
    leave: Leave = field(default_factory=Leave)


@dataclass
class Marked:
    """What became of each member: every one is in exactly one of the two."""

    done: dict[int, Journey] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)


def mark_many(*, leavings: Mapping[int, Leaving], by: Actor, at: datetime, key: str | None = None) -> Marked:
    """Open the journeys of many members, each by his number; one refusal stops nobody else."""
    outcome, numbers = Marked(), sorted(leavings)
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        many = _Marking({pk: leavings[pk] for pk in batch}, by, at, key)
        try:
            found = many.together()
        except Collision:
            # Somebody marked one of them in this moment: each by himself, so that the others are marked.
            found = many.one_by_one()
        outcome.done |= found.done
        outcome.refused |= found.refused
    return outcome


@dataclass
class _Marking:
    """One batch of one request."""

    leavings: Mapping[int, Leaving]
    by: Actor
    at: datetime
    key: str | None
    divisions: dict[str, str | None] = field(default_factory=dict)
    seats: dict[str, bool] = field(default_factory=dict)

    def _own(self, pk: int) -> str | None:
        return f"{self.key}:{pk}" if self.key else None

    def together(self) -> Marked:
        """Mark whom nothing speaks against in one transaction; raise Collision when somebody was faster."""
        outcome = Marked()
        with in_turn():
            members = Member.objects.select_related("branch").in_bulk(list(self.leavings))
            outcome.done = self._done_before()
            away = dict(Journey.objects.open().filter(member__in=members).values_list("member_id", "status"))
            new: list[Journey] = []
            for pk in self.leavings.keys() - outcome.done.keys():
                try:
                    new.append(self._new(pk, members.get(pk), away.get(pk)))
                except Refused as refused:
                    outcome.refused[pk] = refused.refusal
            new.sort(key=lambda journey: journey.member_id)
            self._write(new)
        outcome.done |= {journey.member_id: journey for journey in new}
        return outcome

    def _write(self, new: Collection[Journey]) -> None:
        plans = [
            opening(journey, by=self.by, at=self.at, key=self._own(journey.member_id)) for journey in new
        ]
        write_first_many(list(new), plans)

    def _done_before(self) -> dict[int, Journey]:
        """Find whom this very request has marked before."""
        keys = [own for own in map(self._own, self.leavings) if own]
        if not keys:
            return {}
        rows = Transition.objects.filter(key__in=keys, verb=Verb.MARK, by=self.by.code)
        found = rows.select_related("journey__member", "journey__home", "journey__holder")
        return {row.journey.member_id: row.journey for row in found}

    def _new(self, pk: int, member: Member | None, away: str | None) -> Journey:
        """Return the journey of one member, or raise what speaks against it: in the order of one by one."""
        leaving = self.leavings[pk]
        if member is None or not self._is_mine(member):
            raise Refused(refuse(Why.MEMBER_NOT_HERE))
        wrong = why_a_guest(member, self.by) or why_wrong_leave(
            member=member,
            departs_on=leaving.departs_on,
            expected_return_on=leaving.leave.get("expected_return_on"),
            destination=leaving.destination,
        )
        if wrong or away:
            raise Refused(wrong or why_away(away or ""))
        return new_journey(
            member=member,
            by=self.by,
            at=self.at,
            departs_on=leaving.departs_on,
            destination=self._division(leaving.destination),
            leave=leaving.leave,
        )

    def _is_mine(self, member: Member) -> bool:
        path = member.branch_path
        if path not in self.seats:
            self.seats[path] = self.by.seat_over(POWER[Verb.MARK], path) is not None
        return self.seats[path]

    def _division(self, code: str) -> str | None:
        if code not in self.divisions:
            self.divisions[code] = division_of(code)
        return self.divisions[code]

    def one_by_one(self) -> Marked:
        """Mark each by himself."""
        outcome = Marked()
        members = Member.objects.select_related("branch").in_bulk(list(self.leavings))
        for pk, leaving in self.leavings.items():
            try:
                if pk not in members:
                    raise Refused(refuse(Why.MEMBER_NOT_HERE))
                outcome.done[pk] = mark(
                    member=members[pk],
                    by=self.by,
                    at=self.at,
                    departs_on=leaving.departs_on,
                    destination=leaving.destination,
                    key=self._own(pk),
                    **leaving.leave,
                )
            except Refused as refused:
                outcome.refused[pk] = refused.refusal
        return outcome
