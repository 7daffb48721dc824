"""What does each move ask for?"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Case, When
from django.http import HttpRequest
from django.utils import timezone

from hongyan.exchange.models import Peer
from hongyan.exchange.reaching import peers_for
from hongyan.journeys.caretakers import suggested
from hongyan.journeys.ladder_models import Means
from hongyan.journeys.models import Journey
from hongyan.journeys.return_rules import why_wrong_end
from hongyan.journeys.states import CLOSE_LABELS, END_REASONS, CloseReason, Verb
from hongyan.members.models import User
from hongyan.organizations.models import Organization
from hongyan.web.caring.rows import Duty, caring_words
from hongyan.web.console.moving import MoveForm
from hongyan.web.console.targets import ranked, searched
from hongyan.web.guards import actor_of

NOTE = 300


def note_field(label: str, *, required: bool = True) -> forms.CharField:
    """Make the field for a sentence to the other side."""
    missing = {"required": "请写明原因，让对方知道接下来怎么办。", "max_length": f"最多 {NOTE} 个字。"}
    return forms.CharField(
        label=label, max_length=NOTE, required=required, error_messages=missing, widget=forms.Textarea
    )


class TargetForm(MoveForm):
    """Ask for an organisation, and perhaps for a note."""

    target = forms.ModelChoiceField(
        Organization.objects.open(),
        error_messages={
            "required": "请选择一个组织；列表里没有时，可按名称查找。",
            "invalid_choice": "没有找到这个组织，请重新选择。",
        },
    )
    note = note_field("说明", required=False)


class ReasonedTargetForm(TargetForm):
    """Ask for an organisation with the reason."""

    note = note_field("原因")


class OutsideForm(MoveForm):
    """Ask which organisation outside the platform took somebody in, and how one knows."""

    host = forms.ModelChoiceField(
        Organization.objects.open().filter(has_desk=False),
        error_messages={
            "required": "请选择接收的外地组织。",
            "invalid_choice": "这个组织已在平台办理，请改用转派或改派。",
        },
    )
    note = note_field("回执情况")


class LetterForm(MoveForm):
    """Ask to which organisation outside the platform a letter goes."""

    receiver = forms.ModelChoiceField(
        Organization.objects.open().filter(has_desk=False),
        error_messages={
            "required": "请选择收函的外地组织；列表里没有时，可按名称查找。",
            "invalid_choice": "这个组织已在平台办理，请改用转派或改派。",
        },
    )


class AcrossForm(MoveForm):
    """Ask to which neighbouring installation a case goes: only those who serve the place are offered."""

    peer = forms.ModelChoiceField(
        Peer.objects.none(),
        error_messages={
            "required": "请选择交给哪个对方平台。",
            "invalid_choice": "这个平台管不到他的去向，请重新选择。",
        },
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.offered = peers_for(self.journey)
        whom: forms.ModelChoiceField[Peer] = self.fields["peer"]  # type: ignore[assignment]
        whom.queryset = Peer.objects.filter(pk__in=[peer.pk for peer in self.offered])


class NoteForm(MoveForm):
    """Ask for the reason only."""

    note = note_field("原因")


class RemarkForm(MoveForm):
    """Ask for a remark that may stay empty."""

    note = note_field("说明", required=False)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of people, each with the duty that qualifies him and how many members he has already."""

    def __init__(self, **rest: Any) -> None:
        missing = {"invalid_choice": "所选人员不在本组织任职，请重新选择。", "required": "请选择一位微管家。"}
        super().__init__(User.objects.none(), error_messages=missing, **rest)
        self.duties: dict[int, Duty] = {}

    def label_from_instance(self, obj: User) -> str:
        """Print the name with the duty."""
        duty = self.duties.get(obj.pk)
        return f"{obj.name}（{duty.words if duty else ''}）"

    def offer(self, organization: Organization) -> None:
        """Offer the people who hold a duty of care there now, by name, those with room first; one chosen."""
        now = timezone.now()
        self.duties = caring_words(organization.pk, now)
        full = [person for person, duty in self.duties.items() if duty.full]
        # Of nobody full the condition would be a bare number, which PostgreSQL takes for a column's place.
        order = [Case(When(pk__in=full, then=1), default=0), "name"] if full else ["name"]
        self.queryset = User.objects.filter(pk__in=self.duties).order_by(*order)
        self.initial = suggested(organization.pk, now)


