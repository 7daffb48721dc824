"""What is typed to get a new password or a name for a passkey, and what is wrong with it?"""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from hongyan.members.models import User
from hongyan.web.accounts.factors import read_credential

LONGEST = 128
# Django's own sentences, said so that one knows what to do.
SENTENCES = {
    "password_too_short": "密码太短：至少 12 个字符，不含用户名。一句自己记得住、别人想不到的话最好。",
    "password_too_common": "这个密码太常见，别人一猜就中，请换一个。",
}


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    new = forms.CharField(label="新密码", max_length=LONGEST, strip=False)
    again = forms.CharField(label="再输一遍", max_length=LONGEST, strip=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            field.error_messages["required"] = "请填写这一项。"
            field.error_messages["max_length"] = "密码最多 128 个字符。"

    def clean_new(self) -> str:
        """Refuse a password that is short, common or simple, in words that say what to do."""
        new: str = self.cleaned_data["new"]
        try:
            validate_password(new, self.user)
        except ValidationError as error:
            # One sentence at a time: the first says what is wanted, the rest may be mended by it.
            first = error.error_list[0]
            raise ValidationError(SENTENCES.get(first.code or "", first.messages[0])) from None
        return new

    def clean(self) -> dict[str, Any]:
        """Refuse two different ones."""
        fields: dict[str, Any] = super().clean() or {}
        if fields.get("new") and fields.get("again") and fields["new"] != fields["again"]:
            self.add_error("again", "两次输入的不一样，请重新输入。")
        return fields


class PasskeyForm(forms.Form):
    """What the browser made, and what its owner calls it."""

    name = forms.CharField(label="名称", max_length=40, required=False)
    credential = forms.CharField()

    def clean_credential(self) -> Any:
        """Read the answer; the page has one sentence for whatever is wrong with it."""
        try:
            return read_credential(self.cleaned_data["credential"])
        except ValueError:
            raise ValidationError("unreadable") from None
