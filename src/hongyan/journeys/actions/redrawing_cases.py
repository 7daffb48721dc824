"""How do open cases follow a generation of boundaries, and how do they go back?

The place of a case becomes whatever has its ground. Its desk stays, unless that desk's own ground no longer
holds the place: then the case is routed anew. Every case that moved says so on its timeline.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hongyan.geography.editions import common
from hongyan.geography.live import edition_of, in_force
from hongyan.geography.models import BoundaryGeneration, Division, Succession
from hongyan.journeys import periods
from hongyan.journeys.actions.arriving import explained, hop_along
from hongyan.journeys.actions.making import lies_with
from hongyan.journeys.actions.together import Locked, Together, locked, move_together
from hongyan.journeys.areas import Arrival, Ground, route
from hongyan.journeys.models import Handoff, Journey, JourneyQuerySet
from hongyan.journeys.recording import Change, Hop
from hongyan.journeys.recording_many import write_many
from hongyan.journeys.redraw_models import FollowedRow
from hongyan.journeys.redrawing import CASES, Prospect, Reference, Split, references
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.routing import Route
from hongyan.journeys.rules import live_handoff
from hongyan.journeys.states import ON_THE_WAY, Answer, Purpose, Status, Verb
from hongyan.journeys.telling import arrived
from hongyan.journeys.terms import in_force as periods_in_force
from hongyan.journeys.wording import redrawn, redrawn_back, redrawn_open
from hongyan.members.permissions import CLOCK, Actor
from hongyan.organizations import paths
from hongyan.organizations.models import Organization, ServiceArea

LABEL = Journey._meta.label
PLACE, DESK = "destination_id", "holder_id"
Grounds = dict[int, set[str]]


@dataclass(frozen=True)
class Going:
    """One open case: where it stood and where it stands from now on."""

    case: Locked
    old: str
    new: str
    holder: int


def grounds_of(prospect: Prospect) -> Grounds:
    """Read the ground of every desk on which a case lies whose place ends."""
    cases = _cases(prospect).filter(status__in=ON_THE_WAY)
    return _grounds(set(cases.values_list("holder_id", flat=True)))


def _cases(prospect: Prospect) -> JourneyQuerySet:
    ends = Succession.objects.filter(generation=prospect.generation)
    return Journey.objects.open().filter(destination__in=ends.values("code"))


def _grounds(desks: set[int]) -> Grounds:
    found: Grounds = defaultdict(set)
    for pk, division in Organization.objects.filter(pk__in=desks).values_list("pk", "division_id"):
        found[pk].add(division or "")
    areas = ServiceArea.objects.filter(organization__in=desks, origin=None)
    for pk, division in areas.values_list("organization_id", "division_id"):
        found[pk].add(division)
    return found


def _covers(grounds: Grounds, desk: int, place: str) -> bool:
    return any(one and place.startswith(one) for one in grounds.get(desk, ()))


def cases_follow(
    prospect: Prospect, before: Grounds, *, by: Actor, seat: int | None, at: datetime
) -> dict[str, int]:
    """Let every open case follow its place; return how many did and how many got another desk."""
    going = _going(prospect)
    after = _grounds({one.holder for one in going})
    routed = [
        one
        for one in going
        if one.case.status in ON_THE_WAY
        and _covers(before, one.holder, one.old)
        and not _covers(after, one.holder, one.new)
    ]
    sent = _routed_anew(prospect, routed, by=by, seat=seat, at=at)
    _stay(prospect, [one for one in going if one.case.pk not in sent], by=by, seat=seat, at=at)
    _note(prospect.generation, going, sent)
    return {"journey": len(going), "desk": len(sent)}


def _going(prospect: Prospect) -> list[Going]:
    """Decide for each open case at a code that ends where it stands from now on."""
    rows = _cases(prospect)
    status = {one.pk: one for one in locked(rows)}
    columns = ("pk", PLACE, "host__division_id", DESK)
    return [
        Going(status[pk], place, _place_of(prospect, prospect.splits[place], status[pk].status, host), holder)
        for pk, place, host, holder in rows.order_by("pk").values_list(*columns)
    ]


def _place_of(prospect: Prospect, split: Split, status: str, host: str | None) -> str:
    if split.is_sole:
        return split.successors[0]
    # Whoever has been accepted is where his host is; the host of somebody who moves on is where he was.
    hosted = split.holding(host or "") if status in (Status.HOSTED, Status.RETURNING) else ""
    return hosted or prospect.choices.get(f"{CASES}:{split.code}", "") or split.common


def _words(prospect: Prospect, names: Mapping[str, str], old: str, new: str) -> str:
    split, generation = prospect.splits[old], prospect.generation
    if not split.is_sole and new == split.common:
        parts = "、".join(names.get(one, one) for one in split.successors)
        return redrawn_open(split.name, parts, names.get(new, new), generation.name)[:300]
    return redrawn(split.name, names.get(new, new), generation.name, generation.reason)[:300]


def _names(prospect: Prospect) -> dict[str, str]:
    codes = {one for split in prospect.splits.values() for one in (*split.successors, split.common)}
    return dict(Division.objects.filter(code__in=codes).values_list("code", "name")) | dict(prospect.names)


def _stay(prospect: Prospect, going: Sequence[Going], *, by: Actor, seat: int | None, at: datetime) -> None:
    """Write the new place of the cases whose desk stays, one place at a time."""
    names = _names(prospect)
    groups: dict[tuple[str, str], list[Locked]] = defaultdict(list)
    for one in going:
        groups[one.old, one.new].append(one.case)
    for (old, new), cases in sorted(groups.items()):
        move = Together(Verb.REDRAW, by.code, at, seat, _words(prospect, names, old, new))
        move_together(move, [(cases, {PLACE: new})])


def _routed_anew(
    prospect: Prospect, going: Sequence[Going], *, by: Actor, seat: int | None, at: datetime
) -> dict[int, int]:
    """Route the cases whose desk no longer holds their place; return the new desk of each that got one."""
    if not going:
        return {}
    names, ways = _names(prospect), _Ways(Ground(_possible(prospect, going)))
    rows = Journey.objects.select_related("member", "home", "holder", "host")
    found = rows.in_bulk([one.case.pk for one in going])
    pairs, sent = [], {}
    for one in going:
        journey, words = found[one.case.pk], _words(prospect, names, one.old, one.new)
        arrival = _arrival(prospect, one, words)
        way = ways.of(journey, arrival)
        if way.desk.pk == one.holder:
            continue
        hop = replace(
            hop_along(way, explained(arrival, way), journey, arrival, at), place=one.new, note=words
        )
        pairs.append((journey, _change(journey, hop, one.new, words, by, seat, at)))
        sent[one.case.pk] = way.desk.pk
    _write(pairs)
    return sent


class _Ways:
    """Routes cases, once for all that are alike in everything routing looks at."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.known: dict[tuple[object, ...], Route] = {}

    def of(self, journey: Journey, arrival: Arrival) -> Route:
        """Return where a case goes from here."""
        if journey.again_of_id:
            return route(journey, arrival, self.ground.known)
        alike = (journey.home_id, journey.employer, arrival)
        if alike not in self.known:
            self.known[alike] = route(journey, arrival, self.ground.known)
        return self.known[alike]


