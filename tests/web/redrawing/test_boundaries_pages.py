"""Do the pages of the boundaries say what follows, take a decision, and put a generation in force?"""

from pathlib import Path

import pytest
import time_machine
from django.test import Client

from hongyan.geography.models import BoundaryGeneration
from hongyan.journeys.models import Journey
from tests.journeys.redrawn import crowd, settle, sound, staged
from tests.web.console.people import words
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, World


@pytest.fixture(autouse=True)
def now() -> object:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def generation(world: World, tmp_path: Path) -> BoundaryGeneration:
    """Load a generation over a small crowd."""
    settle(world)
    crowd(world, 60)
    return staged(tmp_path)


def browser(world: World, who: str = "province_department") -> Client:
    return signed_in(world.users[who], fresh=True)


def test_it_is_looked_at_decided_put_in_force_and_taken_back(
    world: World, generation: BoundaryGeneration
) -> None:
    client, address = browser(world), f"/boundaries/{generation.pk}/"
    page = words(client.get(address).content)
    assert "还有 2 处没有定" in page
    assert "在办的流动党员" in page
    assert "启用这一版" not in page
    assert client.post(f"{address}go-live/").status_code == 409
    choices = {
        f"organization:{world['xilu'].pk}": "620105012",
        f"organization:{world['shuigua'].pk}": "620105011",
        "cases:620105002": "620105011",
        "organization:1": "620105011",
    }
    assert client.post(f"{address}choose-successor/", choices).status_code == 302
    page = words(client.get(address).content)
    assert "没有定" not in page
    assert "启用这一版" in page
    assert client.post(f"{address}go-live/").status_code == 302
    assert sound() == []
    assert Journey.objects.filter(destination_id="620105011").exists()
    page = words(client.get(address).content)
    assert "正在使用" in page
    assert "可以整版退回" in page
    assert client.post(f"{address}go-live/").status_code == 409
    assert client.post(f"{address}roll-back/").status_code == 302
    assert sound() == []
    assert "已退回" in words(client.get("/boundaries/").content)


def test_every_count_opens_its_list_without_a_name(world: World, generation: BoundaryGeneration) -> None:
    client = browser(world)
    answer = client.get(f"/boundaries/{generation.pk}/standing/?kind=journey&code=620105002")
    number = Journey.objects.open().filter(destination_id="620105002").count()
    page = words(answer.content)
    assert f"共 {number} 条" in page
    assert page.count("日外出") == number
    # A case that lies at its own home names that organisation once.
    assert "流动记录" not in page
    assert "何1" not in page
    assert client.get(f"/boundaries/{generation.pk}/standing/?kind=member").status_code == 404


def test_nobody_below_the_top_knows_of_it(world: World, generation: BoundaryGeneration) -> None:
    for who in ("lanzhou_department", "village_secretary", "observer"):
        client = browser(world, who)
        for address in ("/boundaries/", f"/boundaries/{generation.pk}/"):
            assert client.get(address).status_code == 404, (who, address)


def test_a_choice_that_is_none_is_refused_and_changes_nothing(
    world: World, generation: BoundaryGeneration
) -> None:
    subject = f"organization:{world['xilu'].pk}"
    answer = browser(world).post(f"/boundaries/{generation.pk}/choose-successor/", {subject: "620102"})
    assert answer.status_code == 409
    assert "不能归到那个区划" in words(answer.content)
    assert not generation.choices.exists()


def test_the_first_generation_is_not_refused_but_has_nothing_before_it(world: World) -> None:
    BoundaryGeneration.objects.all().delete()
    first = BoundaryGeneration.objects.create(
        name="first", valid_from=NOW.date(), is_live=True, live_at=NOW, live_by=SETUP
    )
    page = words(browser(world).get(f"/boundaries/{first.pk}/").content)
    assert "这是最初的一版，没有可退回的。" in page
    assert "不能退回" not in page
