"""Does every period of the policy end what it says, and nothing that is younger?"""

from datetime import timedelta

import pytest
from django.core.management import call_command

from hongyan.audit.models import Entry
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice
from hongyan.notifications.rows import facts_of
from hongyan.privacy.actions import apply_retention, retaining
from hongyan.privacy.policy import Rule, policy
from hongyan.reports.laws import broken
from tests.privacy.planting import PLANTERS, settle
from tests.world import NOW, World, journey_at

PERIODS = [rule for rule in policy().rules.values() if rule.days is not None]


@pytest.mark.parametrize("rule", PERIODS, ids=lambda rule: rule.name)
def test_what_is_too_old_goes_and_the_rest_stays(world: World, rule: Rule) -> None:
    days = timedelta(days=rule.days or 0)
    # A day on either side: some periods count whole days.
    old, young = PLANTERS[rule.name](world, NOW - days - timedelta(days=1), NOW - days + timedelta(days=1))
    assert old()
    assert young()
    met = apply_retention(at=NOW)
    assert met[rule.name] >= 1
    assert not old()
    assert young()
    assert Entry.objects.filter(verb="apply_retention", subject=f"rule:{rule.name}").exists()


@pytest.mark.parametrize("rule", PERIODS, ids=lambda rule: rule.name)
def test_a_second_night_finds_nothing_more(world: World, rule: Rule) -> None:
    days = timedelta(days=rule.days or 0)
    PLANTERS[rule.name](world, NOW - days - timedelta(days=1), NOW - days + timedelta(days=1))
    apply_retention(at=NOW)
    assert apply_retention(at=NOW)[rule.name] == 0


def test_every_period_has_its_planter() -> None:
    assert set(PLANTERS) == {rule.name for rule in PERIODS}


def test_a_rule_nobody_applies_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(retaining.APPLIERS, "closed_words")
    with pytest.raises(KeyError, match="closed_words"):
        apply_retention(at=NOW)


def test_more_than_one_batch_goes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "BATCH", 1)
    days = timedelta(days=1500)
    for _ in range(3):
        PLANTERS["closed_words"](world, NOW - days, NOW - days)
    assert apply_retention(at=NOW)["closed_words"] == 6


def test_a_reminder_of_an_open_case_is_never_forgotten(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    Notice.objects.filter(dedupe_key=None).delete()
    old = NOW - timedelta(days=900)
    Notice.objects.update(state="sent", sent_at=old, address_sealed=b"", created_at=old)
    kept = Notice.objects.count()
    assert kept
    apply_retention(at=NOW)
    assert Notice.objects.count() == kept
    Journey.objects.filter(pk=journey.pk).update(
        status="closed", closed_at=NOW, closed_by="user:1", close_reason="returned", due_at=None,
        remind_from=None, remind_at=None,
    )  # fmt: skip
    apply_retention(at=NOW)
    assert not Notice.objects.exists()


def test_an_open_case_keeps_its_words(world: World) -> None:
    long_ago = NOW - timedelta(days=4000)
    settle(world, long_ago)
    journey = journey_at(world, Status.HOSTED, at=long_ago)
    apply_retention(at=NOW)
    assert journey.handoffs.exclude(explanation={}).exists()


def test_the_laws_hold_afterwards(world: World) -> None:
    for rule in PERIODS:
        if rule.name in ("closed_words", "left_membership"):
            days = timedelta(days=rule.days or 0)
            PLANTERS[rule.name](world, NOW - days - timedelta(days=1), NOW - days + timedelta(days=1))
    apply_retention(at=NOW)
    assert broken() == []


def test_the_command_says_what_it_did(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    PLANTERS["closed_words"](world, NOW - timedelta(days=800), NOW)
    call_command("privacy", "apply")
    assert f"       1  {policy().rules['closed_words'].label}" in capsys.readouterr().out


@pytest.mark.django_db
def test_no_row_holds_a_link_that_opens_a_case(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    told = Notice.objects.filter(recipient=f"member:{journey.member_id}")
    assert told.count() > 1
    for notice in told:
        assert facts_of(notice)["link"].startswith("/r/")
        assert "/r/" not in str(notice.facts)
    # What leads to a page behind the sign-in is no secret.
    desk = Notice.objects.filter(recipient__startswith="organization:").first()
    assert desk is not None
    assert desk.facts["link"] == f"/journeys/{journey.pk}/"


def test_a_link_left_in_clear_by_an_older_version_goes_too(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    Notice.objects.update(
        facts={"home": "x", "link": f"/r/{journey.pk}-1:a:b/"}, created_at=NOW - timedelta(days=61)
    )
    apply_retention(at=NOW)
    assert set(Notice.objects.values_list("facts__link", flat=True)) == {""}
