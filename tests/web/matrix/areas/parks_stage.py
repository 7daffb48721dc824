"""What is sent where a park hands in its newcomers?"""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.matrix.areas.parks_rules import CALL, PAGE
from tests.web.matrix.stage import Stage
from tests.world import TODAY

_DAY = TODAY.isoformat()


def set_up(stage: Stage) -> None:
    """Add nothing: the park and its observer are there."""


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Hand in a file with one newcomer nobody knows."""
    if door != PAGE:
        return None
    if method != "POST":
        return "/" + door, {}
    rows = (
        f"姓名,手机号码,单位,入职日期,本人同意,同意日期\n石敢当,10099900001,金果食品有限公司,{_DAY},是,{_DAY}"
    )
    return "/" + door, {"key": uuid.uuid4().hex, "file": SimpleUploadedFile("list.csv", rows.encode())}


def call(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any], dict[str, str]] | None:
    """Send the same by a call."""
    if door != CALL:
        return None
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    if token := stage.tokens.get(person):
        headers["Authorization"] = f"Bearer {token}"
    row = {"consent": True, "consent_on": _DAY, "name": "石敢当", "phone": "10099900001"}
    rows = [{**row, "company": "金果食品有限公司", "started_on": _DAY}]
    return "/" + door, {"rows": rows} if method == "POST" else {}, headers
