"""What does each door get sent, so that only who asks decides about the answer?"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hongyan.journeys.models import Journey
from hongyan.members.actions import PAPER_REASON_LABELS
from hongyan.notifications.models import Channel, Notice
from hongyan.web.accounts.papers import counter_permit
from hongyan.web.places import chosen, signed_place
from tests.web.matrix import areas, people
from tests.web.matrix.doors import API_CASE, CASE
from tests.web.matrix.stage import NAMES, STREET, Stage, id_number_of, notice_of, phone_of
from tests.world import LIBERATION_MIDDLE, TIANSHUI_SOUTH, TODAY

_API = "api/v1/"


@dataclass(frozen=True)
class Sent:
    """One request as it goes out; `shows` names whom the sender has named himself."""

    address: str
    fields: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def key() -> str:
    """Make the key of one form."""
    return uuid.uuid4().hex


def _target(stage: Stage, verb: str, case: str) -> int:
    """Return an organisation the case may go to with this move."""
    wanted = {
        ("forward", "dispatching"): "weiyuan_road",
        ("redirect", "dispatching"): "anning",
        ("redirect", "offered"): "anning",
        ("redirect", "relocating"): "jingning_park",
        ("decide", "dispatching"): "tianshui_south",
        ("decide", "offered"): "weiyuan_road",
        ("decide", "relocating"): "jingning_park",
    }
    return int(stage.organization(wanted.get((verb, case), "weiyuan_road")).pk)


def _words(stage: Stage, verb: str, case: str) -> dict[str, Any]:
    """Return what a move is told beside its key and version."""
    if verb in ("forward", "redirect", "decide"):
        return {"target": _target(stage, verb, case), "note": "住在对面"}
    words: dict[str, dict[str, Any]] = {
        "send_letter": {"receiver": stage.organization("urumqi_tianshan").pk},
        "send_across": {"peer": stage.numbers["exchange peer"]},
        "register_outside": {"host": stage.organization("urumqi_tianshan").pk, "note": "对方电话确认接收"},
        "name_caretaker": {"caretaker": stage.world.users["window_clerk"].pk},
        "contact": {"note": "一切正常"},
        "end": {"reason": "removed", "note": "组织已作决定"},
        "depart": {},
        "confirm": {},
        "accept": {},
    }
    return words.get(verb, {"note": "请核对"})


def move_on_page(stage: Stage, verb: str, case: str, journey: Journey) -> dict[str, Any]:
    """Fill the form of a move so that nothing but the person can be in its way."""
    sent = {"key": key(), "expect": journey.version, **_words(stage, verb, case)}
    if verb in ("check_in", "relocate"):
        sent["place"] = signed_place(chosen(LIBERATION_MIDDLE if verb == "relocate" else TIANSHUI_SOUTH))
    if verb == "contact":
        sent["reached"] = "yes"
    if verb == "resend_link":
        sent["serial"] = journey.link_serial
    return sent


def move_by_call(stage: Stage, verb: str, case: str, journey: Journey) -> dict[str, Any]:
    """Fill the body of a move so that nothing but the caller can be in its way."""
    words = _words(stage, verb, case)
    if verb in ("check_in", "relocate"):
        words = {"code": LIBERATION_MIDDLE if verb == "relocate" else TIANSHUI_SOUTH}
    if verb == "send_across":
        words = {"peer": "zhejiang"}
    return {"expect": journey.version, **words}


def _sheet(who: str) -> str:
    return f"姓名\t手机号码\t外出时间\t去向\n{NAMES[who]}\t{phone_of(who)}\t{TODAY.isoformat()}\t甘肃省兰州市城关区"


def _marking(stage: Stage) -> dict[str, Any]:
    return {
        "key": key(),
        "member": [stage.members["roster"].pk],
        "departs_on": TODAY.isoformat(),
        "reason": "work",
        "destination_text": "甘肃省兰州市城关区",
        "destination": STREET[:6],
    }


def _by_page(stage: Stage) -> dict[str, dict[str, Any]]:
    """Return what the doors without an object are sent with POST."""
    return {
        "sign-in/": {"card": "nobody"},
        "sign-out/": {},
        "look/": {"large": "1", "next": "/"},
        "mark/": _marking(stage),
        "mark/many/": _marking(stage),
        "mark/paste/": {"step": "mark", "key": key(), "sheet": _sheet("roster")},
        "break-glass/": {"number": phone_of("hosted"), "reason": "家中急事，联系不上本人，需要知道他在哪里"},
        "window/": {"number": phone_of("awaiting"), "name": NAMES["awaiting"]},
        "r/<str:token>/place/": {"code": TIANSHUI_SOUTH},
    }


_ASKED = {
    "organizations/": {"q": "三雷镇"},
    "organizations/search/": {"q": "三雷镇"},
    # The hosted one by his initials: a page may say what was typed, his name it may not.
    "search/": {"q": "mzg"},
    CASE + "targets/": {"q": "天水南路"},
    "mark/places/": {"destination_text": "甘肃省兰州市城关区"},
    _API + "organizations": {"search": "三雷镇"},
}


def _of_an_area(what: str, stage: Stage, *cell: str) -> Sent | None:
    """Let the areas write what is theirs."""
    for module in areas.stages():
        written = getattr(module, what)(stage, *cell) if hasattr(module, what) else None
        if written is not None:
            return Sent(*written)
    return None


def page_request(stage: Stage, door: str, method: str, thing: str, person: str) -> Sent:
    """Write the request for a page."""
    return _of_an_area("request", stage, door, method, thing, person) or _known(
        stage, door, method, thing, person
    )


def _known(stage: Stage, door: str, method: str, thing: str, person: str) -> Sent:
    address = "/" + door
    fields: dict[str, Any] = dict(_ASKED.get(door, {})) if method in ("GET", "HEAD") else {}
    posted = method == "POST"
    if posted:
        fields = _by_page(stage).get(door, {})
    if CASE in door:
        journey = stage.journeys[thing]
        address = address.replace("<int:pk>", str(journey.pk))
        verb = door.removeprefix(CASE).strip("/").replace("-", "_")
        if posted:
            fields = move_on_page(stage, verb, thing, journey)
    elif door in ("organizations/<int:pk>/appoint/", "window/paper-code/"):
        address, words = _about_people(stage, address, thing, person)
        fields = words if posted else fields
    elif number := stage.numbers.get(f"{_kind(door)} {thing}"):
        address = address.replace("<int:pk>", str(number))
        fields = {**fields, **_decisions(door)} if posted else fields
    elif door.startswith(("account/", "m/")):
        # What another member has asked for.
        address = address.replace("<int:pk>", str(stage.numbers["rights village"]))
        fields = _own_words(door) if posted else fields
        fields = {"notice": _reminder(stage)} if door == "m/read/" else fields
    elif door.startswith(("invited/", "^photos")):
        token = stage.links.get(thing, "forged:link")
        address = f"/invited/{token}/" if door.startswith("i") else f"/photos/{'0' * 32}.jpg"
    elif "<int:pk>" in door:
        address = address.replace("<int:pk>", str(stage.organization(thing).pk))
    elif door in ("journeys/", "desk/read/"):
        place = stage.organization(thing)
        fields = {"organization": place.pk} if door == "journeys/" else {"notice": [notice_of(place).pk]}
    elif "<str:token>" in door:
        address = address.replace("<str:token>", stage.links[thing])
        if posted and not fields:
            fields = _by_link(stage, door, thing)
    return Sent(address, fields)


def _kind(door: str) -> str:
    """Say in which list of numbers the thing of a door is found."""
    parts = door.split("/")
    return "stations" if parts[:2] == ["organizations", "stations"] else parts[0]


def _decisions(door: str) -> dict[str, Any]:
    """Return what a decision about one thing is told."""
    verb = door.rsplit("/", 2)[-2]
    return {
        "decide": {"answer": "no", "reason": "与档案一致，无需更正"},
        "approve": {"answer": "no", "reason": "尚未有人先行决定"},
        "answer": {"agrees": "1", "reason": "用途清楚"},
        "extend": {"until_on": (TODAY + timedelta(days=100)).isoformat()},
    }.get(verb, {})


def _about_people(stage: Stage, address: str, thing: str, person: str) -> tuple[str, dict[str, Any]]:
    """Appoint somebody, or print a code for who stands at the counter."""
    if "<int:pk>" in address:
        place, _, again = thing.partition("/")
        return address.replace("<int:pk>", str(stage.organization(place).pk)), _appointing(again)
    permit = counter_permit(stage.world.actor(person), stage.members["awaiting"]) if _works(person) else ""
    return address, {"permit": permit, "reason": next(iter(PAPER_REASON_LABELS))}


def _works(person: str) -> bool:
    """Tell whether somebody works here, so that he can have been given a permit."""
    return not isinstance(people.PEOPLE[person], str)


def _appointing(again: str) -> dict[str, Any]:
    """Fill the form that makes somebody lead a place: from today for a day, or before a later duty begins."""
    day = {"from_on": TODAY.isoformat(), "until_on": TODAY.isoformat()}
    return {"username": again or "without_duty", "role": "secretary", **day}


def _own_words(door: str) -> dict[str, Any]:
    """Return what a member says about his own."""
    return {
        "m/my-data/export/": {"form": "json"},
        "m/my-data/correct/": {"field": "", "value": ""},
        "m/my-data/erase/": {"note": ""},
    }.get(door, {})


def _by_link(stage: Stage, door: str, link: str) -> dict[str, Any]:
    case = link.partition(":")[2]
    journey = stage.journeys.get(case, stage.journeys["awaiting"])
    fields = {"key": key(), "expect": journey.version}
    if door.endswith("check-in/"):
        verb = "check_in" if case in ("awaiting", "planned") else "relocate"
        fields |= {"verb": verb, "place": signed_place(chosen(LIBERATION_MIDDLE))}
    return fields


def _reminder(stage: Stage) -> int:
    """Return an unread reminder of the member who has not checked in yet."""
    mine = Notice.objects.filter(recipient=f"member:{stage.members['awaiting'].pk}", channel=Channel.APP)
    return mine.filter(read_at=None).order_by("pk")[0].pk


def call_request(stage: Stage, door: str, method: str, thing: str, person: str) -> Sent:
    """Write the request for an operation of the API."""
    own = _of_an_area("call", stage, door, method, thing, person)
    if own is not None:
        return own
    address = "/" + door.replace("<reference>", thing)
    body: dict[str, Any] = dict(_ASKED.get(door, {}))
    if door.startswith(API_CASE):
        journey = stage.journeys[thing]
        address = address.replace("<int:journey_id>", str(journey.pk))
        verb = door.removeprefix(API_CASE).strip("/").replace("-", "_")
        verb = "send_back" if verb == "return" else verb
        body = move_by_call(stage, verb, thing, journey) if method == "POST" and verb else {}
    elif method == "POST":
        bodies: dict[str, dict[str, Any]] = {
            _API + "locate": {"address": "甘肃省兰州市城关区"},
            _API + "counter": {"name": NAMES["awaiting"], "id_number": id_number_of("awaiting")},
            _API + "journeys": {
                "member": {"id": stage.members["roster"].pk},
                "departs_on": TODAY.isoformat(),
                "destination": STREET[:6],
            },
        }
        body = bodies.get(door, {})
    headers = {"Idempotency-Key": key()}
    token = stage.tokens.get(person)
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return Sent(address, body, headers)