def _write(pairs: Sequence[tuple[Journey, Change]]) -> None:
    if write_many(pairs):
        # They are locked: nobody can have been faster.
        raise Refused(refuse(Why.STALE))


def _possible(prospect: Prospect, going: Iterable[Going]) -> set[str]:
    return {place for one in going for place in (one.new, *prospect.splits[one.old].successors)}


def _arrival(prospect: Prospect, one: Going, words: str) -> Arrival:
    split, generation = prospect.splits[one.old], prospect.generation.name
    if split.is_sole or one.new != split.common:
        return Arrival(code=one.new, tier="B", reason=words, generation=generation)
    chance = 1 / len(split.successors)
    others = tuple((code, chance) for code in split.successors)
    return Arrival(code="", tier="C", reason=words, others=others, generation=generation)


def _change(
    journey: Journey, hop: Hop, place: str, words: str, by: Actor, seat: int | None, at: datetime
) -> Change:
    return Change(
        verb=Verb.REDRAW,
        by=by.code,
        at=at,
        organization_id=seat,
        set={PLACE: place, **lies_with(hop)},
        answer=Answer.SUPERSEDED,
        hop=hop,
        note=words,
        told=arrived(journey, hop.receiver, hop.due_at),
    )


def _note(generation: BoundaryGeneration, going: Sequence[Going], sent: Mapping[int, int]) -> None:
    def row(pk: int, column: str, old: object, new: object) -> FollowedRow:
        return FollowedRow(
            generation=generation, label=LABEL, row=pk, column=column, old=str(old), new=str(new)
        )

    noted = [row(one.case.pk, PLACE, one.old, one.new) for one in going]
    noted += [row(one.case.pk, DESK, one.holder, sent[one.case.pk]) for one in going if one.case.pk in sent]
    FollowedRow.objects.bulk_create(noted, batch_size=1000)


