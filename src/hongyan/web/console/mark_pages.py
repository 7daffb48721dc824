"""What do the pages of marking show, before and after?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Reason
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.web.cards import surname_only
from hongyan.web.console.destinations import Destination, read_destination
from hongyan.web.console.marking_forms import Left, MarkForm, leaving, ticked
from hongyan.web.console.moving import new_key
from hongyan.web.console.roster import RosterRow, listed, roster
from hongyan.web.console.sheet_checks import CheckedRow, check_rows
from hongyan.web.console.sheet_files import FromFile, mark_of
from hongyan.web.console.sheets import HEADERS, LIMIT, TITLES, read_sheet
from hongyan.web.guards import actor_of
from hongyan.web.places import name_in_full
from hongyan.web.seen import seen

INCOMPLETE = "还差一点：请看下面标出的地方，已填的内容都保留着。"
CONFIRM_PLACE = "请确认去向，再点一次“标记流出”。"


def demand_seat(actor: Actor) -> None:
    """Hide the page from everybody who may not mark."""
    if not actor.seats_for(Power.MARK):
        raise Http404


def marked_sentence(marked: Sequence[Journey]) -> str:
    """Say who was marked and what happens next."""
    if len(marked) != 1:
        return f"已标记 {len(marked)} 人流出，每人都会收到报到提醒。"
    one = marked[0]
    who = surname_only(one.member.name)
    due = one.due_at.astimezone(SHANGHAI) if one.due_at else None
    day = f"{due.month}月{due.day}日" if due else ""
    if one.status == Status.PLANNED:
        return f"已登记{who}拟外出，出发前请完成行前谈话（{day}前）。"
    place = name_in_full(one.destination_id) if one.destination_id else ""
    towards = f"（去向 {place}）" if place else ""
    return f"已标记{who}流出{towards}并发出报到提醒；{day}前未报到会回到您的待办。"


@dataclass(frozen=True)
class MarkPage:
    """The page for one or for many, with everything that was typed."""

    request: HttpRequest
    many: bool
    form: MarkForm
    destination: Destination
    chosen: tuple[int, ...]
    rows: Sequence[RosterRow]

    @classmethod
    def of(cls, request: HttpRequest, *, many: bool) -> "MarkPage":
        """Read the page from a request."""
        actor = actor_of(request)
        demand_seat(actor)
        posted = request.method == "POST"
        fields = request.POST if posted else request.GET
        today = timezone.localdate().isoformat()
        first = {"departs_on": today, "reason": Reason.WORK, **request.GET.dict()}
        form = MarkForm(request.POST) if posted else MarkForm(initial=first)
        chosen = ticked(fields)[: LIMIT if many else 1]
        rows = listed(actor, fields.get("q", ""), also=chosen)
        return cls(request, many, form, read_destination(fields.dict()), chosen, rows)

    def members(self) -> list[Member]:
        """Return the members chosen, as far as they are this person's to mark."""
        return list(roster(actor_of(self.request)).filter(pk__in=self.chosen).order_by("name"))

    def arguments(self) -> dict[str, Any]:
        """Return what each marking is told."""
        return {
            "key": self.form.cleaned_data["key"],
            "destination": self.destination.picked,
            "destination_text": self.destination.text,
            **self.form.arguments(),
        }

    def shown(
        self,
        *,
        sentence: str = "",
        marked: Sequence[Journey] = (),
        left: Sequence[Left] = (),
        status: int = 200,
    ) -> HttpResponse:
        """Draw the page."""
        gone = {journey.member_id for journey in marked}
        rows = [row for row in self.rows if row.pk not in gone]
        seen(actor_of(self.request), [row.pk for row in rows], "roster")
        fields = {
            "many": self.many,
            "form": self.form,
            "destination": self.destination,
            "chosen": set(self.chosen) - gone,
            "nobody": self.request.method == "POST" and "more" not in self.request.POST and not self.chosen,
            "rows": rows,
            "q": self.request.POST.get("q", self.request.GET.get("q", "")),
            "key": new_key(),
            "sentence": sentence,
            "done": marked_sentence(marked) if marked else "",
            "left": left,
        }
        return render(self.request, "console/mark/mark.html", fields, status=status)


def paste_page(
    request: HttpRequest, text: str, *, file: FromFile | None = None, more: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Show the box, and below it what every row of it would become."""
    actor = actor_of(request)
    empty = not text.strip() and (file is not None or request.method != "POST")
    sheet = None if empty else read_sheet(text)
    checked = check_rows(sheet.rows, actor) if sheet else []
    seen(actor, [one.member.pk for one in checked if one.member], "roster")
    fields = {
        "text": text,
        "sheet": sheet,
        "checked": checked,
        "good": sum(1 for one in checked if not one.problems),
        "key": request.POST.get("key") or new_key(),
        "titles": [(TITLES[column], words[1:]) for column, words in HEADERS.items()],
        "limit": LIMIT,
        "file": file,
        # What the box held when a file last filled it: as long as it does, another file may fill it again.
        "from_file": file.mark if file and not file.sentence else request.POST.get("from_file", "")[:16],
        **(more or {}),
    }
    bad = bool(sheet and (sheet.problem or fields["good"] < len(checked))) or bool(file and file.sentence)
    return render(request, "console/mark/paste.html", fields, status=422 if bad else 200)


def mark_sheet(request: HttpRequest) -> HttpResponse:
    """Mark every row without a problem; the others stay in the box with the header."""
    actor, text = actor_of(request), request.POST.get("sheet", "")
    key = request.POST.get("key", "")
    sheet = read_sheet(text)
    if sheet.problem or len(key) != len(new_key()):
        return paste_page(request, text)
    marked, left = _mark_rows(check_rows(sheet.rows, actor), actor, key)
    if not left:
        messages.success(request, marked_sentence(marked))
        return redirect("desk")
    done = (
        f"{marked_sentence(marked)}还有 {len(left)} 行没有标记，留在下面，改好后可以再标。" if marked else ""
    )
    rest = "\n".join([sheet.header, *left])
    untouched = mark_of(text) == request.POST.get("from_file", "")
    more = {"done": done, "key": new_key(), "from_file": mark_of(rest) if untouched else ""}
    return paste_page(request, rest, more=more)


def _mark_rows(rows: Sequence[CheckedRow], actor: Actor, key: str) -> tuple[list[Journey], list[str]]:
    """Mark whom nothing speaks against; return the journeys, and the lines that are left."""
    # Who is away already may have been marked by this very page, sent before: the action knows by the key.
    fit: dict[int, actions.Leaving] = {}
    for one in rows:
        if one.member is not None and len(one.problems) <= one.away:
            fit.setdefault(one.member.pk, leaving(one.arguments))
    # Sent twice, the same row is the same marking: its key answers before any rule does.
    done = actions.mark_many(leavings=fit, by=actor, at=timezone.now(), key=key).done
    marked: list[Journey] = []
    left: list[str] = []
    for one in rows:
        journey = done.get(one.member.pk) if one.member and len(one.problems) <= one.away else None
        if journey:
            marked.append(journey)
        else:
            left.append(one.row.line)
    return marked, left
