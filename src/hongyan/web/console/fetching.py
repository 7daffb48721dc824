"""Which case may somebody open, and what is he told when it has just left his desk?"""

from django.core import signing
from django.http import Http404

from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.recording import faster
from hongyan.members.permissions import Actor
from hongyan.organizations.models import under

# The person stands at the counter: long enough for the talk, too short for anything else.
_PERMIT_SECONDS = 30 * 60
_SALT = "window-permit"


def permit_for(actor: Actor, journey: Journey) -> str:
    """Sign that this person was shown this case's member at the counter, with phone and name both right."""
    return signing.dumps([actor.code, journey.pk], salt=_SALT)


def _permitted(actor: Actor, pk: int, permit: str) -> bool:
    try:
        return bool(signing.loads(permit, salt=_SALT, max_age=_PERMIT_SECONDS) == [actor.code, pk])
    except signing.BadSignature:
        return False


def case_or_404(actor: Actor, pk: int, *, writing: bool = False, permit: str = "") -> Journey:
    """Fetch a case somebody may see, or holds a permit of the counter for; else it does not exist for him.

    A write to a case that lay on his desk until a moment ago is not a riddle: it raises Refused(STALE) naming
    who was faster, to him who had the page open.
    """
    rows = Journey.objects.select_related(
        "member", "home", "host", "holder", "caretaker", "destination", "homecoming"
    )
    if not (permit and _permitted(actor, pk, permit)):
        rows = rows.visible_to(actor)
    journey = rows.filter(pk=pk).first()
    if journey is None:
        if writing and _had(actor, pk):
            raise faster(pk)
        raise Http404
    return journey


def _had(actor: Actor, pk: int) -> bool:
    # By the journey's own key: a number no database holds finds nothing there, and breaks a foreign key.
    hops = Handoff.objects.filter(journey__in=Journey.objects.filter(pk=pk))
    return any(hops.filter(under("receiver_path", path)).exists() for path in actor.visible_paths)
