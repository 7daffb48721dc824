"""What does an attacker find: a world with a case in every state, and every page with whom it is for?

A page that opens by GET and is in neither list below fails `test_pages.py`: whoever adds a page adds its line.
"""

from collections.abc import Iterator

from django.urls import URLPattern, get_resolver

from hongyan.journeys import actions
from hongyan.journeys.states import Status
from hongyan.members.actions import appoint, register_user
from hongyan.members.models import Appointment
from hongyan.members.roles import Role
from hongyan.organizations.models import Station
from tests.attacks import scenes
from tests.attacks.visiting import Scene, Visit, visits
from tests.conventions.test_guards import doors as all_doors
from tests.remembering import remembered
from tests.world import NOW, SETUP, TODAY, add_member, arrival, build_world, journey_at

HOME, HOST, DESK = "village_secretary", "community_secretary", "chengguan_department"
COUNTY, ABROAD = "620102", "330109"


@remembered
def lay_out() -> Scene:
    """Build the cast and its cases through the real actions."""
    scene = Scene(build_world())
    world = scene.world
    for status in Status:
        add_member(world, f"m_{status}", f"何{len(scene.cases) + 1}平", "village")
        scene.cases[str(status)] = journey_at(world, status, f"m_{status}")
    for case, code, tier in (("county", COUNTY, "B"), ("abroad", ABROAD, "B")):
        add_member(world, f"m_{case}", f"卫{case[0]}安", "village")
        started = journey_at(world, Status.AWAITING, f"m_{case}")
        himself = world.actor(f"m_{case}")
        scene.cases[case] = actions.check_in(journey=started, arrival=arrival(code, tier), by=himself, at=NOW)
    add_member(world, "m_dispute", "蒋一帆", "village")
    disputed = journey_at(world, Status.DISPATCHING, "m_dispute")
    scene.cases["dispute"] = actions.escalate(
        journey=disputed, by=world.actor(HOST), at=NOW, note="两家都认为应由对方接收"
    )
    add_member(world, "m_met", "沈天一", "village")
    met = journey_at(world, Status.AWAITING, "m_met")
    scene.cases["met"] = actions.find(journey=met, by=world.actor("window_clerk"), at=NOW, note="在窗口遇到")
    add_member(world, "luo_again", "罗再兴", "village")
    world.users["auditor"] = register_user(username="auditor", name="尹清和", by=SETUP, at=NOW)
    appoint(
        user=world.users["auditor"],
        role=Role.AUDITOR,
        organization=world["gansu"],
        from_on=TODAY,
        by=SETUP,
        at=NOW,
    )
    scene.numbers["caretaker's duty"] = Appointment.objects.get(user=world.users["caretaker"]).pk
    scene.numbers["window"] = Station.objects.get().pk
    for module in scenes.MODULES:
        module.lay_out(scene)
    return scene


