"""Are divisions loaded whole and fast, extended by staff, and kept when boundaries change?"""

import time
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from hongyan.geography.actions import add_division, load_divisions, put_in_force, register_generation
from hongyan.geography.addresses import resolve
from hongyan.geography.boundaries import amap, tianditu
from hongyan.geography.codes import Level
from hongyan.geography.models import BoundaryGeneration, Division, Source
from hongyan.geography.names import upper
from hongyan.geography.rules import Refusal, Refused

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BY = "system:setup"
CLERK = "user:12"

pytestmark = pytest.mark.django_db


def load_kongtong() -> Division:
    """Load one county with its villages and return its town 西郊街道."""
    load_divisions(down_to=Level.TOWN, below=("620802",), villages_in=("620802",), by=BY, at=AT)
    return Division.objects.get(code="620802003")


def test_all_counties_load_at_once() -> None:
    started = time.monotonic()
    count = load_divisions(down_to=Level.COUNTY, by=BY, at=AT)
    print(f"{count} divisions in {time.monotonic() - started:.2f} s")
    assert count == Division.objects.count() == sum(len(code) <= 6 for code in upper())
    assert Division.objects.get(code="620802").parent_id == "6208"
    assert Division.objects.get(code="620200").source == Source.PATCH
    assert Division.objects.get(code="500112").successors == "500109 500157"


def test_one_county_loads_with_its_ancestors_and_villages() -> None:
    load_kongtong()
    assert Division.objects.filter(level=Level.COUNTY).count() == 1
    assert set(Division.objects.filter(level__lt=Level.COUNTY).values_list("code", flat=True)) == {
        "62",
        "6208",
    }
    assert Division.objects.get(code="620802001001").name == "解放中路社区居委会"
    assert Division.objects.below("620802001").count() > 3
    assert not Division.objects.below("620803").exists()


def test_loading_again_changes_nothing_but_names() -> None:
    town = load_kongtong()
    added = add_division(parent=town, name="崇文社区", by=CLERK, at=AT)
    Division.objects.filter(code="620802").update(name="旧名")
    before = Division.objects.count()
    load_kongtong()
    assert Division.objects.count() == before
    assert Division.objects.get(code="620802").name == "崆峒区"
    assert Division.objects.get(code=added.code).added_by == CLERK


def test_staff_add_what_the_list_lacks_and_addresses_find_it() -> None:
    town = load_kongtong()
    first = add_division(parent=town, name=" 崇文社区 ", by=CLERK, at=AT)
    second = add_division(parent=town, name="新民社区", by=CLERK, at=AT)
    assert (first.code, first.name, second.code) == ("620802003900", "崇文社区", "620802003901")
    assert (first.source, first.added_by, first.added_at) == (Source.STAFF, CLERK, AT)
    extra = tuple(Division.objects.below("620802").added().values_list("code", "name"))
    assert resolve("平凉市崆峒区西郊街道崇文社区", extra=extra)[0].code == first.code


@pytest.mark.parametrize(
    ("code", "name", "refusal"),
    [
        ("620802003", " ", Refusal.EMPTY_NAME),
        ("620802003", "长" * 65, Refusal.LONG_NAME),
        ("6208", "新区", Refusal.TOO_HIGH),
        ("620802001", "解放中路社区居委会", Refusal.SAME_NAME),
        ("620802001001", "小组", Refusal.TOO_HIGH),
    ],
)
def test_a_place_that_may_not_be_added_is_refused(code: str, name: str, refusal: Refusal) -> None:
    load_kongtong()
    before = Division.objects.count()
    with pytest.raises(Refused) as caught:
        add_division(parent=Division.objects.get(code=code), name=name, by=CLERK, at=AT)
    assert caught.value.refusal == refusal
    assert str(caught.value) == refusal.label
    assert Division.objects.count() == before


def test_nothing_is_added_below_a_division_that_ended() -> None:
    town = load_kongtong()
    Division.objects.filter(pk=town.pk).update(valid_to=date(2026, 1, 1))
    with pytest.raises(Refused) as caught:
        add_division(parent=town, name="崇文社区", by=CLERK, at=AT)
    assert caught.value.refusal == Refusal.CLOSED


def test_a_town_takes_a_hundred_and_no_more() -> None:
    town = load_kongtong()
    add_division(parent=town, name="第一社区", by=CLERK, at=AT)
    Division.objects.filter(code="620802003900").update(code="620802003999")
    with pytest.raises(Refused) as caught:
        add_division(parent=town, name="末尾社区", by=CLERK, at=AT)
    assert caught.value.refusal == Refusal.FULL


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "6201", "level": 6},
        {"code": "620", "level": 3},
        {"code": "6201", "level": 4, "parent_id": None},
        {"code": "6201", "level": 4, "valid_to": date(2000, 1, 1)},
    ],
)
def test_the_database_refuses_an_impossible_division(wrong: dict[str, object]) -> None:
    load_divisions(down_to=Level.PROVINCE, by=BY, at=AT)
    fields: dict[str, object] = {"parent_id": "62", "name": "某地", "source": Source.LIST, **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Division.objects.create(valid_from=date(2023, 6, 30), added_at=AT, added_by=BY, **fields)


def test_generations_are_kept_and_one_is_in_force() -> None:
    first = register_generation(boundary_set=amap(), licence_number="", valid_from=date(2025, 1, 1))
    second = register_generation(boundary_set=tianditu(), licence_number="", valid_from=date(2026, 1, 1))
    assert register_generation(boundary_set=amap(), licence_number="", valid_from=date(2027, 1, 1)) == first
    assert not BoundaryGeneration.objects.filter(is_live=True).exists()
    put_in_force(generation=first, at=AT)
    put_in_force(generation=second, at=AT)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_live, first.valid_to, second.is_live) == (False, AT.date(), True)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoundaryGeneration.objects.filter(pk=first.pk).update(is_live=True)
