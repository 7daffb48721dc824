"""Do the hand-written reads of the hot path say what the ORM would say?"""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hongyan.journeys.models import Journey
from hongyan.journeys.reading import fresh, glance
from hongyan.journeys.states import Status
from hongyan.statements import rows, rows_of, run
from tests.world import OFFICIALS, World, journey_at


def test_a_glance_sees_exactly_what_the_actor_may_see(world: World) -> None:
    journeys = [journey_at(world, Status.HOSTED), journey_at(world, Status.RELOCATING, "luo")]
    seen = set()
    for who in (*OFFICIALS, "chen", "luo"):
        actor = world.actor(who)
        for journey in journeys:
            wanted = Journey.objects.visible_to(actor).filter(pk=journey.pk).first()
            found = glance(journey.pk, actor)
            assert found == wanted, (who, journey.status)
            if found and wanted:
                assert {**found.__dict__, "_state": None} == {**wanted.__dict__, "_state": None}
                seen.add(who)
    assert len(seen) > 5
    assert len(seen) < len(OFFICIALS)


def test_a_journey_is_read_whole(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    wanted = Journey.objects.select_related("member", "home", "host", "holder").get(pk=journey.pk)
    found = fresh(journey.pk)
    for name in ("member", "home", "host", "holder"):
        one, other = getattr(found, name).__dict__, getattr(wanted, name).__dict__
        assert {**one, "_state": None} == {**other, "_state": None}


def test_statements_go_together_and_each_has_its_rows(world: World) -> None:
    one = "SELECT code FROM organizations_organization WHERE id = %s"
    ids = [world[name].pk for name in ("gansu", "village")]
    for _ in range(6):
        # Often enough for the server to keep the plan.
        assert rows_of([(one, [pk]) for pk in ids]) == [[(world["gansu"].code,)], [(world["village"].code,)]]
    assert rows(one, [0]) == []


def test_whoever_counts_queries_counts_every_one(world: World) -> None:
    with CaptureQueriesContext(connection) as counted:
        rows_of([("SELECT 1", []), ("SELECT 2", [])])
    assert len(counted) == 2


def test_a_broken_statement_is_djangos_error_and_undoes_everything(world: World) -> None:
    rename = "UPDATE organizations_organization SET short_name = %s WHERE id = %s"
    clash = "UPDATE organizations_organization SET code = %s WHERE id = %s"
    pk, code = world["village"].pk, world["gansu"].code
    with pytest.raises(IntegrityError), transaction.atomic():
        run([(rename, ["other", pk]), (clash, [code, world["next_village"].pk])])
    assert rows("SELECT short_name FROM organizations_organization WHERE id = %s", [pk]) != [("other",)]
    with transaction.atomic():
        assert run([(rename, ["third", pk])]) == 1
    assert run([(rename, ["fourth", 0])]) == 0
