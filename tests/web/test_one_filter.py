"""Does each single filter of the pages hold by itself, where the doors before and behind it would hide its loss?"""

import json
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount
from django.http import Http404
from django.test import Client
from pytest_django import Settings

from hongyan.audit.models import Entry
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused
from hongyan.journeys.refusals import Why as MoveWhy
from hongyan.journeys.rules import why_not_target
from hongyan.journeys.states import Status, Verb
from hongyan.members.actions import add_totp, appoint, issue_token, register_user, revoke_token, set_password
from hongyan.members.actions.accounts import WECHAT_PROVIDER
from hongyan.members.models import ApiToken, Appointment, BreakGlass, User
from hongyan.members.permissions import Actor, official
from hongyan.members.refusals import Why
from hongyan.members.roles import Power, Role
from hongyan.members.rules import leaves_desk_alone, why_not_invite, why_not_revoke_token
from hongyan.organizations.kinds import AreaKind
from hongyan.organizations.models import Organization, ServiceArea, Station
from hongyan.privacy.actions import ask_correction
from hongyan.privacy.actions.exporting import Asked, ask_export
from hongyan.privacy.exports import Export, ExportPurpose
from hongyan.privacy.models import Kind, Outcome, RightsRequest
from hongyan.web.accounts.setting_up import codes_to_show
from hongyan.web.accounts.wechat import is_bound
from hongyan.web.api.finding import caretaker_of
from hongyan.web.cards import may_call, may_know
from hongyan.web.console.appointment_rows import duties_of, tokens_of
from hongyan.web.console.asking import PersonField
from hongyan.web.console.audit_rows import Filters as AuditFilters
from hongyan.web.console.audit_rows import page_of as audit_page
from hongyan.web.console.beside import beside
from hongyan.web.console.counter import own_places
from hongyan.web.console.desk_rows import desk_cases
from hongyan.web.console.news import latest
from hongyan.web.console.organization_rows import page_of
from hongyan.web.console.rights_rows import owed
from hongyan.web.console.roster import roster
from hongyan.web.console.station_photos import station_or_404
from hongyan.web.console.tracing import traced
from hongyan.web.middleware import MEMBER
from hongyan.web.mobile.doors import nearest_stations
from hongyan.web.overview.filters import Filters
from hongyan.web.overview.listing import select
from hongyan.web.places import located
from tests.web.api.caller import Caller
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, TIANSHUI_SOUTH, TODAY, World, journey_at

MONTH, DAY = timedelta(days=30), timedelta(days=1)


def somebody(world: World, *duties: tuple[Role, str], key: str = "somebody", **term: Any) -> User:
    """Register an official with these duties."""
    user = register_user(username=key, name="焦远山", by=SETUP, at=NOW)
    dates = {"from_on": TODAY - MONTH, **term}
    for role, place in duties:
        appoint(user=user, role=role, organization=world[place], by=SETUP, at=NOW, **dates)
    world.users[key] = user
    return user


def former(world: World, role: Role, place: str, key: str = "former") -> User:
    """Register an official whose one duty ended yesterday."""
    return somebody(world, (role, place), key=key, until_on=TODAY - DAY)


def close(organization: Organization) -> None:
    """Dissolve an organisation on the spot."""
    Organization.objects.filter(pk=organization.pk).update(closed_at=NOW, closed_by=SETUP)


def duty_of(user: User) -> Appointment:
    """Return somebody's first duty."""
    return Appointment.objects.select_related("user", "organization").filter(user=user).order_by("pk")[0]


# ── Whose case it is ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_member_has_his_own_case_alone(world: World) -> None:
    mine, other = journey_at(world, Status.HOSTED), journey_at(world, Status.HOSTED, "luo")
    himself = world.actor("chen")
    assert list(Journey.objects.visible_to(himself)) == [mine]
    assert (mine.is_visible_to(himself), other.is_visible_to(himself)) == (True, False)
    assert (may_know(himself, mine), may_know(himself, other)) == (True, False)
    assert (may_call(himself, mine), may_call(himself, other)) == (True, False)


def test_a_list_holds_only_cases_of_the_viewer_whatever_it_is_about(world: World) -> None:
    mine = journey_at(world, Status.HOSTED)
    everything = Filters(organization=world["nation"])
    assert list(select(everything, world.actor("village_secretary"), NOW)) == [mine]
    assert list(select(everything, world.actor("next_village_secretary"), NOW)) == []


