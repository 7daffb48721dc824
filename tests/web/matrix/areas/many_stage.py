"""What is sent to the pages on which many cases are moved at once?"""

import uuid
from typing import Any

from tests.web.matrix.areas.many_rules import ACCEPT, CALL, CHECK_IN, FORWARD
from tests.web.matrix.stage import NAMES, Stage, phone_of
from tests.world import TIANSHUI_SOUTH

KEY = "5e0c1f" * 5 + "ab"


def set_up(stage: Stage) -> None:
    """Add nothing: the cases of the stage are enough."""


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Pick one case and ask for it to be moved."""
    if door == CHECK_IN:
        sheet = f"姓名\t手机号码\n{NAMES['awaiting']}\t{phone_of('awaiting')}"
        tried = {"step": "check", "sheet": sheet, "code": TIANSHUI_SOUTH}
        return "/" + door, tried if method == "POST" else {}
    if door not in (ACCEPT, FORWARD):
        return None
    if method != "POST":
        return "/" + door, {}
    journey = stage.journeys[thing]
    fields = {"step": "do", "key": KEY, "total": "1", "picked": f"{journey.pk}.{journey.version}"}
    return "/" + door, {
        **fields,
        "target": stage.organization("weiyuan_road").pk,
    } if door == FORWARD else fields


def call(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any], dict[str, str]] | None:
    """Check one in who stands at the counter."""
    if door != CALL:
        return None
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    if token := stage.tokens.get(person):
        headers["Authorization"] = f"Bearer {token}"
    row = {"person": {"name": NAMES["awaiting"], "phone": phone_of("awaiting")}}
    return "/" + door, {"rows": [row], "code": TIANSHUI_SOUTH} if method == "POST" else {}, headers
