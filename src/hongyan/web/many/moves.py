"""Which moves can be made for many cases at once, of which cases, and what else is asked?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from hongyan.journeys import actions
from hongyan.journeys.actions.many import Outcome
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.states import ON_THE_WAY, Verb
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations import paths
from hongyan.organizations.models import Organization

Picks = Mapping[int, int | None]


class ManyForm(forms.Form):
    """What is asked beside the cases themselves; a move adds its own."""

    def __init__(self, *args: Any, actor: Actor, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.actor = actor


class AcceptManyForm(ManyForm):
    """Into which group they go."""

    party_group = forms.CharField(label="编入党小组（可不填）", max_length=60, required=False)


class ForwardManyForm(ManyForm):
    """To whom they go: each where the system suggests, or all to one organisation below."""

    target = forms.ModelChoiceField(
        Organization.objects.none(), label="转给", required=False, empty_label="各按系统建议的去处"
    )
    note = forms.CharField(label="说明（可不填）", max_length=300, required=False)

    def __init__(self, *args: Any, actor: Actor, **rest: Any) -> None:
        super().__init__(*args, actor=actor, **rest)
        places = [seat.organization_id for seat in actor.seats_for(Power.DISPATCH)]
        field = self.fields["target"]
        below = Organization.objects.open().filter(parent__in=places, has_desk=True).order_by("path")
        field.queryset = below  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: one.short_name  # type: ignore[attr-defined]


def _on_my_desks(actor: Actor, power: Power) -> QuerySet[Journey]:
    places = [seat.organization_id for seat in actor.seats_for(power)]
    cases = Journey.objects.filter(status__in=ON_THE_WAY, holder__in=places)
    return cases.exclude(member__in=list(actor.opened)).order_by("due_at", "pk")


def _accept(
    picked: Picks, actor: Actor, at: datetime, key: str, asked: Mapping[str, Any], *, dry: bool
) -> Outcome:
    return actions.accept_many(
        picked=picked, by=actor, at=at, key=key, party_group=asked["party_group"], dry=dry
    )


def suggested(ids: Sequence[int]) -> dict[int, Organization]:
    """Say where each of these cases should go on to: the best suggestion below its desk, by its hand-off."""
    live = Handoff.objects.filter(journey__in=ids, answered_at=None).order_by("pk")
    wanted = {
        handoff.journey_id: [item["organization"] for item in handoff.explanation.get("suggestions", [])]
        for handoff in live
    }
    holders = dict(live.values_list("journey_id", "receiver_path"))
    known = (
        Organization.objects.open()
        .filter(has_desk=True)
        .in_bulk({pk for all_ in wanted.values() for pk in all_})
    )
    found = {}
    for journey, ranked in wanted.items():
        below = (known[pk] for pk in ranked if pk in known and _is_below(holders[journey], known[pk].path))
        if target := next(below, None):
            found[journey] = target
    return found


def _is_below(desk: str, other: str) -> bool:
    return other != desk and paths.covers(desk, other)


def _forward(
    picked: Picks, actor: Actor, at: datetime, key: str, asked: Mapping[str, Any], *, dry: bool
) -> Outcome:
    target = asked["target"]
    targets = dict.fromkeys(picked, target) if target else suggested(list(picked))
    return actions.forward_many(
        picked=picked, targets=targets, by=actor, at=at, key=key, note=asked["note"], dry=dry
    )


@dataclass(frozen=True)
class Many:
    """One move for many cases as a page."""

    verb: Verb
    title: str
    # What the button of the last step says, with the number of cases.
    button: str
    done: str
    power: Power
    form: type[ManyForm]
    act: Callable[..., Outcome]

    def cases(self, actor: Actor) -> QuerySet[Journey]:
        """List the cases somebody may move so, the most urgent first."""
        cases = _on_my_desks(actor, self.power)
        return cases.filter(holder__can_host=True) if self.verb == Verb.ACCEPT else cases


ACCEPT = Many(
    Verb.ACCEPT,
    "一次接收多名党员",
    "接收这 {number} 人",
    "已接收 {number} 人，每个人和他们的流出地都已收到通知。微管家可在各人的页面指定。",
    Power.ACCEPT,
    AcceptManyForm,
    _accept,
)
FORWARD = Many(
    Verb.FORWARD,
    "一次转派多件",
    "转派这 {number} 件",
    "已转派 {number} 件，各接收组织已收到通知，并从现在起计算期限。",
    Power.DISPATCH,
    ForwardManyForm,
    _forward,
)


def several(journeys: Iterable[Journey], actor: Actor) -> str:
    """Name the page on which several of these cases can be moved at once; empty when there are none."""
    mine = [one for one in journeys if one.status in ON_THE_WAY and one.member_id not in actor.opened]
    for many in (ACCEPT, FORWARD):
        places = {seat.organization_id for seat in actor.seats_for(many.power)}
        fit = [one for one in mine if one.holder_id in places and (many is FORWARD or one.holder.can_host)]
        if len(fit) > 1:
            return f"{many.verb}_many"
    return ""
