"""The park of Jingning: it sends its newcomers, finds members among them, and leads them to their company's branch."""

import pytest

from hongyan.finding.models import Finding, ParkDelivery
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import phone_of
from tests.browser.conftest import OFFICE, PHONE, Visitors
from tests.browser.test_console import sign_in
from tests.finding.test_parks import COMPANY, company_branch
from tests.world import TODAY, World, build_world, journey_at


@pytest.fixture
def world(transactional_db: None) -> World:
    """Build the cast; the server's thread must see it."""
    return build_world()


def sheet(world: World) -> bytes:
    """Write what the park's own system gives out: an awaited member, a stranger, one who did not agree."""
    day = TODAY.isoformat()
    rows = [
        ("姓名", "手机号码", "单位", "入职日期", "本人同意", "同意日期"),
        ("陈望川", phone_of(world.members["chen"]), COMPANY, day, "是", day),
        ("石敢当", "10099900001", COMPANY, day, "是", day),
        ("方块六", "10099900002", COMPANY, day, "否", ""),
    ]
    return "\n".join(",".join(row) for row in rows).encode("gb18030")


def test_a_park_finds_its_newcomers_and_leads_them_to_their_company(world: World, visit: Visitors) -> None:
    branch = company_branch(world)
    journey = journey_at(world, Status.AWAITING)
    park = visit(OFFICE)
    park.goto("/sign-in/")
    park.locator('button[value="observer"]').click()
    park.wait_for_url("**/observer/")
    park.get_by_role("link", name="报送入职名单").click()
    content = {"name": "入职.csv", "mimeType": "text/csv", "buffer": sheet(world)}
    park.locator("#file").set_input_files(content)  # type: ignore[arg-type]
    park.get_by_role("button", name="报送").click()
    park.get_by_text("已收到 3 行，接收 2 行，1 行没有接收").wait_for()
    # The park learns nothing of anybody: no name, no link, and on its list the numbers it knows itself.
    assert "陈望川" not in park.content()
    assert "石敢当" not in park.content()
    delivery = ParkDelivery.objects.get()
    assert (delivery.unmatched, delivery.asked) == (1, 1)
    assert Finding.objects.get().member_id == journey.member_id

    home = sign_in(visit(PHONE), "village_secretary")
    home.locator(".act .btn.primary").first.click()
    home.get_by_text("已确认").first.wait_for()

    secretary = sign_in(visit(OFFICE), "park_secretary")
    assert "陈某" in secretary.content()
    secretary.goto(f"/journeys/{journey.pk}/redirect/")
    secretary.locator(f'input[name="target"][value="{branch.pk}"]').check()
    secretary.locator('[name="note"]').fill("在金果食品上班，请到企业党支部报到")
    secretary.locator("main form button.primary").click()
    secretary.get_by_text("已把陈某改派给").first.wait_for()
    now = Journey.objects.get(pk=journey.pk)
    assert (now.holder, now.employer, now.status) == (branch, COMPANY, Status.DISPATCHING)