class AcceptForm(MoveForm):
    """Ask into which group somebody is admitted, and who keeps in touch."""

    party_group = forms.CharField(label="编入党小组", max_length=60, required=False)
    caretaker = PersonField(label="微管家", required=False, empty_label="稍后指定")

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        whom: PersonField = self.fields["caretaker"]  # type: ignore[assignment]
        whom.offer(self.journey.holder)
        if self.journey.holder.shares_out:
            whom.empty_label = "按人数均衡自动安排"


class CaretakerForm(MoveForm):
    """Ask who keeps in touch."""

    caretaker = PersonField(label="微管家", empty_label="请选择")

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        whom: PersonField = self.fields["caretaker"]  # type: ignore[assignment]
        # Hosted and relocating journeys have a host, by constraint.
        whom.offer(self.journey.host or self.journey.holder)
        if self.journey.caretaker_id:
            # He has one: whoever opens this page wants another, and chooses him himself.
            whom.initial = None


class DepartForm(MoveForm):
    """Ask for the talk before departure."""

    talk_on = forms.DateField(
        label="行前谈话时间", required=False, error_messages={"invalid": "请写成 2026-11-23 这样的日期。"}
    )
    talk_by = forms.CharField(label="谈话人", max_length=40, required=False)


class ContactForm(MoveForm):
    """Ask whether somebody was reached, and what was said."""

    reached = forms.TypedChoiceField(
        label="联系上了吗",
        choices=[("yes", "联系上了"), ("no", "没有联系上")],
        coerce=lambda value: value == "yes",
        error_messages={"required": "请选择是否联系上。", "invalid_choice": "请选择是否联系上。"},
    )
    means = forms.ChoiceField(
        label="怎么联系的",
        choices=Means.choices,
        required=False,
        error_messages={"invalid_choice": "请从列表里选择怎么联系的。"},
    )
    note = note_field("情况", required=False)

    def clean_means(self) -> str:
        """Take a call for what people mean when they do not say."""
        return self.cleaned_data["means"] or Means.PHONE


class EndForm(MoveForm):
    """Ask why a journey ends; only reasons that fit its state are offered, the action refuses the others."""

    reason = forms.TypedChoiceField(
        label="结束原因",
        choices=[(str(reason), CLOSE_LABELS[reason]) for reason in END_REASONS],
        coerce=CloseReason,
        error_messages={"required": "请选择结束原因。", "invalid_choice": "请从列表里选择。"},
    )
    note = note_field("说明", required=False)

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        fitting = [reason for reason in END_REASONS if why_wrong_end(self.journey, reason) is None]
        self.fitting = [(str(reason), CLOSE_LABELS[reason]) for reason in fitting]


def choosing(verb: Verb) -> Any:
    """Return what a page that chooses an organisation shows: the ranking, and what a search finds."""

    def extra(request: HttpRequest, journey: Journey) -> Mapping[str, Any]:
        actor, text = actor_of(request), request.GET.get("q", "")
        names = ("target", "host", "receiver")
        picked = next(filter(None, map(request.POST.get, names)), "") or request.GET.get("target", "")
        first = ranked(verb, journey, actor)
        shown = {target.pk for target in first}
        found = [target for target in searched(verb, journey, actor, text) if target.pk not in shown]
        return {
            "ranked": first,
            "found": found,
            "q": text,
            "picked": picked,
            # Passing down and writing follow the ranking; every other way round is somebody's own decision.
            "preselect": verb in (Verb.FORWARD, Verb.SEND_LETTER),
            "picked_elsewhere": _elsewhere(picked, shown | {target.pk for target in found}),
        }

    return extra


def _elsewhere(picked: str, shown: set[int]) -> Organization | None:
    """Find what was picked from a search that is no longer on the page: it stays chosen."""
    if not picked.isdecimal() or len(picked) > 18 or int(picked) in shown:
        return None
    return Organization.objects.open().filter(pk=int(picked)).first()
