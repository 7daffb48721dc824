"""What is asked about a caretaker: how many members he can have, when he is away, who stands in for him?"""

from typing import Any

from django import forms
from django.utils import timezone

from hongyan.members.models import Appointment, User
from hongyan.web.caring.rows import deputies_of

MOST = 500
_DAY = {"invalid": "请按 2026-12-31 这样写日期。", "required": "请选择日期。"}


class CapacityForm(forms.Form):
    """How many members somebody can look after."""

    capacity = forms.IntegerField(
        label="可联系人数",
        min_value=0,
        max_value=MOST,
        error_messages={
            "required": "请填写人数，暂时不安排新党员就写 0。",
            "invalid": "请填写一个整数。",
            "min_value": "人数不能小于 0。",
            "max_value": f"一名微管家最多 {MOST} 人，请分给几位。",
        },
    )


class AbsenceForm(forms.Form):
    """From when until when somebody is away, and who stands in for him; never why."""

    from_on = forms.DateField(label="从", error_messages=_DAY)
    until_on = forms.DateField(label="到（含当天）", error_messages=_DAY)
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label="代管人",
        required=False,
        empty_label="由书记代管",
        error_messages={"invalid_choice": "代管人须是本组织另一位能联系党员的在任人员。请另选一位。"},
    )

    def __init__(self, *args: Any, appointment: Appointment, **rest: Any) -> None:
        super().__init__(*args, **rest)
        people = deputies_of(appointment, timezone.localdate())
        whom: forms.ModelChoiceField[User] = self.fields["deputy"]  # type: ignore[assignment]
        whom.queryset = User.objects.filter(pk__in=[user.pk for user in people]).order_by("name")
        whom.label_from_instance = lambda obj: str(obj.name)  # type: ignore[method-assign]
