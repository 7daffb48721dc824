"""To which door can a member go?"""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from hongyan.geography.codes import Level
from hongyan.organizations.models import Station

NEAREST = 3


def nearest_stations(code: str) -> QuerySet[Station]:
    """Return the three stations that share most of their place with this one, within its prefecture."""
    levels = [level for level in reversed(Level) if Level.PREFECTURE <= level <= len(code)]
    if not levels:
        return Station.objects.none()
    # Codes are prefixes: the longer the shared one, the nearer the door.
    near = Case(
        *(
            When(division__code__startswith=code[:level], then=Value(rank))
            for rank, level in enumerate(levels)
        ),
        default=Value(len(levels)),
        output_field=IntegerField(),
    )
    prefecture = code[: Level.PREFECTURE]
    inside = Station.objects.filter(division_id__gte=prefecture, division_id__lt=prefecture + ":")
    return inside.filter(organization__closed_at=None).order_by(near, "tier", "pk")[:NEAREST]
