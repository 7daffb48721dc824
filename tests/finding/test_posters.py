"""Does somebody come forward by his own word only, and does nobody else learn anything of it?"""

from datetime import timedelta

import pytest
import time_machine

from hongyan.finding import actions
from hongyan.finding.models import Company, Finding, Outcome, PosterCount, Referral, Source
from hongyan.finding.posters import company_of, poster_path, referral_of, referral_path
from hongyan.finding.refusals import Refused, Why
from hongyan.finding.said import REFERRAL, Said, said_of, tidy
from hongyan.journeys import actions as moves
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import phone_of
from hongyan.notifications.models import Notice
from hongyan.privacy.actions import apply_retention
from hongyan.reports.laws import broken
from tests.world import NOW, World, journey_at

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company(world: World) -> Company:
    return actions.add_company(
        organization=world["jingning_park"],
        name="金果食品有限公司",
        place="620826",
        by=world.actor("park_secretary"),
        at=NOW,
    )


def chen(world: World) -> Said:
    return tidy(name="陈望川", phone=phone_of(world.members["chen"]))


def come_forward(company: Company, said: Said, name: str = "", home: str = "") -> Finding:
    actions.refer(company=company, said=said, by=None, whence="192.0.2.1", at=NOW)
    referral = Referral.objects.latest("pk")
    return actions.confirm_referral(
        referral=referral, name=name or said.name, home=home, home_text="", at=LATER
    )


def test_who_was_marked_checks_in_at_his_workplace_by_his_own_word(world: World, company: Company) -> None:
    journey = journey_at(world, Status.AWAITING)
    finding = come_forward(company, chen(world))
    journey.refresh_from_db()
    assert (journey.status, journey.holder) == (Status.DISPATCHING, world["jingning_park"])
    assert journey.employer == company.name
    assert (finding.outcome, finding.source, finding.was_marked) == (Outcome.CONFIRMED, Source.POSTER, True)
    assert finding.registered_by == world.actor("chen").code
    assert not broken()


def test_whom_nobody_marked_his_branch_is_asked_about(world: World, company: Company) -> None:
    finding = come_forward(company, chen(world))
    assert (finding.holder, finding.outcome) == (world["village"], "")
    actions.confirm_found(finding=finding, by=world.actor("village_secretary"), at=LATER)
    journey = Journey.objects.get()
    assert (journey.holder, journey.employer) == (world["jingning_park"], company.name)
    moves.accept(journey=journey, by=world.actor("park_secretary"), at=LATER)
    assert not broken()


def test_who_is_hosted_elsewhere_moves_on_by_his_own_word(world: World, company: Company) -> None:
    journey = journey_at(world, Status.HOSTED)
    assert come_forward(company, chen(world)).outcome == Outcome.KNOWN
    journey.refresh_from_db()
    assert (journey.status, journey.holder) == (Status.RELOCATING, world["jingning_park"])
    assert not broken()


def test_a_name_with_another_phone_moves_nobody(world: World, company: Company) -> None:
    """Whoever knows a member's name and home, and has a phone of his own, must not act for him."""
    journey = journey_at(world, Status.AWAITING)
    finding = come_forward(company, tidy(name="陈望川", phone="10088887777"), home="620621")
    journey.refresh_from_db()
    assert journey.status == Status.AWAITING
    # Home is asked, and knows its man.
    assert (finding.member_id, finding.outcome) == (journey.member_id, "")
    assert finding.registered_by == "system:poster"


def test_nobody_on_a_roster_waits_for_an_answer_from_outside(world: World, company: Company) -> None:
    finding = come_forward(company, tidy(name="石敢当", phone="10088887777"))
    assert (finding.member, finding.holder) == (None, world["jingning"])
    assert not broken()


def test_a_name_is_kept_only_until_its_owner_speaks_or_seven_days(world: World, company: Company) -> None:
    actions.refer(company=company, said=chen(world), by=None, whence="192.0.2.1", at=NOW)
    waiting = Referral.objects.get()
    assert said_of(waiting, REFERRAL).name == "陈望川"
    assert not Finding.objects.exists()
    apply_retention(at=NOW + timedelta(days=6))
    assert Referral.objects.exists()
    apply_retention(at=NOW + timedelta(days=8))
    assert not Referral.objects.exists()
    assert not Notice.objects.filter(kind="confirm_referral").exists()
    assert not broken()


def test_his_no_deletes_at_once(world: World, company: Company) -> None:
    actions.refer(company=company, said=chen(world), by=None, whence="192.0.2.1", at=NOW)
    actions.decline_referral(referral=Referral.objects.get(), at=LATER)
    assert not Referral.objects.exists()
    assert not Notice.objects.filter(kind="confirm_referral").exists()