# By the name of the URL: who opens the page, and on which case.
PAGES: dict[str, tuple[Visit, ...]] = {
    "account_login": visits(None),
    "account_reauthenticate": visits(HOME),
    "observer": visits("observer"),
    "desk": visits(HOME, HOST, DESK, "window_clerk", "caretaker", "province_department", "liaison_secretary"),
    "journey": (
        *visits(HOME, case="planned"),
        *visits(HOME, HOST, case="dispatching"),
        *visits("caretaker", "town_organiser", case="hosted"),
        *visits(HOME, case="closed"),
        *visits(HOME, case="lost"),
    ),
    "forward": visits(DESK, case="county"),
    "redirect": visits(HOST, case="dispatching"),
    "send_back": visits(HOST, case="dispatching"),
    "escalate": visits(HOST, case="dispatching"),
    "decide": visits(DESK, case="dispute"),
    "accept": visits(HOST, case="dispatching"),
    "register_outside": visits("minqin_department", case="abroad"),
    "name_caretaker": visits(HOST, case="hosted"),
    "contact": visits(HOME, "caretaker", case="hosted"),
    "confirm": visits(HOME, case="met"),
    "deny": visits(HOME, case="met"),
    "depart": visits(HOME, case="planned"),
    "start_return": visits(HOME, case="hosted"),
    "end": visits(HOME, case="returning"),
    "cancel": visits(HOME, case="awaiting"),
    "check_in": visits("town_organiser", case="awaiting"),
    "relocate": visits("window_clerk", case="hosted"),
    "mark": visits(HOME),
    "mark_many": visits(HOME),
    "mark_paste": visits(HOME),
    "window": visits("window_clerk"),
    "permissions": visits(HOME, "province_department"),
    "organizations": visits(HOME),
    "organization": (
        *visits(HOST, organization="tianshui_south"),
        *visits("province_department", organization="gansu"),
    ),
    "overview": (*visits("province_department"), *visits("province_department", organization="lanzhou")),
    "overview_day": visits("province_department", organization="gansu"),
    "overview_plots": visits("province_department", organization="gansu"),
    "overview_screen": visits("province_department", organization="gansu"),
    "search": visits(HOME, "province_department"),
    "journeys": visits("province_department", HOME),
    "check_in_page": (*visits(None, case="awaiting"), *visits(None, case="hosted")),
    "move_page": visits(None, case="hosted"),
    "place_by_hand": visits(None, case="awaiting"),
    "return_home": visits(None, case="hosted"),
    "say_abroad": visits(None, case="awaiting"),
    "member_home": visits("m_awaiting", "m_hosted"),
    "position_use": visits(None),
    "demo_phone": visits(None),
    "enter_paper": visits(None),
    "account": visits(HOME, "m_hosted"),
    "account_change_password": visits(HOME),
    "mfa_index": visits(HOME),
    "mfa_activate_totp": visits(HOME),
    "mfa_add_webauthn": visits(HOME),
    "appointments": visits(HOST, organization="tianshui_south"),
    "appoint": visits(HOST, organization="tianshui_south"),
    "dismiss": visits(HOST, number="caretaker's duty"),
    "extend": visits(HOST, number="caretaker's duty"),
    "break_glass": visits("province_department"),
    "audit": visits("auditor"),
    "rights": visits(HOME),
    "exports": visits("province_department"),
    "ask_export": visits("province_department"),
    "picture_station": visits(HOST, number="window"),
    "my_data": visits("m_hosted"),
    "who_looked": visits("m_hosted"),
    "ask_correction": visits("m_hosted"),
    "ask_erasure": visits("m_hosted"),
    "privacy_policy": visits(None),
}
# What a GET answers that nobody looks at as a page, and why.
NOT_PAGES: dict[str, str] = {
    "home": "sends everybody to his first page",
    "sign_in": "an older name of account_login",
    "targets": "a part that a search swaps in",
    "places": "a part that a search swaps in",
    "search_organizations": "a part that a search swaps in",
    "children": "a part that the tree swaps in",
    "overview_places": "JSON for the map",
    "place": "a GET is sent back to the link's page",
    "wechat_sign_in": "sends one to the provider",
    "wechat_back": "takes one back from the provider",
    "wechat_bind": "sends one to the provider",
    "photo": "a picture",
    # Shown in the middle of a sign-in, an invitation or an export only; their own tests walk them.
    "mfa_authenticate": "needs a password given before",
    "enter_code": "needs a code sent before",
    "say_which": "needs a code typed before",
    "invited": "needs an invitation",
    "mfa_view_recovery_codes": "needs a second factor",
    "export": "needs an export asked for",
    "find": "opens with a permit of the counter only, by POST",
}
for _more in scenes.MODULES:
    PAGES |= getattr(_more, "PAGES", {})
    NOT_PAGES |= getattr(_more, "NOT_PAGES", {})


def named_doors() -> Iterator[tuple[str, URLPattern]]:
    """Yield every URL outside the API with its name."""
    for place, door in all_doors(get_resolver()):
        if not place.startswith("api/"):
            yield door.name or place, door


def methods_of(door: URLPattern) -> tuple[str, ...]:
    """Return the methods a view answers."""
    return tuple(getattr(door.callback, "methods", ("GET", "POST")))


def pages(scene: Scene) -> Iterator[tuple[str, Visit, str]]:
    """Yield every page's name, who opens it, and its address."""
    known: dict[str, list[URLPattern]] = {}
    for name, door in named_doors():
        known.setdefault(name, []).append(door)
    for name, all_visits in PAGES.items():
        for visit in all_visits:
            needs = bool(visit.case or visit.organization or visit.number)
            fitting = [door for door in known.get(name, []) if bool(door.pattern.converters) == needs]
            if fitting:
                yield name, visit, visit.path(name, scene, fitting[0])


def unlisted(doors: list[tuple[str, URLPattern]]) -> list[str]:
    """Name the URLs that open by GET and are in neither list."""
    open_by_get = {name for name, door in doors if "GET" in methods_of(door)}
    return sorted(open_by_get - set(PAGES) - set(NOT_PAGES))


def gone(doors: list[tuple[str, URLPattern]]) -> list[str]:
    """Name the listed pages that no URL leads to any more."""
    return sorted(({*PAGES, *NOT_PAGES} - {"sign_in"}) - {name for name, _ in doors})


__all__ = ["NOT_PAGES", "PAGES", "Scene", "Visit", "lay_out", "pages", "unlisted", "visits"]
