"""Accept, register an outside host, name a caretaker, note a contact: what hosting is made of."""

from datetime import date, datetime
from typing import Any, cast

from django.utils import timezone

from hongyan.journeys import periods
from hongyan.journeys.abroad import KEPT_BY_HOME
from hongyan.journeys.actions.making import change, make
from hongyan.journeys.caretakers import chosen_for
from hongyan.journeys.ladder_models import Means, Outcome
from hongyan.journeys.locking import cases_first
from hongyan.journeys.models import Journey
from hongyan.journeys.recording import HEARD, Change
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.rules import Standing
from hongyan.journeys.states import ON_THE_WAY, Answer, Party, Status, Verb
from hongyan.journeys.telling import Tell, to_desk, to_member
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import SHARED_OUT, contact_note, taken_over
from hongyan.members.caring import away_at, caring_at
from hongyan.members.models import User
from hongyan.members.permissions import Actor
from hongyan.notifications.texts import said_day
from hongyan.organizations.locking import lock
from hongyan.organizations.models import Organization


def _check_caretaker(caretaker: User, host: Organization, on: date) -> None:
    """Refuse a caretaker who holds no duty of care at the host, or is away."""
    # Whoever is dismissed in this very moment is not named any more: both wait for each other here.
    cases_first()
    lock(host.pk)
    if not caring_at(host.pk, on).filter(user=caretaker).exists():
        raise Refused(refuse(Why.CARETAKER_NOT_HERE))
    absence = away_at(host.pk, on).get(caretaker.pk)
    if absence:
        raise Refused(refuse(Why.CARETAKER_AWAY, name=caretaker.name, until=said_day(absence.until_on)))


def _caretaker(caretaker_id: int | None, at: datetime, by: Actor) -> dict[str, object]:
    """Return the columns that say who keeps in touch, since when and named by whom."""
    if caretaker_id is None:
        return {"caretaker_id": None, "caretaker_at": None, "caretaker_by": ""}
    return {"caretaker_id": caretaker_id, "caretaker_at": at, "caretaker_by": by.code}


def _shared_out(host: Organization, at: datetime) -> int | None:
    """Choose the caretaker by fair shares where the organisation wants it so."""
    return chosen_for(host, 1, at)[0] if host.shares_out else None


def _hosted_by(host: Organization, at: datetime, by: Actor) -> dict[str, object]:
    due = periods.contact_due(at, in_force(at))
    return {
        "status": Status.HOSTED,
        "host_id": host.pk,
        "host_path": host.path,
        "due_at": due,
        "host_due_at": due,
        "accepted_at": at,
        "accepted_by": by.code,
    }


def _told_accepted(now: Journey, host: Organization) -> list[Tell]:
    """Tell the member, his home and the host before that somebody has taken him in."""
    # A guest is written to by the installation he belongs to, and not by two.
    told = to_member(now, "accepted", by_message=not now.member.is_guest, host=host.short_name)
    told.append(to_desk(now, now.home, "accepted", host=host.short_name))
    if now.host and now.host_id != host.pk:
        # The old host's duty ends only now.
        told.append(to_desk(now, now.host, "taken_over", host=host.short_name))
    return told


