"""What goes along when a part of an organisation is split off, and who keeps in touch then?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from hongyan.journeys.caretakers import CARED_FOR
from hongyan.journeys.models import Journey, JourneyQuerySet
from hongyan.members.caring import spokesman
from hongyan.members.models import Appointment, Member
from hongyan.members.roles import CARING, SPEAKERS
from hongyan.organizations.models import Organization
from hongyan.organizations.refusals import Refusal, Why, refuse


@dataclass(frozen=True)
class Part:
    """What is split off: members, people who are hosted and duties, each as it stands there now."""

    members: tuple[int, ...]
    hosted: tuple[int, ...]
    staff: tuple[int, ...]


@dataclass(frozen=True)
class Cared:
    """Who keeps in touch after a split: how many keep their caretaker, and for how many one is found anew."""

    along: int
    kept: int
    anew: int
    # Of those who stay: whose caretaker goes.
    left: int


@dataclass(frozen=True)
class Group:
    """One group of a branch and how many of it there are."""

    name: str
    people: int


def hosted_at(organization: Organization) -> JourneyQuerySet:
    """Select whom an organisation hosts; its own members, back and taken in at home, go with the roster."""
    return Journey.objects.open().filter(host=organization).exclude(home=organization)


def groups_at(organization: Organization) -> list[Group]:
    """List the groups whom an organisation hosts are in."""
    names = hosted_at(organization).exclude(party_group="").values_list("party_group", flat=True)
    return [Group(name, people) for name, people in sorted(Counter(names).items())]


def torn(organization: Organization, part: Part) -> list[Group]:
    """List the groups of which some go and some stay: both sides have a group of that name then."""
    along = Counter(hosted_at(organization).filter(pk__in=part.hosted).values_list("party_group", flat=True))
    return [Group(g.name, along[g.name]) for g in groups_at(organization) if 0 < along[g.name] < g.people]


def part_of(
    organization: Organization,
    *,
    members: Iterable[int],
    hosted: Iterable[int],
    groups: Iterable[str],
    staff: Iterable[int],
) -> Part:
    """Read what was chosen as it is now: one by one, or a group with everybody in it."""
    named = [name for name in groups if name]
    people = Member.objects.filter(branch=organization, pk__in=list(members))
    cases = hosted_at(organization).filter(Q(pk__in=list(hosted)) | Q(party_group__in=named))
    duties = Appointment.objects.filter(organization=organization, revoked_at=None, pk__in=list(staff))
    rows = (rows.order_by("pk").values_list("pk", flat=True) for rows in (people, cases, duties))
    return Part(*(tuple(numbers) for numbers in rows))


def why_not_split(part: Part) -> Refusal | None:
    """Say why nothing can be split off: nobody was chosen."""
    return None if part.members or part.hosted else refuse(Why.NOBODY_CHOSEN)


def cared_for(organization: Organization, part: Part, on: date) -> Cared:
    """Foresee who keeps in touch with whom after the split."""
    rows = Journey.objects.filter(host=organization, status__in=CARED_FOR)
    goes = Q(pk__in=part.hosted) | Q(home=organization, member__in=part.members)
    duties = Appointment.objects.valid(on).filter(organization=organization, role__in=CARING)
    gone = set(duties.filter(pk__in=part.staff).values_list("user_id", flat=True))
    stays = set(duties.exclude(pk__in=part.staff).values_list("user_id", flat=True))
    speaks = duties.filter(pk__in=part.staff, role__in=SPEAKERS).exists()
    lent = None if speaks else spokesman(organization.pk, on)
    there = gone | ({lent.pk} if lent else set())
    along = rows.filter(goes)
    kept = along.filter(caretaker__in=there).count()
    total = along.count()
    left = rows.exclude(goes).filter(caretaker__in=gone - stays).count()
    return Cared(along=total, kept=kept, anew=total - kept, left=left)
