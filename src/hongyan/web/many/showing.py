"""How are many cases chosen, tried, moved and accounted for, step by step?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.journeys.actions.many import Outcome
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refusal, Refused
from hongyan.web.cards import Card, card_of
from hongyan.web.console.moving import INCOMPLETE, new_key
from hongyan.web.console.places_said import destination_of, home_of
from hongyan.web.deadlines import Deadline, deadline
from hongyan.web.guards import actor_of
from hongyan.web.many.moves import Many, ManyForm, Picks
from hongyan.web.many.picking import LIMIT, ours, picked_from, read, written
from hongyan.web.seen import seen

# So many stand on the page with a box each; the others can only be picked all together.
SHOWN = 200
# So many are moved by one request, so that progress is seen and nobody else waits.
PORTION = 1000
NOTHING = "请至少选择一件。"
BESIDE = ("key", "picked", "pick", "every", "step", "total", "left", "csrfmiddlewaretoken")


@dataclass(frozen=True)
class Row:
    """One case on a page for many."""

    journey: Journey
    card: Card
    home: str
    destination: str
    deadline: Deadline | None
    refusal: Refusal | None = None


def rows_of(request: HttpRequest, cases: QuerySet[Journey], refused: Mapping[int, Refusal] = {}) -> list[Row]:
    """Say each of these cases, as far as this person may know it."""
    actor, now = actor_of(request), timezone.now()
    journeys = list(cases.select_related("member", "home", "host", "holder", "destination")[:SHOWN])
    seen(actor, [journey.member_id for journey in journeys], "desk")
    return [
        Row(
            journey,
            card_of(actor, journey),
            home_of(journey),
            destination_of(journey),
            deadline(journey.due_at, now, journey.member.is_exempt),
            refused.get(journey.pk),
        )
        for journey in journeys
    ]


def _draw(request: HttpRequest, many: Many, template: str, status: int = 200, **fields: Any) -> HttpResponse:
    shown = {"many": many, "key": request.POST.get("key") or new_key(), **fields}
    return render(request, f"many/{template}.html", shown, status=status)


def choose(
    request: HttpRequest, many: Many, form: ManyForm, sentence: str = "", status: int = 200
) -> HttpResponse:
    """Show what can be picked, what was picked before still ticked."""
    cases = many.cases(actor_of(request))
    return _draw(
        request,
        many,
        "choose",
        status,
        form=form,
        rows=rows_of(request, cases),
        total=cases.count(),
        limit=LIMIT,
        chosen=set(read(" ".join(request.POST.getlist("pick")))),
        every=bool(request.POST.get("every")),
        sentence=sentence,
    )


def _reasons(refused: Mapping[int, Refusal]) -> list[tuple[str, int]]:
    """Count the refusals by what they say, the most frequent first."""
    return Counter(refusal.sentence for refusal in refused.values()).most_common()


def _cases(actor: Any, ids: Iterable[int]) -> QuerySet[Journey]:
    return Journey.objects.visible_to(actor).filter(pk__in=list(ids)).order_by("pk")


def _said(form: ManyForm) -> list[tuple[str, str]]:
    """Name what was typed or chosen for all of them."""
    typed = ((field.label, form.cleaned_data.get(field.name)) for field in form)
    return [(label.removesuffix("（可不填）"), str(value)) for label, value in typed if value]


def check(request: HttpRequest, many: Many, form: ManyForm, picked: Picks) -> HttpResponse:
    """Say how many can be moved, which cannot and why; nothing is written."""
    actor = actor_of(request)
    tried = many.act(picked, actor, timezone.now(), "", form.cleaned_data, dry=True)
    return _draw(
        request,
        many,
        "check",
        kept=_kept(request),
        picked=written({pk: picked[pk] for pk in tried.done}),
        number=len(tried.done),
        going=rows_of(request, _cases(actor, tried.done[:SHOWN])),
        said=_said(form),
        button=many.button.format(number=len(tried.done)),
        refused=len(tried.refused),
        reasons=_reasons(tried.refused),
        rows=rows_of(request, _cases(actor, tried.refused), tried.refused),
    )


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed beside the picks, to travel on to the next step."""
    return [(name, str(value)) for name, value in request.POST.items() if name not in BESIDE]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def carry_out(request: HttpRequest, many: Many, form: ManyForm, picked: Picks) -> HttpResponse:
    """Move the next portion and show how far it is, or at the end what became of everything."""
    actor, ids = actor_of(request), list(picked)
    now, rest = ({pk: picked[pk] for pk in part} for part in (ids[:PORTION], ids[PORTION:]))
    outcome = many.act(now, actor, timezone.now(), request.POST.get("key", ""), form.cleaned_data, dry=False)
    left = read(request.POST.get("left", "")) | {pk: picked[pk] for pk in outcome.refused}
    total = max(_number(request.POST.get("total", "")), len(ids))
    if rest:
        return _draw(
            request,
            many,
            "progress",
            kept=_kept(request),
            picked=written(rest),
            left=written(left),
            total=total,
            past=total - len(rest),
        )
    return _ended(request, many, form, left, outcome, total)


def _ended(
    request: HttpRequest, many: Many, form: ManyForm, left: Picks, outcome: Outcome, total: int
) -> HttpResponse:
    actor = actor_of(request)
    done = many.done.format(number=total - len(left))
    if not left:
        messages.success(request, done)
        return redirect("desk")
    # Why the earlier portions left some: asked again, since only their numbers travelled.
    earlier = many.act(left, actor, timezone.now(), "", form.cleaned_data, dry=True)
    refused = {**earlier.refused, **outcome.refused}
    rows = rows_of(request, _cases(actor, dict.fromkeys(left)), refused)
    return _draw(
        request,
        many,
        "ended",
        409,
        done=done if total > len(left) else "",
        left=len(left),
        reasons=_reasons(refused),
        rows=rows,
    )


def answer(request: HttpRequest, many: Many) -> HttpResponse:
    """Answer the page of one move for many cases."""
    actor = actor_of(request)
    if request.method != "POST":
        return choose(request, many, many.form(actor=actor))
    form = many.form(request.POST, actor=actor)
    step = request.POST.get("step")
    # What has left his desk since is refused by the action; of what he may not see he is told nothing.
    picked = ours(picked_from(request.POST, many.cases(actor)), actor)
    if not form.is_valid() or not picked:
        return choose(request, many, form, INCOMPLETE if form.errors else NOTHING, 422)
    if step != "do":
        return check(request, many, form, picked)
    try:
        return carry_out(request, many, form, picked)
    except Refused as refused:
        return choose(request, many, form, refused.refusal.sentence, 409)
