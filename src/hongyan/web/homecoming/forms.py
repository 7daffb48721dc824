"""What does each step of a return ask for, and what does going out again?"""

from typing import Any

from django import forms
from django.conf import settings

from hongyan.web.console.asking import note_field
from hongyan.web.console.moving import KEY, MoveForm

WRONG_DAY = {"invalid": "请写成 2026-11-23 这样的日期。"}


class TalkForm(MoveForm):
    """Ask when the talk was held, by whom, and what was said; empty: today, by whoever fills it in."""

    talk_on = forms.DateField(label="谈话时间", required=False, error_messages=WRONG_DAY)
    talk_by = forms.CharField(
        label="谈话人", max_length=40, required=False, error_messages={"max_length": "最多 40 个字。"}
    )
    note = note_field("谈话情况", required=False)


class ClosingForm(MoveForm):
    """Ask the host how the member did there."""

    note = note_field("结束管理意见")


class CredentialForm(MoveForm):
    """Ask for the credential's number and day of issue; what is known need not be typed again."""

    number = forms.CharField(
        label="编号", max_length=40, required=False, error_messages={"max_length": "最多 40 个字。"}
    )
    issued_on = forms.DateField(label="发证日期", required=False, error_messages=WRONG_DAY)

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["number"].label = f"{settings.HONGYAN_CREDENTIAL}编号"
        self.fields["number"].initial = self.journey.member.credential_number
        self.fields["issued_on"].initial = self.journey.member.credential_issued_on


class AgainForm(forms.Form):
    """Ask when somebody sets out again; where and why is known from the last time."""

    key = forms.RegexField(KEY, error_messages={"required": "", "invalid": ""}, widget=forms.HiddenInput)
    departs_on = forms.DateField(
        label="外出时间", error_messages={"required": "请填写外出时间。", **WRONG_DAY}
    )
    expected_return_on = forms.DateField(label="预计返回时间", required=False, error_messages=WRONG_DAY)
