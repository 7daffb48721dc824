"""How does somebody without an account answer a letter: code, card, answer, each guess counted?"""

from datetime import datetime

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.exchange.actions import answer_letter
from hongyan.exchange.actions.letters import Reply, letter_with
from hongyan.exchange.models import Letter
from hongyan.exchange.refusals import Refused, Why
from hongyan.exchange.wording import ANSWER_LABELS, Answer
from hongyan.members.actions import give_back, spend
from hongyan.web.calling import contact_of
from hongyan.web.exchange.paper import facts_of

LIMIT = "letter_code_guessed_from_address"
TOO_OFTEN = "这个网络试的次数太多了，请 15 分钟后再试，或按函上的电话与发函单位联系。"
INCOMPLETE = "还差一点：请看下面标出的地方。"
LONGEST_CODE = 40


class ReplyForm(forms.Form):
    """Ask what became of the person a letter is about."""

    answer = forms.ChoiceField(
        choices=[(str(answer), label) for answer, label in ANSWER_LABELS.items()],
        error_messages={"required": "请选择一种答复。", "invalid_choice": "请从列出的答复里选一种。"},
    )
    branch = forms.CharField(
        max_length=60, required=False, error_messages={"max_length": "党支部名称最多 60 个字。"}
    )
    contact_name = forms.CharField(
        max_length=40, required=False, error_messages={"max_length": "联系人最多 40 个字。"}
    )
    contact_phone = forms.RegexField(
        r"^[0-9+() \-]{5,30}$",
        required=False,
        error_messages={"invalid": "请写电话号码，例如 0000-1000000。"},
    )
    words = forms.CharField(
        max_length=200, required=False, error_messages={"max_length": "说明最多 200 个字。"}
    )

    def reply(self) -> Reply:
        """Return the answer as the action takes it."""
        words = {name: value for name, value in self.cleaned_data.items() if name != "answer"}
        return Reply(answer=Answer(self.cleaned_data["answer"]), **words)


def asked(request: HttpRequest) -> HttpResponse:
    """Ask for the code; the QR has written it already, and nothing is opened by opening a page."""
    return _door(request, request.GET.get("code", ""))


def _door(request: HttpRequest, code: str, sentence: str = "", status: int = 200) -> HttpResponse:
    typed = "".join(letter for letter in code[:LONGEST_CODE] if letter.isprintable())
    return render(request, "exchange/receipt_door.html", {"code": typed, "error": sentence}, status=status)


def answered(request: HttpRequest, *, at: datetime) -> HttpResponse:
    """Open the letter of a code, or take its answer; a wrong code is counted, a right one is given back."""
    code, about = request.POST.get("code", ""), get_adapter().get_client_ip(request)
    if not spend(LIMIT, about=about, at=at):
        return _door(request, code, TOO_OFTEN, status=429)
    try:
        letter = letter_with(code, at=at)
    except Refused as refused:
        return _door(request, code, refused.refusal.sentence, status=400)
    give_back(LIMIT, about=about, at=at)
    if "answer" not in request.POST and request.POST.get("step") != "answer":
        return _form(request, letter, code, ReplyForm())
    return _taken(request, letter, code, at)


def _taken(request: HttpRequest, letter: Letter, code: str, at: datetime) -> HttpResponse:
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _form(request, letter, code, form, INCOMPLETE, status=422)
    try:
        done = answer_letter(code=code, reply=form.reply(), at=at)
    except Refused as refused:
        if refused.refusal.why == Why.WRONG_CODE:
            return _door(request, code, refused.refusal.sentence, status=400)
        return _form(request, letter, code, form, refused.refusal.sentence, status=422)
    fields = {"letter": done, "contact": contact_of(letter.sender, timezone.localdate())}
    return render(request, "exchange/receipt_done.html", fields)


def _form(
    request: HttpRequest, letter: Letter, code: str, form: ReplyForm, sentence: str = "", status: int = 200
) -> HttpResponse:
    fields = {
        "letter": letter,
        "code": code,
        "form": form,
        "sentence": sentence,
        "picked": form["answer"].value() or "",
        "contact": contact_of(letter.sender, timezone.localdate()),
        **facts_of(letter),
    }
    return render(request, "exchange/receipt.html", fields, status=status)
