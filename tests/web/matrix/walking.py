"""How does the product answer a cell of the matrix, and is that what the oracle says?"""

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import Resolver404, get_resolver, resolve
from django.views.defaults import page_not_found

from hongyan.audit.models import AccessLog
from tests.web.matrix import oracle, people
from tests.web.matrix.cells import Cell
from tests.web.matrix.doors import API_CASE, CASE, MAY_BE_KEPT, PAGES
from tests.web.matrix.leaks import Canaries
from tests.web.matrix.requests import Sent, call_request, page_request
from tests.web.matrix.stage import NAMES, Stage, address_of, build_stage, id_number_of, phone_of
from tests.world import NOW

SIGN_IN, PROVE = "/sign-in/", "/prove/"
# What may be written although nothing was done: records of looks, counters against guessing, the session.
BESIDE = ("audit_", "members_attempts", "django_session", "usersessions_", "geography_", "cache")
_LIST = re.compile(r'href="/journeys/\?(?:[^"]*[&;])?organization=(\d+)')
_LINK = re.compile(r'(?:href|action|hx-get|hx-post)="(/[^"?#]*)')


def _answer(response: Any, changed: bool) -> str:
    """Name an answer as the oracle does."""
    status = response.status_code
    if status in (301, 302, 303):
        place = response.headers.get("Location", "")
        if place == SIGN_IN or place.startswith(f"{SIGN_IN}?"):
            return "sign_in"
        if place.startswith(PROVE):
            return "prove"
    if status < 400:
        return "done" if changed else "shown"
    names = {401: "forbidden", 403: "forbidden", 404: "not_found", 405: "not_allowed"}
    names |= dict.fromkeys((400, 409, 410, 422, 429), "refused")
    return names.get(status, f"failed with {status}")


def _digest_sql() -> str:
    """Write one query whose row changes whenever anything but the record of looks changes."""
    parts = []
    for model in apps.get_models():
        table = model._meta.db_table
        if table.startswith(BESIDE):
            continue
        columns = ["count(*)"]
        for column in model._meta.concrete_fields:
            name = f'"{column.column}"'
            if column.null:
                columns.append(f"count({name})")
            elif isinstance(column, models.IntegerField | models.SmallIntegerField):
                columns.append(f"sum({name})")
            elif isinstance(column, models.BooleanField):
                columns.append(f"sum(CASE WHEN {name} THEN 1 ELSE 0 END)")
        parts += [f'(SELECT {name} FROM "{table}")' for name in columns]
    return f"SELECT {', '.join(parts)}"


