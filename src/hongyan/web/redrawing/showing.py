"""What does one see of a generation of boundaries: what changes, what follows, what is undecided?"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from hongyan.geography.models import BoundaryGeneration
from hongyan.geography.names import full_name
from hongyan.journeys.models import Journey
from hongyan.journeys.redrawing import CASES, Prospect, Split, why_not_go_live, why_not_roll_back
from hongyan.journeys.redrawing_preview import (
    KIND_LABELS,
    Fated,
    beginning,
    ending,
    named,
    standing,
    totals,
)
from hongyan.journeys.states import STATUS_LABELS, Status
from hongyan.journeys.terms import topmost_seat
from hongyan.members.permissions import names_of
from hongyan.web.guards import actor_of

# So many lines of a list, and so many questions of a form, at once.
SHOWN = 200
MOST_QUESTIONS = 300
# What a page that asks once more is called by.
DEEDS = {"go_live": "启用", "roll_back": "退回"}


@dataclass(frozen=True)
class Choice:
    """One question of the form: what it is about, and each answer with its words."""

    subject: str
    name: str
    place: str
    chosen: str
    ways: tuple[tuple[str, str], ...]
    count: int = 0


@dataclass(frozen=True)
class Line:
    """One division of the list, with the counts that open their lists."""

    fated: Fated
    counts: tuple[tuple[str, str, int], ...]


def generation_or_404(request: HttpRequest, pk: int) -> BoundaryGeneration:
    """Fetch a generation for officials of a topmost organisation; for all others there is no such page."""
    if topmost_seat(actor_of(request)) is None:
        raise Http404
    return get_object_or_404(BoundaryGeneration.objects.select_related("based_on"), pk=pk)


def generations() -> list[dict[str, Any]]:
    """List every generation, the latest first, with who put it in force."""
    rows = list(BoundaryGeneration.objects.order_by("-pk"))
    who = names_of({row.live_by for row in rows if row.live_by})
    return [{"row": row, "by": who.get(row.live_by, row.live_by), "state": _state(row)} for row in rows]


def _state(row: BoundaryGeneration) -> tuple[str, str]:
    if row.is_live:
        return "正在使用", "green"
    if row.live_at:
        return "已由后一版代替", ""
    return ("已退回", "") if row.rolled_back_at else ("已载入，未启用", "gold")


def _line(fated: Fated) -> Line:
    return Line(fated, tuple((word, KIND_LABELS.get(word, word), number) for word, number in fated.counts))


def choices(prospect: Prospect) -> list[Choice]:
    """List the questions: of each thing at a split place, and of the open cases there."""
    found = [
        Choice(one.subject, one.name, one.split.name, one.chosen, _ways(prospect, one.split))
        for one in prospect.undecided()
    ]
    counts = prospect.counted()
    for code, split in prospect.open_splits.items():
        if number := counts.get(code, {}).get("journey"):
            subject = f"{CASES}:{code}"
            chosen = prospect.choices.get(subject, split.common)
            ways = _ways(prospect, split)
            found.append(Choice(subject, "在办的流动党员", split.name, chosen, ways, number))
    return found


def _ways(prospect: Prospect, split: Split) -> tuple[tuple[str, str], ...]:
    above = (split.common, f"{named(prospect, split.common)}（共同上级）")
    return (*((one, named(prospect, one)) for one in split.successors), above)


def page(
    request: HttpRequest, generation: BoundaryGeneration, sentence: str = "", *, status: int = 200
) -> HttpResponse:
    """Show a generation: while it is not in force with its questions, afterwards with the way back."""
    prospect, actor = Prospect(generation), actor_of(request)
    waiting = not generation.live_at
    stops = why_not_go_live(prospect, actor) if waiting else why_not_roll_back(generation, actor)
    questions = choices(prospect) if waiting else []
    fields = {
        "generation": generation,
        "deed": DEEDS.get(getattr(request.resolver_match, "url_name", ""), ""),
        "state": _state(generation),
        "waiting": waiting,
        "lines": [_line(one) for one in (*ending(prospect), *beginning(prospect))][:SHOWN],
        "totals": [(word, KIND_LABELS.get(word, word), number) for word, number in totals(prospect).items()],
        "questions": questions[:MOST_QUESTIONS],
        "missing": sum(not one.chosen for one in questions),
        "stops": stops.sentence if stops else "",
        "sentence": sentence,
    }
    return render(request, "redrawing/generation.html", fields, status=status)


def standing_page(request: HttpRequest, generation: BoundaryGeneration) -> HttpResponse:
    """Show what stands at a place that ends; of people only whose case it is, never a name."""
    word, code = request.GET.get("kind", ""), request.GET.get("code", "")[:12]
    rows = standing(Prospect(generation), word, code)
    if rows is None:
        raise Http404
    lines = [_told(row) for row in rows[:SHOWN]]
    fields = {
        "generation": generation,
        "label": KIND_LABELS.get(word, word),
        "place": full_name(code) or code,
        "total": rows.count(),
        "lines": lines,
        # Organisations belong to nobody: their list has no such column.
        "whose_shown": any(whose for _, whose, _, _ in lines),
    }
    return render(request, "redrawing/standing.html", fields)


def _told(row: Any) -> tuple[str, str, str, int | None]:
    """Return (what, whose, where, number of its case) of one row."""
    if isinstance(row, Journey):
        left = f"{row.departs_on.year}年{row.departs_on.month}月{row.departs_on.day}日外出"
        what = f"{STATUS_LABELS[Status(row.status)]}，{left}"
        held = f" → {row.holder.short_name}" if row.holder_id != row.home_id else ""
        where = full_name(row.destination_id or "")
        return what, f"{row.home.short_name}{held}", where, row.pk
    owner = getattr(row, "organization", None)
    what = getattr(row, "short_name", "") or getattr(row, "name", "") or str(row.pk)
    return what, owner.short_name if owner else "", full_name(getattr(row, "division_id", "") or ""), None
