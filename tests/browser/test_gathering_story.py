"""Three of one county in another: home proposes, the destination agrees, home founds, a member joins by his phone."""

import pytest

from hongyan.gathering.models import Founding, Invitation
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from tests.browser.conftest import OFFICE, PHONE, Visitors
from tests.browser.test_console import sign_in
from tests.gathering.together import plan, suggested
from tests.world import World, build_world


@pytest.fixture
def world(transactional_db: None) -> World:
    """Build the cast; the server's thread must see it."""
    return build_world()


def test_a_branch_far_from_home_is_founded_and_joined(world: World, visit: Visitors) -> None:
    gathering = suggested(world)
    words = plan(world, gathering)
    home = sign_in(visit(OFFICE), "minqin_department")
    home.goto(f"/gatherings/{gathering.pk}/")
    home.get_by_role("link", name="提出设立党支部").click()
    home.locator('input[name="secretary"]').first.check()
    home.locator('select[name="superior"]').select_option(str(world["minqin_town"].pk))
    for name in ("host_body", "address", "phone"):
        home.locator(f'[name="{name}"]').fill(getattr(words, name))
    home.get_by_role("button", name="提出并商流入地").click()
    home.get_by_text("正在商流入地").first.wait_for()
    founding = Founding.objects.get()

    there = sign_in(visit(PHONE), "chengguan_department")
    there.goto("/gatherings/")
    there.get_by_role("link", name="看办理情况").click()
    there.locator('input[name="answer"][value="agrees"]').check()
    there.get_by_role("button", name="登记答复").click()
    there.get_by_text("同意设立").first.wait_for()

    home.goto(f"/foundings/{founding.pk}/")
    home.get_by_role("button", name="决定设立").click()
    home.get_by_text("等本人答复").first.wait_for()

    asked = Invitation.objects.select_related("journey").first()
    assert asked is not None
    phone = visit(PHONE)
    phone.goto(f"{path_for(asked.journey)}join/")
    phone.get_by_role("button", name="同意加入").click()
    phone.get_by_text("有事找谁").wait_for()
    branch = Founding.objects.get().branch
    now = Journey.objects.get(pk=asked.journey_id)
    assert (now.holder, now.status) == (branch, Status.RELOCATING)
    home.goto("/mobile-branches/")
    assert founding.name in home.content()
