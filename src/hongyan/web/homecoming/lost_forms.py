"""What do flagging, looking for and deciding about somebody lost ask for?"""

from django import forms

from hongyan.journeys.searches import Outcome, Way
from hongyan.web.console.asking import note_field
from hongyan.web.console.moving import MoveForm
from hongyan.web.homecoming.forms import WRONG_DAY

CHOOSE = {"required": "请选择一项。", "invalid_choice": "请从列表里选择。"}


class FlagForm(MoveForm):
    """Ask why somebody is flagged."""

    note = note_field("为什么标记")


class AttemptForm(MoveForm):
    """Ask how somebody was looked for, when, by whom, and what came of it."""

    way = forms.ChoiceField(label="方式", choices=Way.choices, error_messages=CHOOSE)
    outcome = forms.ChoiceField(label="结果", choices=Outcome.choices, error_messages=CHOOSE)
    tried_on = forms.DateField(label="时间", required=False, error_messages=WRONG_DAY)
    who = forms.CharField(
        label="经办人", max_length=40, required=False, error_messages={"max_length": "最多 40 个字。"}
    )
    note = note_field("情况", required=False)


class DecisionForm(MoveForm):
    """Ask what the branch has decided, and when."""

    decided_on = forms.DateField(
        label="决定日期", error_messages={"required": "请填写支部大会的日期。", **WRONG_DAY}
    )
    note = note_field("决定内容")
