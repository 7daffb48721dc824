"""The door for neighbouring installations, and the page on which the department minds them."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from hongyan.exchange import actions
from hongyan.exchange.actions.reconciling import answer
from hongyan.exchange.actions.taking import take
from hongyan.exchange.identity import read_card
from hongyan.exchange.models import Message, Peer
from hongyan.exchange.refusals import Refused
from hongyan.journeys.terms import topmost_seat
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization
from hongyan.web import guards, pages
from hongyan.web.exchange.neighbours import listed
from hongyan.web.exchange.wire import answered
from hongyan.web.guards import actor_of

INCOMPLETE = "还差一点：请看下面标出的地方。"


@csrf_exempt
@guards.anyone("POST", private=True)
def take_message(request: HttpRequest) -> HttpResponse:
    """Take a signed message of a neighbour and answer with a signed receipt."""
    return answered(request, take)


@csrf_exempt
@guards.anyone("POST", private=True)
def reconcile(request: HttpRequest) -> HttpResponse:
    """Answer a neighbour who compares both ledgers."""
    return answered(request, answer)


class PeerForm(forms.Form):
    """Ask for a neighbour's card, what he read out, and who stands for him here."""

    card = forms.CharField(
        max_length=2000,
        error_messages={"required": "请粘贴对方的名片。", "max_length": "名片太长，请只粘贴名片。"},
    )
    organization = forms.ModelChoiceField(
        Organization.objects.open().filter(has_desk=False),
        error_messages={
            "required": "请选择代表对方的外地组织。",
            "invalid_choice": "这个组织在本平台办理，不能代表对方平台。",
        },
    )
    compared = forms.CharField(
        max_length=60,
        error_messages={"required": "请填写对方在电话里念的核对码。", "max_length": "核对码是 24 个字符。"},
    )


def _only_at_the_top(request: HttpRequest) -> None:
    """Let the page exist for officials of a topmost organisation alone."""
    if topmost_seat(actor_of(request)) is None:
        raise Http404


@guards.official("GET", power=Power.SETTLE)
def peers(request: HttpRequest) -> HttpResponse:
    """Show our card, the neighbours, and what has not arrived yet; nobody is named here."""
    _only_at_the_top(request)
    found = dict(listed())
    card = found["card"]
    found["printed"] = json.dumps(card.printed(), ensure_ascii=False, indent=2) if card else ""
    return render(request, "exchange/peers.html", found)


@guards.official("GET", "POST", power=Power.SETTLE, fresh=True)
def open_peer(request: HttpRequest) -> HttpResponse:
    """Take up a neighbour by his card, compared over the telephone."""
    _only_at_the_top(request)
    form = PeerForm(request.POST or None)
    if request.method != "POST":
        return _form(request, form)
    if not form.is_valid():
        return _form(request, form, INCOMPLETE, status=422)
    try:
        peer = _opened(request, form)
    except Refused as refused:
        return _form(request, form, refused.refusal.sentence, status=409)
    messages.success(request, f"已与{peer.name}互通。请对方也登记本平台的名片。")
    return redirect("peers")


def _opened(request: HttpRequest, form: PeerForm) -> Peer:
    return actions.open_peer(
        card=read_card(form.cleaned_data["card"]),
        organization=form.cleaned_data["organization"],
        compared=form.cleaned_data["compared"],
        by=actor_of(request),
        at=timezone.now(),
    )


def _form(request: HttpRequest, form: PeerForm, sentence: str = "", status: int = 200) -> HttpResponse:
    choices = Organization.objects.open().filter(has_desk=False).order_by("path")
    fields = {"form": form, "sentence": sentence, "choices": choices[:200]}
    return render(request, "exchange/open_peer.html", fields, status=status)


@guards.official("POST", power=Power.SETTLE, fresh=True)
def close_peer(request: HttpRequest, pk: int) -> HttpResponse:
    """Part from a neighbour."""
    _only_at_the_top(request)
    peer = get_object_or_404(Peer, pk=pk)
    return _done(request, actions.close_peer, f"已停用和{peer.name}的互通。", peer=peer)


@guards.official("POST", power=Power.SETTLE)
def resend_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a message again that did not arrive."""
    _only_at_the_top(request)
    message = get_object_or_404(Message, pk=pk)
    return _done(request, actions.resend_message, "已重新排队，一分钟内再送。", message=message)


@guards.official("POST", power=Power.SETTLE)
def settle_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that what a neighbour refused has been dealt with."""
    _only_at_the_top(request)
    message = get_object_or_404(Message, pk=pk)
    return _done(request, actions.settle_message, "已记为处理完。", message=message)


def _done(request: HttpRequest, action: Any, said: str, **what: Any) -> HttpResponse:
    try:
        action(by=actor_of(request), at=timezone.now(), **what)
    except Refused as refused:
        return pages.refused(request, refused.refusal.sentence, reverse("peers"))
    messages.success(request, said)
    return redirect("peers")