def test_a_member_takes_back_no_request_of_another(world: World) -> None:
    asked = asking(world)
    answer = signed_in(world.members["luo"], fresh=True).post(f"/m/my-data/take-back/{asked.pk}/")
    assert answer.status_code == 404


# ── Where a case may go ───────────────────────────────────────────────────────────────────────────────────────


def test_a_case_is_forwarded_below_and_decided_within_reach(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    sideways = why_not_target(Verb.FORWARD, journey, world["weiyuan_road"], None)
    assert sideways
    assert sideways.why == MoveWhy.TARGET_NOT_BELOW
    seat = world.actor("chengguan_department").seat_over(Power.DECIDE, journey.holder_path)
    assert why_not_target(Verb.DECIDE, journey, world["weiyuan_road"], seat) is None
    outside = why_not_target(Verb.DECIDE, journey, world["anning"], seat)
    assert outside
    assert outside.why == MoveWhy.TARGET_OUTSIDE_YOURS


# ── Duties that are over, places that are closed ──────────────────────────────────────────────────────────────


def test_a_dissolved_organisation_gives_nobody_a_seat(world: World) -> None:
    close(world["village"])
    assert world.actor("village_secretary").seats == ()


def test_an_emergency_of_later_opens_nobody_yet(world: World) -> None:
    user, begins = world.users["anning_department"], NOW + timedelta(hours=1)
    BreakGlass.objects.create(
        user=user,
        organization=world["anning"],
        member=world.members["chen"],
        reason="家中急事，联系不上本人",
        opened_at=begins,
        expires_at=begins + timedelta(hours=2),
    )
    assert official(user, TODAY, NOW).opened == frozenset()
    assert official(user, TODAY, begins).opened == {world.members["chen"].pk}


def test_who_held_a_duty_once_is_called_named_and_offered_nowhere(world: World) -> None:
    gone = former(world, Role.SECRETARY, "tuanjie")
    carer = former(world, Role.CARETAKER, "tianshui_south", key="carer")
    page = page_of(world["tuanjie"], world.actor("street_organiser"), NOW)
    assert gone.name not in {duty.name for duty in page.duties}
    assert page.contact.person == "白静"
    field = PersonField()
    field.offer(world["tianshui_south"])
    assert field.queryset is not None
    offered = set(field.queryset)
    assert world.users["caretaker"] in offered
    assert carer not in offered
    case = journey_at(world, Status.DISPATCHING)
    named = Caller(world).get("community_secretary", f"/journeys/{case.pk}").body["caretakers"]
    assert world.users["caretaker"].pk in {one["id"] for one in named}
    assert carer.pk not in {one["id"] for one in named}


def test_who_has_left_the_service_is_named_nobodys_caretaker(world: World) -> None:
    user = world.users["caretaker"]
    assert caretaker_of(user.pk) == user
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(Refused):
        caretaker_of(user.pk)


def test_a_desk_is_not_kept_by_whose_duty_is_over(world: World) -> None:
    former(world, Role.ORGANISER, "village")
    assert leaves_desk_alone(duty_of(world.users["village_secretary"]), TODAY)


def test_a_duty_taken_back_hinders_no_invitation(world: World) -> None:
    user = somebody(world, (Role.CARETAKER, "tianshui_south"), (Role.SECRETARY, "village"))
    by = world.actor("community_secretary")
    assert why_not_invite(duty_of(user), by, TODAY) is not None
    Appointment.objects.filter(user=user, role=Role.SECRETARY).update(revoked_at=NOW, revoked_by=SETUP)
    assert why_not_invite(duty_of(user), by, TODAY) is None


def test_a_duty_that_is_over_puts_no_token_in_reach(world: World) -> None:
    for user, expected in (
        (former(world, Role.WINDOW, "tianshui_south"), Why.TOKEN_OUTSIDE),
        (world.users["window_clerk"], None),
    ):
        issue_token(user=user, name="key", days=9, by=SETUP, at=NOW)
        token = ApiToken.objects.get(user=user)
        refusal = why_not_revoke_token(token, world.actor("community_secretary"), TODAY)
        assert (refusal.why if refusal else None) == expected


def test_a_revoked_token_is_listed_no_more(world: World) -> None:
    issue_token(user=world.users["window_clerk"], name="key", days=9, by=SETUP, at=NOW)
    live, _ = duties_of(world["tianshui_south"], world.actor("community_secretary"), TODAY)
    assert len(tokens_of(live)) == 1
    revoke_token(token=ApiToken.objects.get(), by=SETUP, at=NOW)
    assert tokens_of(live) == []


def test_what_is_closed_shows_no_door_and_no_outline(world: World) -> None:
    station, clerk = Station.objects.get(), world.actor("window_clerk")
    area = ServiceArea.objects.get(kind=AreaKind.WORKPLACE)
    ring = [[103.8, 36.0], [103.9, 36.0], [103.9, 36.1], [103.8, 36.1], [103.8, 36.0]]
    polygon = json.dumps({"type": "Polygon", "coordinates": [ring]})
    ServiceArea.objects.filter(pk=area.pk).update(polygon=polygon)
    here = {"lat": "36.05", "lng": "103.85", "crs": "wgs84", "accuracy": "20", "age": "1"}
    assert station_or_404(clerk, station.pk) == station
    assert list(nearest_stations(TIANSHUI_SOUTH)) == [station]
    assert located(here).zones == (str(area.pk),)
    close(world["tianshui_south"])
    close(world["jingning_park"])
    with pytest.raises(Http404):
        station_or_404(clerk, station.pk)
    assert list(nearest_stations(TIANSHUI_SOUTH)) == []
    assert located(here).zones == ()


# ── One duty lends another nothing ────────────────────────────────────────────────────────────────────────────


def two_duties(world: World, audits: str, works: tuple[Role, str]) -> Actor:
    """Register somebody who audits one place and works at another."""
    somebody(world, (Role.AUDITOR, audits), works)
    return world.actor("somebody")


def _places(rows: Iterable[Any]) -> set[int | None]:
    return {row.organization_id for row in rows}


def test_an_auditor_reads_the_deeds_of_where_he_audits(world: World) -> None:
    journey_at(world, Status.HOSTED)
    actor = two_duties(world, "next_village", (Role.DEPARTMENT, "minqin"))
    assert Entry.objects.filter(organization_id=world["village"].pk).exists()
    lines = audit_page(actor, AuditFilters("entry", None, "", None, None)).lines
    assert _places(lines) <= {world["next_village"].pk}


def test_who_only_audits_has_no_desk_no_news_and_no_roster(world: World) -> None:
    journey_at(world, Status.DISPATCHING)
    somebody(world, (Role.AUDITOR, "village"))
    auditor = world.actor("somebody")
    assert latest(world.actor("village_secretary")) != []
    assert latest(auditor) == []
    assert list(desk_cases(auditor, NOW)) == []
    assert roster(world.actor("village_secretary")).count() == 2
    assert list(roster(auditor)) == []


def test_beside_the_desk_stands_where_one_sees_people(world: World) -> None:
    actor = two_duties(world, "gansu", (Role.CARETAKER, "tianshui_south"))
    assert beside(actor, NOW)["seat"].organization_id == world["tianshui_south"].pk


def test_at_the_counter_serves_who_assists(world: World) -> None:
    assert own_places(world.actor("window_clerk")) == [world["tianshui_south"]]
    assert own_places(world.actor("caretaker")) == []


def test_who_may_not_appoint_is_shown_no_way_to(world: World) -> None:
    for who, may in (("village_secretary", True), ("caretaker", False)):
        place = world["village" if may else "tianshui_south"]
        assert page_of(place, world.actor(who), NOW).may_appoint is may


def asking(world: World) -> RightsRequest:
    """Let a member ask for a correction."""
    member, himself = world.members["chen"], world.actor("chen")
    return ask_correction(member=member, field="education", value="大专", by=himself, at=NOW)


def test_a_request_is_owed_by_who_marks_there_and_who_approves(world: World) -> None:
    asked = asking(world)
    somebody(world, (Role.CARETAKER, "village"), (Role.DEPARTMENT, "minqin"))
    assert list(owed(world.actor("village_secretary"), NOW)) == [asked]
    assert list(owed(world.actor("somebody"), NOW)) == []
    first = world.actor("village_secretary").code
    RightsRequest.objects.filter(pk=asked.pk).update(
        kind=Kind.ERASE, field="", answer=Outcome.AGREED, answered_by=first, answered_at=NOW
    )
    assert list(owed(world.actor("minqin_department"), NOW)) == [asked]
    assert list(owed(world.actor("town_organiser"), NOW)) == []


# ── An account's own ──────────────────────────────────────────────────────────────────────────────────────────


def test_factors_codes_and_wechat_are_their_owners(world: World) -> None:
    owner, other = world.users["village_secretary"], world.users["caretaker"]
    add_totp(user=owner, secret="JBSWY3DPEHPK3PXP", at=NOW)
    RecoveryCodes.activate(owner)
    SocialAccount.objects.create(provider=WECHAT_PROVIDER, uid="wx-owner", user=owner)
    assert codes_to_show(other) == ([], None)
    assert len(codes_to_show(owner)[0]) > 0
    assert (is_bound(owner), is_bound(other)) == (True, False)
    assert signed_in(other, fresh=True).get("/account/factors/").context["rows"].count() == 0


def test_a_code_of_another_opens_no_account(world: World) -> None:
    mine, theirs = "JBSWY3DPEHPK3PXP", "KRSXG5CTMVRXEZLU"
    add_totp(user=world.users["village_secretary"], secret=mine, at=NOW)
    add_totp(user=world.users["caretaker"], secret=theirs, at=NOW)
    now = int(time.time()) // 30
    for secret, status in ((theirs, 400), (mine, 302)):
        code = str(format_hotp_value(hotp_value(secret, now)))
        browser = signed_in(world.users["village_secretary"])
        assert browser.post("/prove/", {"code": code, "next": "/account/factors/"}).status_code == status


# ── What the API tells of somebody one may not know ───────────────────────────────────────────────────────────


def test_a_desk_tells_no_reason_of_whom_it_may_not_know(world: World) -> None:
    case = journey_at(world, Status.DISPATCHING)
    Journey.objects.filter(pk=case.pk).update(due_at=NOW + DAY)
    case.handoffs.update(note="住在对面，找陈望川")
    row = Caller(world).get("community_secretary", "/desk").body["items"][0]
    assert row["reason"] == ""
    assert "陈望川" not in str(row)


# ── Pages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_members_own_page_tells_of_nobody_else(world: World) -> None:
    journey_at(world, Status.HOSTED, "luo")
    page = signed_in(world.members["chen"]).get("/m/")
    assert page.status_code == 200
    assert page.context["journey"] is None


def test_who_acts_with_a_link_is_not_who_was_signed_in_before(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        case = journey_at(world, Status.HOSTED)
        browser = signed_in(world.members["luo"])
        fields = {"key": "k" * 32, "expect": case.version}
        assert browser.post(f"{path_for(case)}return/", fields).status_code == 302
        assert browser.session[MEMBER] == case.member_id


def test_steps_on_the_way_in_are_kept_by_no_browser(world: World, settings: Settings) -> None:
    user, browser = world.users["village_secretary"], Client()
    set_password(user=user, password="long-enough-for-anybody-9", by=SETUP, at=NOW)
    add_totp(user=user, secret="JBSWY3DPEHPK3PXP", at=NOW)
    browser.post("/sign-in/password/", {"username": user.username, "password": "long-enough-for-anybody-9"})
    settings.HONGYAN_WECHAT = {"app_id": "wx-one", "secret": "one"}
    settings.PUBLIC_URL = "https://hy.example"
    for address, status in (("/sign-in/second/", 200), ("/sign-in/wechat/", 302)):
        answer = browser.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (status, "no-store")


def test_who_only_audits_elsewhere_traces_no_sheet_of_where_he_works(world: World) -> None:
    village = world["village"]
    export = ask_export(
        key="k" * 32,
        asked=Asked(village, f"organization={village.pk}", 3, 0),
        purpose=ExportPurpose.values[0],
        words="年度核对",
        by=world.actor("village_secretary"),
        at=NOW,
    )
    Export.objects.filter(pk=export.pk).update(serial="TRACED12")
    actor = two_duties(world, "next_village", (Role.DEPARTMENT, "minqin"))
    found = traced(actor, "TRACED12")
    assert found is not None
    assert found.export is None
    somebody(world, (Role.AUDITOR, "village"), key="auditor")
    theirs = traced(world.actor("auditor"), "TRACED12")
    assert theirs is not None
    assert theirs.export == export
