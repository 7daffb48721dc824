"""Is a journey that ended long ago met for every single column whose words should be gone by then?"""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from hongyan.exchange import actions as exchange
from hongyan.exchange.models import Crossing, Letter
from hongyan.journeys import actions
from hongyan.journeys.models import Handoff, Journey, Return, Search, SearchAttempt, Transition
from hongyan.journeys.searches import Outcome, Way
from hongyan.journeys.states import CloseReason, Status
from hongyan.privacy.actions.erasing import empty_words
from hongyan.privacy.actions.retaining import closed_words
from hongyan.privacy.policy import Column, policy
from tests.exchange.neighbour import Neighbour, acquainted
from tests.world import NOW, TODAY, World, arrival, journey_at

pytestmark = pytest.mark.django_db
COLUMNS = [
    column
    for table in policy().tables.values()
    for column in table.columns
    if column.rule.name == "closed_words"
]
MODELS: dict[str, type[Model]] = {model._meta.db_table: model for model in apps.get_models()}
LATER = NOW + timedelta(days=1)


@pytest.fixture
def ended(world: World) -> Journey:
    """Walk a journey to its end over all tables that keep words of it, and leave every word empty."""
    neighbour = Neighbour()
    peer = acquainted(world, neighbour)
    desk, home = world.actor("minqin_department"), world.actor("village_secretary")
    away = journey_at(world, Status.AWAITING)
    away = actions.check_in(journey=away, arrival=arrival("330109", "B"), by=world.actor("chen"), at=NOW)
    away = exchange.send_across(journey=away, peer=peer, by=desk, at=NOW)
    away = actions.end(journey=away, by=home, at=NOW, reason=CloseReason.REMOVED, note="组织决定")
    Return.objects.create(journey=away)
    search = Search.objects.create(journey=away, heard_on=TODAY, flagged_at=NOW, flagged_by="user:1")
    SearchAttempt.objects.create(
        search=search, way=Way.values[0], tried_on=TODAY, outcome=Outcome.NOTHING, recorded_at=NOW
    )
    Letter.objects.create(
        journey=away, sender=away.holder, sender_path=away.holder.path, receiver=peer.organization, move=1,
        code_digest="0" * 64, expires_at=NOW, due_at=NOW, written_at=NOW, written_by="user:1",
        withdrawn_at=NOW, withdrawn_by="user:1",
    )  # fmt: skip
    empty_words([away.pk])
    assert closed_words(LATER, LATER) == 0
    return away


def row_of(journey: Journey, model: type[Model]) -> Any:
    """Return one row of a table that belongs to a journey."""
    of_case: dict[type[Model], dict[str, Any]] = {
        Journey: {"pk": journey.pk},
        Handoff: {"journey": journey},
        Transition: {"journey": journey},
        Return: {"journey": journey},
        Search: {"journey": journey},
        SearchAttempt: {"search__journey": journey},
        Letter: {"journey": journey},
        Crossing: {"journey": journey},
    }
    return model._default_manager.filter(**of_case[model]).order_by("pk")[:1].get()


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: f"{column.table}.{column.name}")
def test_one_word_left_is_found_and_emptied(ended: Journey, column: Column) -> None:
    row = row_of(ended, MODELS[column.table])
    empty = getattr(row, column.name)
    setattr(row, column.name, {"why": "甲"} if isinstance(empty, dict) else "甲")
    row.save(update_fields=[column.name])
    # Not before its time.
    assert closed_words(NOW - timedelta(days=1), LATER) == 0
    assert closed_words(LATER, LATER) == 1
    assert getattr(row_of(ended, MODELS[column.table]), column.name) == empty
    assert closed_words(LATER, LATER) == 0
