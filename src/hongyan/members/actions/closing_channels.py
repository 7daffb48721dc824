"""Send a member nothing more by one channel, because he wants it so; or send again."""

from datetime import datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.models import Member
from hongyan.notifications.actions import give_up
from hongyan.notifications.models import Channel

# What a member may close. What stands in the app wakes nobody, so it has nothing to close.
CLOSABLE = (Channel.SMS, Channel.WECHAT)


def _names(channel: str) -> tuple[str, str]:
    """Name the two columns of a channel; one that cannot be closed is an error of the program."""
    column = f"{CLOSABLE[CLOSABLE.index(Channel(channel))]}_closed"
    return f"{column}_at", f"{column}_by"


@transaction.atomic
def close_channel(*, member: Member, channel: str, by: str, at: datetime) -> bool:
    """Send nothing more by this channel but the codes he asks for; return whether it was open."""
    moment, who = _names(channel)
    still_open = Member.objects.filter(pk=member.pk, erased_at=None, **{moment: None})
    if not still_open.update(**{moment: at, who: by}):
        return False
    give_up(recipient=f"member:{member.pk}", channel=channel)
    _record("close_channel", member, channel, by, at)
    return True


@transaction.atomic
def open_channel(*, member: Member, channel: str, by: str, at: datetime) -> bool:
    """Send by this channel again, from now on; return whether it was closed."""
    moment, who = _names(channel)
    closed = Member.objects.filter(pk=member.pk, **{f"{moment}__isnull": False})
    if not closed.update(**{moment: None, who: ""}):
        return False
    _record("open_channel", member, channel, by, at)
    return True


def _record(verb: str, member: Member, channel: str, by: str, at: datetime) -> None:
    subject, details = f"member:{member.pk}", {"channel": str(channel)}
    record(actor=by, verb=verb, subject=subject, organization=member.branch_id, details=details, at=at)
