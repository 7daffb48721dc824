"""Who of a list is somebody who may be checked in, and where has each arrived?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core import signing

from hongyan.geography.evidence import Location
from hongyan.journeys import actions
from hongyan.journeys.actions.many import Outcome
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.members.actions.breaking_glass import note_failed_look_up
from hongyan.members.actions.limiting import give_back, spend
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.web.cards import card_of
from hongyan.web.console.counter import NOBODY, OFTEN
from hongyan.web.places import PLACE, arrival_from, located, name_in_full, signed_place

NO_PLACE = "没有写地点，请写上，或在下面选一个大家都到的地点"
UNCLEAR = "没有看懂地点“{text}”，请写到省、市、县和街道"
WHICH = "地点“{text}”可能是{names}，请写完整"
TWICE = "同一个人出现了两次，请留一个"
NOT_AWAY = "还没有标记外出，请联系{branch}"
_SALT = "check-in-many"
# As long as one person at the counter is remembered.
_SECONDS = 30 * 60


@dataclass
class Coming:
    """One entry of a list: whom it means, where he is, and what is wrong with it."""

    # The row of the sheet, 0 for somebody ticked on the page.
    number: int
    name: str
    place: str = ""
    employer: str = ""
    code: str = ""
    line: str = ""
    member: Member | None = None
    journey: Journey | None = None
    # The version that was seen; None: whatever it is now.
    version: int | None = None
    signed: str = ""
    place_name: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Name the place as it was understood, else as it was written."""
        return self.place_name or self.place


def admit(coming: Sequence[Coming], actor: Actor, at: datetime) -> None:
    """Count whoever was not found as one look at the counter that failed; too many, and nobody is told."""
    if not spend("window_look_up", about=actor.code, at=at):
        _shut(coming)
        return
    give_back("window_look_up", about=actor.code, at=at)
    for place, one in enumerate(coming):
        if one.member is not None or one.problems:
            continue
        if not spend("window_look_up", about=actor.code, at=at):
            _shut(coming[place:])
            return
        note_failed_look_up(by=actor, power=Power.ASSIST, at=at)
        one.problems.append(NOBODY)


def _shut(coming: Iterable[Coming]) -> None:
    for one in coming:
        one.member, one.problems = None, [OFTEN]


def find_journeys(coming: Sequence[Coming]) -> None:
    """Read everybody's open journey in one query, and name whoever stands in the list twice."""
    wanted = [one.member.pk for one in coming if one.member]
    rows = Journey.objects.open().filter(member__in=wanted).select_related("member", "home")
    known = {journey.member_id: journey for journey in rows}
    met: set[int] = set()
    for one in coming:
        if one.member is None:
            continue
        one.journey = one.journey or known.get(one.member.pk)
        if one.member.pk in met:
            one.problems.append(TWICE)
        elif one.journey is None:
            one.problems.append(NOT_AWAY.format(branch=one.member.branch.short_name))
        met.add(one.member.pk)
        if one.journey and one.version is None:
            one.version = one.journey.version


def _unclear(location: Location, text: str) -> str:
    codes = [option.code for option in location.question.options] if location.question else []
    names = [name_in_full(code) for code in codes if code][:3]
    return (WHICH if names else UNCLEAR).format(text=text[:30], names="、".join(names))


def find_places(coming: Sequence[Coming], code: str, address: str) -> None:
    """Resolve where each is: his own words, else the place that holds for all."""
    known: dict[tuple[str, str, str], Location] = {}
    for one in coming:
        if not one.place and not one.code:
            one.code, one.place = code, "" if code else address
        declared = (one.journey.destination_id or "") if one.journey else ""
        like = (one.code, one.place, declared)
        if not any(like[:2]):
            one.problems.append(NO_PLACE)
            continue
        if like not in known:
            known[like] = located({"code": one.code, "address": one.place}, declared)
        location = known[like]
        decided = location.code or (location.within if location.question is None else "")
        if decided:
            one.signed, one.place_name = signed_place(location, one.place), name_in_full(decided)
        else:
            one.problems.append(_unclear(location, one.place or one.code))


def _arrival(signed: str, employer: str, journey: Journey) -> Arrival:
    return arrival_from({PLACE: signed, "employer": employer}, journey)


def ready(coming: Iterable[Coming]) -> dict[int, Coming]:
    """Return what has no problem, by the number of its journey."""
    return {one.journey.pk: one for one in coming if one.journey and not one.problems}


def check_in_all(coming: Mapping[int, Coming], by: Actor, at: datetime, key: str, *, dry: bool) -> Outcome:
    """Check everybody in, or only say who could be."""
    pairs = [(pk, one, one.journey) for pk, one in coming.items() if one.journey]
    arrivals = {pk: _arrival(one.signed, one.employer, journey) for pk, one, journey in pairs}
    seen = {pk: one.version for pk, one, _ in pairs}
    return actions.check_in_many(arrivals=arrivals, by=by, at=at, key=key, seen=seen, dry=dry)


def rehearse(coming: Sequence[Coming], by: Actor, at: datetime) -> None:
    """Add to each what the rules would answer; nothing is written."""
    tried = ready(coming)
    for pk, refusal in check_in_all(tried, by, at, "", dry=True).refused.items():
        tried[pk].problems.append(refusal.sentence)


def ticket_for(coming: Sequence[Coming], by: Actor, about: str) -> str:
    """Sign who was shown to be fit to be checked in, where, and from which page."""
    places: dict[str, int] = {}
    rows = [
        [pk, one.version, places.setdefault(one.signed, len(places)), one.employer, one.number]
        for pk, one in ready(coming).items()
    ]
    value = {"by": by.code, "about": about, "rows": rows, "places": list(places)}
    return signing.dumps(value, salt=_SALT, compress=True)


def from_ticket(ticket: str, by: Actor, about: str) -> dict[int, Coming] | None:
    """Read what was signed; None when it is not his, too old, or of a page that was changed since."""
    try:
        value: dict[str, Any] = signing.loads(ticket, salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    if (value["by"], value["about"]) != (by.code, about):
        return None
    journeys = Journey.objects.select_related("member", "home").in_bulk([row[0] for row in value["rows"]])
    found = {}
    for pk, version, place, employer, number in value["rows"]:
        if journey := journeys.get(pk):
            signed = value["places"][place]
            # Who was in a sheet was named rightly; who was ticked is called as before.
            name = journey.member.name if number else card_of(by, journey).name
            found[pk] = Coming(number, name, "", employer, journey=journey, version=version, signed=signed)
    return found
