"""The generations of boundaries: look at one, decide what is split, put it in force, take it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.journeys.actions import redrawing
from hongyan.journeys.redrawing import Prospect
from hongyan.journeys.refusals import Refused
from hongyan.journeys.terms import topmost_seat
from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.guards import actor_of
from hongyan.web.redrawing import showing


@guards.official("GET", power=Power.SETTLE)
def boundaries(request: HttpRequest) -> HttpResponse:
    """List every generation of boundaries."""
    if topmost_seat(actor_of(request)) is None:
        raise Http404
    return render(request, "redrawing/boundaries.html", {"generations": showing.generations()})


@guards.official("GET", power=Power.SETTLE)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a generation changes and what follows it."""
    return showing.page(request, showing.generation_or_404(request, pk))


@guards.official("GET", power=Power.SETTLE)
def standing(request: HttpRequest, pk: int) -> HttpResponse:
    """List what stands at a place that ends."""
    return showing.standing_page(request, showing.generation_or_404(request, pk))


@guards.official("POST", power=Power.SETTLE)
def choose_successor(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where the things of a split place go."""
    generation = showing.generation_or_404(request, pk)
    asked = {one.subject for one in showing.choices(Prospect(generation))}
    chosen = {subject: str(request.POST.get(subject, "")) for subject in asked}
    try:
        number = redrawing.choose_successor(
            generation=generation,
            choices={subject: code for subject, code in chosen.items() if code},
            by=actor_of(request),
            at=timezone.now(),
        )
    except Refused as refused:
        return showing.page(request, generation, refused.refusal.sentence, status=409)
    messages.success(request, f"已选定 {number} 处。" if number else "没有要保存的改动。")
    return redirect("preview", pk)


@guards.official("GET", "POST", power=Power.SETTLE, fresh=True)
def go_live(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a generation in force after one more look."""
    generation = showing.generation_or_404(request, pk)
    if request.method != "POST":
        return showing.page(request, generation)
    try:
        moved = redrawing.go_live(generation=generation, by=actor_of(request), at=timezone.now())
    except Refused as refused:
        return showing.page(request, generation, refused.refusal.sentence, status=409)
    messages.success(request, f"{generation.name} 已启用，{moved['journey']} 名在办的流动党员已随之调整。")
    return redirect("preview", pk)


@guards.official("GET", "POST", power=Power.SETTLE, fresh=True)
def roll_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last generation back while nothing new refers to it."""
    generation = showing.generation_or_404(request, pk)
    if request.method != "POST":
        return showing.page(request, generation)
    try:
        redrawing.roll_back(generation=generation, by=actor_of(request), at=timezone.now())
    except Refused as refused:
        return showing.page(request, generation, refused.refusal.sentence, status=409)
    messages.success(request, f"{generation.name} 已退回，一切恢复原来的登记。")
    return redirect("preview", pk)
