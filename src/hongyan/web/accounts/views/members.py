"""How does a member come in: by a code to his phone, or by the paper the window printed for him?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from hongyan.members.models import Member
from hongyan.web import guards, pages
from hongyan.web.accounts import papers, phone_codes
from hongyan.web.accounts.doors import sign_in_page, wanted_of
from hongyan.web.accounts.entering import enter_member
from hongyan.web.accounts.guessing import NotSo

NEXT = "sign_in_next"


@guards.anyone("POST", private=True)
@sensitive_post_parameters("phone")
def ask_code(request: HttpRequest) -> HttpResponse:
    """Send a code to a number on the roster; the answer is the same for every number."""
    phone = request.POST.get("phone", "")
    try:
        phone_codes.ask_code(request, phone, at=timezone.now())
    except NotSo as no:
        return sign_in_page(request, member_error=str(no), phone=phone[:20], status=400)
    request.session[NEXT] = wanted_of(request)
    return redirect("enter_code")


@guards.anyone("GET", "POST", private=True)
@sensitive_post_parameters("code")
def enter_code(request: HttpRequest) -> HttpResponse:
    """Take the code from the message."""
    if request.method != "POST":
        if not phone_codes.is_asked(request, at=timezone.now()):
            return redirect("sign_in")
        return render(request, "accounts/enter_code.html")
    try:
        owners = phone_codes.checked_code(request, request.POST.get("code", ""), at=timezone.now())
        if not owners:
            # Nobody has this number, or it has been hashed anew since the code was asked for.
            raise NotSo(phone_codes.EXPIRED)
    except NotSo as no:
        return render(request, "accounts/enter_code.html", {"error": str(no)}, status=400)
    if len(owners) > 1:
        phone_codes.remember_proved(request)
        return redirect("say_which")
    return _enter(request, owners[0])


@guards.anyone("GET", "POST", private=True)
@sensitive_post_parameters("last_four")
def say_which(request: HttpRequest) -> HttpResponse:
    """Ask which of those who share a phone he is."""
    if request.method != "POST":
        return render(request, "accounts/say_which.html")
    try:
        member = phone_codes.one_of(request, request.POST.get("last_four", ""), at=timezone.now())
    except NotSo as no:
        return render(request, "accounts/say_which.html", {"error": str(no)}, status=400)
    return _enter(request, member)


def _enter(request: HttpRequest, member: Member) -> HttpResponse:
    phone_codes.forget(request)
    wanted = pages.safe_next(request, request.session.pop(NEXT, "/"))
    return enter_member(request, member, wanted, how="phone_code")


@guards.anyone("GET", "POST", private=True)
@sensitive_post_parameters("code")
def enter_paper(request: HttpRequest) -> HttpResponse:
    """Take the code that the window printed on paper."""
    if request.method != "POST":
        return render(request, "accounts/enter_paper.html")
    typed = request.POST.get("code", "")
    try:
        member = papers.opened(request, typed, at=timezone.now())
    except NotSo as no:
        context = {"error": str(no), "typed": typed[:20]}
        return render(request, "accounts/enter_paper.html", context, status=400)
    return enter_member(request, member, how="paper_code")
