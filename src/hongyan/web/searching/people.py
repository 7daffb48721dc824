"""Which people of his own scope does an official find by name, initials or the last digits of a phone number?

Only whose name he may read: the members of his organisations who are away or were, those of others they host
now, and, if he may mark, the rest of his roster. Whoever is found is shown, so the caller writes down that he
was looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet

from hongyan.initials import name_initials
from hongyan.journeys.models import Journey
from hongyan.journeys.states import STATUS_LABELS, Status
from hongyan.members.models import Member, MemberQuerySet
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.members.sealing import TAIL, phone_of, phone_tails
from hongyan.organizations.models import begins, under
from hongyan.vault.sealing import Unsealable
from hongyan.web.cards import known_to
from hongyan.web.searching.organizations import words_of

SHOWN = 10
# Fewer signs than these would show whoever comes first, and write down that he was looked at.
FEWEST_SIGNS = 2
LONGEST_NUMBER = 11
FEW = 1_000
COLUMNS = ("pk", "uid", "name", "phone_sealed", "restricted_at", "branch_path", "branch__short_name")


@dataclass(frozen=True)
class Wanted:
    """What was typed: the beginning of a name as written, its initials, the end of a phone number."""

    written: str = ""
    initials: str = ""
    digits: str = ""


@dataclass(frozen=True)
class Found:
    """One person: who, of which branch, and where his last period away stands; no number of any kind."""

    member: int
    name: str
    branch: str
    journey: int | None
    status: str = ""
    host: str = ""


def read(text: str) -> Wanted | None:
    """Take apart what was typed; nothing when it is too little to look somebody up by."""
    words = words_of(text)
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    name = "".join(word for word in words if word not in numbers)
    digits = numbers[0][-LONGEST_NUMBER:] if numbers else ""
    short = digits and len(digits) < TAIL or not digits and len(name) < FEWEST_SIGNS
    if short or len(numbers) > 1:
        return None
    initials = name_initials(name)
    if name and not initials:
        return None
    written = name if not name.isascii() else ""
    # 张sf: the beginning as written, the rest by its letters.
    while written and written[-1].isascii():
        written = written[:-1]
    return Wanted(written, initials, digits)


def found_people(text: str, actor: Actor) -> tuple[list[Found], bool]:
    """Find people for an official, and say whether there are more than are shown."""
    wanted = read(text)
    if wanted is None:
        return [], False
    fitting = _fitting(wanted)
    rows: dict[int, Member] = {}
    for source in _sources(fitting, actor):
        for member in islice(_with_number(source, wanted.digits, actor), SHOWN + 1 - len(rows)):
            rows.setdefault(member.pk, member)
        if len(rows) > SHOWN:
            break
    shown = list(rows.values())[:SHOWN]
    return _described(shown, actor), len(rows) > SHOWN


def _fitting(wanted: Wanted) -> MemberQuerySet:
    """Select whoever is called so and may have such a number, wherever he is."""
    rows = Member.objects.filter(erased_at=None, merged_into=None)
    if wanted.initials:
        rows = rows.filter(begins("initials", wanted.initials))
    if wanted.written:
        rows = rows.filter(name__startswith=wanted.written)
    if wanted.digits:
        rows = rows.filter(phone_tail__in=phone_tails(wanted.digits))
    return rows.select_related("branch").only(*COLUMNS)


def _sources(fitting: MemberQuerySet, actor: Actor) -> Iterator[QuerySet[Member]]:
    """Yield where to look one after the other: at home, then among those of others who are hosted."""
    own, hosts, marks = Q(pk__in=[]), Q(pk__in=[]), Q(pk__in=[])
    for path in actor.visible_paths:
        own |= under("branch_path", path)
        hosts |= under("host_path", path)
    for seat in actor.seats_for(Power.MARK):
        marks |= under("branch_path", seat.path)
    journeys = Journey.objects.filter(member=OuterRef("pk"))
    order = ("initials", "branch_path", "pk")
    yield fitting.filter(own).filter(marks | Exists(journeys.filter(known_to(actor)))).order_by(*order)
    open_here = Q(hosts) & ~Q(status=Status.CLOSED)
    few = list(Journey.objects.filter(open_here).values_list("member_id", flat=True)[: FEW + 1])
    # Looked up one by one, or one looks which of those called so are hosted here: whichever are fewer.
    hosted = Q(pk__in=few) if len(few) <= FEW else Q(Exists(journeys.filter(open_here)))
    yield fitting.exclude(own).filter(hosted).order_by(*order)


def _with_number(rows: QuerySet[Member], digits: str, actor: Actor) -> Iterator[Member]:
    """Keep those whose number really ends so: a drawer holds ten endings."""
    if not digits:
        yield from rows[: SHOWN + 1]
        return
    for member in rows.iterator(chunk_size=200):
        if not _hides_number(member, actor) and _ends_so(member, digits):
            yield member


def _hides_number(member: Member, actor: Actor) -> bool:
    """Tell whether his number is for his own branch only: he has limited the use of his particulars."""
    return bool(member.restricted_at) and actor.seat_at(Power.SEE, member.branch_path) is None


def _ends_so(member: Member, digits: str) -> bool:
    try:
        return phone_of(member).endswith(digits)
    except Unsealable:
        return False


def _described(members: Iterable[Member], actor: Actor) -> list[Found]:
    """Put beside each the last period away this official may know, in one query."""
    members = list(members)
    rows = Journey.objects.filter(known_to(actor), member__in=members).select_related("host")
    # The open one is the latest: it comes last and stays.
    last = {row.member_id: row for row in rows.order_by("pk")}
    return [_found(member, last.get(member.pk)) for member in members]


def _found(member: Member, journey: Journey | None) -> Found:
    if journey is None:
        return Found(member.pk, member.name, member.branch.short_name, None)
    host = journey.host.short_name if journey.host and journey.status != Status.CLOSED else ""
    return Found(
        member.pk,
        member.name,
        member.branch.short_name,
        journey.pk,
        STATUS_LABELS[Status(journey.status)],
        host,
    )
