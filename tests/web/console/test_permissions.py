"""Does the page of who may do what say exactly what the program does?"""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from hongyan.journeys.models import Journey
from hongyan.journeys.rules import standing
from hongyan.journeys.states import MOVES, POWER, Party, Verb
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import POWERS, RELATIONS, Power, Reach, Relation, Role
from hongyan.web.cards import may_know
from hongyan.web.console import permission_rows
from tests.web.console.people import browser_of, words
from tests.world import World

# One tree: mine lies below `above` and above `below`; elsewhere stands apart.
MINE, ABOVE, BELOW, ELSEWHERE = "00000001", "0000", "000000010001", "0009"
PLACES = {
    Relation.OWN: MINE,
    Relation.BELOW: BELOW,
    Relation.ABOVE: ABOVE,
    Relation.OTHER_SIDE: ELSEWHERE,
    Relation.UNRELATED: ELSEWHERE,
}


def _somebody(role: Role) -> Actor:
    return Actor(code="user:1", user_id=1, seats=(Seat(role, 1, MINE, "mine"),))


def _case(party: Party, relation: Relation, status: str) -> Journey:
    """Make a case in which this party is an organisation that stands in this relation to mine."""
    places = {"home_path": "0008", "host_path": "", "holder_path": "0007"}
    field = {Party.HOME: "home_path", Party.HOST: "host_path"}.get(party, "holder_path")
    if relation == Relation.OTHER_SIDE:
        places["host_path" if field == "home_path" else "home_path"] = MINE
    places[field] = PLACES[relation]
    return Journey(member_id=9, status=status, departs_on=date(2026, 1, 1), **places)


def _program_says() -> Iterator[tuple[Role, Party, Verb, Relation, bool]]:
    """Ask the program about every move of every role, as every party, in every relation."""
    for role in Role:
        for move in MOVES:
            for party in move.parties - {Party.MEMBER, Party.CLOCK}:
                for status in move.sources:
                    for relation in Relation:
                        found = standing(move.verb, _case(party, relation, status), _somebody(role))
                        yield role, party, move.verb, relation, bool(found and found.party == party)


def _page_says(body: str) -> dict[tuple[str, str], dict[str, bool]]:
    """Read the tables of the page: (role, party or power) → relation → whether it says one may."""
    found = {}
    for row in re.findall(r"<tr data-role=.*?</tr>", body, re.DOTALL):
        role, power, party = (re.search(rf'data-{name}="([^"]*)"', row).group(1) for name in ("role", "power", "party"))  # type: ignore[union-attr]  # fmt: skip
        cells = re.findall(r'data-relation="(\w+)">(.*?)</td>', row, re.DOTALL)
        found[role, party or power] = {relation: "可以" in text for relation, text in cells}
    return found


def _listed(role: Role, party: Party, verb: Verb) -> bool:
    rows = permission_rows.table_of(role).rows
    return any(row.party == party and verb in row.verbs for row in rows)


def test_every_cell_of_the_page_is_what_the_program_does(db: None) -> None:
    said = _page_says(Client().get("/permissions/").content.decode())
    asked = 0
    for role, party, verb, relation, can in _program_says():
        shown = _listed(role, party, verb) and said[role, party][relation]
        assert shown == can, (role, party, verb, relation)
        asked += 1
    assert asked > 2000


def test_a_planted_lie_of_the_table_is_caught(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page_says(Client().get("/permissions/").content.decode())
    monkeypatch.setitem(RELATIONS, Reach.OWN, frozenset({Relation.OWN, Relation.BELOW}))
    lies = [
        cell
        for cell in _program_says()
        if (_listed(*cell[:3]) and page[cell[0], cell[1]][cell[3]]) != cell[4]
    ]
    assert lies


def test_seeing_is_as_the_page_has_it(db: None) -> None:
    said = _page_says(Client().get("/permissions/").content.decode())
    for role in Role:
        for relation in Relation:
            case, actor = _case(Party.HOME, relation, "hosted"), _somebody(role)
            shown = said.get((role, Power.SEE), {}).get(relation, False)
            assert case.is_visible_to(actor) == shown, (role, relation)
            assert may_know(actor, case) == shown, (role, relation)


def test_every_power_stands_on_the_page_of_every_role_that_has_it() -> None:
    for role in Role:
        rows = permission_rows.table_of(role).rows
        shown = {row.power for row in rows if row.power} | {POWER[verb] for row in rows for verb in row.verbs}
        assert shown == POWERS[role]


def test_my_own_rights_come_first_and_all_can_read_it(world: World) -> None:
    mine = words(browser_of(world, "community_secretary").get("/permissions/").content)
    assert mine.index("我的权限") < mine.index("几种关系")
    assert "天水南路社区党委 · 书记" in mine
    for who in ("observer", "chen"):
        assert browser_of(world, who).get("/permissions/").status_code == 200
    assert "我的权限" not in words(Client().get("/permissions/").content)
    assert Client().post("/permissions/").status_code == 405
