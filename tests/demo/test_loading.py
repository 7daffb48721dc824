"""Is the demo what it promises: complete, lawful, synthetic, alive on every desk, and there exactly once?"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from hongyan.audit.actions import clear
from hongyan.demo import cast, loading, story
from hongyan.demo.loading import NotADemo, Scale, load, loaded
from hongyan.demo.people import checks
from hongyan.demo.rows import count_on, empty
from hongyan.geography.models import Division
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.states import Purpose, Status
from hongyan.members.models import Member, User
from hongyan.members.permissions import himself, official
from hongyan.members.roles import Power
from hongyan.members.sealing import id_number_of, phone_of
from hongyan.organizations.models import Organization, Station
from hongyan.privacy.actions import ask_correction, erase
from hongyan.privacy.models import RightsRequest, Tombstone
from hongyan.reports.laws import broken
from hongyan.reports.recount import differences
from hongyan.web.calling import contacts
from tests.web.signing_in import sign_in
from tests.world import build_world

pytestmark = pytest.mark.django_db
# In the middle of a night: whatever the hour of the run, the same demo is judged.
AT = datetime(2026, 11, 23, 1, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the small demo once for this module, in a transaction that is undone at its end."""
    with time_machine.travel(AT), django_db_blocker.unblock(), transaction.atomic():
        load(Scale.SMALL, at=AT)
        yield
        transaction.set_rollback(True)
    connection.close()


def test_every_law_holds_in_the_demo() -> None:
    violations, compared = differences(AT, everything=True)
    assert broken() + violations == []
    assert compared > 1000
    assert (Member.objects.count(), Journey.objects.count()) == loading.PEOPLE[Scale.SMALL]


def test_one_person_has_one_number_on_every_page() -> None:
    organizations = list(Organization.objects.filter(has_desk=True))
    called = contacts(organizations, AT.date())
    differing = [
        (one.short_name, (one.contact_name, one.contact_phone), (called[one.pk].person, called[one.pk].phone))
        for one in organizations
        if (one.contact_name, one.contact_phone) != (called[one.pk].person, called[one.pk].phone)
    ]
    assert differing == []


def test_every_status_purpose_and_kind_of_host_is_there() -> None:
    assert set(Journey.objects.values_list("status", flat=True)) == set(Status)
    live = Handoff.objects.filter(answered_at=None)
    assert set(live.values_list("purpose", flat=True)) >= {
        Purpose.DISPATCH,
        Purpose.ARRIVAL,
        Purpose.CHECKING,
        Purpose.DECISION,
    }
    hosted = Journey.objects.filter(status=Status.HOSTED)
    assert hosted.filter(host__has_desk=False).exists()
    assert hosted.filter(host__kind="mobile_branch").exists()
    assert hosted.filter(caretaker__isnull=False).exists()
    assert Journey.objects.open().filter(is_short=True).exists()


def test_nothing_on_the_way_is_late_yet() -> None:
    # The clock escalates what is late on the way: it must not turn a fresh demo upside down.
    on_the_way = Journey.objects.filter(status__in=[Status.DISPATCHING, Status.RELOCATING])
    assert on_the_way.count() > 20
    assert not on_the_way.filter(due_at__lt=AT + timedelta(hours=1)).exists()
    assert Journey.objects.filter(status=Status.AWAITING, due_at__lt=AT).exists()


def test_nothing_happened_in_the_future() -> None:
    assert not Transition.objects.filter(at__gt=AT).exists()


def test_the_cast_is_found_and_sits_where_it_should() -> None:
    assert set(cast.users()) == set(cast.OFFICIALS)
    assert set(cast.members()) == set(cast.MEMBERS)
    for username, user in cast.users().items():
        (seat,) = official(user, AT.date()).seats
        assert seat.role == cast.OFFICIALS[username].role
    traveller = cast.member_of("traveller")
    assert traveller
    assert not traveller.journeys.exists()
    secretary = official(cast.users()["village_secretary"], AT.date())
    assert secretary.seat_over(Power.MARK, traveller.branch_path)
    statuses = {
        key: member.journeys.get().status
        for key, member in cast.members().items()
        if key not in ("traveller", "technician")
    }
    assert statuses["worker"] == Status.AWAITING
    assert statuses["driver"] == Status.DISPATCHING
    assert statuses["trader"] == statuses["volunteer"] == Status.HOSTED
    driver = cast.members()["driver"].journeys.get()
    assert (
        driver.holder_id == official(cast.users()["liberation_secretary"], AT.date()).seats[0].organization_id
    )


@pytest.mark.parametrize(
    "username",
    [
        name
        for name, person in cast.OFFICIALS.items()
        if person.role not in ("observer", "window", "caretaker")
    ],
)
def test_every_desk_of_the_story_has_something_to_do(username: str) -> None:
    seat = official(cast.users()[username], AT.date()).seats[0]
    assert Journey.objects.on_desk(seat.organization_id).exists()


