"""What is asked about a visit at home, and about a talk or meeting?"""

from datetime import date, datetime
from typing import Any

from django import forms

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.actions.meeting import Planned
from hongyan.journeys.meeting_models import MeetingKind
from hongyan.journeys.meeting_rules import PLACE
from hongyan.journeys.visit_models import VisitState
from hongyan.journeys.visit_rules import ANSWERS, Reply
from hongyan.web.console.moving import KEY

_DAY = {"invalid": "请按 2027-01-25 这样写日期。", "required": "请选择日期。"}
_CHOOSE = {"required": "请选一项。", "invalid_choice": "请从给出的选项里选。"}
ANSWER_LABELS = {VisitState.PLANNED: "回", VisitState.NOT_COMING: "不回", VisitState.UNDECIDED: "还没定"}


class VisitForm(forms.Form):
    """Coming with two days, not coming, not decided yet."""

    answer = forms.ChoiceField(
        choices=[(one.value, ANSWER_LABELS[one]) for one in ANSWERS], error_messages=_CHOOSE
    )
    expected_from = forms.DateField(label="哪天到家", required=False, error_messages=_DAY)
    expected_until = forms.DateField(label="哪天再出发", required=False, error_messages=_DAY)

    def reply(self) -> Reply:
        """Return what was answered."""
        said = self.cleaned_data
        return Reply(VisitState(said["answer"]), said["expected_from"], said["expected_until"])


class MeetingForm(forms.Form):
    """What, which day, what time, where."""

    key = forms.RegexField(KEY, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="安排什么", choices=MeetingKind.choices, error_messages=_CHOOSE)
    on = forms.DateField(label="哪天", error_messages=_DAY)
    hour = forms.TimeField(
        label="几点", error_messages={"invalid": "请按 09:30 这样写时间。", "required": "请填写时间。"}
    )
    place = forms.CharField(
        label="地点",
        max_length=PLACE,
        error_messages={"required": "请写明地点。", "max_length": f"地点请不要超过{PLACE}个字。"},
    )

    def planned(self) -> Planned:
        """Return what is planned."""
        said: dict[str, Any] = self.cleaned_data
        on: date = said["on"]
        return Planned(
            MeetingKind(said["kind"]), datetime.combine(on, said["hour"], SHANGHAI), said["place"].strip()
        )
