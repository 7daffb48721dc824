"""What is asked when a period is changed?"""

from django import forms

WRONG_DATE = "请按 2026-12-31 这样写日期。"
WRONG_NUMBER = "请填一个整数，例如 15。"


class SettleForm(forms.Form):
    """The new value and the day it counts from; `expect` says how many changes the page knew."""

    value = forms.IntegerField(
        label="改为", error_messages={"required": "请填写新的期限。", "invalid": WRONG_NUMBER}
    )
    from_on = forms.DateField(
        label="从哪一天起", error_messages={"required": "请选择生效日期。", "invalid": WRONG_DATE}
    )
    expect = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, error_messages={"required": "", "invalid": ""}
    )
