"""What does the same check-in cost when it is written as it usually is: the ORM, one call after the other?

The same middleware, server, rows, key and right to see; routing is shortened to the deepest organisation of
the place, which favours this side.
"""

import json
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from hongyan.audit.models import Entry
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.states import Answer, Purpose, Status, Verb
from hongyan.members.actions import token_digest
from hongyan.members.models import ApiToken
from hongyan.members.permissions import Actor, official
from hongyan.notifications.models import Notice
from hongyan.organizations import paths
from hongyan.organizations.models import Organization, ServiceArea

DUE = timedelta(days=2)
LENGTHS = (2, 4, 6, 9, 12)


@csrf_exempt
def check_in(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Check a member in."""
    digest = token_digest(request.headers["Authorization"].removeprefix("Bearer "))
    token = ApiToken.objects.select_related("user").get(digest=digest, revoked_at=None)
    actor = official(token.user, timezone.localdate())
    key, code = request.headers["Idempotency-Key"], json.loads(request.body)["code"]
    if Transition.objects.filter(key=key).exists():
        return JsonResponse({"journey": journey_id})
    with transaction.atomic():
        journeys = Journey.objects.visible_to(actor).select_related("member", "home", "holder")
        journey = journeys.select_for_update(of=("self",)).get(pk=journey_id, status=Status.AWAITING)
        receiver = _receiver(code)
        _write(journey, receiver, actor, code, key)
    return JsonResponse({"journey": journey.pk, "version": journey.version, "sent_to": receiver.name})


def _receiver(code: str) -> Organization:
    """Read who serves the place, as routing does, and take the deepest."""
    above = [code[:length] for length in LENGTHS]
    list(ServiceArea.objects.filter(division__in=above).select_related("organization"))
    past = Handoff.objects.filter(place__in=above[2:]).values("receiver", "answer")
    list(past.annotate(number=Count("pk")))
    return max(Organization.objects.open().filter(division__in=above), key=lambda row: len(row.path))


def _write(journey: Journey, receiver: Organization, actor: Actor, code: str, key: str) -> None:
    now, seat = timezone.now(), actor.seats[0]
    journey.status, journey.destination_id, journey.version = Status.DISPATCHING, code, journey.version + 1
    journey.checked_in_at, journey.checked_in_by = now, actor.code
    journey.holder, journey.holder_path, journey.due_at = receiver, receiver.path, now + DUE
    journey.save()
    live = Handoff.objects.filter(journey=journey, answered_at=None)
    live.update(answer=Answer.SUPERSEDED, answered_at=now, answered_by=actor.code)
    Handoff.objects.create(
        journey=journey, hop=journey.version, purpose=Purpose.DISPATCH, sender=journey.home,
        receiver=receiver, receiver_path=receiver.path, common_path=paths.common(journey.home_path,
         receiver.path), place=code, sent_at=now, sent_by=actor.code, due_at=now + DUE,
        explanation={"reason": "x" * 700},
    )  # fmt: skip
    Transition.objects.create(
        journey=journey, number=journey.version, verb=Verb.CHECK_IN, source=Status.AWAITING,
        target=Status.DISPATCHING, at=now, by=actor.code, organization_id=seat.organization_id,
        receiver=receiver, home_path=journey.home_path, destination=code, key=key,
    )  # fmt: skip
    Entry.objects.create(
        at=now, actor=actor.code, verb="check_in", subject=f"journey:{journey.pk}",
        organization_id=seat.organization_id, details={"from": "awaiting",  "to": "dispatching"},
    )  # fmt: skip
    for kind, to in (("arrived_at_desk", receiver), ("sent_on", journey.home)):
        Notice.objects.create(
            kind=kind, recipient=f"organization:{to.pk}", channel="app",
            subject=f"journey:{journey.pk}", facts={"home": journey.home.short_name,
             "link": f"/journeys/{journey.pk}/"}, created_at=now, not_before=now, state="sent",
            sent_at=now,
        )  # fmt: skip


urlpatterns = [path("api/v1/journeys/<int:journey_id>/check-in", check_in)]
