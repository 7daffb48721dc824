"""How are thousands of cases read for one move: by hand, and only what the moves look at?

A case has some fifty columns and its member forty; making values of all of them took half of a batch. What is
not named here is fetched when somebody asks for it, row by row: right, but slow, and the test that counts the
queries of a batch notices.
"""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import UTC
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model
from django.db.models.base import ModelState

from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.sets import among
from hongyan.members.models import Member, User
from hongyan.organizations.models import Organization
from hongyan.statements import rows

Built = TypeVar("Built", bound=Model)
JOURNEY = (
    "id", "member_id", "status", "version", "home_id", "home_path", "host_id", "host_path", "holder_id",
    "holder_path", "due_at", "home_due_at", "host_due_at", "visit_until", "visit_due_at",
    "destination_id", "destination_text", "employer",
    "caretaker_id", "caretaker_at", "caretaker_by", "party_group", "again_of_id", "link_serial",
    "remind_from", "remind_step", "remind_at", "remind_ladder_id",
    "checked_in_at", "checked_in_by", "accepted_at", "accepted_by",
    "lost_at", "lost_by", "abroad_at", "abroad_by", "watched_at",
)  # fmt: skip
MEMBER = ("id", "uid", "is_guest", "phone_sealed", "wechat_sealed", "sms_closed_at", "wechat_closed_at")
ORGANIZATION = (
    "id", "path", "name", "short_name", "kind", "tier", "division_id", "has_desk", "can_host", "shares_out",
    "closed_at",
)  # fmt: skip
HANDOFF = (
    "id", "journey_id", "hop", "purpose", "sender_id", "receiver_id", "receiver_path", "common_path", "place",
    "sent_at", "sent_by", "due_at", "answer", "answered_at", "answered_by", "note",
    "explanation",
)  # fmt: skip


def _maker(model: type[Built], names: Sequence[str]) -> Callable[[Sequence[Any]], Built]:
    """Return what makes an object of a model from some of its columns; the others wait to be asked for."""
    moments = [name for name in names if name.endswith("_at") or name == "remind_from"]

    def make(values: Sequence[Any]) -> Built:
        one = model.__new__(model)
        state = ModelState()
        state.adding, state.db, state.fields_cache = False, "default", {}
        said = one.__dict__
        said.update(zip(names, values, strict=True))
        said["_state"] = state
        if connection.vendor == "sqlite":
            # Its driver knows no zones: what it keeps is UTC.
            for name in moments:
                if said[name] is not None:
                    said[name] = said[name].replace(tzinfo=UTC)
        return one

    return make


def _columns(names: Sequence[str], alias: str) -> str:
    return ", ".join(f'{alias}."{name}"' for name in names)


_JOURNEYS, _MEMBERS = _maker(Journey, JOURNEY), _maker(Member, MEMBER)
_ORGANIZATIONS, _HANDOFFS = _maker(Organization, ORGANIZATION), _maker(Handoff, HANDOFF)


def many(ids: Collection[int]) -> dict[int, Journey]:
    """Read cases as they are now, with everybody the moves speak of, in two queries or three."""
    condition, parameters = among("j.id", ids)
    sql = (
        f"SELECT {_columns(JOURNEY, 'j')}, {_columns(MEMBER, 'm')} FROM journeys_journey j"
        f" JOIN members_member m ON m.id = j.member_id WHERE {condition}"
    )
    width, journeys, places = len(JOURNEY), list[Journey](), set[int]()
    for values in rows(sql, parameters):
        journey = _JOURNEYS(values[:width])
        journey._state.fields_cache["member"] = _MEMBERS(values[width:])
        places |= {journey.home_id, journey.holder_id, journey.host_id or journey.home_id}
        journeys.append(journey)
    known = _organizations(places)
    carers = {one.caretaker_id for one in journeys if one.caretaker_id}
    people = User.objects.in_bulk(carers) if carers else {}
    for journey in journeys:
        journey._state.fields_cache |= {
            "home": known[journey.home_id],
            "holder": known[journey.holder_id],
            "host": known[journey.host_id] if journey.host_id else None,
            "caretaker": people[journey.caretaker_id] if journey.caretaker_id else None,
        }
    return {journey.id: journey for journey in journeys}


def _organizations(ids: Collection[int]) -> dict[int, Organization]:
    condition, parameters = among("o.id", ids)
    sql = f"SELECT {_columns(ORGANIZATION, 'o')} FROM organizations_organization o WHERE {condition}"
    return {values[0]: _ORGANIZATIONS(values) for values in rows(sql, parameters)}


@lru_cache(maxsize=2_000)
def _explained(text: str) -> dict[str, Any]:
    # A bus load came here for one reason, word for word; whoever passes it on makes a copy.
    found: dict[str, Any] = json.loads(text)
    return found


def live_hops(ids: Collection[int]) -> dict[int, Handoff]:
    """Read the unanswered hand-offs of some cases, by case."""
    condition, parameters = among("h.journey_id", ids)
    sql = (
        f"SELECT {_columns(HANDOFF, 'h')} FROM journeys_handoff h WHERE h.answered_at IS NULL AND {condition}"
    )
    return {values[1]: _HANDOFFS((*values[:-1], _explained(values[-1]))) for values in rows(sql, parameters)}
