"""Which three figures stand beside a desk, and to which lists do they lead?"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from hongyan.journeys.models import Journey
from hongyan.members.permissions import Seat
from hongyan.reports.measures import Measure, Subtree, selects

# In the order of the page; the words are those of a desk, the figures those of the overview.
SHOWN = {
    Measure.IN: "流入在管",
    Measure.OUT: "流出在外",
    Measure.ON_DESK: "待接收",
}


@dataclass(frozen=True)
class Figure:
    """One number with its word and the list it counts."""

    measure: str
    label: str
    count: int
    organization_id: int


def figures_of(organization_id: int, path: str, at: datetime) -> list[Figure]:
    """Count who came in, who went out and who is under way in an organisation and below, in one query."""
    scope = Subtree(path)
    wanted = {str(measure): selects(measure, scope, at) for measure in SHOWN}
    touching = Q()
    for predicate in wanted.values():
        touching |= predicate
    counts = Journey.objects.filter(touching).aggregate(
        **{f"n_{name}": Count("pk", filter=predicate) for name, predicate in wanted.items()}
    )
    return [
        Figure(str(measure), label, counts[f"n_{measure}"], organization_id)
        for measure, label in SHOWN.items()
    ]


def figures_of_seat(seat: Seat, at: datetime) -> list[Figure]:
    """Count for the organisation somebody works for."""
    return figures_of(seat.organization_id, seat.path, at)
