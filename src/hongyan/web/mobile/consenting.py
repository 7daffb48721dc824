"""Has the member agreed that his position is used this once, and what if he has not?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.privacy import actions
from hongyan.privacy.models import Purpose
from hongyan.privacy.policy import consent_texts
from hongyan.privacy.refusals import Refused
from hongyan.privacy.rules import has_withdrawn
from hongyan.web.mobile.steps import shown


def ask_page(
    request: HttpRequest, journey: Journey, token: str, status: int = 200, **more: Any
) -> HttpResponse:
    """Ask for his place: the button stands beside its consent, unless he has taken that back."""
    return shown(
        request,
        "ask",
        journey,
        token,
        status=status,
        position=consent_texts()[Purpose.POSITION],
        may_locate=not has_withdrawn(journey.member_id, Purpose.POSITION),
        **more,
    )


def why_no_position(request: HttpRequest, journey: Journey) -> str:
    """Record his consent to the text beside the button he tapped; say why the position is not used else."""
    return agree(request, journey, in_passing=True)


def agree(request: HttpRequest, journey: Journey, *, in_passing: bool = False) -> str:
    """Record that he agrees to the text he has just read; return the sentence that says why not."""
    try:
        actions.consent(
            member=journey.member,
            purpose=Purpose.POSITION,
            version=request.POST.get("consent", ""),
            by=f"member:{journey.member_id}",
            at=timezone.now(),
            in_passing=in_passing,
        )
    except Refused as stopped:
        return stopped.refusal.sentence
    return ""
