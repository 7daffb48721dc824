"""T20: how long does the server work, and how much does it send, while somebody types into a search?

A hundred thousand organisations, half a million members; the search in the head of every page and the search
of organisations, asked by somebody high up, in the middle and lower in the tree. What is typed is found by
its beginning, by its initials, by the end of a number, by a part of a name, or not at all, which costs most.
Beside it 50 ms, 20 kB, and the raw SQL that finds the same organisations or people.
"""

import time
from collections.abc import Callable
from datetime import date

from django.db import connection
from django.test import Client

from bench.measuring import QUICK_ROUNDS, ROUNDS, Comparison, Rounds, alternate
from bench.pages import signed_in
from bench.searched import FOUNDED, Country, phone_of, seed
from hongyan.members.actions import appoint, register_user
from hongyan.members.models import Member
from hongyan.members.roles import Role
from hongyan.organizations.models import Organization

SIZES, QUICK_SIZES = (100_000, 500_000), (90_000, 60_000)
SETUP = "system:setup"
MILLISECONDS, BYTES = 50.0, 20_000.0
SCOPES = {"nation": "", "prefecture": "6201", "county": "620102"}
ASKED = 3
LIKE = (
    "SELECT id FROM organizations_organization"
    " WHERE closed_at IS NULL AND (name LIKE %s OR short_name LIKE %s)"
)
BEGINS = (
    "SELECT id, name FROM members_member WHERE initials >= %s AND initials < %s AND branch_path >= %s"
    " AND branch_path < %s AND erased_at IS NULL AND merged_into_id IS NULL"
    " ORDER BY initials, branch_path LIMIT 11"
)
Turns = dict[str, Callable[[], float]]


def measure(quick: bool) -> list[Comparison]:
    """Type into each search in turn, with the floor beside it."""
    organizations, members = QUICK_SIZES if quick else SIZES
    country = seed(organizations=organizations, members=members)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    size = f"{organizations:,} organisations, {members:,} members, {connection.vendor}"
    turns: Turns = {}
    weights: dict[str, int] = {}
    for scope, code in SCOPES.items():
        client = _official(country, scope, code)
        for what, text in _typed(country, code).items():
            for page, address in (("search", "/search/"), ("organisations", "/organizations/search/")):
                if page == "search" or what not in ("a name", "initials", "the end of a number"):
                    name = f"{page}, {what}, {scope}"
                    turns[name], weights[name] = _timed(client, address, text)
    turns["raw SQL, organisations"] = _raw(LIKE, ["%\u67e5\u65e0%"] * 2)
    path = country.places["6201"].path
    turns["raw SQL, people"] = _raw(BEGINS, ["zs", "zt", path, path + "~"])
    rounds = alternate(turns, QUICK_ROUNDS if quick else ROUNDS)
    return [line for name in weights for line in _lines(name, rounds, weights[name], size)]


def _official(country: Country, scope: str, code: str) -> Client:
    """Sign somebody in who works for the organisation of a scope."""
    user = register_user(username=scope, name=scope, by=SETUP, at=FOUNDED)
    organization = Organization.objects.get(pk=country.places[code].pk)
    appoint(
        user=user,
        role=Role.DEPARTMENT,
        organization=organization,
        from_on=date(2026, 1, 5),
        by=SETUP,
        at=FOUNDED,
    )
    client = Client(headers={"HX-Request": "true"})
    client.cookies["sessionid"] = signed_in(user)
    return client


def _typed(country: Country, code: str) -> dict[str, str]:
    """List what is typed, by what it is: of somebody who lives in the scope."""
    path = country.places[code].path
    member = Member.objects.filter(branch_path__gte=path, branch_path__lt=path + "~").order_by("branch_path")[
        3
    ]
    return {
        "a name": member.name,
        "initials": member.initials[:2],
        "the end of a number": phone_of(member.pk)[-4:],
        "an organisation": "\u5929\u6c34",
        "a part of a name": "\u6c34\u5357",
        "nobody": "\u67e5\u65e0\u6b64\u4eba",
    }


def _timed(client: Client, address: str, text: str) -> tuple[Callable[[], float], int]:
    """Return what measures one question, and how many bytes answer it."""

    def once() -> float:
        begin = time.perf_counter()
        answer = client.get(address, {"q": text})
        spent = (time.perf_counter() - begin) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        return spent

    weight = len(client.get(address, {"q": text}).content)
    # A few milliseconds are nothing on a shared machine: the quickest of some is what the question costs.
    return lambda: min(once() for _ in range(ASKED)), weight


def _raw(sql: str, values: list[str]) -> Callable[[], float]:
    def once() -> float:
        begin = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            cursor.fetchall()
        return (time.perf_counter() - begin) * 1000

    return lambda: min(once() for _ in range(ASKED))


def _lines(name: str, rounds: Rounds, weight: int, size: str) -> list[Comparison]:
    """Put one question beside its budgets and its floor."""
    people = name.split(", ")[1] in ("a name", "initials", "the end of a number")
    floor = "raw SQL, people" if people else "raw SQL, organisations"
    ours = rounds.middle(name)
    return [
        Comparison(
            "T20", name, "its budget", "ms", ours, MILLISECONDS, required=1.0, more_is_better=False,
            spread=rounds.spread(name), note=size,
        ),
        Comparison("T20", name, floor, "ms", ours, rounds.middle(floor), more_is_better=False),
        Comparison("T20", name, "its budget", "bytes", weight, BYTES, required=1.0, more_is_better=False),
    ]  # fmt: skip
