"""What every page shows beside its own content, and the pages for what went wrong."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def context(request: HttpRequest) -> dict[str, Any]:
    """Give every template the actor and what this installation is."""
    return {
        "actor": getattr(request, "actor", None),
        "demo": settings.DEMO,
        "map_source": settings.MAP_SOURCE,
        "map_approval": settings.MAP_APPROVAL,
    }


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain a form that was open for too long; nothing was stored."""
    return render(
        request,
        "refused.html",
        {"sentence": "页面打开太久，为安全起见没有提交。请返回刷新后再试。"},
        status=403,
    )
