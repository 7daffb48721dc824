"""What do the pages of duplicates show, and to whom?"""

from dataclasses import dataclass

from django.db.models.query import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.journeys.states import STATUS_LABELS, Status
from hongyan.members.models import Member
from hongyan.members.permissions import Actor, names_of
from hongyan.members.sealing import id_number_of, phone_of
from hongyan.roster.likeness import said
from hongyan.roster.listing import tail
from hongyan.roster.models import Merge, Pair
from hongyan.roster.rules import why_not_merge
from hongyan.web.guards import actor_of
from hongyan.web.roster.pages import page_asked
from hongyan.web.seen import seen

PAGE = 10
MERGES = 20


@dataclass(frozen=True)
class Side:
    """One of two members, as far as one needs to tell them apart."""

    member: Member
    phone: str
    number: str
    journeys: tuple[str, ...]


def pair_or_404(actor: Actor, pk: int) -> Pair:
    """Fetch a pair of members whose rosters somebody keeps; any other does not exist for him."""
    found = (
        Pair.objects.kept_by(actor).select_related("first__branch", "second__branch").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return found


def _merges(actor: Actor) -> QuerySet[Merge]:
    return Merge.objects.kept_by(actor).select_related("kept__branch", "absorbed__branch")


def merge_or_404(actor: Actor, pk: int) -> Merge:
    """Fetch a merging of two members whose rosters somebody keeps."""
    found = _merges(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _side(member: Member, journeys: dict[int, list[str]]) -> Side:
    phone = phone_of(member) if bytes(member.phone_sealed) else ""
    number = id_number_of(member) if bytes(member.id_number_sealed) else ""
    return Side(member, tail(phone), tail(number), tuple(journeys.get(member.pk, ())))


def duplicates_page(request: HttpRequest, sentence: str = "", status: int = 200) -> HttpResponse:
    """Show who may be one person, side by side, and what was merged lately."""
    actor, at = actor_of(request), timezone.now()
    rows = Pair.objects.waiting_for(actor)
    count = rows.count()
    last = max(1, -(-count // PAGE))
    number = min(page_asked(request), last)
    shown = list(
        rows.select_related("first__branch", "second__branch").order_by("pk")[
            (number - 1) * PAGE : number * PAGE
        ]
    )
    merges = list(_merges(actor).filter(undone_at=None, undo_until__gte=at).order_by("-merged_at")[:MERGES])
    people = [one for pair in shown for one in (pair.first, pair.second)]
    looked = [*(one.pk for one in people), *(pk for one in merges for pk in (one.kept_id, one.absorbed_id))]
    seen(actor, looked, "compare")
    journeys: dict[int, list[str]] = {}
    for member, state, departs in Journey.objects.filter(member__in=people).values_list(
        "member_id", "status", "departs_on"
    ):
        journeys.setdefault(member, []).append(f"{departs:%Y-%m-%d} 外出，{STATUS_LABELS[Status(state)]}")
    pairs = [
        (pair, _side(pair.first, journeys), _side(pair.second, journeys), said(pair.reasons.split()),
         why_not_merge(pair, pair.first, pair.second, actor))
        for pair in shown
    ]  # fmt: skip
    names = names_of({one.merged_by for one in merges})
    facts = {
        "pairs": pairs, "count": count, "number": number, "last": last, "sentence": sentence,
        "merges": [(one, names.get(one.merged_by, "")) for one in merges],
    }  # fmt: skip
    return render(request, "roster/duplicates.html", facts, status=status)
