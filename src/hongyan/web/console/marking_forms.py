"""What does a marking ask for, and what is done with the answers?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone

from hongyan.journeys import actions
from hongyan.journeys.actions.marking import Leave
from hongyan.journeys.models import Journey, Reason
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.web.console.moving import KEY

AGAIN = "请刷新页面再试。"
DATE = {"invalid": "请写成 2026-11-23 这样的日期。"}
FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]


def _date(label: str, *, required: bool = False, missing: str = "") -> forms.DateField:
    messages = {**DATE, "required": missing}
    return forms.DateField(label=label, required=required, input_formats=FORMATS, error_messages=messages)


class MarkForm(forms.Form):
    """What is the same for one and for many: when, why, where to work, and the talk."""

    key = forms.RegexField(
        KEY, error_messages={"required": "请刷新页面再试。", "invalid": "请刷新页面再试。"}
    )
    departs_on = _date("外出时间", required=True, missing="请填写外出时间。")
    expected_return_on = _date("预计返回时间")
    reason = forms.ChoiceField(
        label="外出原因",
        choices=Reason.choices,
        error_messages={"required": "请选择外出原因。", "invalid_choice": "请从列表里选择外出原因。"},
    )
    employer = forms.CharField(
        label="工作单位", max_length=120, required=False, help_text="填了单位，会优先找单位所在园区的党组织。"
    )
    talk_on = _date("行前谈话时间")
    talk_by = forms.CharField(label="谈话人", max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        """Compare the two dates."""
        cleaned: dict[str, Any] = super().clean() or {}
        leaves, returns = cleaned.get("departs_on"), cleaned.get("expected_return_on")
        if leaves and returns and returns < leaves:
            self.add_error("expected_return_on", "预计返回时间早于外出时间，请检查两个日期。")
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """Return what the action is told beyond the member and the destination."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


@dataclass(frozen=True)
class Left:
    """One member who was not marked, and why."""

    member: Member
    sentence: str


def ticked(post: QueryDict) -> tuple[int, ...]:
    """Read which members were ticked."""
    return tuple(
        dict.fromkeys(int(text) for text in post.getlist("member") if text.isdecimal() and len(text) < 19)
    )


def mark_each(
    members: Iterable[Member], actor: Actor, key: str, **arguments: Any
) -> tuple[list[Journey], list[Left]]:
    """Mark every member who can be, so that one refusal stops nobody else: in = marked + left."""
    chosen = list(members)
    # One key a member: sending the same page twice marks nobody twice.
    one = leaving(arguments)
    leavings = {member.pk: one for member in chosen}
    found = actions.mark_many(leavings=leavings, by=actor, at=timezone.now(), key=key)
    marked = [found.done[member.pk] for member in chosen if member.pk in found.done]
    refused = [(member, found.refused[member.pk]) for member in chosen if member.pk in found.refused]
    return marked, [Left(member, refusal.sentence) for member, refusal in refused]


def leaving(arguments: Mapping[str, Any]) -> actions.Leaving:
    """Turn what was asked of a leave into what the action takes."""
    rest = {name: value for name, value in arguments.items() if name not in ("departs_on", "destination")}
    return actions.Leaving(arguments["departs_on"], arguments.get("destination", ""), cast(Leave, rest))
