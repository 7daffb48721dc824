"""What does each form send when a person fills it in rightly?"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse

from hongyan.geography.models import BoundaryGeneration
from hongyan.journeys.actions.redrawing import choose_successor, go_live
from hongyan.journeys.links import token_for
from hongyan.journeys.models import Transition
from hongyan.journeys.redrawing import Prospect
from hongyan.journeys.redrawing_preview import totals
from hongyan.journeys.states import Verb
from hongyan.web.places import chosen, signed_place
from tests.attacks.scene import DESK, HOME, HOST, Scene
from tests.world import NOW, TIANSHUI_SOUTH, TODAY

TOPMOST = "province_department"
WORDS = "情况说明"
Fields = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """One form: the name of its URL, who sends it on which case, and what he fills in."""

    name: str
    who: str | None
    case: str
    filled: Callable[[Scene], Fields]
    # The names of what a person types freely.
    texts: tuple[str, ...] = ()
    # What else has the page, by its name in the scene's numbers.
    number: str = ""
    # How many moves sending it makes, where that is not one.
    moves: Callable[[Scene], int] = lambda scene: 1

    def path(self, scene: Scene) -> str:
        """Spell the address."""
        if self.number:
            return reverse(self.name, args=[scene.numbers[self.number]])
        if not self.case:
            return reverse(self.name)
        if self.who is None:
            return reverse(self.name, args=[token_for(scene.refresh(self.case))])
        return reverse(self.name, args=[scene.cases[self.case].pk])

    def fields(self, scene: Scene) -> Fields:
        """Fill it in, with a fresh key and the version that is current."""
        fields: Fields = {"key": uuid.uuid4().hex, **self.filled(scene)}
        if self.case:
            case = scene.refresh(self.case)
            fields |= {"expect": str(case.version), "serial": str(case.link_serial)}
        return fields


def _nothing(scene: Scene) -> Fields:
    return {}


def _note(scene: Scene) -> Fields:
    return {"note": WORDS}


def _target(key: str) -> Callable[[Scene], Fields]:
    return lambda scene: {"target": scene.world[key].pk, "note": WORDS}


def _place(code: str, **rest: str) -> Callable[[Scene], Fields]:
    return lambda scene: {"place": signed_place(chosen(code)), "employer": "", **rest}


def _mark(scene: Scene) -> Fields:
    return {
        "member": scene.world.members["luo"].pk,
        "departs_on": TODAY.isoformat(),
        "reason": "work",
        "employer": "某公司",
        "talk_on": TODAY.isoformat(),
        "talk_by": "书记",
        "place": "620102",
        "destination": "甘肃省兰州市城关区",
        "province": "62",
    }


def _prospect(scene: Scene) -> Prospect:
    return Prospect(BoundaryGeneration.objects.get(pk=scene.numbers["generation"]))


def _following(scene: Scene) -> int:
    return totals(_prospect(scene))["journey"]


def _halves(scene: Scene) -> Fields:
    return {one.subject: "620182" for one in _prospect(scene).undecided()} | {"cases:620102": "620183"}


def _decided(scene: Scene) -> Fields:
    # What is put in force is decided before.
    choose_successor(
        generation=_prospect(scene).generation,
        choices=_halves(scene),
        by=scene.world.actor(TOPMOST),
        at=NOW,
    )
    return {}


def _looked_at(scene: Scene, do: str) -> Fields:
    """Look again at an exemption, as the page shows it."""
    seen = scene.cases["spared"].member.exempt_review_on
    return {"do": do, "seen": str(seen)}


def _live(scene: Scene) -> Fields:
    # What is taken back is in force before.
    prospect = _prospect(scene)
    if not prospect.generation.is_live:
        _decided(scene)
        go_live(generation=prospect.generation, by=scene.world.actor(TOPMOST), at=NOW)
    return {}


def _followed(scene: Scene) -> int:
    return Transition.objects.filter(verb=Verb.REDRAW).count()


def _answer(scene: Scene) -> Fields:
    days = {"expected_from": "2027-01-25", "expected_until": "2027-02-12"}
    return {"pick": [scene.cases["visitor"].pk], "answer": "planned", **days}


def _meeting(scene: Scene) -> Fields:
    where = {"place": "党群服务中心", "step": "do", "of": scene.world["village"].pk}
    when = {"kind": "talk", "on": "2027-02-01", "hour": "09:00"}
    return {"pick": [scene.cases["visitor"].pk], **where, **when}


def _visitor(scene: Scene) -> Fields:
    return {"pick": [scene.cases["visitor"].pk]}


def _stays_away(scene: Scene) -> Fields:
    # The page sends its two days along whatever is answered.
    return {"answer": "not_coming", "expected_from": "", "expected_until": ""}


def _came(scene: Scene) -> Fields:
    return {"came": [scene.cases["visitor"].pk], "note": WORDS}


def _no_move(scene: Scene) -> int:
    return 0


def _rungs(scene: Scene) -> Fields:
    rungs = {"way_1": "app", "day_1": "0", "way_2": "call", "day_2": "6", "expect": "0"}
    return {"rule": "check_in", "from_on": TODAY.isoformat(), "reason": WORDS, "step": "change", **rungs}


FORMS: tuple[Form, ...] = (
    Form("change_ladder", TOPMOST, "", _rungs, ("reason",), moves=lambda scene: 0),
    Form("answer_visit", HOME, "", _answer, moves=_no_move),
    Form("leave_again", HOME, "", _visitor, moves=_no_move),
    Form("plan_meeting", HOME, "", _meeting, ("place",), moves=_no_move),
    Form("note_came", HOME, "", _came, ("note",), number="meeting that began"),
    Form("call_off", HOME, "", _nothing, number="meeting", moves=_no_move),
    Form("member_visit", None, "visitor", _stays_away, moves=_no_move),
    Form("forward", DESK, "county", _target("tuanjie"), ("note",)),
    Form("redirect", HOST, "dispatching", _target("weiyuan_road"), ("note",)),
    Form("send_back", HOST, "dispatching", _note, ("note",)),
    Form("escalate", HOST, "dispatching", _note, ("note",)),
    Form("decide", DESK, "dispute", _target("weiyuan_road"), ("note",)),
    Form("accept", HOST, "dispatching", lambda scene: {"party_group": "第一党小组"}, ("party_group",)),
    Form(
        "send_letter", "minqin_department", "abroad", lambda scene: {"receiver": scene.world["xiaoshan"].pk}
    ),
    Form(
        "send_across",
        "minqin_department",
        "abroad",
        lambda scene: {"peer": scene.numbers["peer"]},
    ),
    Form("send_home", HOST, "guest", _note, ("note",)),
    Form(
        "register_outside",
        "minqin_department",
        "abroad",
        lambda scene: {"host": scene.world["xiaoshan"].pk, "note": WORDS},
        ("note",),
    ),
    Form("name_caretaker", HOST, "hosted", lambda scene: {"caretaker": scene.world.users[HOST].pk}),
    Form(
        "contact",
        "caretaker",
        "hosted",
        lambda scene: {"reached": "yes", "note": WORDS, "means": "phone"},
        ("note",),
    ),
    Form("confirm", HOME, "met", _nothing),
    Form("deny", HOME, "met", _note, ("note",)),
    Form(
        "depart",
        HOME,
        "planned",
        lambda scene: {"talk_on": TODAY.isoformat(), "talk_by": "书记"},
        ("talk_by",),
    ),
    Form("exempt", HOME, "hosted", lambda scene: {"kind": "ill"}, moves=lambda scene: 0),
    Form("exempt", HOME, "spared", lambda scene: _looked_at(scene, "continue"), moves=lambda scene: 0),
    Form("exempt", HOME, "spared", lambda scene: _looked_at(scene, "end"), moves=lambda scene: 0),
    Form("start_return", HOME, "hosted", _note, ("note",)),
    Form("end", HOME, "returning", lambda scene: {"reason": "transferred", "note": WORDS}, ("note",)),
    Form("cancel", HOME, "awaiting", _note, ("note",)),
    Form("check_in", "town_organiser", "awaiting", _place(TIANSHUI_SOUTH), ("employer", "community")),
    Form("resend_link", HOME, "awaiting", _nothing),
    Form("mark", HOME, "", _mark, ("employer", "talk_by")),
    Form(
        "member_check_in",
        None,
        "awaiting",
        _place(TIANSHUI_SOUTH, verb="check_in"),
        ("employer", "community"),
    ),
    Form("return_home", None, "hosted", _nothing),
    Form("choose_successor", TOPMOST, "", _halves, number="generation", moves=lambda scene: 0),
    Form("go_live", TOPMOST, "", _decided, number="generation", moves=_following),
    Form("roll_back", TOPMOST, "", _live, number="generation", moves=_followed),
)
# Rows and columns that may differ between two runs of the same thing: numbers given by the database.
NUMBERED = {"id", "pk", "journey_id", "ladder_id", "meeting_id", "subject", "dedupe_key", "facts", "previous"}
NUMBERED |= {"digest", "uid", "token"}
# Signing in is part of the harness, not of what is attacked.
BESIDE = {"last_login"}
OWN_TABLES = ("journeys", "members", "organizations", "notifications", "audit", "privacy")


def own_models() -> Iterator[type[Model]]:
    """Yield every model of ours."""
    from django.apps import apps

    for label in OWN_TABLES:
        yield from apps.get_app_config(label).get_models()


def _told(name: str, exactly: bool) -> bool:
    # What is sealed comes out differently each time.
    return name not in BESIDE and (exactly or not (name in NUMBERED or name.endswith("_sealed")))


def rows(*, exactly: bool = True, without: tuple[str, ...] = ()) -> list[tuple[str, tuple[Any, ...]]]:
    """Write every row of ours down; without `exactly`, leave out what the database numbers."""
    found = []
    for model in own_models():
        if model.__name__ in without:
            continue
        names = [field.attname for field in model._meta.concrete_fields if _told(field.attname, exactly)]
        for row in model._default_manager.values_list(*names):
            found.append(
                (model.__name__, tuple(bytes(each) if isinstance(each, memoryview) else each for each in row))
            )
    return sorted(found, key=repr)


# A look is not a deed: what was looked at is written down whoever asks, and attempts are counted.
LOOKS = ("AccessLog", "Attempts")
