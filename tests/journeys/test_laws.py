"""Does every law of `hongyan check` notice when it is broken?"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from hongyan.exchange.actions import answer_letter, write_letter
from hongyan.exchange.actions.letters import Reply
from hongyan.exchange.models import Answer
from hongyan.journeys import actions
from hongyan.journeys.actions.reorganizing import close_organization
from hongyan.journeys.models import Journey
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.models import BreakGlass
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Notice
from hongyan.notifications.texts import LABELS, needed
from hongyan.reports.laws import LAWS, OTHERS, SHOWN, broken, rows, shown
from hongyan.reports.measures import Measure
from hongyan.reports.overview import overview
from hongyan.reports.recount import (
    _differences,
    differences,
    facts,
    recount,
    unconserved,
    unknown_paths,
)
from hongyan.statements import snapshot
from tests.world import NOW, World, add_member, arrival, build_world, came_home, journey_at

FIRST = "(SELECT min(id) FROM journeys_journey WHERE status = '{status}')"
DISPATCHING, HOSTED, AWAITING = (
    FIRST.format(status=status) for status in ("dispatching", "hosted", "awaiting")
)

# By law: the statement that breaks it, where the database's own constraints let it pass.
FAULTS = {
    "one open journey per member": f"UPDATE journeys_journey SET member_id = (SELECT member_id FROM journeys_journey"
    f" WHERE id = {HOSTED}) WHERE id = {AWAITING}",
    "one next deadline per open journey": f"UPDATE journeys_journey SET due_at = NULL WHERE id = {HOSTED}",
    "one holder: the one who owes the next step": f"UPDATE journeys_journey SET holder_id = home_id,"
    f" holder_path = home_path WHERE id = {HOSTED}",
    "a host outside the platform leaves the duty at home": "UPDATE organizations_organization SET has_desk = {no}"
    f" WHERE id = (SELECT host_id FROM journeys_journey WHERE id = {HOSTED})",
    "a case on the way lies on exactly one desk": "UPDATE journeys_handoff SET answered_at = sent_at,"
    f" answered_by = 'user:1', answer = 'accepted' WHERE journey_id = {DISPATCHING}",
    "no desk looks for a branch for whoever is abroad": "UPDATE journeys_journey SET abroad_at = marked_at,"
    f" abroad_by = 'user:1' WHERE id = {DISPATCHING}",
    "nothing is handed on where nothing is on the way": "UPDATE journeys_handoff SET answered_at = NULL,"
    f" answered_by = '', answer = '' WHERE journey_id = {HOSTED}",
    "paths of journeys are those of their organisations": "UPDATE journeys_journey SET home_path = '0000'"
    f" WHERE id = {AWAITING}",
    "paths of hand-offs are those of their receivers": "UPDATE journeys_handoff SET receiver_path = '0000'"
    f" WHERE journey_id = {DISPATCHING}",
    "paths of members are those of their branches": "UPDATE members_member SET branch_path = '0000'",
    "nothing open lies at a closed organisation that has a successor": "UPDATE journeys_journey SET holder_id ="
    f" (SELECT id FROM organizations_organization WHERE code = 'anning') WHERE id = {DISPATCHING}",
    "nobody belongs to a closed branch that has a successor": "UPDATE members_member SET branch_id ="
    " (SELECT id FROM organizations_organization WHERE code = 'anning')",
    "every caretaker has a duty at the host": "UPDATE journeys_journey SET caretaker_id ="
    f" (SELECT id FROM members_user WHERE username = 'village_secretary') WHERE id = {HOSTED}",
    "the tree hangs together": "UPDATE organizations_organization SET path = 'zzzz' WHERE code = 'next_village'",
    "moves are numbered from 1 to the version": f"UPDATE journeys_journey SET version = 9 WHERE id = {HOSTED}",
    "every move begins where the one before ended": "UPDATE journeys_transition SET source = 'planned'"
    f" WHERE number = 2 AND journey_id = {HOSTED}",
    "the status is where the last move ended": "UPDATE journeys_transition SET target = 'awaiting'"
    f" WHERE number = 3 AND journey_id = {HOSTED}",
    "every hop is a move": f"UPDATE journeys_handoff SET hop = 7 WHERE journey_id = {DISPATCHING}",
    "whoever returned was talked with": "UPDATE journeys_return SET talked_at = NULL, talked_by = '', talk_on = NULL",
    "who is asked for a closing note has hosted": "UPDATE journeys_return SET host_id = (SELECT min(id)"
    " FROM organizations_organization)",
    "every letter is a move, and every such move a letter": "UPDATE exchange_letter SET move = 99",
    "a yes to a letter is a move of its case": "UPDATE exchange_letter SET answer = 'accepted',"
    " answered_at = written_at, answered_by = 'letter:0' WHERE answer = ''",
    "whoever is outside the platform has a letter, an answer or a next deadline": "UPDATE journeys_journey"
    " SET due_at = NULL WHERE host_id IN (SELECT id FROM organizations_organization WHERE code = 'xiaoshan')",
    "a host outside the platform has said so": "UPDATE journeys_transition SET verb = 'accept'"
    " WHERE verb = 'register_outside'",
    "whoever is out of contact is looked for": f"UPDATE journeys_journey SET lost_at = marked_at, lost_by = 'user:1'"
    f" WHERE id = {HOSTED}",
    "nobody is looked for who was heard of": "INSERT INTO journeys_search (journey_id, heard_on, watched_by, flagged_at,"
    " flagged_by, reason, found_by, printed_by, decision, decided_by) SELECT min(id), min(departs_on), '', min(marked_at),"
    " 'user:1', '', '', '', '', '' FROM journeys_journey",
    "every move is audited once": "INSERT INTO audit_entry (actor, verb, subject)"
    " SELECT actor, verb, subject FROM audit_entry WHERE verb = 'accept'",
    "every move is in the table": "UPDATE journeys_transition SET verb = 'confirm', source = 'hosted'"
    f" WHERE number = 2 AND journey_id = {HOSTED}",
    "every status is in the table": f"UPDATE journeys_journey SET status = 'lost' WHERE id = {AWAITING}",
    "nothing open stands in a division that has ended": "UPDATE geography_division SET valid_to = valid_from"
    " WHERE code = '620102'",
    "the audit's fence stands and its newest seals hold": "INSERT INTO audit_door VALUES ('prune', 'entry', 1)",
    "notices are about and for somebody known": "UPDATE notifications_notice SET subject = 'journey:0'",
}


@contextmanager
def lawless() -> Iterator[None]:
    """Let statements pass that the database itself would refuse: the laws are a second line."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Foreign keys are looked at when a transaction ends; a table with looks to come cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP INDEX one_open_journey")
            for check in ("open_has_deadline", "reminded_only_while_awaited"):
                cursor.execute(f"ALTER TABLE journeys_journey DROP CONSTRAINT {check}")
            cursor.execute("ALTER TABLE members_member DROP CONSTRAINT member_exempt_is_reviewed")
            yield
            return
        cursor.execute("DROP INDEX one_open_journey")
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _write(world: World, key: str, *, answers: bool) -> None:
    """Write to an organisation outside about one more member, and perhaps let it say yes."""
    add_member(world, key, "沈初晴" if answers else "武向南", "village")
    away = journey_at(world, Status.AWAITING, key)
    away = actions.check_in(journey=away, arrival=arrival("330109", "B"), by=world.actor(key), at=NOW)
    desk = world.actor("minqin_department")
    _, code = write_letter(journey=away, receiver=world["xiaoshan"], by=desk, at=NOW)
    if answers:
        reply = Reply(Answer.ACCEPTED, "湘湖社区党支部", "值班员", "0000-1000009")
        answer_letter(code=code, reply=reply, at=NOW)


