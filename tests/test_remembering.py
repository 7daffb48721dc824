"""Is what is put back the same, row by row, as what the real actions write?"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from hongyan.organizations.models import Organization
from tests import remembering
from tests.attacks.scene import lay_out
from tests.remembering import WRITTEN_BY_ITSELF, everything, remembered
from tests.world import add_member, build_world

pytestmark = pytest.mark.django_db


def counted(build: Callable[[], Any]) -> tuple[Callable[[], Any], list[int]]:
    """Wrap a builder so that one sees how often it was really called."""
    calls: list[int] = []

    def called() -> Any:
        calls.append(1)
        return build()

    called.__qualname__ = f"counted {build.__qualname__}"
    return remembered(called), calls


@pytest.mark.parametrize("build", [build_world, lay_out])
def test_the_same_rows_come_back(build: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "_memories", {})
    again, calls = counted(build.__wrapped__)  # type: ignore[attr-defined]
    written = []
    for _ in range(2):
        with transaction.atomic():
            again()
            # What the database notes by itself is another path to the same figures.
            written.append({t: rows for t, rows in everything().items() if t not in WRITTEN_BY_ITSELF})
            transaction.set_rollback(True)
    assert len(calls) == 1
    assert written[0] == written[1]
    assert sum(len(rows) for _, rows in written[0].values()) > 150


def test_what_comes_back_can_be_worked_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "_memories", {})
    for _ in range(2):
        with transaction.atomic():
            world = build_world()
            world["village"].refresh_from_db()
            assert phone_of(world.members["chen"]).startswith("100")
            assert add_member(world, "wen", "温如言", "village").pk not in {
                world.members[key].pk for key in ("chen", "luo", "ning")
            }
            transaction.set_rollback(True)


def test_where_something_stands_already_it_is_built() -> None:
    build_world()
    again, calls = counted(lambda: Organization.objects.update(name="改过"))
    for _ in range(2):
        again()
    assert len(calls) == 2


def test_under_other_keys_it_is_built_anew(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "_memories", {})
    with transaction.atomic():
        build_world()
        transaction.set_rollback(True)
    settings.HONGYAN_KEYS = {settings.HONGYAN_ACTIVE_KEY: "5a" * 32}
    build_world()
    assert phone_of(Member.objects.earliest("pk")).startswith("100")
    assert len(remembering._memories) == 2
