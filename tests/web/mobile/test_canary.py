"""Is a position nowhere to be found after it was used: not in answers, cookies, rows, logs or files?"""

import logging
import os
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.test import Client

from hongyan.journeys.links import path_for
from hongyan.journeys.states import Status
from tests.reading_files import bytes_of
from tests.web.mobile.pages import AGREED, hidden
from tests.world import NOW, build_world, journey_at

# Digits that occur nowhere else, in 城关区; the phone rounds to three decimals, a careless one may not.
LAT, LNG = "36.0573719", "103.8346127"
TRACES = ("36.0573719", "103.8346127", "36.05737", "103.83461", "36.057", "103.835", "36.0574", "103.8346")


def traces(text: str) -> list[str]:
    """List what of the position is left in a text."""
    return [trace for trace in TRACES if trace in text]


def rows_as_text() -> str:
    """Write every column of every row of every table down."""
    return "\n".join(
        str(values)
        for model in apps.get_models()
        for values in model.objects.values_list()  # type: ignore[attr-defined]
        if not model._meta.app_label.startswith("geography")
    )


def files_as_text() -> str:
    """Read every file the installation has written, the database's own among them."""
    folder = Path(os.environ["HONGYAN_DATA"])
    return bytes_of(path for path in folder.rglob("*") if path.is_file()).decode("latin-1")


@pytest.mark.django_db(transaction=True)
def test_a_position_leaves_no_trace(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with time_machine.travel(NOW, tick=False):
        journey = journey_at(build_world(), Status.AWAITING)
        path = path_for(journey)
        sent = {**AGREED, "lat": LAT, "lng": LNG, "accuracy": "45", "crs": "wgs84", "age": "3"}
        answers = [client.post(path + "place/", {**sent, "address": "杭州市萧山区"})]
        answers.append(client.post(path + "place/", {**sent, "lat": LAT + "x", "lng": "0" + LNG}))
        answers.append(client.post(path + "place/", sent))
        fields = hidden(answers[-1].content.decode(), "check-in")
        answers.append(client.post(path + "check-in/", fields, follow=True))
        answers.append(client.get("/m/"))
    journey.refresh_from_db()
    assert journey.status == Status.DISPATCHING
    for answer in answers:
        headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
        assert traces(answer.content.decode() + headers) == []
    assert traces(str(dict(client.session)) + str(client.cookies)) == []
    assert traces(rows_as_text()) == []
    assert traces(files_as_text()) == []
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    assert traces(logged) == []


@pytest.mark.django_db
def test_a_planted_trace_is_found(caplog: pytest.LogCaptureFixture) -> None:
    journey = journey_at(build_world(), Status.AWAITING)
    type(journey).objects.filter(pk=journey.pk).update(destination_text=f"{LAT},{LNG}")
    assert traces(rows_as_text())


@pytest.mark.django_db
def test_what_travels_is_signed_and_holds_a_name_only(client: Client) -> None:
    from django.core import signing

    with time_machine.travel(NOW, tick=False):
        journey = journey_at(build_world(), Status.AWAITING)
        sent = {**AGREED, "lat": LAT, "lng": LNG, "accuracy": "45", "crs": "wgs84"}
        page = client.post(path_for(journey) + "place/", sent).content.decode()
        value = signing.loads(hidden(page, "check-in")["place"], salt="place")
    assert isinstance(value, dict)
    assert value["code"] == "620102"
    assert set(value) == {"code", "tier", "probability", "reason", "others", "text", "generation", "zones"}
    assert traces(str(value)) == []
