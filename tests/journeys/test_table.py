"""Is every status × move × person answered exactly as this literal table says?"""

from itertools import product

import pytest

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Why
from hongyan.journeys.rules import why_not
from hongyan.journeys.states import Status, Verb
from hongyan.members.permissions import CLOCK, Actor
from tests.world import NOW, World, build_world, journey_at

# The persons, one letter each. The journey goes from the village to 天水南路, and on to 解放中路 when relocating.
PERSONS = {
    "m": "chen",  # himself
    "x": "luo",  # another member
    "H": "village_secretary",
    "T": "town_organiser",  # above home
    "n": "next_village_secretary",  # beside home
    "C": "community_secretary",  # the desk, later the host
    "c": "caretaker",  # at the host
    "w": "window_clerk",  # at the host
    "S": "street_organiser",  # above the host
    "L": "liberation_secretary",  # the desk when relocating
    "P": "province_department",  # above everybody
    "o": "observer",
    "k": "",  # the clock
}
COUNTER = "HTnCwSLP"  # may assist a member at a counter, whoever he is

# verb: {status: who may}; what is not written here is refused.
TABLE: dict[str, dict[str, str]] = {
    "mark": {},
    "depart": {"planned": "HTPk"},
    "check_in": {"planned": "m" + COUNTER, "awaiting": "m" + COUNTER},
    "find": {"planned": COUNTER, "awaiting": COUNTER},
    "confirm": {},
    "deny": {},
    "forward": {"dispatching": "C", "relocating": "L"},
    "redirect": {"dispatching": "C", "relocating": "L"},
    "send_back": {"dispatching": "C", "relocating": "L"},
    "escalate": {"dispatching": "Ck", "relocating": "Lk"},
    "decide": {"dispatching": "SP", "relocating": "P"},
    "accept": {"dispatching": "C", "relocating": "L"},
    "send_letter": {"dispatching": "C", "relocating": "L"},
    "send_across": {"dispatching": "C", "relocating": "L"},
    # Only of guests, whom this table does not hold: tests/exchange asks about them.
    "send_home": {},
    "register_outside": {"dispatching": "C", "relocating": "L"},
    "name_caretaker": {"hosted": "C", "relocating": "C"},
    "contact": {
        "awaiting": "HTP",
        "dispatching": "HTP",
        "hosted": "HTPCcw",
        "relocating": "HTPCcw",
        "returning": "HTPCcw",
    },
    "relocate": {"dispatching": "m" + COUNTER, "hosted": "m" + COUNTER, "relocating": "m" + COUNTER},
    "start_return": {"awaiting": "mHTP", "dispatching": "mHTP", "hosted": "mHTPCcw", "relocating": "mHTPCcw"},
    "hold_return_talk": {"returning": "HTP"},
    "write_closing": {"returning": "C"},
    "check_credential": {"hosted": "HTPC", "relocating": "HTPC", "returning": "HTPC"},
    "flag_lost": {
        "awaiting": "HTPk",
        "dispatching": "HTPk",
        "hosted": "HTPCk",
        "relocating": "HTPCk",
    },
    "log_search": {},
    "record_decision": {},
    "end": dict.fromkeys(("planned", "awaiting", "dispatching", "hosted", "relocating", "returning"), "HTP"),
    "hand_over": dict.fromkeys(("hosted", "relocating", "returning"), "k"),
    "reorganize": dict.fromkeys(
        ("planned", "awaiting", "dispatching", "hosted", "relocating", "returning"), "k"
    ),
    "recall": dict.fromkeys(("dispatching", "relocating"), "k"),
    "redraw": dict.fromkeys(("planned", "awaiting", "dispatching", "hosted", "relocating", "returning"), "k"),
    "cancel": {"planned": "HTP", "awaiting": "HTP", "dispatching": "HTP"},
}
# Moves the table of states knows although nobody in a plain journey has cause for them.
WAITING_FOR_CAUSE = {
    ("confirm", "planned"),
    ("confirm", "awaiting"),
    ("deny", "planned"),
    ("deny", "awaiting"),
    # Only of guests.
    ("send_home", "dispatching"),
    *product(("log_search", "record_decision"), ("awaiting", "dispatching", "hosted", "relocating")),
}


def deviations(table: dict[str, dict[str, str]], world: World, journey: Journey) -> list[str]:
    """Compare the rules with a table for one journey; return every cell that differs."""
    found = []
    for verb, (letter, key) in product(Verb, PERSONS.items()):
        actor = world.actor(key) if key else CLOCK
        refusal = why_not(verb, journey, actor)
        known = journey.status in table[verb] or (verb, journey.status) in WAITING_FOR_CAUSE
        expected = letter in table[verb].get(journey.status, "")
        if (refusal is None) != expected:
            found.append(f"{verb}/{journey.status}/{letter}: {refusal}")
        elif refusal and (refusal.why == Why.NOT_NOW) == known:
            found.append(f"{verb}/{journey.status}/{letter}: refused as {refusal.why}")
        elif refusal and "{" in refusal.sentence:
            found.append(f"{verb}/{journey.status}/{letter}: unfinished sentence")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(Status))
def test_every_person_may_do_exactly_what_the_table_says(status: Status) -> None:
    world = build_world()
    assert deviations(TABLE, world, journey_at(world, status)) == []


@pytest.mark.django_db
def test_a_planted_deviation_is_seen() -> None:
    world = build_world()
    journey = journey_at(world, Status.DISPATCHING)
    wrong = {**TABLE, "accept": {"dispatching": "CS"}}
    assert deviations(wrong, world, journey) != []


def test_the_table_names_every_verb() -> None:
    assert set(TABLE) == set(Verb)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.PLANNED, Status.AWAITING])
def test_home_confirms_or_denies_only_what_a_destination_reported(status: Status) -> None:
    world = build_world()
    journey = journey_at(world, status)
    actions.find(journey=journey, by=world.actor("window_clerk"), at=NOW)
    journey.refresh_from_db()
    for verb in (Verb.CONFIRM, Verb.DENY):
        allowed = {
            letter for letter, key in PERSONS.items() if not why_not(verb, journey, _actor(world, key))
        }
        assert allowed == set("HTP")
    refusal = why_not(Verb.FIND, journey, world.actor("liberation_secretary"))
    assert refusal is not None
    assert refusal.why == Why.ALREADY_FOUND


def _actor(world: World, key: str) -> Actor:
    return world.actor(key) if key else CLOCK


@pytest.mark.django_db
def test_once_somebody_is_looked_for_home_and_host_log_and_home_decides() -> None:
    world = build_world()
    journey = journey_at(world, Status.HOSTED)
    journey = actions.flag_lost(journey=journey, by=world.actor("village_secretary"), at=NOW, note="电话停机")
    looked_for: dict[str, dict[str, str]] = {
        **TABLE,
        "flag_lost": {},
        "log_search": {"hosted": "HTPCcw"},
        "record_decision": {"hosted": "HTP"},
    }
    found = deviations(looked_for, world, Journey.objects.get(pk=journey.pk))
    assert [line for line in found if not line.startswith("flag_lost/hosted")] == []
