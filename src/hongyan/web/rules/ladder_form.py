"""What is asked when the steps of a ladder are changed?"""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from hongyan.journeys.ladder import LONGEST_DAYS, MOST_STEPS, WAY_LABELS, Step
from hongyan.journeys.ladder_models import REASON_SIGNS
from hongyan.web.rules.forms import WRONG_DATE

WRONG_DAY = f"请填出发后第几天：0 到 {LONGEST_DAYS} 的整数，当天填 0。"
LEFT_OUT = "不用"


class LadderForm(forms.Form):
    """A line for each step, the day they count from and why; `expect`: how many changes the page knew."""

    from_on = forms.DateField(
        label="从哪一天起", error_messages={"required": "请选择生效日期。", "invalid": WRONG_DATE}
    )
    reason = forms.CharField(
        label="为什么改",
        max_length=REASON_SIGNS,
        error_messages={
            "required": "请写明为什么改，以后查得到。",
            "max_length": f"请写在 {REASON_SIGNS} 字以内。",
        },
    )
    expect = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, error_messages={"required": "", "invalid": ""}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the lines."""
        super().__init__(*args, **kwargs)
        ways = [("", LEFT_OUT), *((way.value, label) for way, label in WAY_LABELS.items())]
        for number in range(1, MOST_STEPS + 1):
            self.fields[f"way_{number}"] = forms.ChoiceField(
                label=f"第{number}步的方式",
                choices=ways,
                required=False,
                error_messages={"invalid_choice": "请从列表里选一种提醒方式。"},
            )
            self.fields[f"day_{number}"] = forms.IntegerField(
                label=f"第{number}步在出发后第几天",
                required=False,
                min_value=0,
                max_value=LONGEST_DAYS,
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WRONG_DAY),
            )

    def lines(self) -> Iterator[tuple[int, BoundField, BoundField]]:
        """Yield the lines of the page: number, way and day."""
        for number in range(1, MOST_STEPS + 1):
            yield number, self[f"way_{number}"], self[f"day_{number}"]

    def clean(self) -> dict[str, Any]:
        """Demand a day of every step that is used."""
        cleaned: dict[str, Any] = super().clean() or {}
        for number in range(1, MOST_STEPS + 1):
            day = f"day_{number}"
            if cleaned.get(f"way_{number}") and cleaned.get(day) is None and day not in self.errors:
                self.add_error(day, WRONG_DAY)
        return cleaned

    def asked(self) -> dict[str, Any]:
        """Return what the action takes: the lines that are used, closed up."""
        said = self.cleaned_data
        numbers = range(1, MOST_STEPS + 1)
        rungs = [(said[f"way_{one}"], said[f"day_{one}"]) for one in numbers if said[f"way_{one}"]]
        return {"rungs": rungs, "from_on": said["from_on"], "reason": said["reason"]}


def filled(steps: Sequence[Step]) -> dict[str, Any]:
    """Fill the lines with steps as they are."""
    pairs = enumerate(steps, 1)
    return {
        name: value
        for n, one in pairs
        for name, value in ((f"way_{n}", one.way.value), (f"day_{n}", one.delay_days))
    }
