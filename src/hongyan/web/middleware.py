"""Who is asking: the actor of each request, from rows valid now and never from what a session remembers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from hongyan.members.models import Member, User
from hongyan.members.permissions import Actor, himself, official

# The session holds nothing but one of these numbers.
USER = "user"
MEMBER = "member"


def _actor(request: HttpRequest) -> Actor | None:
    user_id = request.session.get(USER)
    if user_id:
        user = User.objects.filter(pk=user_id, is_active=True).first()
        return official(user, timezone.localdate()) if user else None
    member_id = request.session.get(MEMBER)
    if member_id:
        member = Member.objects.filter(pk=member_id).first()
        return himself(member) if member else None
    return None


def who_is_asking(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give every request `.actor` (None for a stranger), computed when first asked for."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return get_response(request)

    return answer