def cases_go_back(
    generation: BoundaryGeneration, *, by: Actor, seat: int | None, at: datetime
) -> dict[str, int]:
    """Let every case stand again where it stood, on the desk it lay on."""
    noted = FollowedRow.objects.filter(generation=generation, label=LABEL)
    desks = {row: int(old) for row, old in noted.filter(column=DESK).values_list("row", "old")}
    places = dict(noted.filter(column=PLACE).values_list("row", "old"))
    words = redrawn_back(generation.name)
    _back_to_desks(places, desks, words, by=by, seat=seat, at=at)
    groups: dict[str, list[Locked]] = defaultdict(list)
    cases = Journey.objects.filter(pk__in=noted.filter(column=PLACE).values("row"))
    for case in locked(cases):
        if case.pk not in desks:
            groups[places[case.pk]].append(case)
    for old, some in sorted(groups.items()):
        move_together(Together(Verb.REDRAW, by.code, at, seat, words), [(some, {PLACE: old})])
    return {"journey": len(places), "desk": len(desks)}


def _back_to_desks(
    places: Mapping[int, str],
    desks: Mapping[int, int],
    words: str,
    *,
    by: Actor,
    seat: int | None,
    at: datetime,
) -> None:
    rows = Journey.objects.select_related("member", "home", "holder", "host").in_bulk(list(desks))
    owners = Organization.objects.in_bulk(list(set(desks.values())))
    pairs = []
    for pk, desk in sorted(desks.items()):
        journey, receiver = rows[pk], owners[desk]
        hop = _hop_back(live_handoff(journey), journey, receiver, places[pk], words, at)
        pairs.append((journey, _change(journey, hop, places[pk], words, by, seat, at)))
    _write(pairs)


def _hop_back(
    live: Handoff | None, journey: Journey, receiver: Organization, place: str, words: str, at: datetime
) -> Hop:
    return Hop(
        receiver=receiver,
        purpose=Purpose.DISPATCH,
        due_at=periods.hop_due(at, periods_in_force(at)),
        sender=journey.home,
        common_path=paths.common(journey.home_path, receiver.path),
        place=place,
        note=words,
        explanation=dict(live.explanation) if live else {},
    )


def late_follow(*, at: datetime, limit: int) -> int:
    """Bring after what was written at an ended code in the very moment a generation went live."""
    generations = in_force()
    ended = Succession.objects.filter(generation__in=generations).values("code")
    edition, done = edition_of(generations), 0
    for reference in references():
        late = reference.rows().filter(**{f"{reference.column}__in": ended})
        codes = late.order_by().values_list(reference.column, flat=True).distinct()[:limit]
        for code in list(codes):
            new = common(edition.today(code))
            done += _bring_after(reference, code, new, at) if new and new != code else 0
    return done


def _bring_after(reference: Reference, old: str, new: str, at: datetime) -> int:
    rows = reference.rows().filter(**{reference.column: old})
    if reference.model is Journey:
        words = redrawn(old, new, "", "")
        move = Together(Verb.REDRAW, CLOCK.code, at, None, words)
        cases = Journey.objects.open().filter(destination_id=old)
        return move_together(move, [(locked(cases), {PLACE: new})])
    if reference.model is ServiceArea:
        for area in rows:
            alike = ServiceArea.objects.filter(organization=area.organization, kind=area.kind)
            if alike.filter(division_id=new, origin_id=area.origin_id).exists():
                area.delete()
    return int(rows.update(**{reference.column: new}))
