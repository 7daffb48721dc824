"""How do neighbouring installations reach us: no cookie, and one answer for whatever is not believed?"""

import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from hongyan.exchange.envelopes import Unbelievable
from hongyan.exchange.refusals import Refused
from hongyan.members.actions import give_back, spend

LIMIT = "exchange_not_believed"
LARGEST = 256 * 1024
JSON = "application/json"
Take = Callable[..., dict[str, Any]]


def _said(word: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(json.dumps({"error": word}), status=status, content_type=JSON)


def answered(request: HttpRequest, take: Take) -> HttpResponse:
    """Let an action judge what came; whoever is not believed learns that, and nothing of why."""
    at, about = timezone.now(), get_adapter().get_client_ip(request)
    if not spend(LIMIT, about=about, at=at):
        return _said("busy", HTTPStatus.TOO_MANY_REQUESTS)
    receipt = _taken(request, take, at)
    if receipt is None:
        return _said("not_believed", HTTPStatus.FORBIDDEN)
    give_back(LIMIT, about=about, at=at)
    return HttpResponse(json.dumps(receipt, ensure_ascii=False), content_type=JSON)


def _taken(request: HttpRequest, take: Take, at: datetime) -> dict[str, Any] | None:
    # A form's body may have been read already, and is nothing to us: the type is looked at first.
    if request.content_type != JSON or len(request.body) > LARGEST:
        return None
    try:
        return take(raw=request.body, at=at)
    except (Unbelievable, Refused):
        return None
