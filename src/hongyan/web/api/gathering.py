"""Which people of one home are together in one place, in numbers, and what is being done about it?"""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router

from hongyan.gathering.kinds import STATE_LABELS, State
from hongyan.gathering.models import Founding
from hongyan.web.api.answers import Answer, Division, OrganizationLine, division_of, line_of, local
from hongyan.web.gathering.rows import list_rows
from hongyan.web.guards import actor_of

router = Router(tags=["organisations"])


class FoundingLine(Answer):
    """The founding of a branch that is under way."""

    id: int
    name: str
    state: State
    state_label: str
    holder: OrganizationLine
    due_at: datetime | None


class GatheringAnswer(Answer):
    """One suggestion: how many are there now, never who."""

    id: int
    home: OrganizationLine
    place: Division | None
    host: OrganizationLine | None
    full_members: int
    probationary_members: int
    branch: OrganizationLine | None
    rests_until: date | None
    founding: FoundingLine | None


class Gatherings(Answer):
    """The open suggestions of both sides I speak for."""

    items: list[GatheringAnswer]


@router.get("/gatherings", response=Gatherings, operation_id="gatherings", summary="同乡流动党员")
def gatherings(request: HttpRequest) -> Gatherings:
    """List the open suggestions of my departments, counted now; without such a duty there are none."""
    return Gatherings(
        items=[
            GatheringAnswer(
                id=row.gathering.pk,
                home=line_of(row.gathering.home),
                place=division_of(row.gathering.place.code, row.gathering.place.name),
                host=line_of(row.gathering.host) if row.gathering.host else None,
                full_members=row.number.full,
                probationary_members=row.number.probationary,
                branch=line_of(row.gathering.branch) if row.gathering.branch else None,
                rests_until=row.gathering.rests_until,
                founding=_founding(row.founding) if row.founding else None,
            )
            for row in list_rows(actor_of(request))
        ]
    )


def _founding(founding: Founding) -> FoundingLine:
    return FoundingLine(
        id=founding.pk,
        name=founding.name,
        state=State(founding.state),
        state_label=STATE_LABELS[State(founding.state)],
        holder=line_of(founding.holder),
        due_at=local(founding.due_at),
    )