@pytest.fixture
def world(db: None) -> World:
    """Build the cast with one journey on the way, one hosted, one awaited."""
    world = build_world()
    add_member(world, "back", "易归舟", "village")
    journey_at(world, Status.DISPATCHING, "chen")
    journey_at(world, Status.HOSTED, "luo")
    back = came_home(world, journey_at(world, Status.RETURNING, "back"))
    actions.end(journey=back, by=world.actor("village_secretary"), at=NOW, reason=CloseReason.RETURNED)
    home = world.actor("next_village_secretary")
    for key, answers in (("shen", True), ("wu", False)):
        _write(world, key, answers=answers)
    actions.mark(member=world.members["ning"], by=home, at=NOW, departs_on=NOW.date(), destination="330109")
    close_organization(
        organization=world["anning"],
        successor=world["chengguan"],
        reason="机构调整，职责并入",
        by=world.actor("lanzhou_department"),
        at=NOW,
    )
    return world


def names() -> set[str]:
    """Name the laws that are broken now."""
    return {violation.law for violation in broken()}


def test_the_cast_breaks_no_law(world: World) -> None:
    assert broken() == []
    assert differences(NOW, everything=True)[0] == []


def test_every_law_has_a_fault_to_catch() -> None:
    assert set(FAULTS) == {law.name for law in LAWS} | {name for name, _ in OTHERS}


