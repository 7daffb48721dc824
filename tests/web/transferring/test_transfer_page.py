"""Do both sides see the question of a transfer, answer it once, and does nobody else find it?"""

from datetime import timedelta

import pytest
import time_machine

from hongyan.audit.models import Entry
from hongyan.journeys import actions
from hongyan.journeys.refusals import Refused
from hongyan.journeys.states import Status
from hongyan.journeys.transfer_models import TransferQuestion, Wish
from hongyan.notifications.models import Notice
from tests.web.signing_in import signed_in
from tests.world import NOW, World, journey_at

SETTLED = NOW + timedelta(days=183, hours=1)


def test_the_page_asks_keeps_what_was_chosen_and_says_who_answered(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    address = f"/journeys/{journey.pk}/transfer/"
    with time_machine.travel(NOW):
        early = signed_in(world.users["village_secretary"]).get(address)
        assert "还没有转接建议" in early.content.decode()
    with time_machine.travel(SETTLED):
        actions.suggest_transfer_due(at=SETTLED)
        host, home = (signed_in(world.users[key]) for key in ("community_secretary", "village_secretary"))
        assert "是否转接" in host.get(f"/journeys/{journey.pk}/").content.decode()
        bare = host.post(address, {"agreed": "no"})
        assert bare.status_code == 409
        assert "请选择暂不转接的原因" in bare.content.decode()
        done = host.post(address, {"agreed": "no", "reason": "unsettled"}, follow=True).content.decode()
        assert "暂不转接：工作或住处不稳定" in done
        assert "林知春" in done
        late = home.post(address, {"agreed": "yes"})
        assert late.status_code == 409
        assert TransferQuestion.objects.get().agreed is False
        assert signed_in(world.users["liberation_secretary"]).get(address).status_code == 404


def test_the_member_says_what_he_would_like_and_both_sides_read_it(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    address = f"/journeys/{journey.pk}/transfer/"
    me = signed_in(world.members["chen"])
    with time_machine.travel(NOW):
        assert "组织关系转到" not in me.get("/m/").content.decode()
        assert me.post("/m/transfer/", {"wish": "yes"}).status_code == 409
    with time_machine.travel(SETTLED):
        actions.suggest_transfer_due(at=SETTLED)
        me = signed_in(world.members["chen"])
        assert "组织关系转到天水南路社区" in me.get("/m/").content.decode()
        assert me.post("/m/transfer/", {"wish": "sometimes"}).status_code == 422
        for wish in ("talk", "talk", "yes"):
            shown = me.post("/m/transfer/", {"wish": wish}, follow=True).content.decode()
        assert "<b>愿意转接</b>" in shown
        assert 'value="yes"' not in shown
        # Said twice it is told once; a change of mind is told again, to both sides.
        assert Notice.objects.filter(kind="transfer_wished").count() == 4
        assert Entry.objects.filter(verb="wish_transfer").count() == 2
        for who in ("community_secretary", "village_secretary"):
            page = signed_in(world.users[who]).get(address).content.decode()
            assert "本人说：<b>愿意转接</b>" in page
            assert "可以转接</button>" in page
        # The decision stays with the two sides: they may decide otherwise, and then nothing is asked any more.
        host = signed_in(world.users["community_secretary"])
        host.post(address, {"agreed": "no", "reason": "papers"})
        assert "组织关系转到" not in me.get("/m/").content.decode()
        assert me.post("/m/transfer/", {"wish": "no"}).status_code == 409
    assert TransferQuestion.objects.get().wish == "yes"


def test_nobody_wishes_for_another(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    actions.suggest_transfer_due(at=SETTLED)
    for who in ("luo", "community_secretary", "village_secretary"):
        with pytest.raises(Refused):
            actions.wish_transfer(journey=journey, wish=Wish.NO, by=world.actor(who), at=SETTLED)
    with time_machine.travel(SETTLED):
        assert (
            signed_in(world.users["community_secretary"]).post("/m/transfer/", {"wish": "no"}).status_code
            == 404
        )
    assert TransferQuestion.objects.get().wish == ""
