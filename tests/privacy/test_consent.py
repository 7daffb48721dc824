"""Is a position used only with a consent to the text he read, and never after he took it back?"""

import pytest
import time_machine
from django.test import Client

from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.privacy import policy
from hongyan.privacy.actions import consent, withdraw
from hongyan.privacy.models import Consent
from hongyan.privacy.refusals import Refused, Why
from hongyan.privacy.rules import agrees, has_withdrawn
from tests.web.mobile.pages import POSITION, hidden
from tests.web.signing_in import signed_in
from tests.world import NOW, World, journey_at

VERSION = policy.consent_texts()["position"].version


@pytest.fixture
def journey(world: World) -> Journey:
    return journey_at(world, Status.AWAITING)


def tapped(client: Client, journey: Journey, **fields: str) -> str:
    """Tap the button; return the page."""
    return client.post(path_for(journey) + "place/", {**POSITION, **fields}).content.decode()


def test_the_tap_records_consent_with_its_version_and_needs_no_sign_in(
    client: Client, journey: Journey
) -> None:
    page = client.get(path_for(journey)).content.decode()
    assert hidden(page, "place")["consent"] == VERSION
    assert policy.consent_texts()["position"].short in page
    assert "确认报到" in tapped(client, journey)
    one = Consent.objects.get()
    assert (one.purpose, one.version, one.given_by) == ("position", VERSION, f"member:{journey.member_id}")
    tapped(client, journey)
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("version", ["", "2020-01", "2026-11' OR 1=1"])
def test_without_the_text_as_it_is_now_no_position_is_used(
    client: Client, journey: Journey, version: str
) -> None:
    page = tapped(client, journey, consent=version)
    assert "写下您现在的住址" in page
    assert "说明已经更新" in page
    assert "确认报到" not in page
    assert not Consent.objects.exists()


def test_an_address_needs_no_consent_and_leads_to_the_same_page(client: Client, journey: Journey) -> None:
    sent = {"address": "兰州市城关区天水南路社区"}
    page = client.post(path_for(journey) + "place/", sent).content.decode()
    assert "确认报到" in page
    assert not Consent.objects.exists()


def test_after_a_withdrawal_the_position_is_refused_and_the_hand_is_offered(
    client: Client, world: World, journey: Journey
) -> None:
    tapped(client, journey)
    me = signed_in(journey.member)
    assert me.post("/m/my-data/withdraw/", {"purpose": "position"}).status_code == 302
    assert has_withdrawn(journey.member_id, "position")
    page = tapped(client, journey)
    assert "您没有同意使用位置，这没关系" in page
    assert "写下您现在的住址" in page
    asked = client.get(path_for(journey)).content.decode()
    assert "data-position" not in asked
    assert "手动选择地址" in asked
    # Twice harmless, and the deadline is what it was.
    before = journey.due_at
    me.post("/m/my-data/withdraw/", {"purpose": "position"})
    journey.refresh_from_db()
    assert journey.due_at == before
    assert Consent.objects.count() == 1


def test_he_may_agree_again_by_a_button_of_its_own(client: Client, journey: Journey) -> None:
    tapped(client, journey)
    withdraw(member=journey.member, purpose="position", by=f"member:{journey.member_id}", at=NOW)
    with time_machine.travel(NOW.replace(hour=10), tick=False):
        assert client.post(path_for(journey) + "consent/", {"consent": "2020-01"}).status_code == 409
        assert client.post(path_for(journey) + "consent/", {"consent": VERSION}).status_code == 302
        assert "确认报到" in tapped(client, journey)
    assert client.get(path_for(journey) + "consent/").status_code == 405


def test_a_new_version_asks_again(client: Client, journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    tapped(client, journey)
    texts = dict(policy.consent_texts())
    newer = {**texts, "position": policy.ConsentText(**{**vars(texts["position"]), "version": "2030-01"})}
    for module in ("rules",):
        monkeypatch.setattr(f"hongyan.privacy.{module}.consent_texts", lambda: newer)
    assert not agrees(journey.member_id, "position")
    assert "说明已经更新" in tapped(client, journey)
    assert "确认报到" in tapped(client, journey, consent="2030-01")
    assert list(Consent.objects.order_by("pk").values_list("version", "withdrawn_at")) == [
        (VERSION, NOW),
        ("2030-01", None),
    ]


def test_nobody_agrees_to_what_is_not_asked(world: World) -> None:
    for purpose, version, why in (
        ("marketing", "2026-11", Why.UNKNOWN_PURPOSE),
        ("position", "2020-01", Why.OLD_TEXT),
    ):
        with pytest.raises(Refused) as stopped:
            consent(member=world.members["chen"], purpose=purpose, version=version, by="member:1", at=NOW)
        assert stopped.value.refusal.why == why


def test_withdrawing_wechat_forgets_the_account(world: World) -> None:
    member = world.members["chen"]
    member.wechat_sealed = b"sealed"
    member.save()
    version = policy.consent_texts()["notices_wechat"].version
    consent(member=member, purpose="notices_wechat", version=version, by=f"member:{member.pk}", at=NOW)
    withdraw(member=member, purpose="notices_wechat", by=f"member:{member.pk}", at=NOW)
    member.refresh_from_db()
    assert bytes(member.wechat_sealed) == b""
