"""Change how long a step may take, for all deadlines that are set from then on."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from hongyan.audit.actions import record
from hongyan.journeys import terms
from hongyan.journeys.actions.making import demand
from hongyan.journeys.models import PeriodChange
from hongyan.journeys.periods import PERIOD_LABELS, unit
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.wording import moment
from hongyan.members.permissions import Actor, names_of


def _faster(name: str) -> Refused:
    """Say who changed this period since the page was opened."""
    last = PeriodChange.objects.filter(name=name).order_by("number").last()
    if last is None:
        # Only a page made up by hand knows of changes that never were.
        return Refused(refuse(Why.UNKNOWN))
    who = names_of([last.settled_by]).get(last.settled_by, last.settled_by)
    what = f"{PERIOD_LABELS[name]}：{last.value} {unit(name)}"
    return Refused(refuse(Why.STALE, who=who, when=moment(last.settled_at), what=what))


def settle(*, name: str, value: int, from_on: date, expect: int, by: Actor, at: datetime) -> PeriodChange:
    """Let a period have another value from a day on; `expect` is how many changes of it the page knew."""
    # What other processes did lately counts when it is decided whether this changes anything.
    terms.forget()
    demand(terms.why_not_settle(name, value, from_on, by, at))
    if PeriodChange.objects.filter(name=name).count() != expect:
        raise _faster(name)
    seat = terms.topmost_seat(by)
    try:
        with transaction.atomic():
            change = PeriodChange.objects.create(
                name=name, number=expect + 1, value=value, from_on=from_on, settled_at=at, settled_by=by.code
            )
            record(
                actor=by.code,
                verb="settle",
                subject=f"period:{name}",
                organization=seat.organization_id if seat else None,
                details={"value": value, "from_on": from_on.isoformat()},
                at=at,
            )
            transaction.on_commit(terms.forget)
    except IntegrityError:
        raise _faster(name) from None
    terms.forget()
    return change
