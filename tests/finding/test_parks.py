"""Does a park's list bring its newcomers to the Party, and tell the park nothing of who they are?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from hongyan.audit.models import Entry
from hongyan.finding import actions
from hongyan.finding.actions.parks import Delivered
from hongyan.finding.models import Consent, Finding, ParkDelivery, Source, Way
from hongyan.finding.refusals import Flaw, Refused, Why
from hongyan.finding.work_starts import WorkStart
from hongyan.journeys import actions as moves
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import id_number_of, phone_of
from hongyan.notifications.models import Notice
from hongyan.organizations.actions import found, serve_area
from hongyan.organizations.kinds import AreaKind, Kind, Tier
from hongyan.organizations.models import Organization
from hongyan.reports.laws import broken
from tests.world import NOW, SETUP, TODAY, World, journey_at

COMPANY = "金果食品有限公司"


def start(world: World, key: str = "chen", number: int = 2, **more: object) -> WorkStart:
    member = world.members[key]
    row = WorkStart(
        number, True, TODAY, member.name, phone_of(member), "", COMPANY, TODAY - timedelta(days=1)
    )
    return replace(row, **more)  # type: ignore[arg-type]


def stranger(number: int = 9) -> WorkStart:
    return WorkStart(number, True, TODAY, "石敢当", f"100999{number:05d}", "", COMPANY, TODAY)


def deliver(world: World, *rows: WorkStart, key: str = "one", who: str = "observer") -> Delivered:
    park = world["jingning_park"]
    by = world.actor(who)
    return actions.deliver_work_starts(organization=park, rows=rows, way=Way.API, by=by, at=NOW, key=key)


def company_branch(world: World) -> Organization:
    branch = found(
        code="golden_fruit", name="金果食品有限公司党支部", kind=Kind.BRANCH, tier=Tier.GRASSROOTS,
        parent=world["jingning"], division_id="620826", has_desk=True, by=SETUP, at=NOW,
    )  # fmt: skip
    serve_area(
        organization=branch, kind=AreaKind.WORKPLACE, division_id="620826", workplaces=COMPANY,
        priority=10, by=SETUP, at=NOW,
    )  # fmt: skip
    return branch


def answer(done: Delivered) -> tuple[object, ...]:
    """Say what the park is told."""
    row = done.delivery
    return (row.received, row.taken, row.without_consent, row.incomplete, done.refused)


def test_who_was_awaited_is_reported_home_and_led_to_the_branch_of_his_company(world: World) -> None:
    branch = company_branch(world)
    journey = journey_at(world, Status.AWAITING)
    deliver(world, start(world), stranger())
    finding = Finding.objects.get()
    assert (finding.source, finding.consent, finding.member_id) == (
        Source.PARK, Consent.PARK, journey.member_id,
    )  # fmt: skip
    moves.confirm(journey=journey, by=world.actor("village_secretary"), at=NOW)
    journey.refresh_from_db()
    assert (journey.holder, journey.employer) == (world["jingning_park"], COMPANY)
    live = journey.handoffs.get(answered_at=None)
    assert branch.pk in [item["organization"] for item in live.explanation["suggestions"]]
    moves.redirect(
        journey=journey, target=branch, by=world.actor("park_secretary"), at=NOW, note="请到企业党支部报到"
    )
    assert not broken()


def test_who_was_not_marked_is_asked_about_at_home(world: World) -> None:
    member = world.members["luo"]
    deliver(world, start(world, "luo", phone="", id_number=id_number_of(member)))
    finding = Finding.objects.get()
    assert finding.holder == world["village"]
    actions.confirm_found(finding=finding, by=world.actor("village_secretary"), at=NOW)
    journey = Journey.objects.get(member=member)
    assert (journey.status, journey.employer) == (Status.DISPATCHING, COMPANY)
    assert journey.holder == world["jingning_park"]


def test_nothing_of_who_is_no_member_is_kept_but_a_number(world: World) -> None:
    done = deliver(world, stranger(2), stranger(3), start(world, number=4))
    row = done.delivery
    assert (row.received, row.unmatched, row.known, row.asked) == (3, 2, 0, 1)
    assert Finding.objects.count() == 1
    kept = [str(value) for values in ParkDelivery.objects.values_list() for value in values]
    assert not any("石敢当" in value or "100999" in value for value in kept)
    details = Entry.objects.get(verb="deliver_work_starts").details
    assert details == {"received": 3, "refused": 0}


@pytest.mark.parametrize("who", ["member", "nobody"])
def test_the_park_is_told_the_same_whoever_is_in_its_list(world: World, who: str) -> None:
    row = start(world) if who == "member" else replace(start(world), name="石敢当")
    assert answer(deliver(world, row)) == (1, 1, 0, 0, ())
    told = Notice.objects.filter(recipient=f"organization:{world['jingning_park'].pk}")
    assert not told.exists()
    # A park's people find nobody of the list on any list of theirs.
    assert not Finding.objects.found_by(world.actor("park_secretary")).exists()
    assert not Finding.objects.found_by(world.actor("observer")).exists()


def test_who_did_not_agree_is_not_read(world: World) -> None:
    rows = (
        start(world, consented=False), start(world, "luo", 3, consented_on=None),
        start(world, "ning", 4, consented_on=TODAY + timedelta(days=1)),
    )  # fmt: skip
    done = deliver(world, *rows)
    assert done.refused == tuple((row.number, Flaw.NO_CONSENT) for row in rows)
    assert done.delivery.without_consent == 3
    assert not Finding.objects.exists()


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"name": " "}, Flaw.NO_NUMBER),
        ({"phone": "123"}, Flaw.NO_NUMBER),
        ({"company": ""}, Flaw.NO_COMPANY),
        ({"started_on": None}, Flaw.NO_START),
        ({"started_on": TODAY - timedelta(days=400)}, Flaw.NO_START),
        ({"started_on": TODAY + timedelta(days=40)}, Flaw.NO_START),
    ],
)
def test_what_is_missing_is_said_row_by_row(world: World, change: dict[str, object], flaw: Flaw) -> None:
    done = deliver(world, replace(start(world), **change))  # type: ignore[arg-type]
    assert done.refused == ((2, flaw),)
    assert done.delivery.incomplete == 1
    assert not Finding.objects.exists()


def test_who_is_kept_already_or_at_home_there_is_not_asked_about(world: World) -> None:
    journey_at(world, Status.HOSTED)
    assert deliver(world, start(world)).delivery.known == 1
    # The next month's list names the same person: home has been asked.
    deliver(world, start(world, "luo"), key="two")
    assert deliver(world, start(world, "luo"), key="three").delivery.known == 1
    assert Finding.objects.count() == 1


def test_the_same_list_again_is_one_delivery_and_another_under_its_key_is_refused(world: World) -> None:
    rows: Sequence[WorkStart] = (start(world), stranger(), start(world, "luo", 5, consented=False))
    first, again = deliver(world, *rows), deliver(world, *rows)
    assert (first.delivery.pk, answer(first)) == (again.delivery.pk, answer(again))
    assert ParkDelivery.objects.count() == Finding.objects.count() == 1
    with pytest.raises(Refused) as caught:
        deliver(world, stranger())
    assert caught.value.refusal.why == Why.KEY_REUSED


def test_only_a_park_s_own_people_deliver_and_not_without_end(world: World) -> None:
    for who, why in (("community_secretary", Why.NOT_HERE), ("caretaker", Why.NOT_HERE)):
        with pytest.raises(Refused) as caught:
            deliver(world, stranger(), who=who)
        assert caught.value.refusal.why == why
    with pytest.raises(Refused) as caught:
        actions.deliver_work_starts(
            organization=world["tianshui_south"], rows=[], way=Way.PAGE,
            by=world.actor("community_secretary"), at=NOW, key="x",
        )  # fmt: skip
    assert caught.value.refusal.why == Why.NOT_A_PARK
    for number in range(30):
        deliver(world, stranger(), key=f"often{number}")
    with pytest.raises(Refused) as caught:
        deliver(world, stranger(), key="once more")
    assert caught.value.refusal.why == Why.TOO_OFTEN
