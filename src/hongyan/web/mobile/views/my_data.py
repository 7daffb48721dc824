"""What may a member read about himself: what is kept, why, until when, and who looked?"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from hongyan.members.models import Member
from hongyan.privacy import actions
from hongyan.privacy.dues import dues_of, late_ones
from hongyan.privacy.looks import all_looks, looks
from hongyan.privacy.models import Purpose, RightsRequest
from hongyan.privacy.own import kept
from hongyan.privacy.policy import consent_texts, policy
from hongyan.privacy.rules import agrees
from hongyan.privacy.sealing import opened
from hongyan.web.guards import actor_of, member
from hongyan.web.mobile.own_words import look_line, parts_of, state_of
from hongyan.web.pages import refused
from hongyan.web.reminding.channels import channels_of

LATEST = 3
FORMS = ("json", "html")


def me(request: HttpRequest) -> Member:
    """Return the member who is asking."""
    return Member.objects.select_related("branch").get(pk=actor_of(request).member_id or 0)


@member("GET", own=True)
def my_data(request: HttpRequest) -> HttpResponse:
    """Show a member what is kept of him, who looked, what he has agreed to and asked for."""
    myself, reveal = me(request), request.GET.get("show") == "1"
    _, latest = looks(myself.pk)
    context = {
        "me": myself,
        "reveal": reveal,
        "parts": parts_of(kept(myself), reveal=reveal),
        "looks": [look_line(look) for look in latest[:LATEST]],
        "consents": consents(myself),
        "channels": channels_of(myself),
        "requests": requests(myself),
        "version": policy().version,
    }
    return render(request, "mobile/my_data/my_data.html", context)


def consents(member: Member) -> list[dict[str, Any]]:
    """List what he may agree to, and whether he does."""
    live = {purpose: agrees(member.pk, purpose) for purpose in Purpose}
    bound = bool(bytes(member.wechat_sealed))
    return [
        {"text": text, "agrees": live[Purpose(purpose)], "since": _since(member, purpose)}
        for purpose, text in consent_texts().items()
        # Nobody is asked for what he has no use of: without a bound account nothing goes by WeChat.
        if purpose != Purpose.NOTICES_WECHAT or bound or live[Purpose.NOTICES_WECHAT]
    ]


def _since(member: Member, purpose: str) -> Any:
    live = member.consents.filter(purpose=purpose, withdrawn_at=None).first()
    return live.given_at if live else None


def requests(member: Member) -> list[dict[str, Any]]:
    """List what he has asked for, the latest first, with where it stands."""
    now = timezone.now()
    asked = RightsRequest.objects.filter(member=member).select_related("organization").order_by("-asked_at")
    rows = list(asked[:10])
    dues, late = dues_of(rows), late_ones(rows, now)
    return [
        {
            "row": row,
            "state": state_of(row),
            "due": dues[row.pk],
            "late": row.pk in late,
            "reason": opened(row, "reason"),
        }
        for row in rows
    ]


@member("GET", own=True)
def who_looked(request: HttpRequest) -> HttpResponse:
    """Show everybody who looked at him: organisation, duty, purpose and time, by day."""
    page, found = looks(me(request).pk, request.GET.get("page", "1"))
    context = {"page": page, "looks": [look_line(look) for look in found]}
    return render(request, "mobile/my_data/who_looked.html", context)


@member("POST", own=True)
def export_own(request: HttpRequest) -> HttpResponse:
    """Hand him everything that is kept of him as a file: for reading, or for another program."""
    form = request.POST.get("form", "")
    if form not in FORMS:
        return refused(request, "请选择要哪一种文件。", back="/m/my-data/", status=400)
    myself, now = me(request), timezone.now()
    actions.export_own(member=myself, by=actor_of(request), at=now, form=form)
    context = {
        "at": now,
        "version": policy().version,
        "parts": parts_of(kept(myself), reveal=True),
        "looks": [look_line(look) for look in all_looks(myself.pk)],
    }
    response = _as_json(context) if form == "json" else _as_page(request, context)
    response["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y%m%d}.{form}"'
    return response


def _as_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return HttpResponse(render_to_string("mobile/my_data/export.html", context))


def _as_json(context: dict[str, Any]) -> HttpResponse:
    whole = {
        "exported_at": context["at"].isoformat(),
        "policy": context["version"],
        "kept": [
            {
                "table": part.label,
                "purpose": part.purpose,
                "rows": [
                    [
                        {"label": line.label, "value": line.value, "until": line.until, "who": line.who}
                        for line in row
                    ]
                    for row in part.rows
                ],
            }
            for part in context["parts"]
        ],
        "looks": [
            {"day": look.day.isoformat(), "who": look.who, "purpose": look.purpose, "when": look.when}
            for look in context["looks"]
        ],
    }
    return JsonResponse(whole, json_dumps_params={"ensure_ascii": False, "indent": 2})
