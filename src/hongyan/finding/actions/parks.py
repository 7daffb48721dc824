"""Take a park's list of work starts: home is asked about members, everybody else is forgotten at once."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.finding.actions.surveying import STILL_TO_COME, bring_in
from hongyan.finding.models import Consent, Finding, ParkDelivery, Source, Way
from hongyan.finding.refusals import Flaw, Refused, Why, refuse
from hongyan.finding.rules import why_not_deliver
from hongyan.finding.work_starts import WorkStart, flaw_of
from hongyan.journeys.models import Journey
from hongyan.members.actions.limiting import spend
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.sealing import id_number_hashes, phone_hashes
from hongyan.organizations.models import Organization
from hongyan.vault.sealing import keyed_hash

# Home is not asked again about the same person at the same park for so long.
QUIET = timedelta(days=180)


@dataclass(frozen=True)
class Delivered:
    """What the park is told: the same whoever is in its list."""

    delivery: ParkDelivery
    refused: tuple[tuple[int, Flaw], ...]


def deliver_work_starts(
    *,
    organization: Organization,
    rows: Sequence[WorkStart],
    way: Way,
    by: Actor,
    at: datetime,
    key: str,
) -> Delivered:
    """Read what people agreed to, ask the homes of those who are members, and keep nothing but figures."""
    refusal = why_not_deliver(organization, by)
    if refusal:
        raise Refused(refusal)
    today = timezone.localdate(at)
    flaws = {row.number: flaw for row in rows if (flaw := flaw_of(row, today))}
    digest = _digest(rows)
    done = ParkDelivery.objects.filter(key=key).first()
    if done is None:
        if not spend("park_delivery", about=organization.code, at=at):
            raise Refused(refuse(Why.TOO_OFTEN))
        done = _deliver(organization, rows, flaws, way, by, at, key, digest)
    if done.digest != digest or done.organization_id != organization.pk:
        raise Refused(refuse(Why.KEY_REUSED))
    return Delivered(done, tuple(flaws.items()))


def _digest(rows: Sequence[WorkStart]) -> str:
    """Tell whether a list is the same one, by what was in it; nothing can be read from this."""
    text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, default=str)
    return keyed_hash(text, purpose="park_delivery")


def _deliver(
    organization: Organization,
    rows: Sequence[WorkStart],
    flaws: dict[int, Flaw],
    way: Way,
    by: Actor,
    at: datetime,
    key: str,
    digest: str,
) -> ParkDelivery:
    taken = [row for row in rows if row.number not in flaws]
    try:
        with transaction.atomic():
            members = _members(taken)
            to_ask = _to_ask(organization, members, at)
            without = sum(1 for flaw in flaws.values() if flaw == Flaw.NO_CONSENT)
            delivery = ParkDelivery.objects.create(
                organization=organization,
                way=way,
                key=key,
                digest=digest,
                received=len(rows),
                without_consent=without,
                incomplete=len(flaws) - without,
                unmatched=len(taken) - len(members),
                known=len(members) - len(to_ask),
                asked=len(to_ask),
                delivered_at=at,
                delivered_by=by.code,
            )
            _ask(delivery, [row for row in taken if row.number in to_ask], by, at)
            _record(delivery, by, at)
    except IntegrityError:
        # The same list, sent twice at once.
        return ParkDelivery.objects.get(key=key)
    return delivery


def _members(rows: Sequence[WorkStart]) -> dict[int, Member]:
    """Find the one member each row names, in one query; two of one number and name are as good as none."""
    phones = {value for row in rows if row.said.phone for value in phone_hashes(row.said.phone)}
    cards = {value for row in rows if row.said.id_number for value in id_number_hashes(row.said.id_number)}
    same = Q(phone_hash__in=phones) | Q(id_number_hash__in=cards)
    by_hash: defaultdict[str, list[Member]] = defaultdict(list)
    for member in Member.objects.filter(same, erased_at=None).select_related("branch"):
        by_hash[member.phone_hash].append(member)
        by_hash[member.id_number_hash].append(member)
    found = {}
    for row in rows:
        said = row.said
        wanted = id_number_hashes(said.id_number) if said.id_number else phone_hashes(said.phone)
        named = {one.pk: one for value in wanted for one in by_hash.get(value, ()) if one.name == said.name}
        if len(named) == 1:
            found[row.number] = next(iter(named.values()))
    return found


def _to_ask(organization: Organization, members: dict[int, Member], at: datetime) -> set[int]:
    """Keep the rows of those home has to be asked about: nobody keeps them yet, and nobody asked lately."""
    people = {member.pk for member in members.values()}
    journeys = dict(Journey.objects.open().filter(member__in=people).values_list("member_id", "status"))
    since = at - QUIET
    asked = set(
        Finding.objects.filter(organization=organization, member__in=people, registered_at__gt=since)
        .order_by()
        .values_list("member_id", flat=True)
    )
    wanted: dict[int, int] = {}
    for number, member in members.items():
        kept = journeys.get(member.pk, STILL_TO_COME[0]) not in STILL_TO_COME
        # Whose branch stands where the park stands has not gone away.
        home = member.branch.division_id or "-"
        stays = (organization.division_id or "").startswith(home) or member.branch_id == organization.pk
        if not kept and not stays and member.pk not in asked:
            wanted.setdefault(member.pk, number)
    return set(wanted.values())


def _ask(delivery: ParkDelivery, rows: Sequence[WorkStart], by: Actor, at: datetime) -> None:
    for row in rows:
        bring_in(
            organization=delivery.organization,
            said=row.said,
            home="",
            consent=Consent.PARK,
            by=by,
            at=at,
            key=f"park:{delivery.pk}:{row.number}",
            source=Source.PARK,
        )


def _record(delivery: ParkDelivery, by: Actor, at: datetime) -> None:
    """Remember the delivery: what the park knows itself, and no figure that speaks of members."""
    refused = delivery.received - delivery.taken
    record(
        actor=by.code,
        verb="deliver_work_starts",
        subject=f"delivery:{delivery.pk}",
        organization=delivery.organization_id,
        details={"received": delivery.received, "refused": refused},
        at=at,
    )
