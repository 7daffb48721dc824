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
from django.db import connection, models, transaction
from django.test import Client

from hongyan.audit.models import AccessLog
from tests.web.matrix import oracle
from tests.web.matrix.cells import Cell
from tests.web.matrix.leaks import Canaries
from tests.web.matrix.requests import Sent, call_request, page_request
from tests.web.matrix.stage import NAMES, Stage, address_of, build_stage, id_number_of, phone_of
from tests.world import NOW

SIGN_IN, PROVE = "/sign-in/", "/prove/"
# What may be written although nothing was done: records of looks, counters against guessing, the session.
BESIDE = ("audit_", "members_attempts", "django_session", "usersessions_", "geography_", "cache")
_LINK = re.compile(r'href="/journeys/(\d+)/')


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

    def _digest(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(self._sql)
            return cursor.fetchone()

    def ask(self, cell: Cell) -> list[str]:
        """Ask one cell; return every deviation from the oracle."""
        self.asked += 1
        untouched = self._untouched
        with transaction.atomic():
            try:
                latest = AccessLog.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
                sent = self._sent(cell)
                response = send(self._browser(cell), cell.method, sent, as_json=cell.is_call)
                changed = self._digest() != untouched
                found = self._judge(cell, sent, response, changed, latest)
            finally:
                transaction.set_rollback(True)
        return [f"{cell}: {deviation}" for deviation in found]

    def _sent(self, cell: Cell) -> Sent:
        request = call_request if cell.is_call else page_request
        return request(self.stage, cell.door, cell.method, cell.thing, cell.person)

    def _browser(self, cell: Cell) -> Client:
        # A call brings its token; of the people without an account only the session would speak.
        session = not cell.is_call or cell.person in ("himself", "other_member", "link_holder")
        person = cell.person if cell.person in oracle.PEOPLE and session else ""
        return self.stage.browser(person, cell.thing, stale=cell.stale)

    def _judge(self, cell: Cell, sent: Sent, response: Any, changed: bool, latest: int) -> list[str]:
        expected, answer = cell.expected(), _answer(response, changed)
        found = []
        if answer != expected:
            found.append(f"{answer} ({response.status_code}), the oracle says {expected}")
        if changed and answer not in ("done", "shown"):
            found.append(f"{answer}, and yet something has changed")
        shown = self.canaries.in_answer(response)
        if answer == "refused":
            # A refused form comes back with what was typed into it.
            shown -= self.canaries.in_text(str(sent.fields.values()))
        if shown:
            self.shown += 1
            found += self._strangers(cell, shown)
            found += self._unrecorded(cell, shown, latest)
        found += self._unseen_links(cell, response)
        return found

    def _knows(self, cell: Cell, who: str) -> bool:
        """Tell whether the oracle lets this person read who this member is."""
        if cell.person in oracle.PEOPLE and (member := self.stage.member_behind(cell.person, cell.thing)):
            return member == self.stage.members[who]
        if cell.door.startswith("r/"):
            # Whoever holds a member's link stands for him.
            return cell.thing == f"valid:{who}"
        if cell.door in ("window/", "api/v1/counter"):
            # Name and number were both right: the person stands there.
            return who == "awaiting" and bool(oracle.seats(cell.person, "assist"))
        if who not in oracle.CASES:
            branch = {"other_member": "next_village"}.get(who, "village")
            return oracle.over(cell.person, "see", branch)
        return cell.person in oracle.PEOPLE and oracle.knows(cell.person, who)

    def _strangers(self, cell: Cell, shown: set[tuple[str, str]]) -> list[str]:
        return [f"shows {value} of the member of {who}" for who, value in shown if not self._knows(cell, who)]

    def _unrecorded(self, cell: Cell, shown: set[tuple[str, str]], latest: int) -> list[str]:
        """List the members of whom something was shown without a record of the look (privacy 2)."""
        viewer = self.stage.viewer(cell.person, cell.thing)
        rows = AccessLog.objects.filter(pk__gt=latest, viewer=viewer)
        recorded = set(rows.values_list("person", flat=True))
        found = []
        for who in {who for who, _ in shown}:
            person = f"member:{self.stage.members[who].pk}"
            himself = person == viewer or cell.door.startswith("r/") and cell.thing == f"valid:{who}"
            if person not in recorded and not himself:
                found.append(f"shows the member of {who} and keeps no record of it")
        return found

    def _unseen_links(self, cell: Cell, response: Any) -> list[str]:
        """List links to cases that do not exist for this person."""
        if cell.is_call or cell.person not in oracle.PEOPLE or response.streaming:
            return []
        numbers = {int(number) for number in _LINK.findall(response.content.decode("utf-8", "replace"))}
        cases = {self._case_of[number] for number in numbers if number in self._case_of} - {cell.thing}
        return [f"leads to the case of {case}" for case in cases if not oracle.sees(cell.person, case)]


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
def walking() -> Iterator[Walk]:
    """Build the stage on the test database and give everything up at the end."""
    logger = logging.getLogger("django.request")
    before, logger.disabled = logger.disabled, True
    try:
        with time_machine.travel(NOW, tick=False), transaction.atomic():
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
