"""What may a member do about what is kept of him: agree, withdraw, correct, limit, be erased?"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.privacy import actions
from hongyan.privacy.models import FIELD_LABELS, RightsRequest
from hongyan.privacy.refusals import Refused
from hongyan.privacy.rules import is_away
from hongyan.web.guards import actor_of, member
from hongyan.web.mobile.views.my_data import me
from hongyan.web.pages import refused

BACK = "/m/my-data/"


@member("POST", own=True)
def consent(request: HttpRequest) -> HttpResponse:
    """Agree to one use, to the text beside the button."""
    myself = me(request)
    try:
        actions.consent(
            member=myself,
            purpose=request.POST.get("purpose", ""),
            version=request.POST.get("version", ""),
            by=actor_of(request).code,
            at=timezone.now(),
        )
    except Refused as stopped:
        return refused(request, stopped.refusal.sentence, back=BACK)
    return redirect("my_data")


@member("POST", own=True)
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take one consent back; from now on nothing is done with it."""
    purpose = request.POST.get("purpose", "")
    if actions.withdraw(member=me(request), purpose=purpose, by=actor_of(request).code, at=timezone.now()):
        messages.success(request, "已撤回，从现在起不再这样使用。")
    return redirect("my_data")


@member("POST", own=True)
def restrict(request: HttpRequest) -> HttpResponse:
    """Limit what is done with his particulars, at once."""
    actions.restrict(member=me(request), by=actor_of(request), at=timezone.now())
    messages.success(request, "已限制使用，现在就生效。")
    return redirect("my_data")


@member("POST", own=True)
def lift(request: HttpRequest) -> HttpResponse:
    """Lift the limit again."""
    actions.lift(member=me(request), by=actor_of(request), at=timezone.now())
    messages.success(request, "已解除限制。")
    return redirect("my_data")


@member("GET", "POST", own=True)
def ask_correction(request: HttpRequest) -> HttpResponse:
    """Ask for one particular to be corrected; what was typed stays when it is refused."""
    typed = {name: request.POST.get(name, "")[:200] for name in ("field", "value", "note")}
    context = {"fields": FIELD_LABELS, **typed, "branch": me(request).branch}
    if request.method != "POST":
        context["field"] = request.GET.get("field", "")
        return render(request, "mobile/my_data/ask_correction.html", context)
    try:
        actions.ask_correction(member=me(request), by=actor_of(request), at=timezone.now(), **typed)
    except Refused as stopped:
        context["notice"] = stopped.refusal.sentence
        return render(request, "mobile/my_data/ask_correction.html", context, status=409)
    messages.success(request, "已提交，党支部核对后会在这里答复您。")
    return redirect("my_data")


@member("GET", "POST", own=True)
def ask_erasure(request: HttpRequest) -> HttpResponse:
    """Explain what being erased means, and ask for it."""
    myself, note = me(request), request.POST.get("note", "")[:200]
    context = {"branch": myself.branch, "note": note, "away": is_away(myself.pk)}
    if request.method != "POST":
        return render(request, "mobile/my_data/ask_erasure.html", context)
    try:
        actions.ask_erasure(member=myself, note=note, by=actor_of(request), at=timezone.now())
    except Refused as stopped:
        context["notice"] = stopped.refusal.sentence
        return render(request, "mobile/my_data/ask_erasure.html", context, status=409)
    messages.success(request, "已提交，由党支部和上级两位同志先后决定。")
    return redirect("my_data")


@member("POST", own=True)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what he has asked for."""
    asked = RightsRequest.objects.filter(pk=pk, member_id=actor_of(request).member_id or 0).first()
    if asked is None:
        raise Http404
    try:
        actions.take_back(request=asked, by=actor_of(request), at=timezone.now())
    except Refused as stopped:
        return refused(request, stopped.refusal.sentence, back=BACK)
    messages.success(request, "已撤回申请。")
    return redirect("my_data")