@dataclass
class Walk:
    """A walk over the stage: each request in a savepoint that is given up afterwards."""

    stage: Stage
    canaries: Canaries
    asked: int = 0
    shown: int = 0

    @classmethod
    def over(cls, stage: Stage) -> "Walk":
        """Prepare a walk."""
        values = {key: (NAMES[key], phone_of(key), id_number_of(key), address_of(key)) for key in NAMES}
        return cls(stage, Canaries(values))

    @cached_property
    def _sql(self) -> str:
        return _digest_sql()

    @cached_property
    def _untouched(self) -> Any:
        return self._digest()

    @cached_property
    def _case_of(self) -> dict[int, str]:
        return {journey.pk: case for case, journey in self.stage.journeys.items()}

    @cached_property
    def _latest(self) -> int:
        """Return the latest record of a look; it stays the latest, since every request is given up."""
        return AccessLog.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    @cached_property
    def _place_of(self) -> dict[int, str]:
        return {self.stage.organization(key).pk: key for key in people.ABOVE}

    @cached_property
    def _numbers(self) -> list[tuple[str, int]]:
        return list(self.stage.numbers.items())

    @cached_property
    def _places(self) -> dict[str, tuple[str, str] | None]:
        return {}

    def _digest(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(self._sql)
            return cursor.fetchone()

    def ask(self, cell: Cell) -> list[str]:
        """Ask one cell; return every deviation from the oracle."""
        self.asked += 1
        untouched, _ = self._untouched, self._latest
        with transaction.atomic():
            try:
                sent = self._sent(cell)
                response = send(self._browser(cell), cell.method, sent, as_json=cell.is_call)
                changed = self._digest() != untouched
                found = self._judge(cell, sent, response, changed)
            finally:
                transaction.set_rollback(True)
        return [f"{cell}: {deviation}" for deviation in found]

    def _sent(self, cell: Cell) -> Sent:
        request = call_request if cell.is_call else page_request
        return request(self.stage, cell.door, cell.method, cell.thing, cell.person)

    def _browser(self, cell: Cell) -> Client:
        # A call brings its token; of the people without an account only the session would speak.
        session = not cell.is_call or cell.person in ("himself", "other_member", "link_holder")
        person = cell.person if cell.person in people.PEOPLE and session else ""
        return self.stage.browser(person, cell.thing, stale=cell.stale)

    def _judge(self, cell: Cell, sent: Sent, response: Any, changed: bool) -> list[str]:
        expected, answer = cell.expected(), _answer(response, changed)
        found = []
        if answer != expected:
            found.append(f"{answer} ({response.status_code}), the oracle says {expected}")
        if changed and answer not in ("done", "shown"):
            found.append(f"{answer}, and yet something has changed")
        entering = answer == "sign_in" and cell.door.startswith("sign-in/")
        if (answer in ("shown", "done", "refused") or entering) and cell.door not in MAY_BE_KEPT:
            kept = "no-store" not in response.headers.get("Cache-Control", "")
            found += ["the browser may keep the answer"] if kept else []
        shown = self.canaries.in_answer(response)
        if answer == "refused":
            # A refused form comes back with what was typed into it.
            shown -= self.canaries.in_text(str(sent.fields.values()))
        if shown:
            self.shown += 1
            found += self._strangers(cell, shown)
            found += self._unrecorded(cell, shown)
        found += self._unseen_links(cell, response) + _reasons(cell, response)
        return found

    def _knows(self, cell: Cell, who: str, value: str = "") -> bool:
        """Tell whether the oracle lets this person read this value of a member, or who he is."""
        if cell.person in people.PEOPLE and (member := self.stage.member_behind(cell.person, cell.thing)):
            return member == self.stage.members[who]
        if cell.door.startswith("r/"):
            # Whoever holds a member's link stands for him.
            return cell.thing == f"valid:{who}"
        if cell.door in ("window/", "window/paper-code/", "window/check-in-many/", "api/v1/counter"):
            # Name and number were both right: the person stands there.
            if who == "awaiting" and oracle.seats(cell.person, "assist"):
                return True
            if cell.door != "window/check-in-many/":
                return False
        if cell.door.startswith("mark/"):
            # Of whom one cannot mark nothing is to be found here, though one may see him elsewhere.
            branch = {"other_member": "next_village"}.get(who, "village")
            return oracle.over(cell.person, "mark", branch)
        if who not in people.CASES:
            branch = {"other_member": "next_village"}.get(who, "village")
            return oracle.over(cell.person, "see", branch)
        may = oracle.calls if value == phone_of(who) else oracle.knows
        return cell.person in people.PEOPLE and may(cell.person, who)

    def _strangers(self, cell: Cell, shown: set[tuple[str, str]]) -> list[str]:
        return [
            f"shows {value} of the member of {who}"
            for who, value in shown
            if not self._knows(cell, who, value)
        ]

    def _unrecorded(self, cell: Cell, shown: set[tuple[str, str]]) -> list[str]:
        """List the members of whom something was shown without a record of the look (privacy 2)."""
        viewer = self.stage.viewer(cell.person, cell.thing)
        rows = AccessLog.objects.filter(pk__gt=self._latest, viewer=viewer)
        recorded = set(rows.values_list("person", flat=True))
        found = []
        for who in {who for who, _ in shown}:
            person = f"member:{self.stage.members[who].pk}"
            himself = person == viewer or cell.door.startswith("r/") and cell.thing == f"valid:{who}"
            if person not in recorded and not himself:
                found.append(f"shows the member of {who} and keeps no record of it")
        return found

    def _unseen_links(self, cell: Cell, response: Any) -> list[str]:
        """List links and buttons to what does not exist for this person."""
        if cell.is_call or cell.person not in people.PEOPLE or response.streaming:
            return []
        if cell.door == "window/":
            # Who stands at the counter may be checked in by whoever serves him, with the permit of this page.
            return []
        text = response.content.decode("utf-8", "replace")
        found = set(_LINK.findall(text))
        about = {where for address in found if (where := self._leads_to(address))}
        lists = {int(number) for number in _LIST.findall(text)}
        about |= {("journeys/", place) for number in lists if (place := self._place_of.get(number))}
        return [
            f"leads to /{door} about {thing}"
            for door, thing in about
            if thing != cell.thing and _is_shut(door, cell.person, thing)
        ]

    def _leads_to(self, address: str) -> tuple[str, str] | None:
        """Return door and thing of an address, when it is about something the stage knows."""
        if address not in self._places:
            try:
                match = resolve(address)
            except Resolver404:
                self._places[address] = None
            else:
                thing = self._thing_of(match.route, match.kwargs.get("pk", 0))
                self._places[address] = (match.route, thing) if thing and match.route in PAGES else None
        return self._places[address]

    def _thing_of(self, door: str, number: int) -> str:
        """Name what a number in an address stands for."""
        if door.startswith(CASE):
            return self._case_of.get(number, "")
        before = door.partition("<int:pk>")[0].strip("/").split("/")
        kind = "account" if before[0] == "account" else before[-1]
        if kind in ("overview", "organizations"):
            return self._place_of.get(number, "")
        return next(
            (
                name.partition(" ")[2]
                for name, pk in self._numbers
                if name.startswith(f"{kind} ") and pk == number
            ),
            "",
        )


def _reasons(cell: Cell, response: Any) -> list[str]:
    """List a case whose reason for leaving a call tells to whom may not know whose it is."""
    if cell.door != API_CASE or response.status_code != 200:
        return []
    told = bool(json.loads(response.content)["reason"])
    return [] if told == oracle.knows(cell.person, cell.thing) else ["tells, or hides, why he left"]


def _is_shut(door: str, person: str, thing: str) -> bool:
    """Tell whether a door about this thing is not there for somebody, whatever the method."""
    answers = {oracle.page(rule, person, thing) for rule in PAGES[door].values()}
    return answers == {"not_found"}


def send(client: Client, method: str, sent: Sent, *, as_json: bool) -> Any:
    """Send one request."""
    if method in ("GET", "HEAD"):
        return getattr(client, method.lower())(sent.address, sent.fields, headers=sent.headers)
    if as_json:
        text = json.dumps(sent.fields)
        return client.generic(method, sent.address, text, "application/json", headers=sent.headers)
    call = getattr(client, method.lower())
    return call(sent.address, sent.fields, headers=sent.headers) if method == "POST" else call(sent.address)


@contextmanager
def _drawn_once() -> Iterator[None]:
    """Draw the page of what is not there once for each person: it says nothing about what was asked for."""
    place: Any = get_resolver().urlconf_module
    drawn: set[str] = set()

    def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
        who = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if who in drawn:
            return HttpResponse(status=404)
        drawn.add(who)
        return page_not_found(request, exception)

    place.handler404 = not_found
    try:
        yield
    finally:
        del place.handler404


WECHAT = override_settings(HONGYAN_WECHAT={"app_id": "wx-matrix", "secret": "matrix"})


@contextmanager
def walking() -> Iterator[Walk]:
    """Build the stage on the test database and give everything up at the end."""
    logger = logging.getLogger("django.request")
    before, logger.disabled = logger.disabled, True
    try:
        with time_machine.travel(NOW, tick=False), _drawn_once(), WECHAT, transaction.atomic():
            yield Walk.over(build_stage())
            transaction.set_rollback(True)
    finally:
        logger.disabled = before


def deviations(
    walk: Walk, cells: Iterable[Cell], enough: Callable[[int], bool] = lambda n: False
) -> list[str]:
    """Ask cells one after the other and return what deviates; stop when that is enough."""
    found: list[str] = []
    for cell in cells:
        found += walk.ask(cell)
        if enough(len(found)):
            break
    return found
