"""Who is asking: the actor of each request, from rows valid now and never from what a session remembers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from hongyan.geography.live import keep_current
from hongyan.members.models import Member
from hongyan.members.permissions import Actor, himself, official

# A session that a used check-in link opened holds this member's number; every other one an account.
MEMBER = "member"


def _actor(request: HttpRequest) -> Actor | None:
    user = request.user
    if user.is_authenticated:
        return _himself(user.member) if user.member else official(user, timezone.localdate(), timezone.now())
    member_id = request.session.get(MEMBER)
    return _himself(Member.objects.filter(pk=member_id).first()) if member_id else None


def _himself(member: Member | None) -> Actor | None:
    """Return the member who acts for himself; of somebody who was erased there is nothing left to show."""
    if member and member.merged_into:
        # He stood on the roster twice; what was his is the other row's now.
        member = member.merged_into
    return himself(member) if member and member.erased_at is None else None


def came_by_link(request: HttpRequest) -> bool:
    """Tell whether a check-in link opened this session, and no sign-in of his own."""
    return not request.user.is_authenticated


def who_is_asking(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give every request `.actor` (None for a stranger), computed when first asked for."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return get_response(request)

    return answer


def of_today(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer every request by the boundaries in force, without anybody starting the server again."""

    def answer(request: HttpRequest) -> HttpResponse:
        keep_current()
        return get_response(request)

    return answer
