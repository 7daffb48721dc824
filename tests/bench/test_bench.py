"""Does the bench reckon rightly, and does its floor write what the product writes?"""

from collections.abc import Callable
from datetime import datetime
from statistics import median
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from bench.__main__ import cells, show
from bench.check_in import asked
from bench.clients import LEAST, Pressed, Supply, press
from bench.floor import Floor, floor_of, sqlite_moment
from bench.measuring import Comparison, alternate, percentile
from bench.province import Province, seed
from hongyan.audit.models import Entry
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.notifications.models import Notice

# One county keeps the test quick; the shape of its tree is the province's.
COUNTY = "620621"
# What differs between any two check-ins, or is text that the floor only matches in length.
OWN = {"id", "journey_id", "member_id", "key", "dedupe_key", "explanation", "facts"}
MOMENTS = {"at", "sent_at", "due_at", "home_due_at", "checked_in_at", "created_at", "not_before"}


def test_everybody_runs_once_a_round_and_everybody_begins_in_turn() -> None:
    ran: list[str] = []

    def runner(name: str, value: float) -> Callable[[], float]:
        def run() -> float:
            ran.append(name)
            return value

        return run

    rounds = alternate({"a": runner("a", 1), "b": runner("b", 2), "c": runner("c", 3)}, 4)
    assert "".join(ran) == "abcbcacababc"
    assert rounds.order == ran
    assert {name: len(values) for name, values in rounds.reached.items()} == {"a": 4, "b": 4, "c": 4}
    assert rounds.middle("b") == 2


def test_a_figure_is_the_median_so_that_one_bad_round_does_not_count() -> None:
    values = iter([100.0, 1.0, 103.0, 99.0, 101.0])
    rounds = alternate({"ours": lambda: next(values)}, 5)
    assert rounds.middle("ours") == median([100, 1, 103, 99, 101]) == 100
    assert rounds.spread("ours") == "ours 1-103"


@pytest.mark.parametrize(
    ("ours", "other", "required", "more", "verdict"),
    [
        (250, 1000, 0.25, True, "ok"),
        (249, 1000, 0.25, True, "MISSED"),
        (150, 100, 1.5, False, "ok"),
        (151, 100, 1.5, False, "MISSED"),
        (1, 100, None, True, "info"),
        (1, None, 0.25, True, "info"),
        (1, 0, 0.25, True, "info"),
    ],
)
def test_a_verdict_follows_the_ratio(
    ours: float, other: float | None, required: float | None, more: bool, verdict: str
) -> None:
    line = Comparison("P1", "x", "floor", "/s", ours, other, required=required, more_is_better=more)
    assert line.verdict == verdict
    assert line.plain()["ratio"] == (ours / other if other else None)


def test_one_wrong_answer_is_missed() -> None:
    right = Comparison("P5", "wrong", "truth", "", 0, 1000, exactly=0, more_is_better=False)
    wrong = Comparison("P5", "wrong", "truth", "", 1, 1000, exactly=0, more_is_better=False)
    assert (right.verdict, wrong.verdict) == ("ok", "MISSED")
    assert "= 0" in cells(wrong.plain())


def test_the_table_names_what_was_missed() -> None:
    line = Comparison("P1", "check-in", "floor", "/s", 10, 100, required=0.25, note="slow disk")
    text = show([line.plain()])
    assert "0.10" in text
    assert "MISSED" in text
    assert "slow disk" in text


def test_percentiles_are_of_the_nearest_rank() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.95) == 95
    assert percentile([7.0], 0.95) == 7


def test_no_journey_is_handed_out_twice() -> None:
    numbers = range(4 * LEAST + 6)
    supply = Supply(numbers, 4)
    first = supply.offer()
    assert sorted(one for share in first for one in share) == list(numbers)
    supply.used([3, 0, 1, 2])
    taken = {*first[0][:3], *first[2][:1], *first[3][:2]}
    assert {one for share in supply.offer() for one in share} == set(numbers) - taken
    supply.used([1, 0, 0, 0])
    with pytest.raises(RuntimeError, match="run out"):
        supply.offer()


def test_clients_count_what_they_did_and_what_failed() -> None:
    pressed, taken = press(
        lambda number: (lambda piece: piece != 2) if number < 2 else None, [[1, 2], [3], [4]], 5
    )
    assert isinstance(pressed, Pressed)
    assert taken == [2, 1, 0]
    assert pressed.failed == 1
    assert pressed.rate > 0


