"""Look each night who is together where, suggest it to both departments, take back what holds no more."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.gathering.kinds import LEAST, UNDER_WAY, DeclineReason
from hongyan.gathering.models import Gathering
from hongyan.gathering.refusals import Refused, Why, refuse
from hongyan.gathering.rules import why_not_decline
from hongyan.gathering.telling import tell_suggested
from hongyan.gathering.together import Pair, counted, departments, fitting, home_tier, mobile_branches
from hongyan.geography.models import Division
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import CLOCK, Actor
from hongyan.organizations.kinds import Tier
from hongyan.organizations.models import Organization

REFRESHED = ("full_members", "branch", "host", "place_path", "refreshed_at")


@transaction.atomic
def gather_due(*, at: datetime) -> int:
    """Refresh every suggestion from what is true now; return how many are new or asked again."""
    homes = departments(home_tier(at))
    enough = {pair: count.full for pair, count in counted(homes).items() if count.full >= LEAST}
    known = Division.objects.in_bulk({place for _, place in enough})
    rows = _drawn({pair: full for pair, full in enough.items() if pair[1] in known}, homes, at)
    before = {(row.home_id, row.place_id): row for row in _open()}
    _end([row for pair, row in before.items() if pair not in rows], at)
    _refresh([(before[pair], row) for pair, row in rows.items() if pair in before])
    fresh = [row for pair, row in rows.items() if pair not in before]
    Gathering.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    new = list(_open().filter(suggested_at=at))
    for row in new:
        _record("suggest_gathering", row, CLOCK, at)
    again = _awake(at)
    tell_suggested([*new, *again], at)
    return len(new) + len(again)


def _open() -> QuerySet[Gathering]:
    return Gathering.objects.open().select_related("home", "host", "place").order_by("pk")


def _record(verb: str, row: Gathering, by: Actor, at: datetime) -> None:
    details = {"place": row.place_id, "full_members": row.full_members}
    if row.declined_reason:
        details["reason"] = row.declined_reason
    record(
        actor=by.code,
        verb=verb,
        subject=f"gathering:{row.pk}",
        organization=row.home_id,
        details=details,
        at=at,
    )


def _drawn(
    enough: Mapping[Pair, int], homes: Mapping[str, Organization], at: datetime
) -> dict[Pair, Gathering]:
    """Draw every suggestion as it should be, without writing it."""
    by_pk = {row.pk: row for row in homes.values()}
    hosts = _destinations({place for _, place in enough})
    branches = mobile_branches()
    rows = {}
    for (home_pk, place), full in sorted(enough.items()):
        home, host = by_pk[home_pk], hosts.get(place)
        rows[home_pk, place] = Gathering(
            home=home,
            home_path=home.path,
            place_id=place,
            host=host,
            place_path=host.path if host else "",
            branch=fitting(branches, home, place),
            full_members=full,
            suggested_at=at,
            suggested_by=CLOCK.code,
            refreshed_at=at,
        )
    return rows


def _destinations(places: Iterable[str]) -> dict[str, Organization]:
    """Find the department of each place; one that works on the platform before one that does not."""
    rows = Organization.objects.open().filter(tier=Tier.COUNTY, division__in=list(places), can_host=False)
    return {str(row.division_id): row for row in rows.order_by("has_desk", "-path")}


def _refresh(pairs: Iterable[tuple[Gathering, Gathering]]) -> None:
    changed = []
    for row, drawn in pairs:
        for name in REFRESHED:
            setattr(row, name, getattr(drawn, name))
        changed.append(row)
    Gathering.objects.bulk_update(changed, REFRESHED, batch_size=500)


def _end(rows: Iterable[Gathering], at: datetime) -> None:
    """End what no longer holds; while a founding is under way people decide what becomes of it."""
    for row in rows:
        if row.foundings.filter(state__in=UNDER_WAY).exists():
            continue
        row.ended_at, row.ended_by = at, CLOCK.code
        row.save(update_fields=["ended_at", "ended_by"])
        _record("end_gathering", row, CLOCK, at)


def _awake(at: datetime) -> list[Gathering]:
    """Ask again about those that have rested long enough."""
    rested = list(_open().filter(rests_until__lte=timezone.localdate(at)))
    for row in rested:
        row.declined_reason, row.declined_at, row.declined_by, row.rests_until = "", None, "", None
        row.save(update_fields=["declined_reason", "declined_at", "declined_by", "rests_until"])
        _record("suggest_gathering", row, CLOCK, at)
    return rested


@transaction.atomic
def decline_gathering(*, gathering: Gathering, reason: str, by: Actor, at: datetime) -> Gathering:
    """Say for home that no branch is wanted there now, and why; it is asked again after the period."""
    now = Gathering.objects.select_for_update(of=("self",)).select_related("home").get(pk=gathering.pk)
    refusal = why_not_decline(now, by)
    if refusal is None and reason not in set(DeclineReason):
        refusal = refuse(Why.REASON_MISSING)
    if refusal:
        raise Refused(refusal)
    now.declined_reason, now.declined_at, now.declined_by = reason, at, by.code
    now.rests_until = timezone.localdate(at) + timedelta(days=in_force(at).gathering_rest_days)
    now.save(update_fields=["declined_reason", "declined_at", "declined_by", "rests_until"])
    _record("decline_gathering", now, by, at)
    return now