def accept(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    caretaker: User | None = None,
    party_group: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Take a member into the daily life of one's branch; home and the member learn it in the same moment."""

    def plan(now: Journey, standing: Standing) -> Change:
        if caretaker:
            _check_caretaker(caretaker, now.holder, timezone.localdate(at))
        shared_out = None if caretaker else _shared_out(now.holder, at)
        who = caretaker.pk if caretaker else shared_out
        note = SHARED_OUT if shared_out else ""
        return accepted(now, standing, who, by=by, at=at, key=key, party_group=party_group, note=note)

    return make(Verb.ACCEPT, journey, plan, by=by, key=key, expect=expect)


def accepted(
    now: Journey,
    standing: Standing,
    caretaker_id: int | None,
    *,
    by: Actor,
    at: datetime,
    key: str | None,
    party_group: str,
    note: str = "",
) -> Change:
    """Return what accepting one case writes."""
    host = now.holder
    columns = {
        **_hosted_by(host, at, by),
        **_caretaker(caretaker_id, at, by),
        "party_group": party_group,
    }
    told = _told_accepted(now, host)
    note = "；".join(part for part in (_before(now, host), note) if part)
    return change(
        Verb.ACCEPT, by, at, standing, key, set=columns, answer=Answer.ACCEPTED, note=note, told=told
    )


def _before(now: Journey, host: Organization) -> str:
    """Say into the timeline what the new host's own group and caretaker are about to take the place of."""
    if now.host is None or now.host_id == host.pk:
        return ""
    return taken_over(now.host.short_name, now.party_group, now.caretaker.name if now.caretaker else "")


def register_outside(
    *,
    journey: Journey,
    host: Organization,
    by: Actor,
    at: datetime,
    note: str,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Register that an organisation outside the platform has taken a member in, by letter or call."""

    def plan(now: Journey, standing: Standing) -> Change:
        if host.has_desk:
            raise Refused(refuse(Why.NOT_OUTSIDE, target=host.short_name))
        if not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        columns = {
            # Nobody there works on the platform: home keeps the duty and the clock.
            **_hosted_by(host, at, by),
            "host_due_at": None,
            "home_due_at": periods.contact_due(at, in_force(at)),
            "holder_id": now.home_id,
            "holder_path": now.home_path,
            **_caretaker(None, at, by),
            "party_group": "",
        }
        told = _told_accepted(now, host)
        said = "；".join(part for part in (note.strip(), _before(now, host)) if part)[:300]
        done: dict[str, Any] = {"answer": Answer.ACCEPTED, "note": said, "told": told}
        return change(Verb.REGISTER_OUTSIDE, by, at, standing, key, set=columns, **done)

    return make(Verb.REGISTER_OUTSIDE, journey, plan, by=by, key=key, expect=expect)


def name_caretaker(
    *,
    journey: Journey,
    caretaker: User,
    by: Actor,
    at: datetime,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Name the one person at the host who keeps in touch with a member."""

    def plan(now: Journey, standing: Standing) -> Change:
        # Hosted and relocating journeys have a host, by constraint.
        host = cast(Organization, now.host)
        _check_caretaker(caretaker, host, timezone.localdate(at))
        told = to_member(now, "caretaker_named", host=host.short_name)
        columns = _caretaker(caretaker.pk, at, by)
        return change(Verb.NAME_CARETAKER, by, at, standing, key, set=columns, told=told)

    return make(Verb.NAME_CARETAKER, journey, plan, by=by, key=key, expect=expect)


def _next_contact(now: Journey, party: Party, at: datetime) -> dict[str, object]:
    """Set the clock of the side that has spoken with him; the other side's goes on."""
    rhythm = periods.abroad_contact_due if now.abroad_at else periods.contact_due
    due = rhythm(at, in_force(at))
    if now.status not in (*ON_THE_WAY, Status.HOSTED):
        return {"due_at": due} if now.abroad_at and now.status in KEPT_BY_HOME else {}
    if _keeps_no_clock(now, party):
        return {}
    columns: dict[str, object] = {"home_due_at" if party == Party.HOME else "host_due_at": due}
    if now.host_id == now.home_id and now.host_due_at:
        # Back in his own village and taken in there, both sides are one.
        columns = {"home_due_at": due, "host_due_at": due}
    # A hosted case has the deadline of whoever owes the daily contact: the host, or home without one.
    if now.status == Status.HOSTED and now.holder_id == (now.home_id if party == Party.HOME else now.host_id):
        columns["due_at"] = due
    return columns


def _keeps_no_clock(now: Journey, party: Party) -> bool:
    """Tell whether a side works on another installation, which minds its clock by itself."""
    if party == Party.HOME:
        return now.member.is_guest
    return now.host is not None and not now.host.has_desk


def contact(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    note: str = "",
    reached: bool = True,
    means: Means | str = Means.PHONE,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Note that one side spoke with a member, or tried to."""

    def plan(now: Journey, standing: Standing) -> Change:
        return contacted(now, standing, by=by, at=at, key=key, note=note, reached=reached, means=means)

    return make(Verb.CONTACT, journey, plan, by=by, key=key, expect=expect)


def contacted(
    now: Journey,
    standing: Standing,
    *,
    by: Actor,
    at: datetime,
    key: str | None,
    note: str,
    reached: bool,
    means: Means | str,
) -> Change:
    """Return what noting one contact writes."""
    text = contact_note(reached, Means(means).label, note.strip())
    called = (Outcome.REACHED if reached else Outcome.UNREACHED, means)
    columns: dict[str, object] = {}
    if reached:
        columns = {"contacted_at": at, "contacted_by": by.code, "lost_at": None, "lost_by": "", **HEARD}
        columns |= _next_contact(now, standing.party, at)
    return change(Verb.CONTACT, by, at, standing, key, set=columns, note=text, called=called)
