"""How are many checked in by a page: ticked or pasted, tried row by row, then done, nothing lost?"""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.documents.cells import doubt
from hongyan.documents.refusals import FLAW_SENTENCES, Flaw
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.web.cards import card_of
from hongyan.web.console import sheets
from hongyan.web.console.counter import own_places
from hongyan.web.console.moving import KEY, new_key
from hongyan.web.console.places_said import destination_of, home_of
from hongyan.web.console.sheet_checks import members_meant
from hongyan.web.console.sheet_files import FromFile, from_request, mark_of, uploaded
from hongyan.web.guards import actor_of
from hongyan.web.many import arrivals
from hongyan.web.many.arrivals import Coming
from hongyan.web.many.picking import read
from hongyan.web.places import typed
from hongyan.web.seen import seen

# What a sheet needs beside a number; the place may be one for all.
NEEDED = (sheets.NAME,)
SHOWN = 200
NOBODY_CHOSEN = "请勾选到了的人，或粘贴一张表。"
CHANGED = "内容改过，或等得太久，请再看一遍结果，然后报到。"
DONE = "已替 {number} 人报到，接收组织已收到通知。"
LEFT = "还有 {number} 人没有报到，原因见下；表里的人留在框里，改好再试。"


@dataclass(frozen=True)
class Asked:
    """What was sent: who is ticked, the sheet, and the place for all."""

    picks: dict[int, int | None]
    text: str
    code: str
    address: str
    file: FromFile | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Read the form; a file that was chosen fills the box."""
        post, text, file = request.POST, request.POST.get("sheet", ""), None
        if chosen := uploaded(request):
            file = from_request(request, chosen, NEEDED)
            text = file.text
        picks = read(" ".join(post.getlist("pick")[:SHOWN]))
        code = typed(post, "code")
        return cls(picks, text, code, "" if code else typed(post, "address"), file)

    @property
    def mark(self) -> str:
        """Return what tells whether the page was changed after it was tried."""
        return mark_of(f"{sorted(self.picks.items())}\n{self.code}\n{self.address}\n{self.text}")


def waiting(request: HttpRequest) -> list[Journey]:
    """List whom this person sees and who may be checked in, the most urgent first."""
    cases = Journey.objects.visible_to(actor_of(request)).filter(status__in=(Status.PLANNED, Status.AWAITING))
    rows = cases.exclude(member__in=list(actor_of(request).opened)).order_by("due_at", "pk")
    return list(rows.select_related("member", "home", "host", "holder", "destination")[:SHOWN])


def _ticked(request: HttpRequest, picks: dict[int, int | None]) -> list[Coming]:
    actor = actor_of(request)
    cases = Journey.objects.visible_to(actor).filter(pk__in=list(picks)).select_related("member__branch")
    return [
        Coming(0, card_of(actor, one).name, member=one.member, journey=one, version=picks[one.pk])
        for one in cases.order_by("due_at", "pk")
    ]


def _rows(sheet: sheets.Sheet) -> list[Coming]:
    """Read the rows of a sheet: whom each means, and what a spreadsheet has spoilt."""
    look_up, found = members_meant(sheet.rows), []
    for row in sheet.rows:
        place = " ".join(filter(None, (row.cell(sheets.DESTINATION), row.cell(sheets.ADDRESS))))
        one = Coming(row.number, row.cell(sheets.NAME), place[: sheets.LONGEST], line=row.line)
        one.employer = row.cell(sheets.EMPLOYER)[:120]
        flaws = [doubt(cell) for cell in row.cells.values()] + ([Flaw.BEYOND] if row.beyond else [])
        one.problems = [FLAW_SENTENCES[flaw] for flaw in dict.fromkeys(flaws) if flaw]
        if not row.cell(sheets.NAME) or not (row.cell(sheets.PHONE) or row.cell(sheets.ID_NUMBER)):
            one.problems.append("请填写姓名和手机号码（或公民身份号码）")
        one.member = None if one.problems else look_up(row)
        found.append(one)
    return found


def _draw(request: HttpRequest, asked: Asked, status: int = 200, **more: Any) -> HttpResponse:
    actor, rows = actor_of(request), waiting(request)
    seen(actor, [one.member_id for one in rows], "window")
    fields = {
        "section": "window",
        "asked": asked,
        "rows": [(one, card_of(actor, one), home_of(one), destination_of(one)) for one in rows],
        "here": own_places(actor),
        "limit": sheets.LIMIT,
        "shown": SHOWN,
        "key": new_key(),
        "from_file": request.POST.get("from_file", "")[:16],
        **more,
    }
    return render(request, "many/check_in.html", fields, status=status)


def _tried(request: HttpRequest, asked: Asked, sentence: str = "") -> HttpResponse:
    """Say row by row who can be checked in and who cannot, and why; nothing is written."""
    actor, at = actor_of(request), timezone.now()
    sheet = sheets.read_sheet(asked.text, NEEDED) if asked.text.strip() else None
    if (sheet and sheet.problem) or (asked.file and asked.file.sentence):
        return _draw(request, asked, 422, sheet=sheet)
    pasted = _rows(sheet) if sheet else []
    arrivals.admit(pasted, actor, at)
    coming = [*_ticked(request, asked.picks), *pasted]
    if not coming:
        return _draw(request, asked, 422, sentence=NOBODY_CHOSEN)
    arrivals.find_journeys(coming)
    arrivals.find_places(coming, asked.code, asked.address)
    arrivals.rehearse(coming, actor, at)
    seen(actor, [one.member.pk for one in coming if one.member], "window")
    good = sum(1 for one in coming if not one.problems)
    more: dict[str, Any] = {
        "sheet": sheet,
        "tried": coming,
        "good": good,
        "bad": len(coming) - good,
        "sentence": sentence,
    }
    if good:
        more["ticket"] = arrivals.ticket_for(coming, actor, asked.mark)
    if asked.file:
        more["from_file"] = asked.file.mark
    return _draw(request, asked, 200 if good == len(coming) else 422, **more)


def _rest(text: str, done: set[int]) -> str:
    """Keep of a sheet the lines nobody was checked in by, with their header; nothing when all are done."""
    sheet = sheets.read_sheet(text, NEEDED)
    left = [row.line for row in sheet.rows if row.number not in done]
    return "\n".join([sheet.header, *left]) if left else ""


def _carried_out(request: HttpRequest, asked: Asked) -> HttpResponse:
    actor, at, key = actor_of(request), timezone.now(), request.POST.get("key", "")
    coming = arrivals.from_ticket(request.POST.get("ticket", ""), actor, asked.mark)
    if coming is None or not re.match(KEY, key):
        return _tried(request, asked, CHANGED)
    outcome = arrivals.check_in_all(coming, actor, at, key, dry=False)
    done = DONE.format(number=len(outcome.done))
    gone = {coming[pk].number for pk in outcome.done}
    picks = {pk: seen_at for pk, seen_at in asked.picks.items() if pk not in set(outcome.done)}
    rest = replace(asked, picks=picks, text=_rest(asked.text, gone) if asked.text.strip() else "", file=None)
    for pk, refusal in outcome.refused.items():
        coming[pk].problems.append(refusal.sentence)
    if not outcome.refused and not rest.text and not picks:
        messages.success(request, done)
        return redirect("check_in_many")
    refused = [coming[pk] for pk in outcome.refused]
    left = LEFT.format(number=len(refused) + _others(rest, refused))
    return _draw(request, rest, 409, done=done if outcome.done else "", left=left, tried=refused, good=0)


def _others(rest: Asked, refused: list[Coming]) -> int:
    """Count whom the page keeps beside those who were just refused."""
    lines = max(len(rest.text.splitlines()) - 1, 0) - sum(1 for one in refused if one.number)
    return lines + len(rest.picks) - sum(1 for one in refused if not one.number)


def answer(request: HttpRequest) -> HttpResponse:
    """Answer the page on which many are checked in."""
    if request.method != "POST":
        return _draw(request, Asked({}, "", "", ""))
    asked = Asked.of(request)
    return _carried_out(request, asked) if request.POST.get("step") == "do" else _tried(request, asked)
