"""Was this very request carried out before, or is its key used for another thing?"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from hongyan.journeys.models import Journey
from hongyan.journeys.receipts import Made, moves_keyed
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.states import Verb
from hongyan.web.api.answers import Receipt, receipt_of
from hongyan.web.api.bodies import Body
from hongyan.web.api.problems import Problem
from hongyan.web.guards import actor_of

HEADER = "Idempotency-Key"
_FORM = re.compile(r"[\x21-\x7e]{1,200}")
_DIGITS = 32
# Where somebody is must not be kept, not even as a digest that trying out every place could open.
_UNKEPT = frozenset({"lat", "lng", "crs", "accuracy", "age", "position_consent", "address", "place"})
_UNKEPT_AT = dict.fromkeys(_UNKEPT, True)

# Every changing operation describes the header in the OpenAPI with this.
DESCRIBED = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": True,
            "description": "Your own number for this request; sent again, nothing happens twice.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        }
    ]
}


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return salted_hmac("api-idempotency", text, algorithm="sha256").hexdigest()[:_DIGITS]


def key_of(request: HttpRequest) -> str:
    """Return what all requests with this key of this person begin with."""
    typed = request.headers.get(HEADER, "")
    if not typed:
        raise Problem(HTTPStatus.BAD_REQUEST, "key_missing")
    if not _FORM.fullmatch(typed):
        raise Problem(HTTPStatus.BAD_REQUEST, "key_malformed")
    return f"api{_digest([actor_of(request).code, typed])}"


def _keys(request: HttpRequest, verb: Verb, journey_id: int | None, body: Body) -> tuple[str, str]:
    """Return what all requests with this key of this person begin with, and the whole key of this one."""
    begin = key_of(request)
    asked = body.model_dump(mode="json", exclude=set(_UNKEPT))
    return begin, begin + _digest([verb, journey_id, asked])


def keys_of_many(request: HttpRequest, verb: str, body: Body) -> tuple[str, list[tuple[str, str]]]:
    """Return what the keys of all moves of one request begin with, and where those of others would lie.

    Each move's key goes on with the number of its case. All that this person sent with the same header begins
    alike; what lies before or behind this request's own keys is another request.
    """
    begin = key_of(request)
    asked = body.model_dump(mode="json", exclude={**_UNKEPT_AT, "rows": {"__all__": _UNKEPT_AT}})
    own = begin + _digest([verb, None, asked])
    return own, [(begin + "0" * _DIGITS, own), (own + "g", begin + "f" * _DIGITS + "g")]


def _made(begin: str, key: str) -> Made | None:
    """Find the move this request made before; refuse a key that made another one."""
    # All keys of the API have one length and one alphabet, so any collation sorts them alike.
    found = moves_keyed(begin + "0" * _DIGITS, begin + "f" * _DIGITS)
    same = next((move for move in found if move.key == key), None)
    if found and same is None:
        raise Refused(refuse(Why.KEY_REUSED))
    return same


def _carried_out(begin: str, key: str, act: Callable[[str], Journey]) -> Made | None:
    """Carry a request out and find its move."""
    try:
        act(key)
    except (Problem, Refused):
        # The same request, sent beside this one, may just have moved the case out of sight.
        move = _made(begin, key)
        if move is None:
            raise
        return move
    return _made(begin, key)


def once(
    request: HttpRequest, verb: Verb, journey_id: int | None, body: Body, act: Callable[[str], Journey]
) -> Receipt:
    """Carry a request out, or find that it was carried out before, and write its receipt."""
    begin, key = _keys(request, verb, journey_id, body)
    move = _made(begin, key) or _carried_out(begin, key, act)
    if move is None:
        raise RuntimeError(f"{verb} was made without its key")
    return receipt_of(move)
