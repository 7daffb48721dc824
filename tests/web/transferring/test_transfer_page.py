"""Do both sides see the question of a transfer, answer it once, and does nobody else find it?"""

from datetime import timedelta

import time_machine

from hongyan.journeys import actions
from hongyan.journeys.states import Status
from hongyan.journeys.transfer_models import TransferQuestion
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
