"""Which passwords are refused, and what are people told to do instead?"""

from django.core.exceptions import ValidationError

from hongyan.members.models import User

FEWEST_DIFFERENT = 5


class TooSimple:
    """Refuses a password that repeats a few characters or contains the name of the account."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise when somebody who knows the account could guess the password."""
        if len(set(password)) < FEWEST_DIFFERENT:
            raise ValidationError(
                "密码里不同的字符太少，请换一句自己记得住、别人想不到的话。", code="repeats"
            )
        if user and user.username and user.username.lower() in password.lower():
            raise ValidationError("密码里不要包含用户名，请换一个。", code="contains_username")

    def get_help_text(self) -> str:
        """Say what a good password is."""
        return "不要包含用户名，不要重复几个字符。"
