"""Which cases were picked on a page for many, and at which version were they seen?"""

import re
from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.http import QueryDict

from hongyan.journeys.models import Handoff, Journey
from hongyan.members.permissions import Actor
from hongyan.organizations.models import under

# As many as one request of a person may speak of.
LIMIT = 5000
_PICK = re.compile(r"(\d{1,18})\.(\d{1,9})")


def written(picked: Mapping[int, int | None]) -> str:
    """Write picks into one hidden field: a thousand fields would be too many for a form."""
    return " ".join(f"{pk}.{version or 0}" for pk, version in picked.items())


def read(text: str) -> dict[int, int | None]:
    """Read picks from a field, the first LIMIT of them."""
    found: dict[int, int | None] = {}
    for word in text[: 30 * LIMIT].split():
        pick = _PICK.fullmatch(word)
        if pick and len(found) < LIMIT:
            found[int(pick[1])] = int(pick[2])
    return found


def picked_from(fields: QueryDict, cases: QuerySet[Journey]) -> dict[int, int | None]:
    """Return what was ticked, or everything when that was asked for: only what is this person's to move."""
    if fields.get("every"):
        return dict(cases.values_list("pk", "version")[:LIMIT])
    return read(" ".join([*fields.getlist("pick"), fields.get("picked", "")]))


def ours(picked: Mapping[int, int | None], actor: Actor) -> dict[int, int | None]:
    """Keep of some picks what this person sees, or had on his desk until a moment ago."""
    ids = list(picked)
    known = set(Journey.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    had = Q(pk__in=[])
    for path in actor.visible_paths:
        had |= under("receiver_path", path)
    known |= set(Handoff.objects.filter(had, journey__in=ids).values_list("journey_id", flat=True))
    return {pk: version for pk, version in picked.items() if pk in known}