def test_nobody_in_the_demo_can_be_real() -> None:
    people = list(Member.objects.all())
    phones = [phone_of(member) for member in people]
    assert all(phone.startswith("100") and len(phone) == 11 for phone in phones)
    assert len(set(phones)) == len(phones)
    assert not any(checks(id_number_of(member)) for member in people)


def test_the_places_of_the_article_are_there() -> None:
    assert Division.objects.get(name="崇文社区").source == "staff"
    for division in ("620200", "620171", "620102016006", "620802001001", "620105002009", "620602001004"):
        assert Organization.objects.filter(division_id=division, has_desk=True).exists()
    assert not Organization.objects.filter(division__code__startswith="33", has_desk=True).exists()
    assert Organization.objects.get(division_id="330109").name == "杭州市萧山区党组织（未接入）"
    assert set(Station.objects.values_list("tier", flat=True)) == {"window", "station", "liaison"}
    assert not Station.objects.filter(phone="").exists()


def test_a_finished_demo_is_recognised_and_kept() -> None:
    before = Journey.objects.order_by("pk").values_list("pk", "version")
    out = StringIO()
    call_command("demo", "--once")
    call_command("demo", "--scale", "small", stdout=out)
    assert "--afresh" in out.getvalue()
    assert loaded() == Scale.SMALL
    assert list(before) == list(Journey.objects.order_by("pk").values_list("pk", "version"))


def test_an_interrupted_demo_leaves_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(story, "play", interrupted)
    count = Journey.objects.count()
    with pytest.raises(KeyboardInterrupt):
        load(Scale.SMALL, at=AT)
    assert (loaded(), Journey.objects.count()) == (Scale.SMALL, count)


def test_a_demo_is_redone_afresh_and_looks_the_same() -> None:
    facts = (
        "member__name",
        "status",
        "home__code",
        "host__code",
        "holder__code",
        "marked_at",
        "due_at",
        "version",
    )
    before = list(Journey.objects.order_by("pk").values_list(*facts))
    User.objects.filter(username="observer").update(name="改过")
    traveller = cast.member_of("traveller")
    assert traveller
    # What people do in a demo refers to the people in it: sessions, requests, emergencies, somebody erased.
    sign_in(Client(), traveller)
    ask_correction(member=traveller, field="occupation", value="瓦工", note="", by=himself(traveller), at=AT)
    erase(member=traveller, by="system:setup", at=AT)
    load(Scale.SMALL, at=AT)
    again = cast.member_of("traveller")
    assert again
    assert again.erased_at is None
    assert not RightsRequest.objects.exists()
    assert not Tombstone.objects.exists()
    assert list(Journey.objects.order_by("pk").values_list(*facts)) == before
    assert User.objects.get(username="observer").name == cast.OFFICIALS["observer"].name


def test_numbers_go_on_from_the_highest_after_a_smaller_demo_was_undone() -> None:
    # On PostgreSQL a sequence does not come back with the transaction.
    with transaction.atomic():
        clear()
        empty(*loading.TABLES)
        count_on(*loading.TABLES)
        transaction.set_rollback(True)
    traveller = cast.member_of("traveller")
    assert traveller
    sign_in(Client(), traveller)


@pytest.mark.parametrize("days", [3, 77, 200])
def test_the_story_plays_on_any_day_and_hour(days: int) -> None:
    # The crowd's history differs with the day, and routing remembers it: the story must not depend on that.
    at = (AT + timedelta(days=days)).replace(hour=(days * 7) % 24)
    load(Scale.SMALL, at=at)
    assert broken() + differences(at)[0] == []
    on_the_way = Journey.objects.filter(status__in=[Status.DISPATCHING, Status.RELOCATING])
    assert not on_the_way.filter(due_at__lt=at + timedelta(hours=1)).exists()


def test_what_no_demo_has_put_there_is_never_touched() -> None:
    clear()
    empty(*loading.TABLES)
    build_world()
    count = Organization.objects.count()
    with pytest.raises(NotADemo):
        load(Scale.SMALL, at=AT)
    with pytest.raises(CommandError):
        call_command("demo", "--scale", "small")
    assert Organization.objects.count() == count


def test_a_production_is_never_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PRODUCTION", True)
    with pytest.raises(NotADemo):
        load(Scale.SMALL, at=AT)


def test_the_check_command_reports_in_json() -> None:
    out = StringIO()
    call_command("check_laws", stdout=out)
    report = json.loads(out.getvalue())
    assert report["violations"] == []
    assert report["checked"]["journeys"] == Journey.objects.count()
    Journey.objects.filter(status=Status.HOSTED).update(version=99)
    with pytest.raises(SystemExit) as ended:
        call_command("check_laws", stdout=StringIO())
    assert ended.value.code == 1
