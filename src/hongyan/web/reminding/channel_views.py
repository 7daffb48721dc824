"""Let a member close a way by which he is reminded, and open it again: on his own page, or by the link."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.members import actions
from hongyan.members.actions.closing_channels import CLOSABLE
from hongyan.members.models import Member
from hongyan.notifications.models import Channel
from hongyan.web.guards import by_link, member
from hongyan.web.mobile.steps import shown
from hongyan.web.mobile.views.link import opened
from hongyan.web.mobile.views.my_data import me
from hongyan.web.pages import refused
from hongyan.web.reminding.channels import channels_of

UNKNOWN = "没有认出是哪一种提醒，请回到上一页再点一次。"
CLOSED = "已关闭{label}提醒。登录验证码照常发；该办的事不变，党支部会打电话联系您。"
OPENED = "已重新打开{label}提醒。"


def _turned(
    request: HttpRequest, myself: Member, act: Callable[..., bool], said: str, back: str
) -> HttpResponse:
    """Close or open what the button names, and go back to where it stands."""
    channel = request.POST.get("channel", "")
    if channel not in CLOSABLE:
        return refused(request, UNKNOWN, back=back, status=400)
    act(member=myself, channel=channel, by=f"member:{myself.pk}", at=timezone.now())
    messages.success(request, said.format(label=Channel(channel).label))
    return redirect(back)


@member("POST", own=True)
def close_channel(request: HttpRequest) -> HttpResponse:
    """Send him nothing more this way."""
    return _turned(request, me(request), actions.close_channel, CLOSED, "/m/my-data/#channels")


@member("POST", own=True)
def open_channel(request: HttpRequest) -> HttpResponse:
    """Send him messages this way again."""
    return _turned(request, me(request), actions.open_channel, OPENED, "/m/my-data/#channels")


@by_link("GET")
@opened
def channels(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Show whoever came by a message how he is reminded, with a button for each way."""
    return shown(request, "channels", journey, token, channels=channels_of(journey.member))


@by_link("POST")
@opened
def close_channel_by_link(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Send him nothing more this way; the message itself led here, he need not sign in."""
    return _turned(request, journey.member, actions.close_channel, CLOSED, f"/r/{token}/channels/")


@by_link("POST")
@opened
def open_channel_by_link(request: HttpRequest, journey: Journey, token: str) -> HttpResponse:
    """Send him messages this way again."""
    return _turned(request, journey.member, actions.open_channel, OPENED, f"/r/{token}/channels/")