@pytest.fixture
def province(db: None) -> Province:
    """Seed a county."""
    return seed(awaiting=6, hosted=4, callers=1, below=COUNTY)


def _by_api(province: Province, journey: int) -> None:
    """Send the very bytes the bench sends, through Django's test client."""
    head, _, body = asked(province, 0, journey).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if not line.startswith("Content-"))
    headers["Host"] = "testserver"
    path = first.split(" ")[1]
    answer = Client().post(path, body, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content


def _by_floor(floor: Floor, journey: int, province: Province) -> None:
    with transaction.atomic(), connection.cursor() as cursor:

        def run(sql: str, parameters: Any) -> Any:
            cursor.execute(sql, parameters)
            return cursor

        floor.read(run, journey, province.tokens[0])
        assert floor.check_in(run, journey) == 1


def _rows(journey: int) -> dict[str, list[dict[str, Any]]]:
    """Read what one check-in left behind, table by table, in the order it was written."""
    subject = f"journey:{journey}"
    wanted: dict[str, Any] = {
        "journey": Journey.objects.filter(pk=journey),
        "handoffs": Handoff.objects.filter(journey=journey),
        "transitions": Transition.objects.filter(journey=journey),
        "entries": Entry.objects.filter(subject=subject),
        "notices": Notice.objects.filter(subject=subject),
    }
    return {table: list(rows.order_by("pk").values()) for table, rows in wanted.items()}


def _alike(row: dict[str, Any], other: dict[str, Any], place: dict[str, str]) -> None:
    """Compare two rows column by column; what belongs to the other journey is read as this one's."""
    for name, value in row.items():
        if name in MOMENTS:
            assert (value is None) == (other[name] is None), name
        elif name not in OWN:
            told = str(other[name])
            assert str(value) == place.get(told, told), name
    for text in ("explanation", "facts"):
        if text in row:
            assert 0.5 < len(str(other[text])) / len(str(row[text])) < 1.5, text


def test_the_floor_writes_the_rows_the_product_writes(province: Province) -> None:
    ours, raw = province.awaiting[0], province.awaiting[1]
    _by_api(province, ours)
    explanation = '{"reason": "' + "x" * 800 + '"}'
    floor = floor_of(province, sqlite_moment if connection.vendor == "sqlite" else _same, explanation)
    _by_floor(floor, raw, province)
    written, floored = _rows(ours), _rows(raw)
    assert {table: len(rows) for table, rows in written.items()} == {
        "journey": 1, "handoffs": 1, "transitions": 2, "entries": 1, "notices": 2,
    }  # fmt: skip
    here, there = province.destination(ours), province.destination(raw)
    home, away = floor.homes[ours], floor.homes[raw]
    place = {
        str(raw): str(ours), f"journey:{raw}": f"journey:{ours}",
        str(there.pk): str(here.pk), there.path: here.path, there.code: here.code,
        str(away.pk): str(home.pk), away.path: home.path, away.code: home.code,
        f"organization:{there.pk}": f"organization:{here.pk}",
        f"organization:{away.pk}": f"organization:{home.pk}",
        floored["handoffs"][0]["common_path"]: written["handoffs"][0]["common_path"],
    }  # fmt: skip
    for table, rows in written.items():
        assert len(rows) == len(floored[table]), table
        for row, other in zip(rows, floored[table], strict=True):
            _alike(row, other, place)


def test_a_floor_that_leaves_something_out_is_caught(province: Province) -> None:
    _by_api(province, province.awaiting[0])
    row = _rows(province.awaiting[0])["handoffs"][0]
    for column, fault in (("place", ""), ("sender_id", None), ("due_at", None), ("explanation", {})):
        with pytest.raises(AssertionError):
            _alike(row, {**row, column: fault}, {})


def test_the_same_seed_gives_the_same_province(province: Province) -> None:
    journeys = list(province.awaiting)
    assert journeys == [5, 6, 7, 8, 9, 10]
    for journey in journeys:
        home = Journey.objects.values_list("home__division_id", flat=True).get(pk=journey)
        assert province.destination(journey).code != home
    assert len({province.destination(journey).code for journey in journeys}) == len(journeys)
    assert Journey.objects.filter(status="hosted").count() == 4


def _same(moment: datetime) -> datetime:
    return moment
