"""What is asked when a duty is handed out, taken back or given another end?"""

from collections.abc import Iterable
from typing import Any

from django import forms

from hongyan.members.models import User
from hongyan.members.roles import ROLE_LABELS, Role

USERNAME = r"^[a-z0-9][a-z0-9._-]{2,39}$"
WRONG_DATE = "请按 2026-12-31 这样写日期。"
_DAY = {"invalid": WRONG_DATE, "required": "请选择日期。"}


class AppointForm(forms.Form):
    """Who gets which duty from when until when; a username nobody has registers somebody new."""

    username = forms.RegexField(
        USERNAME,
        label="用户名",
        strip=True,
        error_messages={
            "required": "请填写用户名。",
            "invalid": "用户名用 3 到 40 个小写字母、数字、点或横线，例如 lin.zc。",
        },
    )
    name = forms.CharField(label="姓名", max_length=40, required=False)
    phone = forms.CharField(label="办公电话", max_length=30, required=False)
    role = forms.ChoiceField(
        label="职务", error_messages={"required": "请选择职务。", "invalid_choice": "请从列出的职务里选择。"}
    )
    from_on = forms.DateField(label="任职日期", error_messages=_DAY)
    until_on = forms.DateField(label="到期日期", required=False, error_messages=_DAY)

    def __init__(self, *args: Any, roles: tuple[Role, ...], **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.roles = [(str(role), ROLE_LABELS[role]) for role in roles]
        self.fields["role"].choices = self.roles  # type: ignore[attr-defined]
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Find the account; a new one needs a name, a known one must be the person meant."""
        fields = super().clean() or {}
        username, name = fields.get("username"), fields.get("name", "")
        if not username:
            return fields
        self.user = User.objects.filter(username=username, member=None).first()
        if self.user is None and not name:
            self.add_error("name", "还没有这个用户名。要新开账号，请填写姓名；已有账号请核对用户名。")
        if self.user is not None and name and name != self.user.name:
            self.add_error("name", "这个用户名属于另一个人。请核对；要新开账号，请换一个用户名。")
        return fields


class DismissForm(forms.Form):
    """Who takes over what is open; empty: whoever answers for the organisation."""

    successor = forms.ModelChoiceField(
        User.objects.none(),
        label="由谁接手",
        required=False,
        empty_label="由书记接手",
        error_messages={"invalid_choice": "接手的人须是本组织能联系党员的在任人员。请另选一位。"},
    )

    def __init__(self, *args: Any, successors: Iterable[User], **rest: Any) -> None:
        super().__init__(*args, **rest)
        whom: forms.ModelChoiceField[User] = self.fields["successor"]  # type: ignore[assignment]
        whom.queryset = User.objects.filter(pk__in=[user.pk for user in successors]).order_by("name")
        whom.label_from_instance = lambda obj: str(obj.name)  # type: ignore[method-assign]


class ExtendForm(forms.Form):
    """Until when a duty lasts now; empty: until it is taken back."""

    until_on = forms.DateField(label="新的到期日期", required=False, error_messages=_DAY)