@pytest.mark.parametrize("law", list(FAULTS))
def test_a_planted_fault_breaks_its_law(world: World, law: str) -> None:
    no = "false" if connection.vendor == "postgresql" else "0"
    with lawless(), connection.cursor() as cursor:
        cursor.execute(FAULTS[law].replace("{no}", no))
        assert cursor.rowcount > 0
    assert law in names()


@pytest.mark.parametrize("status", list(Status))
def test_every_status_obeys_every_law(db: None, status: Status) -> None:
    journey_at(build_world(), status)
    assert broken() + differences(NOW, everything=True)[0] == []


def test_a_host_outside_and_a_second_place_obey_every_law(world: World) -> None:
    journey = Journey.objects.get(member=world.members["ning"])
    journey = actions.check_in(
        journey=journey, arrival=arrival("330109", "B"), by=world.actor("ning"), at=NOW
    )
    assert broken() == []
    journey = actions.register_outside(
        journey=journey, host=world["xiaoshan"], by=world.actor("minqin_department"), at=NOW, note="回执 1"
    )
    assert broken() == []
    journey = actions.relocate(journey=journey, arrival=arrival(), by=world.actor("ning"), at=NOW)
    assert broken() + differences(NOW, everything=True)[0] == []


def test_many_violations_are_shown_in_part_and_counted_whole() -> None:
    found = shown("a law", ((f"journey:{number}", 1) for number in range(SHOWN + 7)))
    assert len(found) == SHOWN + 1
    assert found[-1].found == "7 more"


def test_a_figure_that_is_wrong_is_found(world: World) -> None:
    counts = {path: Counter(figures) for path, figures in recount(facts(NOW)).items()}
    gansu = world["gansu"]
    assert list(_differences(counts, overview(gansu, NOW))) == []
    counts[gansu.path][Measure.OUT] += 1
    assert [subject for subject, _ in _differences(counts, overview(gansu, NOW))] == [
        f"organization:{gansu.pk}"
    ]
    assert [path for path, _ in unconserved(counts)] == [gansu.path, gansu.path]


def test_a_figure_of_nobody_is_found(world: World) -> None:
    counts = recount(facts(NOW))
    known = {path for (path,) in rows("SELECT path FROM organizations_organization")}
    assert list(unknown_paths(counts, known)) == []
    assert [path for path, _ in unknown_paths(counts, known - {world["village"].path})] == [
        world["village"].path
    ]


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_sees_one_moment_and_keeps_nobody_waiting() -> None:
    world = build_world()
    with snapshot():
        assert Journey.objects.count() == 0
    journey_at(world, Status.AWAITING)
    with snapshot():
        assert Journey.objects.count() == 1
    # The connection is free again: a write right after it must not meet an open transaction.
    journey_at(world, Status.AWAITING, "luo")


# What a notice of each kind is about, where that is no journey.
ABOUT = {
    "appointed": "appointment",
    "dismissed": "appointment",
    "extended": "appointment",
    "emergency_look": "break_glass",
    "emergency_look_home": "break_glass",
}


def test_a_notice_of_every_kind_obeys_every_law(world: World) -> None:
    chen, head = world.members["chen"], world.users["minqin_department"]
    glass = BreakGlass.objects.create(
        user=head, organization=world["minqin"], member=chen, reason="突发疾病，需要联系家人",
        opened_at=NOW, expires_at=NOW + timedelta(hours=2),
    )  # fmt: skip
    subjects = {
        "journey": f"journey:{Journey.objects.get(member=chen).pk}",
        "appointment": f"appointment:{head.appointments.get().pk}",
        "break_glass": f"break_glass:{glass.pk}",
    }
    people = (f"member:{chen.pk}", f"user:{head.pk}", f"organization:{world['minqin'].pk}")
    for kind in LABELS:
        subject = kind if kind == "sign_in_code" else subjects[ABOUT.get(kind, "journey")]
        facts = dict.fromkeys(needed(kind), "1")
        for recipient in people:
            notify(kind=kind, recipient=recipient, channel="app", subject=subject, facts=facts, at=NOW)
    assert Notice.objects.values("kind").distinct().count() == len(LABELS)
    assert broken() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "appointment:0"},
        {"subject": "break_glass:0"},
        {"subject": "export:0"},
        {"subject": "nothing:1"},
        {"subject": "sign_in_code"},
        {"recipient": "user:0"},
        {"recipient": "export:1"},
        {"kind": "unheard_of"},
    ],
)
def test_a_notice_about_or_for_nobody_is_found(world: World, wrong: dict[str, str]) -> None:
    Notice.objects.filter(pk=Notice.objects.order_by("pk").first().pk).update(**wrong)  # type: ignore[union-attr]
    assert names() == {"notices are about and for somebody known"}