def test_confirming_twice_is_one_finding(world: World, company: Company) -> None:
    first = come_forward(company, chen(world))
    again = Referral.objects.get()
    assert said_of(again, REFERRAL) == Said()
    second = actions.confirm_referral(referral=again, name="别人", home="", home_text="", at=LATER)
    assert first == second


def test_naming_others_is_off_until_somebody_switches_it_on(world: World, company: Company) -> None:
    observer = world.actor("observer")
    with pytest.raises(Refused) as refused:
        actions.refer(company=company, said=chen(world), by=observer, whence="", at=NOW)
    assert refused.value.refusal.why == Why.SWITCHED_OFF
    for who in ("observer", "village_secretary"):
        with pytest.raises(Refused) as refused:
            actions.switch_referrals(
                organization=world["jingning_park"], on=True, by=world.actor(who), at=NOW
            )
        assert refused.value.refusal.why == Why.NO_SWITCHING
    park = world.actor("park_secretary")
    switch = actions.switch_referrals(organization=world["jingning_park"], on=True, by=park, at=NOW)
    assert (switch.turned_by, switch.turned_at) == (park.code, NOW)
    actions.refer(company=company, said=chen(world), by=observer, whence="", at=NOW)
    assert Referral.objects.get().source == Source.REFERRAL
    assert not Finding.objects.exists()
    actions.switch_referrals(organization=world["jingning_park"], on=False, by=park, at=LATER)
    with pytest.raises(Refused):
        actions.refer(company=company, said=chen(world), by=observer, whence="", at=LATER)


def test_a_phone_is_not_flooded_and_nobody_is_told_so(world: World, company: Company) -> None:
    for _ in range(6):
        actions.refer(company=company, said=chen(world), by=None, whence="192.0.2.1", at=NOW)
    assert Notice.objects.filter(kind="confirm_referral").count() == 3
    assert Referral.objects.count() == 1
    # Scans are a number by month and nothing else.
    assert PosterCount.objects.get().number == 6


def test_one_address_cannot_write_to_everybody(world: World, company: Company) -> None:
    for number in range(20):
        said = tidy(name="石敢当", phone=f"100888877{number:02d}")
        actions.refer(company=company, said=said, by=None, whence="192.0.2.1", at=NOW)
    with pytest.raises(Refused) as refused:
        actions.refer(company=company, said=chen(world), by=None, whence="192.0.2.1", at=NOW)
    assert refused.value.refusal.why == Why.TOO_OFTEN


@pytest.mark.parametrize("said", [Said(name="", phone="10088887777"), Said(name="石敢当", phone="123")])
def test_what_nobody_could_be_written_to_with_is_refused(world: World, company: Company, said: Said) -> None:
    with pytest.raises(Refused) as refused:
        actions.refer(company=company, said=said, by=None, whence="192.0.2.1", at=NOW)
    assert refused.value.refusal.why == Why.NO_PHONE


def test_a_replaced_poster_and_a_closed_company_open_nothing(world: World, company: Company) -> None:
    park = world.actor("park_secretary")
    old = poster_path(company).split("/")[2]
    assert company_of(old) == company
    actions.renew_poster(company=company, by=park, at=NOW)
    assert company_of(old) is None
    company.refresh_from_db()
    new = poster_path(company).split("/")[2]
    assert company_of(new) == company
    assert company_of(new[:-2] + "zz") is None
    actions.close_company(company=company, by=park, at=NOW)
    assert company_of(new) is None


def test_a_link_opens_for_seven_days_and_no_forged_one_does(world: World, company: Company) -> None:
    actions.refer(company=company, said=chen(world), by=None, whence="192.0.2.1", at=NOW)
    referral = Referral.objects.get()
    token = referral_path(referral).split("/")[3]
    assert referral_of(token) == referral
    assert referral_of(token[:-2] + "zz") is None
    with time_machine.travel(NOW + timedelta(days=7, minutes=1)):
        assert referral_of(token) is None


def test_only_the_organisation_itself_adds_a_company_and_once(world: World, company: Company) -> None:
    for who in ("observer", "village_secretary", "province_department"):
        with pytest.raises(Refused) as refused:
            actions.add_company(
                organization=world["jingning_park"], name="x", place="620826", by=world.actor(who), at=NOW
            )
        assert refused.value.refusal.why == Why.NOT_HERE
    with pytest.raises(Refused) as refused:
        actions.add_company(
            organization=world["jingning_park"],
            name=company.name,
            place="620826",
            by=world.actor("park_secretary"),
            at=NOW,
        )
    assert refused.value.refusal.why == Why.COMPANY_TWICE
