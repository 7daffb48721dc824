"""Does `hongyan token` issue, list and revoke, and print a token only once?"""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hongyan.audit.models import Entry
from hongyan.members.actions import token_digest
from hongyan.members.models import ApiToken, User
from tests.web.api.caller import Caller

HOME = "village_secretary"


def _run(*words: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("token", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_token_is_printed_once_and_works(api: Caller) -> None:
    printed, said = _run("--user", HOME, "--days", "30", "--name", "市平台")
    token = printed.strip()
    row = ApiToken.objects.get(digest=token_digest(token))
    assert (row.user.username, row.name, row.created_by) == (HOME, "市平台", "system:shell")
    assert (row.expires_at - timezone.now()).days in (29, 30)
    assert token not in said
    assert f"令牌 {row.pk}" in said
    api.tokens[HOME] = token
    assert api.get(HOME, "/desk").status == 200
    listed, _ = _run("--list", "--user", HOME)
    assert "市平台" in listed
    assert "有效" in listed
    assert token not in listed
    assert row.digest not in listed
    _run("--revoke", str(row.pk))
    assert api.get(HOME, "/desk").code == "token_revoked"
    assert "已停用" in _run("--list")[0]
    assert "早已停用" in _run("--revoke", str(row.pk))[1]
    verbs = Entry.objects.filter(subject__startswith="user:").values_list("verb", flat=True)
    assert {"issue_token", "revoke_token"} <= set(verbs)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--user", "nobody"),
        ("--user", HOME, "--days", "0"),
        ("--user", HOME, "--days", "99999"),
        ("--user", HOME, "--name", "长" * 61),
        ("--revoke", "999"),
        ("--list", "--revoke", "1"),
        ("--list", "--user", "nobody"),
    ],
)
def test_what_cannot_be_is_said(api: Caller, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        _run(*words)
    assert not ApiToken.objects.exists()


def test_no_token_for_somebody_who_left(api: Caller) -> None:
    User.objects.filter(username=HOME).update(is_active=False)
    with pytest.raises(CommandError, match="已停用"):
        _run("--user", HOME)
